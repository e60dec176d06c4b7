//! Cuts: a host that is stopped, a link that carries nothing, a client that does not read, a proxy's
//! process that dies.

use std::time::{Duration, Instant};

use concurrent_object::{CallError, StartError, Started};
use concurrent_object_zenoh::{ByteSize, Limits};

use super::far::FarProxy;
use super::support::{
    SOON, connecting, free_port, host, host_process, listening, pair, proxy_process, signal, site, start, within,
};
use super::valve::Valve;

/// Limits that differ from the default in the lease alone.
fn limits(lease: Duration) -> Limits {
    let mut limits = Limits::default();
    limits.lease = lease;
    limits
}

#[test]
fn calls_to_a_stopped_host_are_lost_and_a_new_object_serves_when_it_goes_on() {
    within(|| {
        let port = free_port();
        let process = host_process(port);
        let site = site(&connecting(port));
        let far = start(&site);
        let running = far.rest(20_000);
        signal(process.0.id(), "STOP");
        let waits = far.add(1);
        let error = running.wait().expect_err("it cannot be known");
        assert_ne!(error.started(), Started::No, "{error}");
        waits.wait().expect_err("it cannot be known");
        signal(process.0.id(), "CONT");
        site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).expect("it is back");
        assert_eq!(start(&site).add(7).wait().expect("added"), 7);
        drop(process);
    });
}

