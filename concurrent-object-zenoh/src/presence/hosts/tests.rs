//! What a site knows of its hosts, after tokens, descriptions, placements and losses in any order.

use super::*;

fn host(name: &str) -> ZBytes {
    ZBytes::from(HostInfo::new(name, 8, vec![]).to_bytes())
}

#[test]
fn a_host_that_was_lost_is_not_trusted_for_a_while_unless_it_is_the_only_one() {
    let shared = Arc::new(Shared::default());
    let trusted = |within| {
        let hosts = lock(&shared.hosts);
        trusted_of(&hosts, hosts.values().filter_map(Seen::info).collect(), within)
            .into_iter()
            .map(|info| info.host)
            .collect::<Vec<_>>()
    };
    for name in ["gpu-3", "gpu-4"] {
        shared.appeared(name);
        shared.described(name, &host(name));
    }
    shared.lost("gpu-3");
    assert_eq!(trusted(Duration::from_secs(60)), ["gpu-4"]);
    assert_eq!(trusted(Duration::ZERO), ["gpu-3", "gpu-4"], "the while is over");
    shared.left("gpu-4");
    assert_eq!(trusted(Duration::from_secs(60)), ["gpu-3"]);
    shared.appeared("gpu-3");
    shared.appeared("gpu-4");
    shared.described("gpu-4", &host("gpu-4"));
    assert_eq!(trusted(Duration::from_secs(60)), ["gpu-3", "gpu-4"], "its token is back");
}

#[test]
fn an_object_counts_from_its_placement_on_and_an_older_description_changes_nothing() {
    let (shared, info) = (Arc::new(Shared::default()), HostInfo::new("gpu-3", 8, vec![]));
    let describe = |objects, changes| {
        let info = HostInfo { objects, changes, ..info.clone() };
        shared.described("gpu-3", &ZBytes::from(info.to_bytes()));
    };
    let objects = || lock(&shared.hosts)["gpu-3"].info().map(|info| info.objects);
    shared.appeared("gpu-3");
    describe(2, 5);
    let place = || {
        lock(&shared.hosts).get_mut("gpu-3").expect("it is there").placed += 1;
        Placement { shared: shared.clone(), host: "gpu-3".to_owned() }
    };
    let (taken, refused) = (place(), place());
    assert_eq!(objects(), Some(4));
    drop(refused);
    assert_eq!(objects(), Some(3));
    taken.taken(HostLoad { objects: 3, changes: 6 });
    assert_eq!(objects(), Some(3));
    describe(2, 5);
    assert_eq!(objects(), Some(3), "it left before the object was taken");
    describe(2, 7);
    assert_eq!(objects(), Some(2), "an object has ended");
    let again = HostInfo { objects: 0, changes: 1, epoch: info.epoch + 1, ..info.clone() };
    shared.described("gpu-3", &ZBytes::from(again.to_bytes()));
    assert_eq!(objects(), Some(0), "the program was started again");
}

#[test]
fn a_description_after_its_token_went_lists_no_host() {
    let shared = Shared::default();
    let bytes = ZBytes::from(HostInfo::new("gpu-3", 8, vec![]).to_bytes());
    shared.appeared("gpu-3");
    shared.left("gpu-3");
    shared.described("gpu-3", &bytes);
    assert!(lock(&shared.hosts).is_empty());
    shared.appeared("gpu-3");
    shared.described("gpu-3", &bytes);
    shared.appeared("gpu-3");
    assert!(lock(&shared.hosts)["gpu-3"].info.is_some(), "a second token of the same host changes nothing");
}

#[test]
fn a_stranger_who_makes_up_hosts_fills_no_more_than_the_list() {
    let shared = Shared::default();
    assert!(shared.appeared("gpu-3"));
    shared.described("gpu-3", &host("gpu-3"));
    let silent = (0..2 * MAX_SILENT).filter(|number| shared.appeared(&format!("silent-{number}"))).count();
    assert_eq!(silent, MAX_SILENT, "none of them has described itself");
    assert!(shared.appeared("gpu-3"), "a known one may come again");
    for number in 0..MAX_SILENT {
        shared.left(&format!("silent-{number}"));
    }
    for number in 0..2 * MAX_HOSTS {
        let name = format!("made-up-{number}");
        shared.appeared(&name);
        shared.described(&name, &host(&name));
    }
    assert_eq!(lock(&shared.hosts).len(), MAX_HOSTS);
}
