//! Forked copies of a program: they have its memory, and not the threads of Zenoh.

use concurrent_object::StartError;
use concurrent_object_tests::forked::{check, in_forked_copy};
use concurrent_object_zenoh::{Site, SiteError};

use super::far::FarProxy;
use super::support::{connecting, free_port, pair, start, within};

#[test]
fn a_forked_copy_has_no_site_and_says_so() {
    within(|| {
        let (_serving, site) = pair();
        let (far, config) = (start(&site), connecting(free_port()));
        in_forked_copy(|| {
            let started =
                FarProxy::builder("copied").on(site.anywhere()).start(0).and_then(|far| far.wait_until_ready());
            check(matches!(started, Err(StartError::ForkedCopy)), "an object starts in the copy\n")?;
            let connected = Site::connect(&config);
            check(matches!(connected, Err(SiteError::ForkedCopy)), "the copy connects\n")
        });
        assert_eq!(far.add(2).wait().expect("the object of the program is there"), 2);
    });
}
