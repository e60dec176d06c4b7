//! The other end of an object's channel.
//!
//! The seam for other backends: a thread that attaches the same channel, or a bridge to another
//! machine, would be a further variant. Sending and settling calls does not use it. Its operations
//! are those that `Object` needs, and no more.
//!
//! | operation | a process |
//! |---|---|
//! | `ended` | its process descriptor, readable when it has exited |
//! | `has_ended` | polls that descriptor |
//! | `kill` | sends SIGKILL through it |
//! | `reap` | takes the exit status |
//! | the next one | `SpawnSpec` |

use std::os::fd::BorrowedFd;
use std::sync::Arc;

use super::instance::Instance;
use crate::parent::threads::supervised::Watched;
use crate::process::reap::{Reaped, end, reap};
use crate::process::stopped::StopKind;

/// What is at the other end.
#[derive(Clone, Debug)]
pub(crate) enum Backend {
    /// A process of this machine.
    Process(Arc<Instance>),
}

impl Backend {
    pub(crate) fn process(instance: Instance) -> Self {
        Self::Process(Arc::new(instance))
    }

    pub(crate) fn pid(&self) -> u32 {
        let Self::Process(instance) = self;
        instance.child.pid()
    }

    /// Returns a descriptor that is readable when the other end has ended; `None` if it was gone
    /// before the parent could watch it.
    pub(crate) fn ended(&self) -> Option<BorrowedFd<'_>> {
        let Self::Process(instance) = self;
        instance.child.pidfd()
    }

    /// Whether it has ended. Never blocks.
    pub(crate) fn has_ended(&self) -> bool {
        let Self::Process(instance) = self;
        instance.child.has_ended()
    }

    /// Kills it. Returns false if this process has no permission to.
    pub(crate) fn kill(&self) -> bool {
        let Self::Process(instance) = self;
        instance.child.kill()
    }

    /// Returns how it ended. The caller has made sure that it has ended.
    pub(crate) fn reap(&self) -> Reaped {
        let Self::Process(instance) = self;
        reap(&instance.child)
    }

    /// Kills a process that never served the object, and blocks until it has exited.
    pub(crate) fn discard(&self) {
        let Self::Process(instance) = self;
        end(&instance.child);
    }

    /// Whether it is stopped by a signal or held by a debugger.
    pub(crate) fn stop_kind(&self) -> Option<StopKind> {
        let Self::Process(instance) = self;
        instance.child.stop_kind()
    }

    /// Returns the id of the process that traces it.
    pub(crate) fn tracer(&self) -> Option<u32> {
        let Self::Process(instance) = self;
        instance.child.tracer()
    }

    /// Whether the kernel has killed a process for lack of memory since this one was spawned.
    pub(crate) fn has_seen_oom_kill(&self) -> bool {
        let Self::Process(instance) = self;
        instance.oom_kills.has_grown()
    }

    /// Returns the last part of its standard error, if the parent reads that.
    pub(crate) fn stderr_tail(&self) -> String {
        let Self::Process(instance) = self;
        instance.streams.end()
    }

    /// Reports the output that was not reported yet.
    pub(crate) fn report_output(&self) {
        let Self::Process(instance) = self;
        instance.streams.tell_rest();
    }

    /// Returns what the supervisor thread watches.
    pub(crate) fn watched(&self) -> Arc<dyn Watched> {
        let Self::Process(instance) = self;
        instance.clone()
    }
}
