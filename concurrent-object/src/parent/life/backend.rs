//! The other end of an object's channel: a process, a thread of this process, or another program.
//!
//! The seam for backends. Sending and settling calls does not use it. Its operations are those that
//! `Object` needs, and no more. A bridge is a thread that passes the calls on to another program.
//!
//! | operation | a process | a thread or a bridge |
//! |---|---|---|
//! | `ended` | its process descriptor, readable at the exit | an eventfd, written at the end |
//! | `has_ended` | polls that descriptor | reads what the thread left |
//! | `kill` | sends SIGKILL through it | a bridge passes it on; else it is false |
//! | `leave_behind` | nothing: it is dead soon | a thread counts as ended, and runs on |
//! | `reap` | takes the exit status | what the thread left |
//! | the next one | `SpawnSpec` executes this program | `SpawnSpec` begins a thread |

use std::sync::Arc;

use super::bridge::{BridgeFacts, BridgedObject};
use super::instance::Instance;
use super::object_thread::ObjectThread;
use crate::descriptor::BorrowedFd;
use crate::error::Exit;
use crate::parent::calls::references::References;
use crate::parent::threads::supervised::Watched;
use crate::process::output::Captured;
use crate::process::reap::{Reaped, end, reap};
use crate::process::stopped::StopKind;
use crate::protocol::remote::{CallLimits, Diagnosis, TraceParent};

/// What is at the other end.
#[derive(Clone, Debug)]
pub(crate) enum Backend {
    /// A process of this machine.
    Process(Arc<Instance>),
    /// A thread of this process.
    Thread(Arc<ObjectThread>),
    /// Another program, to which a thread of this process passes the calls on.
    Bridge(Arc<BridgedObject>),
}

impl Backend {
    pub(crate) fn process(instance: Instance) -> Self {
        Self::Process(Arc::new(instance))
    }

    pub(crate) fn thread(thread: ObjectThread) -> Self {
        Self::Thread(Arc::new(thread))
    }

    pub(crate) fn bridge(bridged: BridgedObject) -> Self {
        Self::Bridge(Arc::new(bridged))
    }

    pub(crate) fn is_bridge(&self) -> bool {
        matches!(self, Self::Bridge(_))
    }

    pub(crate) fn is_thread(&self) -> bool {
        matches!(self, Self::Thread(_))
    }

