//! Random histories of an object, without a process. After each event, the phase agrees with a
//! simple model.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// What can happen to an object. The number of a process is its value.
#[derive(Clone, Debug)]
enum Happens {
    Ready,
    /// The process died, and the policy says when the next one comes.
    Died {
        at: u64,
    },
    Time(u64),
    SpawnFailed {
        at: u64,
    },
    Spawned,
    Ended,
    SpawnerIsDone,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        3 => Just(Happens::Ready),
        3 => (0..20_u64).prop_map(|at| Happens::Died { at }),
        3 => (0..20_u64).prop_map(Happens::Time),
        1 => (0..20_u64).prop_map(|at| Happens::SpawnFailed { at }),
        3 => Just(Happens::Spawned),
        1 => Just(Happens::Ended),
        1 => Just(Happens::SpawnerIsDone),
    ]
}

/// The model of the phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Model {
    process: Option<u32>,
    is_constructing: bool,
    was_ready: bool,
    waits_until: Option<u64>,
    is_spawning: bool,
    has_ended: bool,
}

impl Model {
    fn apply(&mut self, event: &Happens, processes: u32) {
        match *event {
            Happens::Ready if self.is_constructing => (self.is_constructing, self.was_ready) = (false, true),
            Happens::Died { at } if self.process.is_some() && self.was_ready => {
                (self.process, self.is_constructing, self.waits_until) = (None, false, Some(at));
            }
            Happens::Time(now) if self.waits_until.is_some_and(|at| at <= now) => {
                (self.waits_until, self.is_spawning) = (None, true);
            }
            Happens::SpawnFailed { at } if self.is_spawning && !self.has_ended => {
                (self.waits_until, self.is_spawning) = (Some(at), false);
            }
            Happens::Spawned if self.is_spawning && !self.has_ended => {
                (self.process, self.is_constructing, self.is_spawning) = (Some(processes), true, false);
            }
            Happens::Ended => {
                *self = Self { has_ended: true, is_spawning: self.is_spawning, was_ready: true, ..Self::default() };
            }
            Happens::SpawnerIsDone if self.has_ended => self.is_spawning = false,
            _ => {}
        }
    }
}

fn apply(phase: &mut Phase<u32>, event: &Happens, processes: u32) {
    match *event {
        Happens::Ready => drop(phase.become_ready()),
        Happens::Died { at } if phase.running().is_some() && phase.was_ready() => phase.restart(at, None),
        Happens::Died { .. } => {}
        Happens::Time(now) => drop(phase.begin_spawning(now)),
        Happens::SpawnFailed { at } if matches!(phase, Phase::Restarting { next: Next::Spawning, .. }) => {
            phase.spawn_again(at);
        }
        Happens::SpawnFailed { .. } => {}
        Happens::Spawned => drop(phase.take_place(processes, 0)),
        Happens::Ended => phase.finish(End::Requested),
        Happens::SpawnerIsDone => phase.end_spawning(),
    }
}

fn seen(phase: &Phase<u32>) -> Model {
    let is_spawning = match phase {
        Phase::Restarting { next, .. } => *next == Next::Spawning,
        Phase::Ended { is_spawning, .. } => *is_spawning,
        Phase::Starting(..) | Phase::Ready(_) => false,
    };
    Model {
        process: phase.process().copied(),
        is_constructing: phase.is_constructing(),
        was_ready: phase.was_ready(),
        waits_until: phase.restart_at(),
        is_spawning,
        has_ended: phase.has_ended(),
    }
}

proptest! {
    #[test]
    fn every_history_agrees_with_the_model(events in vec(happens(), 0..60)) {
        let (mut phase, mut model) = (Phase::start(0, 0), Model { process: Some(0), is_constructing: true, ..Model::default() });
        for (processes, event) in (1..).zip(&events) {
            let ended = phase.has_ended();
            apply(&mut phase, event, processes);
            model.apply(event, processes);
            prop_assert_eq!(seen(&phase), model, "{:?}", event);
            prop_assert!(!ended || phase.has_ended(), "the end is final");
            prop_assert_eq!(phase.is_gone(), phase.has_ended() && !model.is_spawning);
        }
    }
}

#[test]
fn breaking_the_protocol_replaces_any_earlier_reason_for_the_kill() {
    let mut running = Running::new(0, 0);
    running.note_kill(KillReason::TooSlow);
    running.note_kill(KillReason::Broken("a reply of unknown kind"));
    assert_eq!(running.broken(), Some("a reply of unknown kind"));
    running.note_kill(KillReason::TooSlow);
    assert_eq!(running.broken(), Some("a reply of unknown kind"));
}
