//! The ids of calls that an object has taken, so that none is taken twice.
//!
//! An id is remembered while fewer than 1,024 calls came after it, and at least ten minutes after that
//! unless the object takes 65,536 calls meanwhile. A proxy's ids grow, so one that is below a forgotten id
//! counts as taken. Invariant: no id is new twice.

use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

const AT_LEAST: usize = 1024;
const AT_MOST: usize = 1 << 16;
const KEPT: Duration = Duration::from_secs(600);

/// What an object has taken.
#[derive(Debug, Default)]
pub struct Served {
    ids: HashSet<u128>,
    order: VecDeque<(Instant, u128)>,
    /// The largest id that was forgotten.
    forgotten: Option<u128>,
}

impl Served {
    /// Whether the id is new. Remembers it.
    pub fn admit(&mut self, id: u128, now: Instant) -> bool {
        while self.order.len() >= AT_LEAST {
            let (since, oldest) = self.order[0];
            if now.saturating_duration_since(since) < KEPT && self.order.len() < AT_MOST {
                break;
            }
            self.ids.remove(&oldest);
            self.forgotten = self.forgotten.max(Some(oldest));
            self.order.pop_front();
        }
        let is_new = !self.has(id) && self.ids.insert(id);
        if is_new {
            self.order.push_back((now, id));
        }
        is_new
    }

    /// Whether the id was taken, or may have been.
    pub fn has(&self, id: u128) -> bool {
        self.ids.contains(&id) || self.forgotten.is_some_and(|forgotten| id <= forgotten)
    }

    /// The call with this id has not arrived as a whole, so it may come again.
    pub fn give_back(&mut self, id: u128) {
        if self.ids.remove(&id)
            && let Some(at) = self.order.iter().rposition(|(_, taken)| *taken == id)
        {
            self.order.remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_new_once() {
        let (mut served, now) = (Served::default(), Instant::now());
        assert!(served.admit(7, now));
        assert!(!served.admit(7, now));
        assert!(served.admit(8, now));
    }

    #[test]
    fn ids_are_kept_ten_minutes_and_the_last_thousand_longer() {
        let (mut served, now) = (Served::default(), Instant::now());
        for id in 0..2000 {
            assert!(served.admit(id, now));
        }
        assert!(!served.admit(0, now + KEPT / 2), "ten minutes are not over");
        let later = now + KEPT;
        assert!(served.admit(5000, later));
        assert!(!served.admit(1999, later), "one of the last 1,024");
        assert!(!served.admit(0, later), "forgotten, and still not new");
        assert!(served.admit(5001, later));
    }

    #[test]
    fn an_id_that_was_given_back_is_new() {
        let (mut served, now) = (Served::default(), Instant::now());
        assert!(served.admit(7, now));
        served.give_back(7);
        assert!(!served.has(7) && served.order.is_empty());
        assert!(served.admit(7, now));
    }

    #[test]
    fn memory_is_bounded() {
        let (mut served, now) = (Served::default(), Instant::now());
        for id in 0..3 * AT_MOST as u128 {
            assert!(served.admit(id, now));
        }
        assert!(served.ids.len() <= AT_MOST && served.order.len() == served.ids.len());
    }
}
