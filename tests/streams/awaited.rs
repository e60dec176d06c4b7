//! Streams that tasks await, and streams in `wait_any`.

use std::future::poll_fn;
use std::pin::Pin;
use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, ItemStream, wait_any};
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::gate::Gate;
use futures_core::{FusedStream, Stream};

use super::start;

async fn next<T>(items: &mut ItemStream<T>) -> Option<Result<T, CallError>> {
    poll_fn(|context| Pin::new(&mut *items).poll_next(context)).await
}

async fn all<T>(mut items: ItemStream<T>) -> Vec<T> {
    let mut taken = Vec::new();
    while let Some(item) = next(&mut items).await {
        taken.push(item.expect("no error"));
    }
    assert!(items.is_terminated());
    taken
}

#[test]
fn items_are_awaited_on_several_executors() {
    within(SOON, || {
        let source = start();
        let expected: Vec<u64> = (1..=5000).collect();
        assert_eq!(pollster::block_on(all(source.count(5000).into_stream())), expected);
        let tokio = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        assert_eq!(tokio.block_on(all(source.count(5000).into_stream())), expected);
        let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("a runtime");
        let items = source.count(5000).into_stream();
        assert_eq!(tokio.block_on(async { tokio::spawn(all(items)).await.expect("no panic") }), expected);
    });
}

#[test]
fn items_that_come_late_wake_the_task() {
    within(SOON, || {
        let (source, gate) = (start(), Gate::new());
        let items = source.halting(gate.path()).into_stream();
        let opening = thread::spawn({
            let path = gate.path().to_owned();
            move || {
                thread::sleep(Duration::from_millis(30));
                std::fs::write(path.join("open"), "").expect("the gate opens");
            }
        });
        assert_eq!(pollster::block_on(all(items)), [0, 1, 2, 3]);
        opening.join().expect("no panic");
    });
}

#[test]
fn a_task_that_takes_items_in_a_loop_gives_way() {
    within(SOON, || {
        let source = start();
        let tokio = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let others = tokio.block_on(async {
            let mut items = source.endless().into_stream();
            let other = tokio::spawn(async {
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
            });
            let mut taken = 0;
            while !other.is_finished() {
                next(&mut items).await.expect("an item").expect("no error");
                taken += 1;
            }
            taken
        });
        assert!(others > 0);
    });
}

#[test]
fn an_awaited_stream_that_is_dropped_frees_the_object() {
    within(SOON, || {
        let source = start();
        pollster::block_on(async {
            for _ in 0..50 {
                let mut items = source.endless().into_stream();
                next(&mut items).await.expect("an item").expect("no error");
                drop(items);
                assert_eq!(all(source.count(2).into_stream()).await, [1, 2]);
            }
        });
    });
}

#[test]
fn wait_any_takes_streams() {
    within(SOON, || {
        let (one, other, gate) = (start(), start(), Gate::new());
        let mut held = one.halting(gate.path());
        for expected in [0, 1] {
            assert_eq!(wait_any(&[&held], None), Some(0));
            assert_eq!(held.next().expect("an item").expect("no error"), expected);
        }
        gate.wait_until_reached();
        assert_eq!(wait_any(&[&held], Some(Duration::from_millis(20))), None);
        let mut items = other.count(2);
        assert_eq!(wait_any(&[&held, &items], None), Some(1));
        assert_eq!(items.try_next().expect("is there").expect("an item").expect("no error"), 1);
        assert_eq!(items.next().expect("an item").expect("no error"), 2);
        assert_eq!(wait_any(&[&held, &items], None), Some(1), "the end is something");
        assert!(items.next().is_none());
        assert_eq!(wait_any(&[&held, &items], None), Some(1), "and stays so");
        gate.open();
        assert_eq!(wait_any(&[&held], None), Some(0));
        assert_eq!(super::all(held), [2, 3]);
    });
}
