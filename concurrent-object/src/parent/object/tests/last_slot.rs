//! Tests who may write into the last free slot: only a call during which no code of the user runs.

use serde::Serialize;

use super::player::{Player, SLOTS};
use crate::parent::calls::arguments::ArgumentWriter;
use crate::parent::calls::key::CallKey;
use crate::parent::calls::table::Owner;

const BYTES: &[u8] = &[7; 700];

#[derive(Serialize)]
struct Named {
    name: &'static str,
}

/// Takes all slots but one.
fn nearly_full() -> Player {
    let player = Player::ready();
    for _ in 1..SLOTS {
        submit(&player, Owner::Call, |arguments| arguments.put("bytes", BYTES));
    }
    assert!(has_free(&player));
    player
}

#[track_caller]
fn submit(player: &Player, owner: Owner, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> CallKey {
    player.object.submit(0, owner, write).expect("accepted")
}

fn has_free(player: &Player) -> bool {
    player.object.lock().calls.slots.has_free()
}

/// Asserts that the child receives the bytes in each of the calls.
#[track_caller]
fn assert_all_arrive(player: &mut Player) {
    for _ in 0..SLOTS {
        assert_eq!(player.take_bytes(BYTES.len()), BYTES);
    }
}

#[test]
fn plain_arguments_are_written_into_the_last_slot() {
    let mut player = nearly_full();
    submit(&player, Owner::Call, |arguments| {
        arguments.put("bytes", BYTES);
        assert!(!has_free(&player), "the bytes lie in the slot");
        arguments.put("text", "short");
        arguments.put("number", &5_u64);
        assert!(!has_free(&player), "text and numbers run no code of the user");
    });
    assert_all_arrive(&mut player);
}

#[test]
fn last_slot_is_free_before_code_of_the_user_runs() {
    for owner in [Owner::Call, Owner::Pushed] {
        let mut player = nearly_full();
        submit(&player, owner, |arguments| {
            arguments.put("bytes", BYTES);
            assert!(!has_free(&player), "the bytes lie in the slot");
            arguments.put("named", &Named { name: "x" });
            assert!(has_free(&player), "the bytes lie in the parent's memory");
        });
        assert_all_arrive(&mut player);
    }
}
