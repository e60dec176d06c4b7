//! Objects on a host of the same machine, through the generated proxy, over Zenoh on loopback.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations)]

#[path = "sites/calls.rs"]
mod calls;
#[path = "sites/chaos.rs"]
mod chaos;
#[path = "sites/cuts.rs"]
mod cuts;
#[path = "sites/ends.rs"]
mod ends;
#[path = "sites/far.rs"]
mod far;
#[path = "sites/fleet.rs"]
mod fleet;
#[path = "sites/forked.rs"]
mod forked;
#[path = "sites/router.rs"]
mod router;
#[path = "sites/skew.rs"]
mod skew;
#[path = "sites/support.rs"]
mod support;
#[path = "sites/trust.rs"]
mod trust;
#[path = "sites/valve.rs"]
mod valve;

concurrent_object::init_before_main!();
