//! The spans of an object on another machine and of its calls, and the trace that joins both sides.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations)]

use std::cell::Cell;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

#[path = "sites/far.rs"]
mod far;
#[allow(dead_code)]
#[path = "sites/support.rs"]
mod support;

concurrent_object::init_before_main!();

thread_local! {
    /// The number of the span that this thread is in. A tracing system has it in a place like this.
    static CURRENT: Cell<Option<u8>> = const { Cell::new(None) };
}

fn traceparent(span: u8) -> String {
    format!("00-0af7651916cd43dd8448eb211c80319c-00000000000000{span:02x}-01")
}

fn current() -> Option<String> {
    CURRENT.get().map(traceparent)
}

fn in_span<R>(span: u8, body: impl FnOnce() -> R) -> R {
    let before = CURRENT.replace(Some(span));
    let result = body();
    CURRENT.set(before);
    result
}

/// A span of the crate or of the library.
#[derive(Clone, Debug)]
struct Noted {
    /// The number of another span, once this one has ended.
    id: u64,
    name: &'static str,
    parent: Option<u64>,
    fields: String,
    has_ended: bool,
}

#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<Noted>>>);

struct Fields<'f>(&'f mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, "{field}={value:?} ").expect("text takes text");
    }
}

impl<S: tracing::Subscriber + for<'l> LookupSpan<'l>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if attributes.metadata().target().starts_with("concurrent_object") {
            let mut fields = String::new();
            attributes.record(&mut Fields(&mut fields));
            let parent = context.span(id).and_then(|span| span.parent()).map(|parent| parent.id().into_u64());
            let (id, name) = (id.into_u64(), attributes.metadata().name());
            self.0.lock().expect("no panic").push(Noted { id, name, parent, fields, has_ended: false });
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _context: Context<'_, S>) {
        self.change(id, |noted| values.record(&mut Fields(&mut noted.fields)));
    }

    fn on_close(&self, id: Id, _context: Context<'_, S>) {
        self.change(&id, |noted| noted.has_ended = true);
    }
}

impl Spans {
    fn change(&self, id: &Id, change: impl FnMut(&mut Noted)) {
        let mut all = self.0.lock().expect("no panic");
        all.iter_mut().find(|noted| noted.id == id.into_u64() && !noted.has_ended).into_iter().for_each(change);
    }

    fn named(&self, name: &str, fits: impl Fn(&Noted) -> bool) -> Vec<Noted> {
        let all = self.0.lock().expect("no panic");
        all.iter().filter(|noted| noted.name == name && fits(noted)).cloned().collect()
    }

    /// The spans of calls, in the order of the calls, once that many have ended.
    fn ended_calls(&self, count: usize) -> Vec<Noted> {
        let until = Instant::now() + support::SOON;
        loop {
            let ended = self.named("call", |noted| noted.has_ended);
            if ended.len() >= count {
                return ended;
            }
            assert!(Instant::now() < until, "the spans of {count} calls end: {ended:?}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn both_sides_have_a_span_of_the_object_and_the_host_continues_the_trace_of_each_call() {
    let spans = Spans::default();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(spans.clone())).expect("the first");
    support::within(move || {
        let port = support::free_port();
        let _serving = support::host(support::listening(port)).start().expect("it listens");
        let site = support::site(&support::connecting(port).traceparent(current));
        let far = in_span(1, || support::start(&site));
        in_span(2, || far.add(1)).wait().expect("added");
        far.add(1).wait().expect("added");
        in_span(3, || far.sum(&vec![1; 1 << 20])).wait().expect("a large one, in pieces");
        in_span(4, || far.panic()).wait().expect_err("it panics");

        let [near, object] = &spans.named("object", |span| span.fields.contains("instance="))[..] else {
            panic!("{spans:?}", spans = spans.0);
        };
        assert!(near.fields.contains("name=\"far\" host=\"far\" instance="), "{near:?}");
        assert!(object.fields.contains(&format!("traceparent={}", traceparent(1))), "{object:?}");
        let instance = |noted: &Noted| noted.fields.split("instance=").nth(1).map(|text| text[..32].to_owned());
        assert_eq!(instance(near), instance(object));

        let expected = [("add", Some(2), "answered"), ("add", None, "answered"), ("sum", Some(3), "answered")];
        let expected = expected.into_iter().chain([("panic", Some(4), "failed")]);
        for (call, (method, span, outcome)) in spans.ended_calls(4).into_iter().zip(expected) {
            assert_eq!(call.parent, Some(object.id), "{call:?}");
            assert!(call.fields.contains(&format!("method=\"{method}\"")), "{call:?}");
            assert!(call.fields.contains(&format!("outcome=\"{outcome}\"")), "{call:?}");
            match span {
                Some(span) => assert!(call.fields.contains(&format!("traceparent={} ", traceparent(span))), "{call:?}"),
                None => assert!(!call.fields.contains("traceparent"), "{call:?}"),
            }
        }
    });
}
