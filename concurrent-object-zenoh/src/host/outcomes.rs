//! The last outcomes of an object's calls, for a proxy that has not got one.
//!
//! A message can be lost although the link lives: a router drops it. The proxy's side then asks, or sends
//! the call again with the same id, and the call must not run twice. Knows sizes, not what outcomes mean.
//! Invariant: what is kept of one object has at most `KEPT` bytes, and each outcome at most `SMALL`.

use std::collections::VecDeque;

use concurrent_object::bridge::Event;

/// The largest outcome that is kept, in bytes.
const SMALL: usize = 4 << 10;
/// The most that is kept of one object, in bytes.
const KEPT: usize = 256 << 10;
/// What an outcome takes beside its bytes.
const OVERHEAD: usize = 256;

/// The last outcomes, the oldest first.
#[derive(Debug, Default)]
pub struct Outcomes {
    kept: VecDeque<(u64, Event, usize)>,
    size: usize,
}

impl Outcomes {
    /// Keeps the outcome of a call, if it is small.
    pub fn keep(&mut self, call: u64, event: &Event) {
        let bytes = match event {
            Event::Answered(_, message) => message.structured.len().saturating_add(message.raw.len()),
            Event::Failed(_, reason) => reason.len(),
            _ => 0,
        };
        if bytes > SMALL {
            return;
        }
        self.forget(call);
        self.size += bytes + OVERHEAD;
        self.kept.push_back((call, event.clone(), bytes + OVERHEAD));
        while self.size > KEPT
            && let Some((_, _, size)) = self.kept.pop_front()
        {
            self.size -= size;
        }
    }

    /// The outcome of a call, if it is kept.
    pub fn of(&self, call: u64) -> Option<&Event> {
        self.kept.iter().rev().find(|(kept, ..)| *kept == call).map(|(_, event, _)| event)
    }

    /// The call runs again, so another outcome follows.
    pub fn forget(&mut self, call: u64) {
        if let Some(at) = self.kept.iter().rposition(|(kept, ..)| *kept == call)
            && let Some((_, _, size)) = self.kept.remove(at)
        {
            self.size -= size;
        }
    }
}

#[cfg(test)]
mod tests {
    use concurrent_object::bridge::Message;

    use super::*;

    fn answer(call: u64, bytes: usize) -> Event {
        Event::Answered(call, Message::new(0, 0, vec![1; bytes / 2], vec![2; bytes - bytes / 2]))
    }

    #[test]
    fn small_outcomes_are_kept_and_large_ones_are_not() {
        let mut outcomes = Outcomes::default();
        outcomes.keep(1, &answer(1, SMALL));
        outcomes.keep(2, &answer(2, SMALL + 1));
        outcomes.keep(3, &Event::Failed(3, "no".to_owned()));
        assert!(matches!(outcomes.of(1), Some(Event::Answered(1, _))));
        assert!(outcomes.of(2).is_none());
        assert!(matches!(outcomes.of(3), Some(Event::Failed(3, _))));
        outcomes.forget(3);
        assert!(outcomes.of(3).is_none());
    }

    #[test]
    fn the_oldest_make_room() {
        let mut outcomes = Outcomes::default();
        for call in 0..1000 {
            outcomes.keep(call, &answer(call, SMALL));
            assert!(outcomes.size <= KEPT);
        }
        assert!(outcomes.of(999).is_some() && outcomes.of(0).is_none());
        assert_eq!(outcomes.size, outcomes.kept.len() * (SMALL + OVERHEAD));
        (0..1000).for_each(|call| outcomes.forget(call));
        assert_eq!((outcomes.size, outcomes.kept.len()), (0, 0));
    }
}
