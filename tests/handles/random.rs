//! Random histories of handles, compared with a model: objects are made, used, dropped, and lost
//! with their process.

use std::time::Duration;

use concurrent_object::{CallError, HandleProblem, RestartPolicy};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::random::Random;

use crate::house::{HouseProxy, RoomHandle};

/// A room as the program knows it.
struct Known {
    handle: RoomHandle,
    guests: usize,
    /// How many processes had died when it was made.
    epoch: usize,
    name: String,
}

struct History {
    house: HouseProxy,
    rooms: Vec<Known>,
    epoch: usize,
    made: usize,
    random: Random,
}

impl History {
    fn step(&mut self) {
        match self.random.below(1000) {
            0..5 => self.crash(),
            5..300 => self.make(),
            300..350 => drop(self.house.room("dropped unread")),
            350..550 => self.drop_one(),
            _ => self.use_one(),
        }
    }

    fn make(&mut self) {
        self.made += 1;
        let (name, epoch) = (format!("room {}", self.made), self.epoch);
        let handle = self.house.room(&name).wait().expect("a room");
        // A clone is as good as the first one, also when that is dropped.
        let handle = if self.random.below(2) == 0 { handle.clone() } else { handle };
        self.rooms.push(Known { handle, guests: 0, epoch, name });
    }

    fn drop_one(&mut self) {
        if !self.rooms.is_empty() {
            drop(self.rooms.swap_remove(self.random.below(self.rooms.len())));
        }
    }

    fn use_one(&mut self) {
        if self.rooms.is_empty() {
            return;
        }
        let at = self.random.below(self.rooms.len());
        let (epoch, known) = (self.epoch, &mut self.rooms[at]);
        if known.epoch != epoch {
            let error = known.handle.name().wait().expect_err("its process has died");
            assert!(matches!(error, CallError::Handle { problem: HandleProblem::Stale, .. }), "{error}");
            return;
        }
        known.guests += 1;
        assert_eq!(known.handle.enter("a guest").wait().expect("it is there"), known.guests);
        assert_eq!(known.handle.name().wait().expect("it is there"), known.name);
    }

    fn crash(&mut self) {
        self.house.crash().wait().expect_err("it crashes");
        self.epoch += 1;
    }

    /// The child keeps what the program has handles to, and nothing else.
    fn check(&self) {
        let expected = self.rooms.iter().filter(|known| known.epoch == self.epoch).count();
        wait_for("the child keeps what has a handle", || self.house.count().wait().expect("it answers") == expected);
        assert_eq!(self.house.handle().statistics().handles, self.rooms.len());
    }
}

#[test]
fn random_histories_lose_and_confuse_no_object() {
    within(SOON, || {
        let often = RestartPolicy::on_death().max(1000).backoff(Duration::ZERO..Duration::from_millis(2));
        let house = HouseProxy::builder("house").restart(often).start().expect("it starts");
        let mut history = History { house, rooms: Vec::new(), epoch: 0, made: 0, random: Random::new() };
        for step in 1..=20_000 {
            history.step();
            if step % 100 == 0 {
                history.check();
            }
        }
        history.rooms.clear();
        history.check();
    });
}
