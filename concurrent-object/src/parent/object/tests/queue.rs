//! Tests that one poll of a long backlog does a bounded part of the work.

use std::time::Duration;

use super::player::{Player, SLOTS};
use crate::clock::{self, later};
use crate::error::{CallError, Started};
use crate::parent::calls::timing::Limits;
use crate::parent::object::deadlines::BATCH;
use crate::parent::object::inspection::Inspection;
use crate::parent::pauses::Pauses;

const LIMIT: Duration = Duration::from_secs(1000);

#[test]
fn one_poll_settles_a_bounded_number_of_late_calls_oldest_first() {
    let mut player = Player::limited(Limits { queue_timeout: Some(LIMIT), ..Limits::default() });
    let waiting = 2 * BATCH + 1;
    let keys: Vec<_> = (0..SLOTS + waiting).map(|number| player.call(number as u64)).collect();
    player.start_next();
    let pauses = Pauses::default();
    let mut state = player.object.lock();
    let at_limit = Inspection { now: later(clock::now(), LIMIT), pauses: &pauses };
    let before = Inspection { now: later(clock::now(), LIMIT / 2), pauses: &pauses };

    assert!(player.object.enforce(&mut state, &before).is_some_and(|at| at > before.now));
    assert_eq!(state.calls.backlog.len(), waiting, "there is time left");
    for left in [BATCH + 1, 1] {
        assert_eq!(player.object.enforce(&mut state, &at_limit), Some(at_limit.now), "at once");
        assert_eq!(state.calls.backlog.len(), left);
    }
    player.object.enforce(&mut state, &at_limit);
    assert!(state.calls.backlog.is_empty());
    drop(state);

    for &key in &keys[1..] {
        let error = player.outcome::<u64>(key).expect_err("it waited too long");
        assert!(matches!(error, CallError::TimedOut { killed: false, .. }) && error.started() == Started::No);
    }
}
