//! How far one object is, which of its calls are open, and when its host was heard last.
//!
//! Knows events; knows nothing of messages. Invariant: after the last event of an object none follows.

mod blocked;
mod leaving;
mod repeats;

pub(super) use repeats::Request;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use concurrent_object::bridge::{Event, Events};
use tracing::Span;

use self::leaving::Leaving;
use self::repeats::Repeats;
use super::guard::{Activity, Guard, Guarded};
use crate::presence::{HostLoad, Placement};
use crate::session::{Job, Lane, Task};

/// What a site's objects have in common.
#[derive(Clone, Copy, Debug)]
pub struct SiteLimits {
    /// The largest message.
    pub message: u64,
    /// How long a host may be silent while something is awaited from it, less a second.
    pub lease: Duration,
}

/// One object, from its start to its last event.
pub struct Life {
    pub(super) limits: SiteLimits,
    events: Events,
    span: Span,
    link: Mutex<Arc<Activity>>,
    guard: Arc<Guarded>,
    state: Mutex<LifeState>,
}

struct LifeState {
    /// Until the host has taken the start.
    placement: Option<Placement>,
    stage: Stage,
    /// The calls that have no outcome yet, and how far each has left.
    open: BTreeMap<u64, Leaving>,
    repeats: Repeats,
    /// The object is to end at once, so no further call leaves.
    is_killed: bool,
    heard: Instant,
    /// When the lane sent the last part of a call.
    sent: Instant,
    /// When the host was asked whether it is there.
    asked_at: Option<Instant>,
    /// When the host was asked first, of the times since it was heard.
    asking_since: Option<Instant>,
    /// Since when the lane sends a message.
    sending: Option<Instant>,
}

/// How many times longer an object awaits an answer while its host answers other objects.
const PATIENCE: u32 = 10;

/// How far an object is.
enum Stage {
    /// The host has not taken the start: what would reach no object waits here.
    Asked(Vec<Task>),
    /// The host takes calls.
    Taken,
    /// The last event was reported.
    Ended,
}

/// What the lane of an object has to do about a silent host.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing is awaited.
    Never,
    /// Look again, after this time.
    After(Duration),
    /// Ask whether the host is there.
    Host,
    /// Ask whether the host has these calls.
    Object(Vec<u64>),
}

impl Life {
    pub(super) fn new(events: Events, limits: SiteLimits, span: Span, placement: Option<Placement>) -> Self {
        let state = LifeState {
            placement,
            stage: Stage::Asked(Vec::new()),
            open: BTreeMap::new(),
            repeats: Repeats::default(),
            is_killed: false,
            heard: Instant::now(),
            sent: Instant::now(),
            asked_at: None,
            asking_since: None,
            sending: None,
        };
        let (link, guard) = (Mutex::default(), Arc::default());
        Self { limits, events, span, link, guard, state: Mutex::new(state) }
    }

    /// With the guard of the site, and the activity of the link to the host.
    pub(super) fn guarded(self, guard: &Guard, host: &str) -> Self {
        Self { link: Mutex::new(guard.activity(host)), guard: guard.shared(), ..self }
    }

    /// Reports an event of the object.
    pub(super) fn put(&self, event: Event) {
        self.put_under(self.state(), event);
    }

    /// The same, if what decides it was looked at under this lock.
    fn put_under(&self, mut state: MutexGuard<'_, LifeState>, event: Event) {
        if matches!(state.stage, Stage::Ended) {
            return;
        }
        match event {
            // A call has one outcome: a host may refuse one of its pieces, and answer it too.
            Event::Answered(call, _)
            | Event::Failed(call, _)
            | Event::Returned(call)
            | Event::TimedOut { call, .. }
                if !state.conclude(call) =>
            {
                return;
            }
            Event::Begun(call) | Event::Progressed(call, _) if !state.open.contains_key(&call) => return,
            Event::Refused(_) | Event::Lost(_) | Event::Ended | Event::Died(_) => state.stage = Stage::Ended,
            _ => {}
        }
        // The user's subscriber runs in here, so not under the lock; the bridge's inbox runs nothing.
        let told = self.told(&event);
        if matches!(state.stage, Stage::Ended) {
            // Before the event, since another start may follow that at once.
            state.placement = None;
            state.repeats.clear();
        }
        self.events.put(event);
        drop(state);
        told.into_iter().for_each(|told| tracing::info!(parent: &self.span, "{told}"));
    }

