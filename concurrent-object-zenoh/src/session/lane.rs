//! The thread that sends the messages of one object.
//!
//! Problem: a message of Zenoh costs much more than the few bytes of a small call. Way here: small messages
//! that wait behind each other leave as one. Knows jobs; knows nothing of what they send. Invariants: a
//! job of one object never waits for the link of another one; everything leaves in its order.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;
use std::{io, thread};

use zenoh::Session;
use zenoh::bytes::ZBytes;

use super::Job;
use crate::wire;

/// Something for the thread to do.
pub enum Task {
    /// Anything.
    Job(Job),
    /// Sends a small message.
    Small(Small),
}

/// A small message.
pub struct Small {
    /// At most `wire::SMALL` bytes.
    pub message: ZBytes,
    /// Asked just before it leaves. If false, it does not.
    pub leaves: Box<dyn FnOnce() -> bool + Send>,
    /// Sends it, or several. All small messages of one thread go the same way.
    pub deliver: Deliver,
}

/// Sends a message.
pub type Deliver = Arc<dyn Fn(&Session, ZBytes) + Send + Sync>;

/// The way to the thread. It ends when this is dropped, and its jobs are done.
#[derive(Debug)]
pub struct Lane {
    tasks: mpsc::Sender<Task>,
    waiting: Arc<AtomicUsize>,
}

/// The thread's end of it.
struct Queue {
    tasks: Receiver<Task>,
    /// Was taken, and is to be done next.
    next: Option<Task>,
    waiting: Arc<AtomicUsize>,
}

