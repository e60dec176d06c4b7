//! Gives the memory of an object's slots back to the system.
//!
//! Knows leases and files. Invariant: only what no call, no result and no loan is in is given back.

use std::io;
use std::sync::Arc;

use super::files::NEXT_INPUT;
use super::held::Held;
use super::outcomes::{Owner, Stage};
use super::{Core, Link};
use crate::channel::head::{Body, Head, Inline};
use crate::channel::pages::FreshInput;
use crate::error::Error;
use crate::error::refused::{Naming, take_apart};
use crate::process::post::Sent;

/// In place of a method's number: the child shall go on with another input file, and give back what it does not use.
pub(crate) const TRIM: u32 = u32::MAX;

impl Link {
    /// Gives back what is not in use, and asks the child to do the same. Whether that was all. Never waits for the child.
    pub(crate) fn trim(&self) -> Result<bool, Error> {
        self.check_ours()?;
        self.check_alive(&self.touch())?;
        if !self.channel.can_give_back() {
            return Ok(false);
        }
        let failed = |error| {
            let (call, source) = take_apart(error);
            Error::NotTrimmed { name: self.identity.name.clone(), call, source: Arc::new(source) }
        };
        let outputs = self.trim_outputs().map_err(failed)?;
        let fresh = self.channel.fresh_input().map_err(failed)?;
        let mut core = self.touch();
        self.check_alive(&core)?;
        Ok(self.trim_input(&mut core, fresh).map_err(failed)? && outputs)
    }

    fn check_alive(&self, core: &Core) -> Result<(), Error> {
        self.refusal(core, TRIM).map_or(Ok(()), |error| Err(error.into()))
    }

    /// One slot after the other, each without the lock.
    fn trim_outputs(&self) -> io::Result<bool> {
        let mut all = true;
        for slot in 0..self.channel.layout.slots as u16 {
            let Some(mut lease) = self.lock().slots.take_free(slot) else {
                all = false;
                continue;
            };
            let outcome = self.channel.give_back_output(&mut lease);
            let mut core = self.lock();
            core.slots.release(lease);
            self.fill_slots(&mut core);
            outcome?;
        }
        Ok(all)
    }

    fn trim_input(&self, core: &mut Core, fresh: FreshInput) -> io::Result<bool> {
        if core.body.is_none() || !core.slots.all_are_free() {
            return Ok(false);
        }
        // Whatever can fail comes before anything is done: a child that was sent the file goes on with it.
        let kept = self.recipe.as_ref().map(|_| fresh.file.try_clone()).transpose().naming("fcntl(F_DUPFD_CLOEXEC)")?;
        if self.files.send_file(NEXT_INPUT, &fresh.file)? == Sent::NotNow {
            return Ok(false);
        }
        if let (Some(recipe), Some(kept)) = (&self.recipe, kept) {
            recipe.set_input(kept);
        }
        let nothing = Inline::new(&[]).expect("nothing is short");
        let head = Head { tag: TRIM, files: 0, body: Body::Inline(nothing) };
        let ticket = core.outcomes.open(TRIM, Owner::Abandoned, Stage::Sent, Held::default());
        core.trims += 1;
        match core.slots.move_on(&self.channel, fresh, ticket, head) {
            Ok(ring) => core.after.ring_child |= ring,
            Err(error) => {
                self.break_off(core, "its memory could not be replaced");
                return Err(error);
            }
        }
        Ok(true)
    }
}