    /// What the trace says of an event. A call is not told: the library has a span for it.
    fn told(&self, event: &Event) -> Option<String> {
        match event {
            _ if self.span.is_disabled() => None,
            Event::Ready { pid, .. } => Some(format!("the object is ready, in process {pid}")),
            Event::Refused(refusal) => Some(format!("the object is refused: {refusal:?}")),
            Event::Lost(reason) => Some(format!("the object is lost: {reason}")),
            Event::Died(exit) => Some(format!("the object has died: {exit:?}")),
            Event::Ended => Some("the object has ended".to_owned()),
            _ => None,
        }
    }

    /// The host was heard.
    pub(super) fn heard(&self) {
        self.state().heard = Instant::now();
        self.link().hear();
    }

    /// No further call leaves.
    pub(super) fn kill(&self) {
        self.state().is_killed = true;
    }

    /// The host takes calls now. Sends what has waited, in its order.
    pub(super) fn taken(&self, lane: &Lane, load: HostLoad) {
        let mut state = self.state();
        let placement = state.placement.take();
        if let Stage::Asked(jobs) = &mut state.stage {
            jobs.drain(..).for_each(|job| lane.post_task(job));
            state.stage = Stage::Taken;
        }
        drop(state);
        placement.into_iter().for_each(|placement| placement.taken(load));
    }

    /// Whether the object is to end at once.
    pub(super) fn is_killed(&self) -> bool {
        self.state().is_killed
    }

    /// Whether the last event was reported.
    pub(super) fn has_ended(&self) -> bool {
        matches!(self.state().stage, Stage::Ended)
    }

    /// Ends the object at the host: when the host has it, and also if this side has given it up.
    pub(super) fn end(&self, lane: &Lane, job: Job) {
        match &mut self.state().stage {
            Stage::Asked(jobs) => jobs.push(Task::Job(job)),
            // Without effect if the object has ended there.
            Stage::Taken | Stage::Ended => lane.post(job),
        }
    }

    /// Does this when the host takes calls. Never, if the object has ended.
    pub(super) fn post(&self, lane: &Lane, task: Task) {
        match &mut self.state().stage {
            Stage::Asked(jobs) => jobs.push(task),
            Stage::Taken => lane.post_task(task),
            Stage::Ended => {}
        }
    }

    /// What to do about a host that may be silent.
    pub(super) fn look(&self, now: Instant) -> Look {
        let mut state = self.state();
        let is_taken = match state.stage {
            Stage::Asked(_) => false,
            Stage::Taken if state.open.is_empty() => return Look::Never,
            Stage::Taken => true,
            Stage::Ended => return Look::Never,
        };
        let (half, limit) = (self.limits.lease / 2, self.limits.lease + Duration::from_secs(1));
        if let Some(asked_at) = state.asked_at.filter(|asked_at| state.heard <= *asked_at) {
            let rest = (limit - half).checked_sub(now.saturating_duration_since(asked_at));
            if let Some(rest) = rest.filter(|rest| !rest.is_zero()) {
                return Look::After(rest);
            }
            // While it answers other objects, the answer may wait behind theirs, or a router has dropped it.
            let is_there = now.saturating_duration_since(self.link().heard()) < limit;
            let limit = if is_there { limit * PATIENCE } else { limit };
            let since = *state.asking_since.get_or_insert(asked_at);
            if !is_there || now.saturating_duration_since(since) >= limit {
                drop(state);
                self.lost(format!("the host has not answered for {limit:?}"));
                return Look::Never;
            }
        } else {
            state.asking_since = None;
        }
        state.asked_at = None;
        // A call that was just sent cannot have an answer yet.
        let awaited = state.heard.max(state.sent);
        let rest = half.checked_sub(now.saturating_duration_since(awaited));
        if let Some(rest) = rest.filter(|rest| !rest.is_zero()) {
            return Look::After(rest);
        }
        state.asked_at = Some(now);
        // A call that has not left is not there.
        let sent = state.open.iter().filter_map(|(call, leaving)| (*leaving == Leaving::Left).then_some(*call));
        if is_taken { Look::Object(sent.collect()) } else { Look::Host }
    }

    pub(super) fn lost(&self, reason: impl Into<String>) {
        self.put(Event::Lost(reason.into()));
    }

    fn state(&self) -> MutexGuard<'_, LifeState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
