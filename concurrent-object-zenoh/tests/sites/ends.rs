//! Ends: of the proxy, of the child, of the host's process; and starts that find no host.

use concurrent_object::{StartError, Started};
use concurrent_object_zenoh::Site;

use super::far::FarProxy;
use super::support::{SOON, connecting, free_port, host, host_process, listening, pair, site, start, within};

#[test]
fn a_killed_host_settles_each_call_and_none_hangs() {
    within(|| {
        let port = free_port();
        let mut process = host_process(port);
        let site = site(&connecting(port));
        let far = start(&site);
        let object = far.process().wait().expect("told");
        let long = far.rest(30_000);
        let queued = (0..30).map(|by| far.add(by)).collect::<Vec<_>>();
        process.0.kill().expect("it is ours");
        process.0.wait().expect("it has ended");
        let error = long.wait().expect_err("its host is dead");
        assert_ne!(error.started(), Started::No, "{error}");
        for call in queued {
            assert_ne!(call.wait().expect_err("its host is dead").started(), Started::Yes);
        }
        site.wait_for_hosts(SOON, <[_]>::is_empty).expect("its token is gone");
        // The object's process ends with the host's.
        while std::path::Path::new(&format!("/proc/{object}/exe")).exists() {
            std::thread::yield_now();
        }
    });
}

#[test]
fn a_dead_child_is_an_error_of_its_call_and_the_host_lives() {
    within(|| {
        let (serving, site) = pair();
        let far = start(&site);
        let error = far.abort().wait().expect_err("it has aborted");
        assert!(error.to_string().contains("SIGABRT"), "{error}");
        drop(far);
        assert_eq!(start(&site).add(7).wait().expect("added"), 7);
        drop(serving);
    });
}

#[test]
fn a_dropped_proxy_ends_its_object() {
    within(|| {
        let (serving, site) = pair();
        drop(start(&site));
        while serving.objects() > 0 {
            std::thread::yield_now();
        }
        site.wait_for_hosts(SOON, |hosts| hosts.iter().all(|host| host.objects == 0)).expect("it is reported");
    });
}

#[test]
fn a_host_that_drains_ends_the_running_call_first() {
    within(|| {
        let port = free_port();
        let mut process = host_process(port);
        let site = site(&connecting(port));
        let far = start(&site);
        let folder = tempfile::tempdir().expect("room");
        let file = folder.path().join("begun");
        let running = far.note_and_rest(file.to_str().expect("text"), 500);
        while !file.exists() {
            std::thread::yield_now();
        }
        terminate(process.0.id());
        assert_eq!(running.wait().expect("it may end"), 1);
        assert!(process.0.wait().expect("it has ended").success());
    });
}

#[test]
fn a_large_answer_of_a_host_that_drains_arrives_whole() {
    within(|| {
        let port = free_port();
        let mut process = host_process(port);
        let site = site(&connecting(port));
        let far = start(&site);
        let folder = tempfile::tempdir().expect("room");
        let file = folder.path().join("begun");
        let running = far.note_and_count_up(file.to_str().expect("text"), 6_000_000);
        while !file.exists() {
            std::thread::yield_now();
        }
        terminate(process.0.id());
        assert_eq!(running.wait().expect("it arrives").len(), 6_000_000);
        assert!(process.0.wait().expect("it has ended").success());
    });
}

fn terminate(process: u32) {
    let sent = std::process::Command::new("kill").args(["-TERM", &process.to_string()]).status();
    assert!(sent.expect("kill is there").success());
}

#[test]
fn a_start_without_a_host_says_so() {
    within(|| {
        let site = Site::connect(&connecting(free_port())).expect("it opens without a host");
        let refused = |remote| {
            let far = FarProxy::builder("far").on(remote).start(0);
            far.and_then(|far| far.wait_until_ready()).expect_err("there is no host")
        };
        let error = refused(site.anywhere());
        assert!(matches!(error, StartError::NoHost { .. }), "{error:?}");
        assert!(error.to_string().contains("no host of the realm is there"), "{error}");
        let (_serving, site) = pair();
        let error = refused(site.host("other"));
        assert!(error.to_string().contains("the host \"other\" is not there"), "{error}");
        let _held = (0..8).map(|_| start(&site)).collect::<Vec<_>>();
        let error = refused(site.anywhere());
        // The site says so, or the host, if its load is not yet known here.
        assert!(matches!(error, StartError::NoHost { .. }) && error.to_string().contains("full"), "{error}");
    });
}

#[test]
fn a_host_takes_many_starts_at_once() {
    within(|| {
        let port = free_port();
        let serving = host(listening(port)).capacity(100).start().expect("it listens");
        let site = site(&connecting(port));
        let builder = FarProxy::builder("far").on(site.host("far"));
        let all = (0..100).map(|first| builder.start(first).expect("asked for")).collect::<Vec<_>>();
        for (first, far) in (0..).zip(&all) {
            assert_eq!(far.add(1).wait().expect("added"), first + 1);
        }
        assert_eq!(serving.objects(), 100);
    });
}
