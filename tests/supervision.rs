//! Deaths are noticed without a waiting thread, if a hook or a restart depends on that.
#![allow(missing_docs, missing_debug_implementations)]

use std::fs;
use std::ops::Range;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, Death, RestartPolicy, State};
use concurrent_object_tests::census::entries;
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::send;
use concurrent_object_tests::forked::{check, in_forked_copy};
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::home::process_of;
use concurrent_object_tests::mortal::{MortalProxy, MortalProxyBuilder};
use concurrent_object_tests::random::Random;

concurrent_object::init_before_main!();

/// Serializes the tests: some inspect the threads of this process, and one forks.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts an object whose hook sends each death to the receiver.
fn hooked(builder: MortalProxyBuilder) -> (MortalProxyBuilder, Receiver<Death>) {
    let (sender, deaths) = channel();
    let sender = Mutex::new(sender);
    // The test may have dropped the receiver.
    let hook = move |death: &Death| drop(sender.lock().expect("no panic").send(death.clone()));
    (builder.on_death(hook), deaths)
}

fn mortal() -> MortalProxyBuilder {
    MortalProxy::builder("mortal").slots(2)
}

fn at_once() -> RestartPolicy {
    RestartPolicy::on_death().max(1000).backoff(Duration::ZERO..Duration::ZERO)
}

fn is_killed(death: &Death, pid: u32) -> bool {
    (death.pid, death.exit.signal_name()) == (pid, Some("SIGKILL"))
}

/// Waits until the object has had so many instances, without using the object.
fn wait_for_life(proxy: &MortalProxy, number: u64) {
    wait_for("there is the next process", || proxy.handle().incarnation() == number);
}

#[test]
fn the_hook_is_called_although_no_thread_uses_the_object() {
    let _alone = alone();
    let (builder, deaths) = hooked(mortal());
    let object = builder.start().expect("starts");
    object.wait_until_ready().expect("ready");
    let pid = process_of(&object.handle());
    send(pid, libc::SIGKILL);
    assert!(is_killed(&deaths.recv_timeout(SOON).expect("the hook is called"), pid));
    assert_eq!(object.handle().state(), State::Ended);
    drop((object, builder));
    let further = deaths.recv_timeout(SOON).expect_err("it is called once");
    assert_eq!(further, RecvTimeoutError::Disconnected, "the hook goes with the object and the builder");
}

#[test]
fn instances_follow_each_other_although_no_thread_uses_the_object() {
    let _alone = alone();
    let (builder, deaths) = hooked(mortal().restart(at_once()));
    let object = builder.start().expect("starts");
    object.wait_until_ready().expect("ready");
    let mut pids = vec![process_of(&object.handle())];
    for life in 2..12 {
        let pid = *pids.last().expect("one at least");
        send(pid, libc::SIGKILL);
        let death = deaths.recv_timeout(SOON).expect("the hook is called");
        assert!(is_killed(&death, pid));
        assert_eq!(death.incarnation + 1, life);
        wait_for_life(&object, life);
        assert!(!pids.contains(&process_of(&object.handle())));
        pids.push(process_of(&object.handle()));
        if life < 7 {
            // Otherwise the process would die before the parent has noticed that it is ready.
            object.wait_until_ready().expect("ready again");
        }
    }
    assert_eq!(object.add(3).wait().expect("served by the last one"), 3);
    assert!(deaths.try_recv().is_err());
}

#[test]
fn the_constructor_runs_again_although_no_thread_uses_the_object() {
    let _alone = alone();
    let gate = Gate::new();
    gate.open();
    let object = mortal().restart(RestartPolicy::on_death()).start_late(gate.path()).expect("starts");
    object.wait_until_ready().expect("ready");
    fs::remove_file(gate.path().join("reached")).expect("it came by");
    send(process_of(&object.handle()), libc::SIGKILL);
    gate.wait_until_reached();
}

#[test]
fn many_objects_that_die_at_once_all_restart() {
    let _alone = alone();
    within(SOON, || {
        let objects: Vec<_> = (0..60)
            .map(|_| {
                let (builder, deaths) = hooked(mortal().restart(at_once()));
                (builder.start().expect("starts"), deaths)
            })
            .collect();
        objects.iter().for_each(|(object, _)| object.wait_until_ready().expect("ready"));
        for life in 2..5 {
            let pids: Vec<_> = objects.iter().map(|(object, _)| process_of(&object.handle())).collect();
            pids.iter().for_each(|&pid| send(pid, libc::SIGKILL));
            for ((object, deaths), pid) in objects.iter().zip(pids) {
                assert!(is_killed(&deaths.recv_timeout(SOON).expect("answered"), pid), "each of its own process");
                wait_for_life(object, life);
                object.wait_until_ready().expect("ready again");
            }
        }
    });
}

/// The supervisor thread leaves a death to the driver. The driver may be about to leave, and not
/// return.
#[test]
fn a_death_is_noticed_when_the_driver_leaves_at_that_moment() {
    let _alone = alone();
    let (mut random, gate) = (Random::new(), Gate::new());
    let (builder, deaths) = hooked(mortal().restart(at_once()));
    let object = builder.start().expect("starts");
    for life in 2..300 {
        object.wait_until_ready().expect("ready");
        let mut call = object.add_after(gate.path(), 1);
        send(process_of(&object.handle()), libc::SIGKILL);
        drop(call.wait_timeout(Duration::from_micros(random.below(1500) as u64)));
        wait_for_life(&object, life);
        deaths.recv_timeout(SOON).expect("answered");
        drop(call);
    }
    drop(gate);
    assert!(deaths.try_recv().is_err(), "each death was reported once");
}