impl Lane {
    /// Begins the thread. `watch` runs on it before each job, and returns after what time it wants to
    /// run again although there is no job. `panicked` runs when one of them panics, and the others go on.
    pub fn begin(
        session: Session,
        mut watch: impl FnMut(&Session) -> Option<Duration> + Send + 'static,
        panicked: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let (tasks, queue) = mpsc::channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let mut queue = Queue { tasks: queue, next: None, waiting: waiting.clone() };
        let run = move || {
            loop {
                let pause = caught(|| watch(&session)).unwrap_or_else(|| {
                    panicked();
                    None
                });
                match queue.take(pause) {
                    Ok(Task::Job(job)) => {
                        let done = caught(|| job(&session));
                        queue.done(1);
                        if done.is_none() {
                            panicked();
                        }
                    }
                    Ok(Task::Small(small)) => caught(|| queue.send(&session, small)).unwrap_or_else(&panicked),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        };
        thread::Builder::new().name("co-zenoh-lane".to_owned()).spawn(run)?;
        Ok(Self { tasks, waiting })
    }

    /// Runs a job on the thread, later.
    pub fn post(&self, job: impl FnOnce(&Session) + Send + 'static) {
        self.post_task(Task::Job(Box::new(job)));
    }

    /// Does this on the thread, later.
    pub fn post_task(&self, task: Task) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        // The thread ends only after this sender is dropped.
        let _ = self.tasks.send(task);
    }

    /// How many jobs are not done.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

impl Queue {
    fn take(&mut self, pause: Option<Duration>) -> Result<Task, RecvTimeoutError> {
        match (self.next.take(), pause) {
            (Some(task), _) => Ok(task),
            (None, None) => self.tasks.recv().map_err(|_| RecvTimeoutError::Disconnected),
            (None, Some(pause)) => self.tasks.recv_timeout(pause),
        }
    }

    /// Sends this message and the small ones behind it.
    fn send(&mut self, session: &Session, first: Small) {
        let Small { message, leaves, deliver } = first;
        // Before anything that may panic.
        self.done(1);
        let (mut size, mut messages) = (message.len(), Vec::new());
        if leaves() {
            messages.push(message);
        }
        while size < wire::BUNDLE - wire::SMALL {
            match self.tasks.try_recv() {
                Ok(Task::Small(Small { message, leaves, .. })) => {
                    self.done(1);
                    size += message.len();
                    if leaves() {
                        messages.push(message);
                    }
                }
                other => {
                    self.next = other.ok();
                    break;
                }
            }
        }
        match messages.len() {
            0 => {}
            1 => deliver(session, messages.remove(0)),
            _ => deliver(session, wire::several(&messages)),
        }
    }

    fn done(&self, count: usize) {
        self.waiting.fetch_sub(count, Ordering::Relaxed);
    }
}

/// Runs something. `None` if it panics: its thread has other things to do.
pub(super) fn caught<R>(run: impl FnOnce() -> R) -> Option<R> {
    let done = panic::catch_unwind(AssertUnwindSafe(run));
    done.inspect_err(|_| tracing::error!("a job of a Zenoh session panicked")).ok()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::Config;
    use crate::session::Outbox;
    use crate::wire::Kind;

    const SOON: Duration = Duration::from_secs(30);

    fn outbox() -> Outbox {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
        let endpoint = format!("tcp/{}", listener.local_addr().expect("it is bound"));
        drop(listener);
        Outbox::open(&Config::new("lane").listen(endpoint)).expect("it listens")
    }

    #[test]
    fn small_messages_that_wait_behind_each_other_leave_as_one_in_their_order() {
        let (outbox, (open, gate), (send, sent)) = (outbox(), mpsc::channel(), mpsc::channel());
        let lane = outbox.lane(|_| None, || ()).expect("it begins");
        lane.post(move |_| gate.recv().expect("the test opens it"));
        let deliver: Deliver = Arc::new(move |_: &Session, message| send.send(message).expect("the test waits"));
        let small = |number: u128| {
            let (message, leaves) = (wire::bare(Kind::Begun, number), Box::new(move || number != 2));
            lane.post_task(Task::Small(Small { message, leaves, deliver: deliver.clone() }));
        };
        (0..4).for_each(small);
        lane.post(|_| ());
        small(4);
        open.send(()).expect("the lane waits");
        let bundle = sent.recv_timeout(SOON).expect("it leaves");
        let messages: Result<Vec<_>, _> = wire::bundled(&bundle).collect();
        assert_eq!(messages.expect("a bundle"), [0, 1, 3].map(|number| wire::bare(Kind::Begun, number)));
        let alone = sent.recv_timeout(SOON).expect("it leaves");
        assert_eq!(alone, wire::bare(Kind::Begun, 4), "a job stood before it");
    }

    #[test]
    fn a_message_that_panics_does_not_count_as_waiting() {
        let (outbox, (report, reported)) = (outbox(), mpsc::channel());
        let lane = outbox.lane(|_| None, move || report.send(()).expect("the test waits")).expect("it begins");
        let (leaves, deliver) = (Box::new(|| panic!("on purpose")), Arc::new(|_: &Session, _| ()));
        lane.post_task(Task::Small(Small { message: wire::bare(Kind::Begun, 1), leaves, deliver }));
        reported.recv_timeout(SOON).expect("it is reported");
        assert_eq!(lane.waiting(), 0);
    }

    #[test]
    fn a_job_that_panics_is_reported_and_the_next_ones_run() {
        let outbox = outbox();
        let (send, reports) = mpsc::channel();
        let report = send.clone();
        let mut is_first = true;
        let watch = move |_: &Session| {
            assert!(!std::mem::take(&mut is_first), "on purpose");
            None
        };
        let lane = outbox.lane(watch, move || report.send("panicked").expect("the test waits")).expect("it begins");
        lane.post(|_| panic!("on purpose"));
        lane.post(move |_| send.send("done").expect("the test waits"));
        let reports: Vec<_> = (0..3).map(|_| reports.recv_timeout(SOON).expect("it is reported")).collect();
        assert_eq!(reports, ["panicked", "panicked", "done"]);
        outbox.post(|_| panic!("on purpose"));
        assert!(outbox.ask(|session| !session.is_closed()), "the session's thread goes on too");
    }
}
