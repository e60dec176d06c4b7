//! A hook may use the object that has died, and may take long.

use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use concurrent_object::{Death, Handle, RestartPolicy, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};

struct Worker;

#[concurrent_object]
impl Worker {
    pub fn new() -> Self {
        Self
    }

    pub fn echo(&self, value: u64) -> u64 {
        value
    }

    pub fn pause(&self, pause: Duration) {
        thread::sleep(pause);
    }

    pub fn die(&self) {
        std::process::abort();
    }
}

fn policy() -> RestartPolicy {
    RestartPolicy::on_death().backoff(Duration::ZERO..Duration::ZERO)
}

#[test]
fn a_hook_may_wait_for_the_next_instance_whichever_thread_noticed_the_death() {
    for waits in [true, false] {
        within(SOON, move || {
            let known: Arc<OnceLock<Arc<WorkerProxy>>> = Arc::default();
            let (sender, receiver) = mpsc::channel();
            let own = known.clone();
            let hook = move |_: &_| {
                let worker = own.get().expect("known before it died");
                sender.send(worker.echo(1).wait()).expect("the receiver exists");
            };
            let worker =
                Arc::new(WorkerProxy::builder("worker").restart(policy()).on_death(hook).start().expect("starts"));
            worker.wait_until_ready().expect("ready");
            known.set(worker.clone()).expect("once");
            worker.push_die().expect("a slot is free");
            if waits {
                assert_eq!(worker.echo(2).wait().expect("of the next process"), 2);
            }
            assert_eq!(receiver.recv().expect("the hook was called").expect("of the next process"), 1);
            assert!(worker.wait_pull().is_err(), "it died");
        });
    }
}

#[test]
fn a_slow_hook_delays_no_waiting_thread() {
    within(SOON, || {
        let (let_go, held) = mpsc::channel::<()>();
        let held = Mutex::new(held);
        let (sender, receiver) = mpsc::channel();
        let hook = move |_: &_| {
            sender.send(()).expect("the receiver exists");
            held.lock().expect("sound").recv().expect("let go");
        };
        let worker = WorkerProxy::builder("worker").restart(policy()).on_death(hook).start().expect("starts");
        worker.wait_until_ready().expect("ready");
        thread::scope(|scope| {
            let before = worker.pause(Duration::from_millis(100));
            let died = worker.die();
            let calls: Vec<_> = (0..4).map(|value| worker.echo(value)).collect();
            let waiters: Vec<_> = calls.into_iter().map(|call| scope.spawn(move || call.wait())).collect();
            // The thread that waits may also be the one that runs the hook.
            let before = scope.spawn(move || before.wait());
            receiver.recv().expect("the hook runs");
            // One of them may be the thread that runs the hook.
            let served = |waiter: &thread::ScopedJoinHandle<'_, _>| waiter.is_finished();
            while waiters.iter().filter(|&waiter| served(waiter)).count() < 3 {
                thread::sleep(Duration::from_millis(1));
            }
            let_go.send(()).expect("it is held");
            before.join().expect("no panic").expect("it was served");
            for (value, waiter) in (0..).zip(waiters) {
                assert_eq!(waiter.join().expect("no panic").expect("of the next process"), value);
            }
            assert!(died.wait().is_err());
        });
    });
}

#[test]
fn a_hook_may_query_the_object() {
    within(SOON, || {
        let (handle, seen) = (Arc::new(OnceLock::<Handle>::new()), Arc::new(OnceLock::new()));
        let hooks = (handle.clone(), seen.clone());
        let hook = move |_: &Death| {
            let handle = hooks.0.get().expect("it was set at the start");
            hooks.1.set((handle.is_alive(), handle.statistics().outstanding)).expect("once");
        };
        let worker = WorkerProxy::builder("inward").on_death(hook).start().expect("starts");
        handle.set(worker.handle()).expect("once");
        let queued: Vec<_> = [worker.die(), worker.die()].into_iter().collect();
        for call in queued {
            assert!(call.wait().is_err());
        }
        wait_for("the hook has looked", || seen.get().is_some_and(|(alive, _)| !alive));
    });
}
