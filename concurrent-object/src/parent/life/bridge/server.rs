//! The thread that serves the channel of an object in another program.
//!
//! Knows the channel, bytes, and the order of events. Invariants: each request is answered at most
//! once. After an event that does not fit, no event has an effect.

mod arguments;
mod limits;
mod refusal;
mod requests;
mod returning;
mod waiting;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use self::arguments::OpenArguments;
use super::ending::{Ending, exit_of};
use super::{BridgeEnds, RemoteRecipe};
use crate::clock::{Moment, coarse_now};
use crate::error::Exit;
use crate::protocol::failure::shortened;
use crate::protocol::notice::Notices;
use crate::protocol::remote::{CallLimits, Carrier, EndKind, Event, Message};
use crate::transport::Transport;
use crate::transport::header::{Body, Header, Inline};
use crate::transport::layout::CRASH_NOTE_SIZE;
use crate::transport::mapped::{Channel, Lease};
use crate::transport::progress_cell::PROGRESS_SIZE;
use crate::transport::ring::{Consumer, Entry, NOTICE, Producer};
use crate::transport::spin::Waiting;
use crate::transport::steps::Steps;

/// The notice that breaks the protocol. The library gives no meaning to it.
const NO_NOTICE: u64 = 1 << 20;

/// How long a killed object may take to report its end. What it reports says which calls had begun.
const PATIENCE: Duration = Duration::from_secs(1);

/// SIGKILL, which has this number on every system.
const KILLED: i32 = 9;

/// The thread that serves the channel.
pub(super) struct Bridge<'r> {
    channel: Arc<Channel>,
    /// Sorted by slot number.
    leases: Vec<Lease>,
    requests: Consumer,
    replies: Producer,
    notices: Notices,
    carrier: Box<dyn Carrier>,
    ends: &'r BridgeEnds,
    waiting: Waiting,
    under_way: BTreeMap<u64, UnderWay>,
    /// Outcomes of calls that came before the object was ready. Until it is, the parent takes no
    /// answer.
    early: Vec<Event>,
    /// The limits of calls that are not passed on yet.
    limits: BTreeMap<u64, CallLimits>,
    recipe: &'r RemoteRecipe,
    is_ready: bool,
    is_stopping: bool,
    is_broken: bool,
    /// Whether the other program has killed the object's process. It reports the death next.
    is_dying: bool,
    /// How many progress values came.
    progress_values: u64,
    /// Until when this thread waits for the end of an object that is killed.
    killed_until: Option<Moment>,
}

/// A call that was passed on.
struct UnderWay {
    slot: u16,
    is_cancelled: bool,
    /// Whether the parent asks for it back, because the object is to end. The stop word may be set
    /// only after that.
    is_withdrawn: bool,
    /// Its arguments, if the carrier reads them in their slot.
    _arguments: Option<OpenArguments>,
}

impl<'r> Bridge<'r> {
    pub(super) fn new(
        (channel, leases): (Channel, Vec<Lease>),
        carrier: Box<dyn Carrier>,
        ends: &'r BridgeEnds,
        recipe: &'r RemoteRecipe,
    ) -> Self {
        Self {
            channel: Arc::new(channel),
            leases,
            requests: Consumer::default(),
            replies: Producer::default(),
            notices: Notices::default(),
            carrier,
            ends,
            waiting: Waiting::default(),
            under_way: BTreeMap::new(),
            early: Vec::new(),
            limits: BTreeMap::new(),
            recipe,
            is_ready: false,
            is_stopping: false,
            is_broken: false,
            is_dying: false,
            progress_values: 0,
            killed_until: None,
        }
    }

    /// Serves until the object has ended, and returns how. Notes where it lives.
    pub(super) fn serve(mut self) -> Ending {
        loop {
            let news = self.ends.inbox.take();
            self.ends.print(&news.printed, news.unprinted);
            for event in news.events {
                if self.is_broken {
                    break;
                }
                match self.handle(event) {
                    Ok(None) => {}
                    Ok(Some(ending)) => return self.conclude(ending),
                    Err(Unsound) => self.break_off(),
                }
            }
            if news.is_flooded && !self.is_broken {
                self.break_off();
            }
            if news.is_killed && self.killed_until.is_none() {
                // If it dies already, its machine says more of that than of an end on request.
                if !self.is_dying {
                    self.carrier.end(EndKind::Kill);
                }
                self.killed_until = Some(Moment::after(PATIENCE));
            }
            if self.killed_until.is_some_and(|until| self.is_broken || until <= Moment::now()) {
                return Ending::Exited(Exit::signal(KILLED, false));
            }
            self.note_limits(news.limits);
            news.cancelled.into_iter().for_each(|call| self.cancel(call));
            news.withdrawn.into_iter().for_each(|call| self.withdraw(call));
            if !self.is_broken && self.killed_until.is_none() {
                self.pass_on_all();
            }
            self.sleep();
        }
    }

    fn cancel(&mut self, call: u64) {
        if let Some(under_way) = self.under_way.get_mut(&call)
            && !std::mem::replace(&mut under_way.is_cancelled, true)
        {
            self.carrier.cancel(call, Some(self.recipe.cancel_grace));
        }
    }

