//! Calls, pushes, awaiting, arguments and results.

use std::sync::Arc;
use std::thread;

use concurrent_object::{CallError, LoanError, Pool, Shared, StartError, Started};
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::gate::Gate;

use super::far::FarOutput;
use super::{builder, start};

#[test]
fn calls_run_in_another_process_in_their_order() {
    within(SOON, || {
        let far = start();
        far.wait_until_ready().expect("ready");
        assert_ne!(far.process().wait().expect("told"), std::process::id());
        let sums: Vec<_> = (1..=100).map(|by| far.add(by)).collect();
        let sums: Vec<_> = sums.into_iter().map(|sum| sum.wait().expect("added")).collect();
        assert_eq!(sums, (1..=100).map(|by| by * (by + 1) / 2).collect::<Vec<u64>>());
        far.close().expect("ends");
    });
}

#[test]
fn pushes_are_pulled_in_their_order() {
    within(SOON, || {
        let far = start();
        let (mut pushed, mut pulled) = (0, Vec::new());
        while pulled.len() < 200 {
            while pushed < 200 && far.push_add(1).is_ok() {
                pushed += 1;
            }
            match far.wait_pull().expect("a result") {
                Some(FarOutput::Add(sum)) => pulled.push(sum),
                other => panic!("{other:?} of {pushed} pushes"),
            }
        }
        assert_eq!(pulled, (1..=200).collect::<Vec<u64>>());
    });
}

#[test]
fn values_of_all_forms_cross() {
    within(SOON, || {
        let far = start();
        let values: Vec<u64> = (0..100_000).collect();
        let sum = values.iter().sum::<u64>();
        assert_eq!(far.sum(&values).wait().expect("summed"), sum);
        assert_eq!(far.count_up(100_000).wait().expect("counted"), values);
        let text = "ä quiet word that is longer than an entry of the ring";
        assert_eq!(far.shout(text).wait().expect("told"), text.to_uppercase());
        let mut reversed = vec![1, 2, 3];
        far.reverse(&mut reversed).wait().expect("reversed");
        assert_eq!(reversed, [3, 2, 1, 4], "it may grow too");
        assert_eq!(far.fail().wait().expect("told"), Err("it cannot".into()));
        assert_eq!(builder().start_of(&values).expect("starts").add(0).wait().expect("added"), sum);
    });
}

#[test]
fn shared_values_are_copied_both_ways() {
    within(SOON, || {
        let far = start();
        let values = Shared::<[u64]>::new(&(0..10_000).collect::<Vec<_>>()).expect("room");
        let sum = values.iter().sum::<u64>();
        assert_eq!(far.shared_sum(&values).wait().expect("summed"), sum);
        assert_eq!(far.sum(&values).wait().expect("summed"), sum);
        assert_eq!(&*far.shared(10_000).wait().expect("made"), &*values);
        assert_eq!(builder().start_of(&values).expect("starts").add(0).wait().expect("added"), sum);
    });
}

#[test]
fn many_threads_and_tasks_share_the_object() {
    within(SOON, || {
        let far = Arc::new(start());
        let threads = (0..8).map(|_| {
            let far = far.clone();
            thread::spawn(move || (0..50).for_each(|_| assert!(far.add(1).wait().is_ok())))
        });
        let threads = threads.collect::<Vec<_>>();
        for _ in 0..50 {
            pollster::block_on(far.add(1)).expect("added");
        }
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
        assert_eq!(far.add(0).wait().expect("added"), 450);
    });
}

#[test]
fn a_pool_of_such_objects_maps() {
    within(SOON, || {
        let pool = Pool::new(2, |_| builder().start(0)).expect("starts");
        let sums: Vec<_> = pool.map(0..100_u64, |far, value| far.sum(&[value, 1])).collect();
        assert_eq!(sums.into_iter().map(|sum| sum.expect("summed")).collect::<Vec<_>>(), (1..=100).collect::<Vec<_>>());
    });
}

#[test]
fn a_panic_is_an_error_and_the_object_serves_on() {
    within(SOON, || {
        let far = start();
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
fn what_is_too_large_is_refused_on_either_side() {
    within(SOON, || {
        let far = builder().max_input_size("8 KiB").max_output_size("8 KiB").start(0).expect("starts");
        assert!(matches!(far.sum(&[0; 1025]).wait(), Err(CallError::TooLarge { .. })));
        assert!(matches!(far.count_up(1025).wait(), Err(CallError::TooLarge { .. })));
        assert_eq!(far.sum(&[1; 1000]).wait().expect("summed"), 1000);
        assert_eq!(far.count_up(1000).wait().expect("counted").len(), 1000);
    });
}

/// The bytes of a list count, and not those that say where it lies.
#[test]
fn lists_of_exactly_the_limit_cross_and_the_arguments_of_a_constructor_may_be_larger() {
    within(SOON * 2, || {
        let values = vec![1_u64; 8 << 20];
        let larger = [&values[..], &values[..1 << 20]].concat();
        let exactly = builder().slots(2).max_input_size("64 MiB").max_output_size("64 MiB");
        let far = exactly.start_of(&larger).expect("starts");
        assert_eq!(far.add(0).wait().expect("added"), 9 << 20);
        assert_eq!(far.sum(&values).wait().expect("summed"), 8 << 20);
        assert_eq!(far.count_up(8 << 20).wait().expect("counted").len(), 8 << 20);
        assert!(matches!(far.sum(&larger).wait(), Err(CallError::TooLarge { .. })));
        let error = far.count_up((8 << 20) + 1).wait().map(|list| list.len()).expect_err("too large");
        assert!(matches!(&error, CallError::TooLarge { .. }), "{error}");
    });
}

#[test]
fn what_needs_this_machine_is_refused_with_words() {
    within(SOON, || {
        let refused = |error: Result<_, StartError>| error.map(drop).expect_err("refused").to_string();
        let error = refused(builder().env("A", "b").start(0));
        assert!(error.contains("`env` needs a process") && error.contains("leave out this option"), "{error}");
        assert!(refused(builder().in_thread().start(0)).contains("`in_thread`"));
        assert!(refused(builder().memory_limit("1 GiB").start(0)).contains("`memory_limit`"));
        let far = start();
        assert!(matches!(far.loan::<u64>(10).map(drop), Err(LoanError::Elsewhere)));
        let items: Vec<_> = far.numbers().collect();
        let error = items[0].as_ref().expect_err("refused");
        assert!(items.len() == 1 && matches!(error, CallError::Elsewhere { .. }), "{error}");
        assert!(error.to_string().contains("items do not come from another program"), "{error}");
        assert!(!far.handle().trim().expect("no error"));
        assert_eq!(far.add(1).wait().expect("added"), 1);
    });
}

#[test]
fn a_call_that_waits_for_a_slot_is_served_when_one_is_free() {
    within(SOON, || {
        let (far, gate) = (builder().slots(2).start(0).expect("starts"), Gate::new());
        let waiting = far.wait_at(gate.path());
        let sums: Vec<_> = (0..10).map(|_| far.add(1)).collect();
        gate.wait_until_reached();
        gate.open();
        waiting.wait().expect("served");
        let sums: Vec<_> = sums.into_iter().map(|sum| sum.wait().expect("added")).collect();
        assert_eq!(sums, (1..=10).collect::<Vec<_>>());
    });
}
