//! Wakers as code of the user: they panic, block, and own what they wake.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Duration;

use concurrent_object::{Call, CallError};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::Gate;

use super::{AdderProxy, start};

/// Counts how often it is woken.
#[derive(Default)]
pub struct Counting(AtomicUsize);

impl Counting {
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

struct Panicking;

impl Wake for Panicking {
    fn wake(self: Arc<Self>) {
        // A poll calls its own waker to look a while longer: that panic is the task's own.
        if thread::current().name().is_none() {
            std::panic::resume_unwind(Box::new("a waker's panic"));
        }
    }
}

/// Blocks the thread that wakes it until the test is over, and tells which thread that is.
struct Blocking {
    woken: Mutex<Sender<String>>,
    over: Mutex<Receiver<()>>,
}

impl Wake for Blocking {
    fn wake(self: Arc<Self>) {
        let id = rustix::thread::gettid().as_raw_nonzero();
        let thread = std::fs::read_to_string(format!("/proc/self/task/{id}/comm")).unwrap_or_default();
        if thread.starts_with("object-") {
            drop(self.woken.lock().expect("sound").send(thread.trim().to_owned()));
            let _over = self.over.lock().expect("sound").recv();
        }
    }
}

/// Polls until the future is left to the reactor thread.
fn leave<F: Future + Unpin>(future: &mut F, waker: &Waker) {
    let begin = std::time::Instant::now();
    while begin.elapsed() < Duration::from_millis(5) {
        assert!(pin!(&mut *future).poll(&mut Context::from_waker(waker)).is_pending());
    }
}

#[test]
fn a_panicking_waker_harms_no_other_task() {
    within(SOON, || {
        let (adder, gate) = (start(), Gate::new());
        let mut first = adder.hold(gate.path());
        leave(&mut first, &Waker::from(Arc::new(Panicking)));
        let counting = Arc::new(Counting::default());
        let mut second = adder.double(1);
        leave(&mut second, &Waker::from(counting.clone()));
        let before = counting.count();
        gate.open();
        wait_for("the other task is woken", || counting.count() > before);
        assert_eq!(pollster::block_on(adder.double(3)).expect("served"), 6, "the reactor thread lives on");
    });
}

#[test]
fn a_waker_that_blocks_holds_up_no_time_limit() {
    within(SOON, || {
        let ((woken, is_woken), (over, is_over)) = (channel(), channel::<()>());
        let waker = Waker::from(Arc::new(Blocking { woken: Mutex::new(woken), over: Mutex::new(is_over) }));
        let limit = Duration::from_millis(50);
        let limited =
            || AdderProxy::builder("limited").timeout(limit).cancel_grace(Duration::ZERO).start().expect("starts");
        let (first, second, gate) = (limited(), limited(), Gate::new());
        let mut call = first.hold(gate.path());
        leave(&mut call, &waker);
        assert_eq!(is_woken.recv().expect("woken"), "object-reactor", "and not the thread that enforces limits");
        let outcome = second.hold(gate.path()).wait();
        assert!(matches!(outcome, Err(CallError::TimedOut { .. })), "{outcome:?}");
        drop(over);
    });
}

/// A task as executors make them: its waker owns it, and it owns its call.
struct Task {
    call: Mutex<Option<Call<u32>>>,
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {}
}

impl Task {
    fn poll(self: &Arc<Self>) {
        let mut call = self.call.lock().expect("sound");
        let waker = Waker::from(self.clone());
        assert!(pin!(call.as_mut().expect("there")).poll(&mut Context::from_waker(&waker)).is_pending());
    }
}

/// The waker's last reference may own the task, and the task a call of the same object. Dropping it
/// under the object's lock would never return.
#[test]
fn wakers_that_own_their_tasks_are_dropped_without_the_lock() {
    within(SOON, || {
        let (adder, gate) = (start(), Gate::new());
        let held = adder.hold(gate.path());
        let task = Arc::new(Task { call: Mutex::new(Some(adder.hold(gate.path()))) });
        task.poll();
        // The call has the last reference to its own task, so this frees both.
        let mut call = task.call.lock().expect("sound").take().expect("there");
        let inner = Arc::new(Task { call: Mutex::new(Some(adder.hold(gate.path()))) });
        let waker = Waker::from(inner);
        assert!(pin!(&mut call).poll(&mut Context::from_waker(&waker)).is_pending());
        drop(waker);
        // Replaces the waker, which owns another call of the object.
        assert!(pin!(&mut call).poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let waker = Waker::from(Arc::new(Task { call: Mutex::new(Some(adder.hold(gate.path()))) }));
        assert!(pin!(&mut call).poll(&mut Context::from_waker(&waker)).is_pending());
        drop(waker);
        drop((task, call));
        gate.open();
        assert_eq!(held.wait().expect("served"), 7);
    });
}
