//! Replies as they come in, and as they are taken.
//!
//! Knows heads and slots; the child is not trusted, so every reply is checked against what was asked.

use super::events::Happened;
use super::files::Attached;
use super::outcomes::{Stage, Ticket};
use super::taken::{FAILURE, LACKING, Reply, Taken, VALUE, WITHDRAWN};
use super::{Core, Key, Life, Link};
use crate::channel::head::{Body, Head};
use crate::channel::mapped::Lease;
use crate::channel::notice::{FULL, READY};
use crate::channel::ring::{Carried, Entry, NOTICE};
use crate::channel::state::Phase;
use crate::error::{CallError, CallSite, Started};
use crate::shared::share::REFUSED;

impl Link {
    /// One entry of the reply ring. The child is not trusted: whatever does not fit what was sent is an error.
    pub(super) fn take_in(&self, core: &mut Core, entry: Entry, carried: &Carried) -> Result<(), &'static str> {
        if entry.slot == NOTICE {
            return self.take_in_notice(core, entry.call);
        }
        let Some(index) = core.slots.call_in(entry.slot) else { return self.take_in_passing(core, entry, carried) };
        if core.outcomes.call_of(index) != entry.call {
            return Err("a reply for another call than the one in its slot");
        }
        self.take_in_answer(core, entry.slot, index, carried)
    }

    /// The child says that it has passed over a call that was taken back. As in `Head`: the low half of the first word.
    fn take_in_passing(&self, core: &mut Core, entry: Entry, carried: &Carried) -> Result<(), &'static str> {
        let is_so = carried[0] as u32 == WITHDRAWN && core.slots.pass_over(entry);
        if is_so { Ok(()) } else { Err("a reply for a slot without a call") }
    }

    fn take_in_notice(&self, core: &mut Core, notice: u64) -> Result<(), &'static str> {
        if notice == FULL {
            return self.channel.make_room(core.slots.reply_position(), || self.files.make_room());
        }
        if notice != READY || !matches!(core.life, Life::Starting) {
            return Err("a notice that makes no sense");
        }
        core.life = Life::Ready;
        core.was_ready = true;
        core.restarts_after = None;
        self.queue(core, Happened::Ready);
        core.wake(Key::State);
        Ok(())
    }

    /// The child says that the call in this slot is answered: check it, and settle the call. A short result came with the
    /// entry, and its slot is free; the state of a long one is checked where it lies.
    pub(super) fn take_in_answer(
        &self,
        core: &mut Core,
        slot: u16,
        index: u32,
        carried: &Carried,
    ) -> Result<(), &'static str> {
        if !core.outcomes.is_sent(index) {
            return Err("a second reply for a call");
        }
        let head = Head::from_words(carried, self.channel.places.output_area_size)?;
        match head.tag {
            VALUE | FAILURE => {}
            LACKING => self.files.note_lacking(core.outcomes.files_of(index)),
            _ => return Err("a reply of unknown kind"),
        }
        if head.files > 0 && !self.take_in_files(core, slot, index, head)? {
            return Ok(());
        }
        if let Some(error) = self.told_outcome(core, index) {
            core.outcomes.take_received(index).into_iter().for_each(|files| core.after.received.push(files));
            core.free_slot(slot);
            core.settle(index, Stage::Failed(error));
            return Ok(());
        }
        if let Body::Inline(_) = head.body {
            core.free_slot(slot);
            core.settle(index, Stage::Kept(self.pid(), head, Vec::new()));
            return Ok(());
        }
        if self.channel.state(slot).phase_of(core.outcomes.call_of(index)) != Some(Phase::Answered) {
            return Err("a reply for a call that is not answered");
        }
        core.settle(index, Stage::Answered(self.pid(), slot, head));
        Ok(())
    }

    /// Takes in the files that come with a reply. False if they were lost; the call is settled then.
    fn take_in_files(&self, core: &mut Core, slot: u16, index: u32, head: Head) -> Result<bool, &'static str> {
        let call = core.outcomes.call_of(index);
        match self.files.take_in(call, head.files)? {
            Attached::Files(files) => {
                core.outcomes.set_received(index, files);
                Ok(true)
            }
            Attached::Lost => {
                let site = self.site(self.method_name(core.outcomes.method_of(index)), call, Started::Yes);
                core.free_slot(slot);
                core.settle(index, Stage::Failed(too_many_descriptors(site)));
                Ok(false)
            }
        }
    }

    /// A slot to send a call in: a free one, or one whose result is copied out for it.
    pub(super) fn obtain_lease(&self, core: &mut Core) -> Option<Lease> {
        core.slots.take().or_else(|| self.evacuate(core))
    }

    fn evacuate(&self, core: &mut Core) -> Option<Lease> {
        let answered = core.slots.occupied().find(|&(_, index)| core.outcomes.is_answered(index));
        let (slot, index) = answered?;
        core.outcomes.keep(index, |head| {
            let mut bytes = Vec::new();
            self.channel.output(slot, head.area_len()).append_to(&mut bytes);
            bytes
        });
        core.slots.vacate(slot)
    }

    /// Takes the outcome of a call, if it has one. What is taken is gone from here.
    pub(crate) fn take<'l>(&'l self, core: &mut Core, ticket: Ticket) -> Option<Taken<'l>> {
        if !core.outcomes.is_settled(ticket) {
            return None;
        }
        if core.outcomes.front() == Some(ticket) {
            core.outcomes.pop_front();
        }
        let method = core.outcomes.method_of(ticket.index());
        let files = core.outcomes.take_received(ticket.index());
        let (pid, outcome) = match core.outcomes.close(ticket.index()) {
            Stage::Answered(pid, slot, head) => {
                let lease = core.slots.vacate(slot);
                (pid, Ok(Reply::in_slot(head, self, slot, lease)))
            }
            Stage::Kept(pid, head, bytes) => (pid, Ok(Reply::kept(head, bytes))),
            Stage::Failed(error) => (error.site().pid, Err(error)),
            Stage::Free | Stage::Backlogged | Stage::Sent => return None,
        };
        if !core.backlog.is_empty() {
            self.fill_slots(core);
        }
        Some(Taken { method, call: ticket.call, pid, files, outcome })
    }
}

fn too_many_descriptors(site: Box<CallSite>) -> CallError {
    CallError::Decode { part: "the result".into(), reason: REFUSED.into(), site }
}
