//! Gives the memory of an object's slots back to the kernel.
//!
//! Knows leases and files. Invariant: memory that a call, a result or a loan uses is not given
//! back.

use std::io;
use std::sync::Arc;

use super::Object;
use super::state::ObjectState;
use crate::error::Error;
use crate::error::refused::{Naming, take_apart};
use crate::parent::calls::references::References;
use crate::parent::calls::table::{Owner, Stage};
use crate::process::fd_socket::Sent;
use crate::protocol::control::ControlMessage;
use crate::protocol::method::TRIM;
use crate::transport::header::{Body, Header, Inline};
use crate::transport::pages::FreshInput;

impl Object {
    /// Gives back the memory that is not in use, and asks the child to do the same. Returns whether
    /// that was all of it. Never waits for the child.
    pub(crate) fn trim(&self) -> Result<bool, Error> {
        self.check_ours()?;
        self.check_alive(&self.poll())?;
        if self.is_bridged() || !self.channel.can_give_back() {
            return Ok(false);
        }
        let failed = |error| {
            let (call, source) = take_apart(error);
            Error::NotTrimmed { name: self.identity.name.clone(), call, source: Arc::new(source) }
        };
        let outputs = self.trim_outputs().map_err(failed)?;
        let fresh = self.channel.fresh_input().map_err(failed)?;
        let mut state = self.poll();
        self.check_alive(&state)?;
        Ok(self.trim_input(&mut state, fresh).map_err(failed)? && outputs)
    }

    fn check_alive(&self, state: &ObjectState) -> Result<(), Error> {
        self.refusal(state, TRIM).map_or(Ok(()), |error| Err(error.into()))
    }

    /// Gives back the output regions, slot by slot, without the lock during the system call.
    fn trim_outputs(&self) -> io::Result<bool> {
        let mut all = true;
        for slot in 0..self.channel.layout.slots as u16 {
            let Some(mut lease) = self.lock().calls.slots.take_free(slot) else {
                all = false;
                continue;
            };
            let outcome = self.channel.give_back_output(&mut lease);
            let mut state = self.lock();
            state.calls.slots.release(lease);
            self.send_waiting(&mut state);
            outcome?;
        }
        Ok(all)
    }

    fn trim_input(&self, state: &mut ObjectState, fresh: FreshInput) -> io::Result<bool> {
        if state.backend().is_none() || !state.calls.slots.all_are_free() {
            return Ok(false);
        }
        // Do everything that can fail before the file is sent: once the child has the file, it uses
        // it.
        let kept =
            self.spawn_spec.as_ref().map(|_| fresh.file.try_clone()).transpose().naming("fcntl(F_DUPFD_CLOEXEC)")?;
        if self.files.send_file(ControlMessage::ReplaceInput, &fresh.file)? == Sent::NotNow {
            return Ok(false);
        }
        if let (Some(spawn_spec), Some(kept)) = (&self.spawn_spec, kept) {
            spawn_spec.set_input(kept);
        }
        let empty = Inline::new(&[]).expect("zero bytes fit into a header");
        let header = Header { tag: TRIM, files: 0, body: Body::Inline(empty) };
        let key = state.calls.table.open(TRIM, Owner::Detached, Stage::Sent, References::default());
        state.own_calls += 1;
        match state.calls.slots.move_on(&self.channel, fresh, key, header) {
            Ok(ring) => state.calls.effects.ring_child |= ring,
            Err(error) => {
                self.break_off(state, "its memory could not be replaced");
                return Err(error);
            }
        }
        Ok(true)
    }
}
