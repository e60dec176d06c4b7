//! Hundreds of thousands of random operations. Each outcome is compared with that of a small
//! arithmetic model.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations)]

#[path = "model/machine.rs"]
mod machine;
#[path = "model/operations.rs"]
mod operations;
#[path = "model/shared.rs"]
mod shared;

use std::time::Duration;

use concurrent_object_tests::deadline::within;
use concurrent_object_tests::home::rounds;
use concurrent_object_tests::random::Random;

concurrent_object::init_before_main!();

/// The test takes a few seconds. The limit is for busy machines.
const LONG: Duration = Duration::from_secs(300);

const OPERATIONS: u64 = 100_000;

#[test]
fn one_slot_does_what_the_model_expects() {
    within(LONG, || operations::run(Random::new(), 1, rounds(OPERATIONS)));
}

#[test]
fn two_slots_do_what_the_model_expects() {
    within(LONG, || operations::run(Random::new(), 2, rounds(OPERATIONS)));
}

#[test]
fn sixteen_slots_do_what_the_model_expects() {
    within(LONG, || operations::run(Random::new(), 16, rounds(OPERATIONS)));
}

#[test]
fn eight_threads_on_one_proxy_neither_lose_nor_swap_outcomes() {
    for slots in [1, 16] {
        within(LONG, move || shared::run(Random::new(), slots, 8, rounds(3_000)));
    }
}