    /// Handles an event. Returns how the object has ended, if it has.
    fn handle(&mut self, event: Event) -> Result<Option<Ending>, Unsound> {
        match event {
            Event::Failed(..) | Event::TimedOut { has_begun: false, .. } if !self.is_ready => self.keep_early(event)?,
            Event::Spawned { .. } if self.is_ready => return Err(Unsound),
            Event::Spawned { pid, host } => self.note_place(pid, host),
            Event::Ready { pid, host } => {
                if std::mem::replace(&mut self.is_ready, true) {
                    return Err(Unsound);
                }
                self.note_place(pid, host);
                self.notices.publish_ready(&*self.channel, &mut self.replies);
                for event in std::mem::take(&mut self.early) {
                    self.handle(event)?;
                }
            }
            Event::Begun(call) => {
                let slot = self.under_way.get(&call).filter(|_| self.is_ready).ok_or(Unsound)?.slot;
                self.begin(Entry { slot, call });
            }
            Event::Answered(call, message) => self.answer(call, &message)?,
            Event::Failed(call, reason) => self.fail(call, reason)?,
            Event::Returned(call) => self.take_back(call)?,
            Event::TimedOut { call, ran_for, has_begun, was_killed } => {
                self.time_out(call, ran_for, has_begun, was_killed)?;
            }
            Event::Saved(_) if !self.is_ready || self.recipe.start.snapshots.is_none() => return Err(Unsound),
            Event::Saved(state) => self.recipe.keep(state),
            Event::Unsaved { .. } if !self.is_ready || self.recipe.start.snapshots.is_none() => return Err(Unsound),
            Event::Unsaved { failures, series, reason } => {
                self.recipe.lock().unsaved = reason.map(shortened);
                // Where a child counts them. Release, as there.
                let word = u64::from(series) << u32::BITS | u64::from(failures);
                self.channel.unsaved().store(word, Ordering::Release);
            }
            // The inbox has taken it apart.
            Event::Printed { .. } => {}
            Event::Noted(record) if record.len() <= CRASH_NOTE_SIZE => self.channel.crash_note().write(&record),
            Event::Noted(_) => return Err(Unsound),
            Event::Diagnosed(diagnosis) => self.ends.facts.note_diagnosis(diagnosis),
            Event::Progressed(call, value) => self.note_progress(call, &value)?,
            Event::Refused(_) if self.is_ready => return Err(Unsound),
            Event::Refused(refusal) => return Ok(Some(Ending::Refused(refusal.into()))),
            Event::Died(exit) => return Ok(Some(Ending::Exited(exit_of(exit)))),
            Event::Ended => return Ok(Some(Ending::Exited(Exit::Code(0)))),
            Event::Lost(reason) => return Ok(Some(Ending::Lost(shortened(reason)))),
        }
        Ok(None)
    }

    fn note_place(&self, pid: u32, host: String) {
        self.ends.streams.iter().for_each(|streams| streams.set_pid(pid));
        self.ends.facts.note_place(pid, host);
    }

    /// Marks a call as running, unless it is.
    fn begin(&self, entry: Entry) {
        // Before the state, so that a parent that sees the state also sees the start time.
        if self.channel.state(entry.slot).is_passed_on(entry.call) {
            self.channel.started_at(entry.slot).store(coarse_now(), Ordering::Relaxed);
            self.channel.state(entry.slot).begin(entry.call);
        }
    }

    /// Writes a progress value where a child writes it.
    fn note_progress(&mut self, call: u64, value: &[u8]) -> Result<(), Unsound> {
        let UnderWay { slot, .. } = self.under_way.get(&call).filter(|_| self.is_ready).ok_or(Unsound)?;
        if value.len() > PROGRESS_SIZE {
            return Err(Unsound);
        }
        self.begin(Entry { slot: *slot, call });
        self.progress_values += 1;
        self.channel.progress(*slot).write(call, self.progress_values, value);
        Ok(())
    }

    /// Writes the bytes of an answer where a child writes its result.
    fn answer(&mut self, call: u64, message: &Message) -> Result<(), Unsound> {
        let UnderWay { slot, .. } = self.under_way.remove(&call).filter(|_| self.is_ready).ok_or(Unsound)?;
        let (raw, structured) = (&message.raw, &message.structured);
        let size = raw.len().checked_add(structured.len()).ok_or(Unsound)?;
        if size > self.channel.places.output_region_size {
            return Err(Unsound);
        }
        let entry = Entry { slot, call };
        self.begin(entry);
        let inline = if raw.is_empty() { Inline::new(structured) } else { None };
        let body = inline.map_or(Body::InRegion { offset: raw.len(), len: structured.len() }, Body::Inline);
        if inline.is_none() {
            let mut region = self.channel.output_region(&mut self.leases[usize::from(entry.slot)]);
            let mut end = 0;
            let write = &mut |bytes: &[u8]| {
                region.write(end, bytes);
                end += bytes.len();
            };
            // A result is there until it is dropped.
            raw.each(write).map_err(|_| Unsound)?;
            region.write(end, structured);
        }
        let header = Header { tag: message.tag, files: 0, body };
        // False if the parent has abandoned the call: then it kills the object.
        self.channel.conclude(&mut self.replies, entry, &header.to_words());
        Ok(())
    }

    /// Has the parent end the object, since the other program broke the protocol.
    fn break_off(&mut self) {
        self.is_broken = true;
        self.carrier.end(EndKind::Kill);
        self.channel.publish(&mut self.replies, Entry { slot: NOTICE, call: NO_NOTICE }, &[0; 7]);
    }
}

/// An event that a sound program does not send.
struct Unsound;

/// A header without a structured part.
fn short(tag: u32) -> Header {
    let empty = Inline::new(&[]).expect("an empty part fits inline");
    Header { tag, files: 0, body: Body::Inline(empty) }
}
