//! Several hosts: where objects go, and where they go on after their host is gone.

use concurrent_object::{Pool, RestartPolicy, SnapshotPolicy};
use concurrent_object_zenoh::{Config, Serving, Site};

use super::far::{FarProxy, LedgerProxy};
use super::support::{SOON, free_port, host_named, host_process, listening, within};

/// Hosts in this process, each with its port, and a site that sees them.
fn fleet(names: &[&str]) -> (Vec<Serving>, Site) {
    let mut config = Config::new("test");
    let mut hosts = Vec::new();
    for name in names {
        let port = free_port();
        hosts.push(host_named(name, listening(port)).start().expect("it listens"));
        config = config.connect(format!("tcp/127.0.0.1:{port}"));
    }
    let site = Site::connect(&config).expect("it opens");
    site.wait_for_hosts(SOON, |hosts| hosts.len() == names.len()).expect("all appear");
    (hosts, site)
}

#[test]
fn a_pool_spreads_over_the_hosts_and_they_say_their_load() {
    within(|| {
        let (hosts, site) = fleet(&["one", "two"]);
        let anywhere = site.anywhere();
        let member = move |number| FarProxy::builder(format!("far-{number}")).on(anywhere.clone()).start(0);
        let pool = Pool::new(4, member).expect("starts");
        pool.wait_until_ready().expect("ready");
        let sums = (0..20).map(|_| pool.call(|far| far.add(1))).collect::<Vec<_>>();
        sums.into_iter().for_each(|sum| assert!(sum.wait().expect("added") > 0));
        assert_eq!(hosts.iter().map(Serving::objects).collect::<Vec<_>>(), [2, 2]);
        site.wait_for_hosts(SOON, |hosts| hosts.iter().all(|host| host.objects == 2)).expect("they report it");
        let named = FarProxy::builder("far").on(site.host("two")).start(0).expect("starts");
        named.wait_until_ready().expect("ready");
        assert_eq!(hosts[1].objects(), 3);
    });
}

#[test]
fn an_object_goes_on_elsewhere_when_its_host_is_killed() {
    within(|| {
        let (first, second) = (free_port(), free_port());
        let mut killed = host_process(first);
        let config = Config::new("test").connect(format!("tcp/127.0.0.1:{first}"));
        let site = Site::connect(&config.connect(format!("tcp/127.0.0.1:{second}"))).expect("it opens");
        site.wait_for_hosts(SOON, |hosts| hosts.len() == 1).expect("the first one appears");
        let far =
            FarProxy::builder("far").on(site.anywhere()).restart(RestartPolicy::on_death()).start(5).expect("starts");
        assert_eq!(far.add(1).wait().expect("added"), 6);
        let _other = host_named("other", listening(second)).start().expect("it listens");
        site.wait_for_hosts(SOON, |hosts| hosts.len() == 2).expect("the second one appears");
        killed.0.kill().expect("it is ours");
        let sum = loop {
            // The one that is under way while the host dies has no result.
            if let Ok(sum) = far.add(1).wait() {
                break sum;
            }
        };
        assert_eq!(sum, 6, "it started again");
    });
}

#[test]
fn an_object_with_a_saved_state_goes_on_with_it_elsewhere() {
    within(|| {
        let (first, second) = (free_port(), free_port());
        let mut killed = host_process(first);
        let config = Config::new("test").connect(format!("tcp/127.0.0.1:{first}"));
        let site = Site::connect(&config.connect(format!("tcp/127.0.0.1:{second}"))).expect("it opens");
        site.wait_for_hosts(SOON, |hosts| hosts.len() == 1).expect("the first one appears");
        let ledger = LedgerProxy::builder("ledger").on(site.anywhere()).restart(RestartPolicy::on_death());
        let ledger = ledger.snapshots(SnapshotPolicy::after_calls(1)).start().expect("starts");
        assert_eq!(ledger.add(1).wait().expect("added"), 1);
        assert_eq!(ledger.add(2).wait().expect("added"), 3);
        let _other = host_named("other", listening(second)).start().expect("it listens");
        site.wait_for_hosts(SOON, |hosts| hosts.len() == 2).expect("the second one appears");
        killed.0.kill().expect("it is ours");
        let sum = loop {
            if let Ok(sum) = ledger.add(10).wait() {
                break sum;
            }
        };
        assert_eq!(sum, 13, "it began with its saved state");
    });
}
