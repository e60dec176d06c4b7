//! Hosts and sites that see each other through a router of Zenoh.

use concurrent_object::Started;
use concurrent_object_zenoh::{Config, Mode, Site};
use zenoh::Wait;

use super::support::{SOON, client_process, free_port, host, patient, start, within};

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
