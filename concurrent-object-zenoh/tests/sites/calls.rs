//! Calls, values of all sizes, panics, many threads.

use std::sync::Arc;
use std::thread;

use concurrent_object::{CallError, Started};
use concurrent_object_zenoh::{ByteSize, Limits};

use super::support::{connecting, free_port, host, listening, pair, site, start, within};

#[test]
fn calls_run_in_another_process_in_their_order() {
    within(|| {
        let (serving, site) = pair();
        let far = start(&site);
        assert_ne!(far.process().wait().expect("told"), std::process::id());
        assert_eq!(serving.objects(), 1);
        let sums: Vec<_> = (1..=100).map(|by| far.add(by)).collect();
        let sums: Vec<_> = sums.into_iter().map(|sum| sum.wait().expect("added")).collect();
        assert_eq!(sums, (1..=100).map(|by| by * (by + 1) / 2).collect::<Vec<u64>>());
        far.close().expect("ends");
    });
}

#[test]
fn values_in_one_message_and_in_pieces_arrive_whole() {
    within(|| {
        let (_serving, site) = pair();
        let far = start(&site);
        for count in [0, 1, 1000, 1_048_576 - 100, 1_048_576, 2_500_000] {
            let values: Vec<u64> = (0..count).collect();
            assert_eq!(far.sum(&values).wait().expect("summed"), values.iter().sum::<u64>());
            assert!(far.count_up(count).wait().expect("counted") == values, "{count}");
        }
        assert_eq!(far.shout("ä quiet word").wait().expect("told"), "Ä QUIET WORD");
    });
}

#[test]
fn a_panic_is_an_error_and_the_object_serves_on() {
    within(|| {
        let (_serving, site) = pair();
        let far = start(&site);
        match far.panic().wait() {
            Err(CallError::Panicked { panic, info, .. }) => {
                assert_eq!((panic.message.as_str(), info.started), ("on purpose", Started::Yes));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(far.add(1).wait().expect("added"), 1);
    });
}

#[test]
fn many_threads_share_the_object() {
    within(|| {
        let (_serving, site) = pair();
        let far = Arc::new(start(&site));
        let threads = (0..4).map(|_| {
            let far = far.clone();
            thread::spawn(move || (0..50).map(|_| far.add(1).wait().expect("added")).max())
        });
        threads.collect::<Vec<_>>().into_iter().for_each(|thread| assert!(thread.join().expect("no panic").is_some()));
        assert_eq!(far.add(0).wait().expect("added"), 200);
    });
}

#[test]
fn a_result_that_is_too_large_fails_its_call_which_has_run_and_the_object_lives() {
    within(|| {
        let port = free_port();
        let mut limits = Limits::default();
        limits.message = ByteSize::mib(1);
        let _serving = host(listening(port).limits(limits)).start().expect("it listens");
        let far = start(&site(&connecting(port)));
        let folder = tempfile::tempdir().expect("room");
        let file = folder.path().join("runs");
        std::fs::write(&file, "").expect("room");
        // One that is too large for the child, and one that just fits.
        let error = far.note_and_count_up(file.to_str().expect("text"), 131_072).wait().expect_err("too large");
        assert_eq!(error.started(), Started::Yes, "{error}");
        assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "begun");
        assert_eq!(far.count_up(120_000).wait().expect("counted").len(), 120_000);
        assert_eq!(far.add(1).wait().expect("it lives"), 1);
    });
}