    /// Whether this is the same one. Threads and bridges of one program have the same process id.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Process(own), Self::Process(other)) => Arc::ptr_eq(own, other),
            (Self::Thread(own), Self::Thread(other)) => Arc::ptr_eq(own, other),
            (Self::Bridge(own), Self::Bridge(other)) => Arc::ptr_eq(own, other),
            _ => false,
        }
    }

    /// Returns the thread of this process that serves the channel.
    pub(crate) fn own_thread(&self) -> Option<&ObjectThread> {
        match self {
            Self::Process(_) => None,
            Self::Thread(thread) => Some(thread),
            Self::Bridge(bridged) => Some(&bridged.thread),
        }
    }

    /// Returns the id of the process in which the object lives, or to which it is bridged.
    pub(crate) fn pid(&self) -> u32 {
        match self {
            Self::Process(instance) => instance.child.pid(),
            Self::Thread(_) | Self::Bridge(_) => std::process::id(),
        }
    }

    /// Returns a descriptor that is readable when the other end has ended; `None` if it was gone
    /// before the parent could watch it.
    pub(crate) fn ended(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Self::Process(instance) => instance.child.pidfd(),
            Self::Thread(thread) => Some(thread.ended()),
            Self::Bridge(bridged) => Some(bridged.thread.ended()),
        }
    }

    /// Whether it has ended. Never blocks.
    pub(crate) fn has_ended(&self) -> bool {
        match self {
            Self::Process(instance) => instance.child.has_ended(),
            Self::Thread(thread) => thread.exit().is_some(),
            Self::Bridge(bridged) => bridged.thread.exit().is_some(),
        }
    }

    /// Kills it. Returns false if this process has no permission to, or if it is a thread.
    pub(crate) fn kill(&self) -> bool {
        match self {
            Self::Process(instance) => instance.child.kill(),
            Self::Thread(_) => false,
            Self::Bridge(bridged) => {
                bridged.inbox.kill();
                true
            }
        }
    }

    /// Passes on that a call is to end early, if the object is in another program. Otherwise the
    /// channel says so.
    pub(crate) fn pass_on_cancellation(&self, call: u64) {
        if let Self::Bridge(bridged) = self {
            bridged.inbox.cancel(call);
        }
    }

    /// Notes the limits of a call for the program that the object is in, if that is another one.
    pub(crate) fn limit(&self, call: u64, limits: CallLimits) {
        if let Self::Bridge(bridged) = self {
            bridged.inbox.limit(call, limits);
        }
    }

    /// Notes the span of a call's caller, if the object is in another program. Precedes the call.
    pub(crate) fn trace(&self, call: u64, trace: TraceParent) {
        if let Self::Bridge(bridged) = self {
            bridged.inbox.trace(call, trace);
        }
    }

    /// Asks for a call back that was passed on, if it has not begun.
    pub(crate) fn withdraw(&self, call: u64) {
        if let Self::Bridge(bridged) = self {
            bridged.inbox.withdraw(call);
        }
    }

    /// Makes a thread count as ended, since it cannot be killed.
    pub(crate) fn leave_behind(&self) {
        if let Self::Thread(thread) = self {
            thread.leave_behind();
        }
    }

    /// Whether it counts as ended, but still runs.
    pub(crate) fn is_left_behind(&self) -> bool {
        matches!(self, Self::Thread(thread) if thread.exit() == Some(Exit::LeftBehind))
    }

    /// Keeps what the calls of a thread that was left behind refer to. Gives it back if the other
    /// end is dead.
    pub(crate) fn retain(&self, references: Vec<References>) -> Vec<References> {
        match self {
            Self::Thread(thread) if self.is_left_behind() => {
                thread.retain(references);
                Vec::new()
            }
            Self::Process(_) | Self::Thread(_) | Self::Bridge(_) => references,
        }
    }

    /// Returns how it ended. The caller has made sure that it has ended.
    pub(crate) fn reap(&self) -> Reaped {
        match self {
            Self::Process(instance) => reap(&instance.child),
            Self::Thread(thread) => unmeasured(thread),
            Self::Bridge(bridged) => {
                let Diagnosis { peak_memory, cpu_time, .. } = bridged.facts.diagnosis().cloned().unwrap_or_default();
                Reaped { peak_memory, cpu_time, ..unmeasured(&bridged.thread) }
            }
        }
    }

    /// Ends a process or thread that never served the object. Blocks until the process has exited.
    pub(crate) fn discard(&self) {
        match self {
            Self::Process(instance) => end(&instance.child),
            Self::Thread(thread) => thread.discard(),
            Self::Bridge(bridged) => bridged.thread.discard(),
        }
    }

    /// Whether it is stopped by a signal or held by a debugger, and this process is not.
    pub(crate) fn stop_kind(&self) -> Option<StopKind> {
        match self {
            Self::Process(instance) => instance.child.stop_kind(),
            Self::Thread(_) | Self::Bridge(_) => None,
        }
    }

    /// Returns the id of the process that traces it.
    pub(crate) fn tracer(&self) -> Option<u32> {
        match self {
            Self::Process(instance) => instance.child.tracer(),
            Self::Thread(_) | Self::Bridge(_) => None,
        }
    }

    /// Whether the kernel has killed a process for lack of memory since this one was spawned.
    pub(crate) fn has_seen_oom_kill(&self) -> bool {
        match self {
            Self::Process(instance) => instance.oom_kills.has_grown(),
            Self::Thread(_) => false,
            Self::Bridge(bridged) => bridged.facts.diagnosis().is_some_and(|diagnosis| diagnosis.is_out_of_memory),
        }
    }

    /// Returns the last part of its standard error, if the parent reads that.
    pub(crate) fn stderr_tail(&self) -> String {
        match self {
            Self::Process(instance) => instance.streams.end(),
            Self::Thread(_) => String::new(),
            Self::Bridge(bridged) => bridged.streams.as_ref().as_ref().map(Captured::end).unwrap_or_default(),
        }
    }

    /// Returns what is known of the object's machine, if it is another one.
    pub(crate) fn facts(&self) -> Option<&BridgeFacts> {
        match self {
            Self::Process(_) | Self::Thread(_) => None,
            Self::Bridge(bridged) => Some(&bridged.facts),
        }
    }

    /// Reports the output that was not reported yet.
    pub(crate) fn report_output(&self) {
        match self {
            Self::Process(instance) => instance.streams.tell_rest(),
            Self::Thread(_) => {}
            Self::Bridge(bridged) => bridged.streams.iter().for_each(Captured::tell_rest),
        }
    }

    /// Returns what the supervisor thread watches.
    pub(crate) fn watched(&self) -> Arc<dyn Watched> {
        match self {
            Self::Process(instance) => instance.clone(),
            Self::Thread(thread) => thread.clone(),
            Self::Bridge(bridged) => bridged.clone(),
        }
    }
}

fn unmeasured(thread: &ObjectThread) -> Reaped {
    Reaped { exit: thread.exit().unwrap_or(Exit::Unknown), peak_memory: None, cpu_time: None, held_by: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::handshake::control_socket;

    /// A thread that waits for its parts, which leaves when this is dropped.
    fn thread() -> Backend {
        let (_, socket) = control_socket().expect("a socket");
        let thread = ObjectThread::spawn("test", None, socket, |_| unreachable!("it has no parts"));
        Backend::thread(thread.expect("a thread"))
    }

    #[test]
    fn two_threads_of_one_program_are_not_the_same_although_their_process_is() {
        let (first, second) = (thread(), thread());
        assert_eq!(first.pid(), second.pid());
        assert!(first.is(&first.clone()) && !first.is(&second));
    }
}
