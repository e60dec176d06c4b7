//! The behavioural tests of the library, with every object on a host of this program, over Zenoh on
//! loopback: `.ci/over_zenoh` runs them.
//!
//! One program has all of them, because each program takes Zenoh with it. Each test needs a process of
//! its own, so `cargo nextest` runs it. Invariant: an object lives on a host unless its builder says otherwise.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]
#![allow(clippy::duplicate_mod, reason = "two of the files use the same collector of log lines")]

#[path = "../../../tests/arguments.rs"]
pub mod arguments;
#[path = "../../../tests/awaiting.rs"]
pub mod awaiting;
#[path = "../../../tests/builder.rs"]
pub mod builder;
#[path = "../../../tests/call_backpressure.rs"]
pub mod call_backpressure;
#[path = "../../../tests/call_semantics.rs"]
pub mod call_semantics;
#[path = "../../../tests/calls.rs"]
pub mod calls;
#[path = "../../../tests/carried_types.rs"]
pub mod carried_types;
#[path = "../../../tests/constructors.rs"]
pub mod constructors;
#[path = "../../../tests/deadlines.rs"]
pub mod deadlines;
#[path = "../../../tests/death_reports.rs"]
pub mod death_reports;
#[path = "../../../tests/errors.rs"]
pub mod errors;
#[path = "../../../tests/every_form.rs"]
pub mod every_form;
#[path = "../../../tests/forms.rs"]
pub mod forms;
#[path = "../../../tests/functions.rs"]
pub mod functions;
#[path = "../../../tests/impl_parts.rs"]
pub mod impl_parts;
#[path = "../../../tests/model.rs"]
pub mod model;
#[path = "../../../tests/multiple_objects.rs"]
pub mod multiple_objects;
mod place;
#[path = "../../../tests/pools.rs"]
pub mod pools;
#[path = "../../../tests/process_death.rs"]
pub mod process_death;
#[path = "../../../tests/process_kill.rs"]
pub mod process_kill;
#[path = "../../../tests/progress.rs"]
pub mod progress;
#[path = "../../../tests/refused_calls.rs"]
pub mod refused_calls;
#[path = "../../../tests/restart_policy.rs"]
pub mod restart_policy;
#[path = "../../../tests/shutdown.rs"]
pub mod shutdown;
#[path = "../../../tests/size_limits.rs"]
pub mod size_limits;
#[path = "../../../tests/snapshots.rs"]
pub mod snapshots;
#[path = "../../../tests/standard_types.rs"]
pub mod standard_types;
#[path = "../../../tests/status.rs"]
pub mod status;
#[path = "../../../tests/supervision.rs"]
pub mod supervision;
#[path = "../../../tests/threads.rs"]
pub mod threads;

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
