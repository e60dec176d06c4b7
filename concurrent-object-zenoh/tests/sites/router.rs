//! Hosts and sites that see each other through a router of Zenoh.

use std::time::Duration;

use concurrent_object::Started;
use concurrent_object_zenoh::{Config, Limits, Mode, Site};
use zenoh::Wait;

use super::support::{SOON, client_process, free_port, host, patient, start, within};
use super::trust::{Authority, config, sees_a_host};

fn router(port: u16) -> zenoh::Session {
    let mut config = zenoh::Config::default();
    let settings = [
        ("mode", "\"router\"".to_owned()),
        ("listen/endpoints", format!("[\"tcp/127.0.0.1:{port}\"]")),
        ("scouting/multicast/enabled", "false".to_owned()),
    ];
    for (key, value) in settings {
        config.insert_json5(key, &value).expect("Zenoh has the key");
    }
    zenoh::open(config).wait().expect("it listens")
}

fn client(port: u16) -> Config {
    Config::new("test").mode(Mode::Client).connect(format!("tcp/127.0.0.1:{port}"))
}

#[test]
fn calls_of_all_sizes_go_through_a_router() {
    within(|| {
        let port = free_port();
        let _router = router(port);
        let serving = host(client(port).limits(patient())).start().expect("it connects");
        let site = Site::connect(&client(port).limits(patient())).expect("it connects");
        site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).expect("the host appears");
        let far = start(&site);
        let sums = (1..=200).map(|by| far.add(by)).collect::<Vec<_>>();
        assert_eq!(sums.into_iter().map(|sum| sum.wait().expect("added")).max(), Some(20_100));
        let values = vec![1_u64; 2_500_000];
        let (sum, up) = (far.sum(&values), far.count_up(2_500_000));
        assert_eq!(sum.wait().expect("summed"), 2_500_000);
        assert_eq!(up.wait().expect("counted").len(), 2_500_000);
        drop(far);
        while serving.objects() > 0 {
            std::thread::yield_now();
        }
    });
}

#[test]
fn a_router_with_certificates_passes_on_what_the_rules_allow_and_nothing_else() {
    within(|| {
        let folder = tempfile::tempdir().expect("room");
        let (ours, rogue) = (Authority::new(folder.path(), "ours"), Authority::new(folder.path(), "rogue"));
        let endpoint = format!("quic/127.0.0.1:{}", free_port());
        let router = config(ours.sign("middle")).listen(&endpoint).to_router().expect("it is safe");
        let router = zenoh::Config::from_json5(&router).expect("Zenoh knows each key");
        let _router = zenoh::open(router).wait().expect("it listens");
        let mut limits = Limits::default();
        limits.owner_grace = Duration::from_secs(1);
        let side = |files| config(files).mode(Mode::Client).connect(&endpoint).limits(limits.clone());
        let serving = host(side(ours.sign("gpu-3"))).start().expect("it connects");
        let site = Site::connect(&side(ours.sign("front"))).expect("it connects");
        site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).expect("the host appears");
        let far = start(&site);
        assert_eq!(far.add(7).wait().expect("added"), 7);
        let values = vec![1_u64; 1_500_000];
        assert_eq!(far.sum(&values).wait().expect("summed"), 1_500_000);
        assert!(!sees_a_host(&side(ours.sign("stranger"))), "a name that no rule allows");
        assert!(!sees_a_host(&side(ours.sign("gpu-3"))), "hosts see no hosts");
        let mut files = rogue.sign("front");
        files.authority = folder.path().join("ours.pem");
        assert!(!sees_a_host(&side(files)), "a certificate of another authority");
        assert_eq!(far.add(1).wait().expect("the host still sees its owner"), 8);
        drop(far);
        while serving.objects() > 0 {
            std::thread::yield_now();
        }
    });
}

#[test]
fn a_client_without_a_router_is_an_error_that_names_the_endpoint() {
    within(|| {
        let port = free_port();
        let error = Site::connect(&client(port)).expect_err("there is no router");
        let text = std::error::Error::source(&error).expect("the cause").to_string();
        assert!(text.contains(&port.to_string()), "{error}: {text}");
        assert!(error.to_string().contains("router"), "{error}");
        host(client(port)).start().expect_err("there is no router");
    });
}

#[test]
fn a_host_that_dies_behind_a_router_loses_its_calls() {
    within(|| {
        let port = free_port();
        let _router = router(port);
        let mut process = client_process(port);
        let site = Site::connect(&client(port)).expect("it connects");
        site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).expect("the host appears");
        let far = start(&site);
        let running = far.rest(60_000);
        process.0.kill().expect("it is ours");
        assert_ne!(running.wait().expect_err("its host is dead").started(), Started::No);
        site.wait_for_hosts(SOON, <[_]>::is_empty).expect("its token is gone");
    });
}

#[test]
fn calls_are_lost_when_the_router_goes_and_go_on_when_it_is_back() {
    within(|| {
        let port = free_port();
        let first = router(port);
        let serving = host(client(port)).start().expect("it connects");
        let site = Site::connect(&client(port)).expect("it connects");
        site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).expect("the host appears");
        let far = start(&site);
        let running = far.rest(60_000);
        first.close().wait().expect("it closes");
        running.wait().expect_err("its router is gone");
        site.wait_for_hosts(SOON, <[_]>::is_empty).expect("all tokens are gone");
        let _second = router(port);
        site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).expect("the host appears again");
        assert_eq!(start(&site).add(7).wait().expect("added"), 7);
        while serving.objects() > 0 {
            std::thread::yield_now();
        }
    });
}
