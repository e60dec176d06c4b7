//! The behavioural tests of the library, with every object on a host of this program, over Zenoh on
//! loopback: `.ci/over_zenoh` runs them.
//!
//! One program has all of them, because each program takes Zenoh with it. Each test needs a process of
//! its own, so `cargo nextest` runs it. Invariant: an object lives on a host unless its builder says otherwise.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]
#![allow(clippy::duplicate_mod, reason = "two of the files use the same collector of log lines")]

#[path = "../../../tests/arguments.rs"]
mod arguments;
#[path = "../../../tests/awaiting.rs"]
mod awaiting;
#[path = "../../../tests/builder.rs"]
mod builder;
#[path = "../../../tests/call_backpressure.rs"]
mod call_backpressure;
#[path = "../../../tests/call_semantics.rs"]
mod call_semantics;
#[path = "../../../tests/calls.rs"]
mod calls;
#[path = "../../../tests/carried_types.rs"]
mod carried_types;
#[path = "../../../tests/constructors.rs"]
mod constructors;
#[path = "../../../tests/deadlines.rs"]
mod deadlines;
#[path = "../../../tests/death_reports.rs"]
mod death_reports;
#[path = "../../../tests/errors.rs"]
mod errors;
#[path = "../../../tests/every_form.rs"]
mod every_form;
#[path = "../../../tests/forms.rs"]
mod forms;
#[path = "../../../tests/functions.rs"]
mod functions;
#[path = "../../../tests/impl_parts.rs"]
mod impl_parts;
#[path = "../../../tests/model.rs"]
mod model;
#[path = "../../../tests/multiple_objects.rs"]
mod multiple_objects;
mod place;
#[path = "../../../tests/pools.rs"]
mod pools;
#[path = "../../../tests/process_death.rs"]
mod process_death;
#[path = "../../../tests/process_kill.rs"]
mod process_kill;
#[path = "../../../tests/progress.rs"]
mod progress;
#[path = "../../../tests/refused_calls.rs"]
mod refused_calls;
#[path = "../../../tests/restart_policy.rs"]
mod restart_policy;
#[path = "../../../tests/shutdown.rs"]
mod shutdown;
#[path = "../../../tests/size_limits.rs"]
mod size_limits;
#[path = "../../../tests/snapshots.rs"]
mod snapshots;
#[path = "../../../tests/standard_types.rs"]
mod standard_types;
#[path = "../../../tests/status.rs"]
mod status;
#[path = "../../../tests/supervision.rs"]
mod supervision;
#[path = "../../../tests/threads.rs"]
mod threads;

use concurrent_object::concurrent_object;

pub struct Place;

#[concurrent_object]
impl Place {
    pub fn new() -> Self {
        Self
    }

    pub fn process(&self) -> u32 {
        std::process::id()
    }
}

/// Without this test, the others could run on objects of their own program.
#[test]
fn object_without_a_remote_lives_on_a_host() {
    let object = PlaceProxy::builder("place").start().expect("starts");
    object.wait_until_ready().expect("ready");
    let host = object.handle().host().expect("a host");
    assert!(host.starts_with(place::HOST), "{host}");
    assert_eq!(object.process().wait().expect("answered"), object.handle().pid());
}
