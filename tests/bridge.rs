//! Objects in another program, through a remote that is in this one: what they have in common with
//! objects of this program, and what they have not.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations)]

#[path = "bridge/calls.rs"]
mod calls;
#[path = "captured_output/collector.rs"]
mod collector;
#[path = "bridge/default_remote.rs"]
mod default_remote;
#[path = "bridge/ends.rs"]
mod ends;
#[path = "bridge/facts.rs"]
mod facts;
#[path = "bridge/far.rs"]
mod far;
#[path = "bridge/hostile.rs"]
mod hostile;
#[path = "bridge/lent.rs"]
mod lent;
#[path = "bridge/limits.rs"]
mod limits;
#[path = "bridge/loopback.rs"]
mod loopback;
#[path = "bridge/lost.rs"]
mod lost;
#[path = "bridge/printed.rs"]
mod printed;
#[path = "bridge/recorder.rs"]
mod recorder;

#[path = "bridge/saved.rs"]
mod saved;
#[path = "bridge/skew.rs"]
mod skew;
#[path = "bridge/traces.rs"]
mod traces;

use std::sync::Arc;

use concurrent_object::bridge::{Registry, Remote};
use far::{Far, FarOutput, FarProxy, FarProxyBuilder};
use loopback::Loopback;

concurrent_object::init_before_main!();

fn loopback() -> Arc<Loopback> {
    let mut registry = Registry::new();
    registry.register::<Far, FarOutput>();
    Loopback::new(registry)
}

fn builder_on(remote: Arc<impl Remote>) -> FarProxyBuilder {
    FarProxy::builder("far").on(remote as Arc<dyn Remote>)
}

fn builder() -> FarProxyBuilder {
    builder_on(loopback())
}

fn start() -> FarProxy {
    builder().start(0).expect("starts")
}
