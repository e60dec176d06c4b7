//! Streams and processes: forked copies, and objects in threads.

use concurrent_object::CallError;
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::forked::{check, in_forked_copy};

use super::{SourceProxy, all, start};

#[test]
fn a_forked_copy_gets_an_error_and_does_not_end_the_stream() {
    within(SOON, || {
        let source = start();
        let mut items = source.count(100_000);
        assert_eq!(items.next().expect("an item").expect("no error"), 1);
        let mut fresh = source.count(10);
        in_forked_copy(|| {
            check(matches!(fresh.next(), Some(Err(CallError::ForkedCopy { .. }))), "an error")?;
            check(fresh.next().is_none(), "the end")?;
            check(matches!(source.count(3).next(), Some(Err(CallError::ForkedCopy { .. }))), "a new call")
        });
        assert_eq!(all(items).len(), 99_999);
        assert_eq!(all(fresh).len(), 10);
    });
}

#[test]
fn an_object_in_a_thread_streams() {
    within(SOON, || {
        let source = SourceProxy::builder("source").in_thread().start().expect("starts");
        assert_eq!(all(source.count(10_000)).len(), 10_000);
        let mut items = source.endless();
        items.next().expect("an item").expect("no error");
        drop(items);
        assert_eq!(all(source.blocks(3, 300_000)).len(), 3);
        let items = source.endless();
        assert!(source.kill().is_ok() || source.status().state != concurrent_object::State::Ready);
        drop(items);
    });
}