#[test]
fn a_hook_that_blocks_delays_neither_restarts_nor_limits() {
    let _alone = alone();
    let (held, hold) = channel::<()>();
    let hold = Mutex::new(hold);
    let blocked = move |_: &Death| assert!(hold.lock().expect("no panic").recv().is_err(), "until the end");
    let blocking = mortal().restart(at_once()).on_death(blocked).start().expect("starts");
    let short = Duration::from_millis(20);
    let other = mortal().restart(at_once()).timeout(short).cancel_grace(short).start().expect("starts");
    for object in [&blocking, &other] {
        object.wait_until_ready().expect("ready");
        send(process_of(&object.handle()), libc::SIGKILL);
        wait_for_life(object, 2);
    }
    let gate = Gate::new();
    let outcome = other.add_after(gate.path(), 1).wait();
    assert!(matches!(outcome, Err(CallError::TimedOut { .. })), "{outcome:?}");
    drop(held);
}

/// The hook waits for something that only the supervisor thread can bring about.
#[test]
fn a_hook_may_wait_for_the_next_instance_of_its_object() {
    let _alone = alone();
    let (answers, answer) = channel();
    let (objects, object) = channel::<std::sync::Weak<MortalProxy>>();
    let shared = Mutex::new((answers, object));
    let hook = move |_: &Death| {
        let shared = shared.lock().expect("no panic");
        let object = shared.1.recv().expect("it was sent").upgrade().expect("it is there");
        shared.0.send(object.add(42).wait()).expect("it is awaited");
    };
    let object = mortal().restart(at_once()).on_death(hook).start().expect("starts");
    object.wait_until_ready().expect("ready");
    let object = std::sync::Arc::new(object);
    objects.send(std::sync::Arc::downgrade(&object)).expect("the hook waits for it");
    send(process_of(&object.handle()), libc::SIGKILL);
    assert_eq!(answer.recv_timeout(SOON).expect("called").expect("served by the next one"), 42);
}

/// A copy inherits the epoll set of watched processes, and their descriptors.
#[test]
fn a_forked_copy_neither_notices_deaths_nor_prevents_its_parent_from_it() {
    let _alone = alone();
    within(SOON, || {
        let (builder, deaths) = hooked(mortal().restart(at_once()));
        let (mut object, mut dropped) = (Some(builder.clone().start().expect("starts")), builder.start().ok());
        let first = object.as_ref().expect("started");
        first.wait_until_ready().expect("ready");
        let (pid, threads) = (process_of(&first.handle()), || entries("/proc/self/task").len());
        in_forked_copy(|| {
            drop(dropped.take());
            send(pid, libc::SIGKILL);
            check(threads() == 1, "it has no thread but this")?;
            let own = mortal().restart(at_once()).start().map_err(|_| "start")?;
            own.wait_until_ready().map_err(|_| "ready")?;
            send(process_of(&own.handle()), libc::SIGKILL);
            wait_for_life(&own, 2);
            check(matches!(own.add(1).wait(), Ok(1)), "a call")?;
            drop((own, object.take()));
            check(deaths.try_recv().is_err(), "no death is reported in the copy")
        });
        assert!(is_killed(&deaths.recv_timeout(SOON).expect("answered"), pid));
        let object = object.take().expect("the parent's own");
        for life in 2..5 {
            wait_for_life(&object, life);
            send(process_of(&object.handle()), libc::SIGKILL);
            deaths.recv_timeout(SOON).expect("answered");
        }
        let second = dropped.take().expect("the parent's own");
        send(process_of(&second.handle()), libc::SIGKILL);
        assert!(deaths.recv_timeout(SOON).is_ok(), "the copy has not had it forgotten");
    });
}

/// Returns how often the supervisor and the reporter thread have gone to sleep.
fn sleeps() -> Vec<u64> {
    let read =
        |thread: &String, file| fs::read_to_string(format!("/proc/self/task/{thread}/{file}")).unwrap_or_default();
    let is_meant = |thread: &String| ["object-supervis", "object-reports"].contains(&read(thread, "comm").trim());
    let threads: Vec<_> = entries("/proc/self/task").into_iter().filter(is_meant).collect();
    let count = |thread| {
        let status = read(thread, "status");
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        line.expect("it is counted").trim().parse().expect("a number")
    };
    threads.iter().map(count).collect()
}

/// Threads that sleep without a timeout do not wake, so the count of sleeps stays the same over a
/// second.
#[test]
fn no_thread_wakes_while_nothing_happens() {
    let _alone = alone();
    let hour = Duration::from_secs(3600);
    let backoff: Range<_> = hour..hour;
    let builder = mortal().restart(RestartPolicy::on_death().backoff(backoff)).on_death(|_| {}).timeout(hour);
    let objects: Vec<_> = (0..5).map(|_| builder.clone().start().expect("starts")).collect();
    objects.iter().for_each(|object| assert_eq!(object.add(1).wait().expect("served"), 1));
    // One object waits for its next instance, which is due in an hour.
    send(process_of(&objects[0].handle()), libc::SIGKILL);
    wait_for("its death shows", || objects[0].handle().state() == State::Starting);
    let mut before = Vec::new();
    wait_for("they are asleep", || {
        thread::sleep(Duration::from_millis(100));
        before == sleeps() || {
            before = sleeps();
            false
        }
    });
    assert_eq!(before.len(), 2, "the supervisor thread and the reporter thread");
    thread::sleep(Duration::from_secs(1));
    assert_eq!(sleeps(), before);
}