#[test]
fn a_link_that_carries_nothing_loses_its_object() {
    within(|| {
        let (port, valve) = (free_port(), free_port());
        let _serving = host(listening(port)).start().expect("it listens");
        let valve = Valve::open(valve, port);
        let site = site(&connecting(valve.port));
        let far = start(&site);
        valve.close();
        match far.add(1).wait() {
            Err(CallError::Lost { lost, .. }) => {
                assert_eq!((lost.site.as_str(), lost.host.as_deref()), ("test", Some("far")));
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn links_that_take_nothing_during_large_calls_lose_their_objects_and_hold_up_no_other_session() {
    within(|| {
        let (port, other) = (free_port(), pair());
        let near = start(&other.1);
        let _serving = host(listening(port)).start().expect("it listens");
        // Zenoh receives on two threads for all sessions of a program.
        let links: Vec<_> = (0..3).map(|_| Valve::open(free_port(), port)).collect();
        let sites: Vec<_> = links.iter().map(|link| site(&connecting(link.port))).collect();
        let objects: Vec<_> = sites.iter().map(start).collect();
        let values = vec![1_u64; 4_000_000];
        links.iter().for_each(Valve::close);
        // More than the buffers of a link take, so each sender is blocked.
        let mut calls: Vec<_> =
            objects.iter().flat_map(|far| [far.sum(&values), far.sum(&values), far.add(1)]).collect();
        let (since, mut count) = (Instant::now(), 0);
        while !calls.is_empty() {
            assert!(since.elapsed() < SOON / 2, "{} calls have no outcome", calls.len());
            count += 1;
            assert_eq!(near.add(1).wait().expect("its link carries"), count);
            calls.retain_mut(|call| {
                let outcome = call.try_wait();
                assert!(matches!(outcome, None | Some(Err(CallError::Lost { .. }))), "{outcome:?}");
                outcome.is_none()
            });
        }
        drop(site(&connecting(port)));
        // The sessions can close now.
        links.iter().for_each(Valve::reopen);
    });
}

#[test]
fn a_cancellation_and_an_end_overtake_calls_that_wait_for_a_slow_link() {
    within(|| {
        let (port, valve) = (free_port(), free_port());
        let serving = host(listening(port)).start().expect("it listens");
        let valve = Valve::open(valve, port);
        let site = site(&connecting(valve.port));
        let far = FarProxy::builder("far").on(site.anywhere()).cancel_grace("15 s").start(0).expect("starts");
        far.wait_until_ready().expect("ready");
        let folder = tempfile::tempdir().expect("room");
        let file = folder.path().join("begun");
        let waits = far.note_and_wait_for_cancel(file.to_str().expect("text"));
        while !file.exists() {
            std::thread::yield_now();
        }
        // Each of the others takes half a minute.
        valve.slow(2_000_000);
        let values = vec![1_u64; 8_000_000];
        let others: Vec<_> = (0..10).map(|_| far.sum(&values)).collect();
        std::thread::sleep(Duration::from_secs(1));
        waits.cancel();
        let outcome = waits.wait();
        assert!(matches!(outcome, Err(CallError::Cancelled { killed: false, .. })), "{outcome:?}");
        drop((far, others));
        while serving.objects() > 0 {
            std::thread::yield_now();
        }
        valve.slow(0);
    });
}

#[test]
fn a_client_that_does_not_read_holds_up_no_other() {
    within(|| {
        let (port, valve) = (free_port(), free_port());
        // So long that the link of the client is not given up during the test.
        let limits = limits(Duration::from_secs(300));
        let _serving = host(listening(port).limits(limits.clone())).start().expect("it listens");
        let valve = Valve::open(valve, port);
        let slow = site(&connecting(valve.port).limits(limits.clone()));
        let other = site(&connecting(port).limits(limits));
        let (far, near) = (start(&slow), start(&other));
        assert_eq!(far.add(1).wait().expect("added"), 1);
        valve.close_back();
        // More than the buffers of the link take. The file says that both are answered.
        let folder = tempfile::tempdir().expect("room");
        let file = folder.path().join("begun");
        let large = [far.count_up(5_000_000), far.count_up(5_000_000)];
        let small = far.note_and_rest(file.to_str().expect("text"), 0);
        while !file.exists() {
            std::thread::yield_now();
        }
        let values = vec![1_u64; 1_000_000];
        for round in 1..50 {
            assert_eq!(near.add(1).wait().expect("added"), round);
            assert_eq!(near.sum(&values).wait().expect("summed"), 1_000_000);
        }
        start(&other).add(1).wait().expect("another object starts, too");
        valve.reopen();
        // Zenoh closes a link that takes nothing for 30 s. The others did not wait for that.
        large.into_iter().for_each(|answer| assert_eq!(answer.wait().expect("counted").len(), 5_000_000));
        assert_eq!(small.wait().expect("rested"), 2);
    });
}

#[test]
fn an_object_ends_after_the_grace_if_its_proxys_process_is_killed() {
    within(|| {
        let port = free_port();
        let mut limits = Limits::default();
        limits.owner_grace = Duration::from_millis(700);
        let serving = host(listening(port).limits(limits)).start().expect("it listens");
        let mut proxy = proxy_process(port);
        while serving.objects() == 0 {
            std::thread::yield_now();
        }
        let begin = Instant::now();
        proxy.0.kill().expect("it is ours");
        proxy.0.wait().expect("it has ended");
        while serving.objects() > 0 {
            std::thread::yield_now();
        }
        assert!(begin.elapsed() >= Duration::from_millis(700), "it had its grace: {:?}", begin.elapsed());
    });
}

#[test]
fn an_object_whose_proxy_was_cut_off_ends_at_once_when_the_proxy_is_back() {
    within(|| {
        let (port, valve) = (free_port(), free_port());
        let mut limits = Limits::default();
        // Longer than the test.
        limits.owner_grace = SOON * 10;
        let serving = host(listening(port).limits(limits.clone())).start().expect("it listens");
        let valve = Valve::open(valve, port);
        let site = site(&connecting(valve.port).limits(limits));
        let far = start(&site);
        let before = far.process().wait().expect("told");
        let running = far.rest(600_000);
        valve.cut();
        running.wait().expect_err("it is lost");
        while serving.objects() > 0 {
            std::thread::yield_now();
        }
        while std::path::Path::new(&format!("/proc/{before}/exe")).exists() {
            std::thread::yield_now();
        }
        // The host may see the site before the site sees the host.
        site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).expect("it is back");
        assert_eq!(start(&site).add(7).wait().expect("added"), 7);
    });
}

#[test]
fn arguments_of_a_constructor_travel_in_pieces() {
    within(|| {
        let (_serving, site) = pair();
        let table = (0..3_000_000_u64).collect::<Vec<_>>();
        let far = FarProxy::builder("far").on(site.anywhere()).start_with_table(&table).expect("starts");
        assert_eq!(far.add(0).wait().expect("added"), table.iter().sum::<u64>());
        let mut limits = Limits::default();
        limits.message = ByteSize::mib(1);
        let port = free_port();
        let _serving = host(listening(port)).start().expect("it listens");
        let site = super::support::site(&connecting(port).limits(limits));
        let refused = FarProxy::builder("far").on(site.anywhere()).start_with_table(&table).expect("begins");
        let error = refused.wait_until_ready().expect_err("too large");
        assert!(matches!(error, StartError::Denied { .. }), "{error:?}");
        assert!(error.to_string().contains("`limits.message` is 1048576"), "{error}");
    });
}

#[test]
fn a_method_that_runs_too_long_ends_in_time_although_the_link_is_cut() {
    within(|| {
        let (port, valve) = (free_port(), free_port());
        let _serving = host(listening(port).limits(limits(SOON))).start().expect("it listens");
        let valve = Valve::open(valve, port);
        let site = site(&connecting(valve.port).limits(limits(SOON)));
        let limited = FarProxy::builder("far").timeout(Duration::from_millis(500)).cancel_grace(Duration::ZERO);
        let far = limited.on(site.anywhere()).start(0).expect("starts");
        let process = std::path::PathBuf::from(format!("/proc/{}", far.process().wait().expect("told")));
        let folder = tempfile::tempdir().expect("room");
        let file = folder.path().join("begun");
        let running = far.note_and_rest(file.to_str().expect("text"), 600_000);
        let wait_until = |is_so: &dyn Fn() -> bool| {
            let begin = Instant::now();
            while !is_so() {
                assert!(begin.elapsed() < SOON, "it must happen");
                std::thread::sleep(Duration::from_millis(1));
            }
        };
        wait_until(&|| file.exists());
        valve.close();
        wait_until(&|| !process.exists());
        valve.reopen();
        let error = running.wait().expect_err("it ran too long");
        assert!(matches!(error, CallError::TimedOut { killed: true, .. }), "{error}");
    });
}
