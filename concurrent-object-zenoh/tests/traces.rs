//! The spans of an object on another machine, on both sides, and the trace that joins them.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations)]

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

#[path = "sites/far.rs"]
mod far;
#[allow(dead_code)]
#[path = "sites/support.rs"]
mod support;

concurrent_object::init_before_main!();

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// The fields of each span named `object`.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<String>>>);

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, "{field}={value:?} ").expect("text takes text");
    }
}

impl<S: tracing::Subscriber> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, _id: &Id, _context: Context<'_, S>) {
        if attributes.metadata().name() == "object" && attributes.metadata().target().contains("zenoh") {
            let mut fields = Fields(String::new());
            attributes.record(&mut fields);
            self.0.lock().expect("no panic").push(fields.0);
        }
    }
}

#[test]
fn both_sides_have_a_span_of_the_object_and_the_host_knows_the_trace() {
    let spans = Spans::default();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(spans.clone())).expect("the first");
    support::within(move || {
        let port = support::free_port();
        let _serving = support::host(support::listening(port)).start().expect("it listens");
        let site = support::site(&support::connecting(port).traceparent(|| Some(PARENT.to_owned())));
        support::start(&site).add(1).wait().expect("added");
        let spans = spans.0.lock().expect("no panic").clone();
        let [near, there] = &spans[..] else { panic!("{spans:?}") };
        assert!(near.contains("name=\"far\" host=\"far\" instance="), "{near}");
        assert!(there.contains(&format!("traceparent=\"{PARENT}\"")), "{there}");
        let instance = |text: &str| text.split("instance=").nth(1).map(|text| text[..32].to_owned());
        assert_eq!(instance(near), instance(there));
    });
}
