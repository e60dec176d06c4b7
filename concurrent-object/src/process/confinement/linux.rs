//! Sets the limits of a child, and closes its sandbox. In the child alone.
//!
//! Invariant: a limit that cannot be set ends the process before any code of the object runs.

mod alloc_error;
mod cpu_timer;
pub(in crate::process::confinement) mod handlers;
mod limits;

use std::sync::atomic::AtomicU64;

use super::Confinement;
use crate::error::ConfinementError;

impl Confinement {
    /// Child: sets the limits. Called before any code of the object runs, and before the
    /// process has a second thread. `record` stays mapped until the process ends.
    pub(crate) fn begin(&self) -> Result<(), ConfinementError> {
        limits::set(self)?;
        #[cfg(feature = "sandbox")]
        self.sandbox.as_ref().map_or(Ok(()), |sandbox| sandbox.begin())?;
        Ok(())
    }

    /// Child: closes the sandbox. Called when the object is constructed, before its first call.
    #[cfg(feature = "sandbox")]
    pub(crate) fn close(&self, record: &[AtomicU64]) -> Result<(), ConfinementError> {
        let Some(sandbox) = &self.sandbox else { return Ok(()) };
        if let Some(memory) = self.memory {
            limits::limit_files(memory)?;
        }
        sandbox.close(record)
    }

    /// Child: does nothing, since there is no sandbox.
    #[cfg(not(feature = "sandbox"))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "with a sandbox it uses and returns them")]
    pub(crate) fn close(&self, _record: &[AtomicU64]) -> Result<(), ConfinementError> {
        Ok(())
    }

    /// Child: lets the process report of which limit it dies.
    pub(crate) fn report_to(&self, record: &[AtomicU64]) {
        if self.memory.is_some() {
            handlers::report_aborts(record);
        }
    }
}
