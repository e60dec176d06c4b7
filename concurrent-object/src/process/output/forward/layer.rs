//! The child's layer: makes a record of each event and sends it.
//!
//! Knows `tracing-subscriber`. Values are formatted by code of the user, so the layer holds no lock
//! while it formats. In a process that is not a child with captured standard error, the layer does
//! nothing.

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record as Recorded};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::pipe;
use super::record::{self, FieldKind, Record};

/// A layer that forwards what an object's process traces to the `tracing` subscriber of the parent.
///
/// Add it to the subscriber before [`init`](crate::init), or in the object's constructor: nothing
/// after `init` runs in a child. It forwards in children whose `stderr` is
/// [`ChildStdio::Lines`](crate::ChildStdio::Lines). It does nothing in other children and in the
/// parent. Filters work on it as on any layer. An event that a filter rejects is not sent, so it
/// costs no sending.
///
/// In the parent an event has the level and the target that it had in the child. It has its message
/// and its fields, and the fields `name` and `pid` of the object's process. Its spans are text, in
/// the field `span`. Numbers and truth values keep their type; other values are text. Events keep
/// their order, also relative to captured lines, and precede the object's death. Control characters
/// are escaped. A field whose name is one of these names gets the prefix `child.`: `name` becomes
/// `child.name`. A target that begins with `concurrent_object` begins with
/// `concurrent_object::child` instead. File, line and module are not kept.
///
/// An event never blocks the child. If its pipe is full, the event is lost. The next event that is
/// sent carries the number of lost events, which is logged as a warning. An event has at most 4 KiB
/// and 24 fields; the field `cut` reports that something was cut off. A child may claim any level
/// and target for its events, but `name` and `pid` are what the parent knows. The parent keeps 512
/// combinations of level, target and field names. Events beyond that get the target
/// `concurrent_object::child`, and their own target and fields as text.
///
/// # Examples
/// ```standalone_crate
/// use concurrent_object::{ChildStdio, concurrent_object, forward_layer, forwards_events};
/// use tracing_subscriber::filter::dynamic_filter_fn;
/// use tracing_subscriber::prelude::*;
///
/// struct Divider;
///
/// #[concurrent_object]
/// impl Divider {
///     pub fn new() -> Self { Self }
///     pub fn divide(&self, a: u64, b: u64) -> u64 {
///         tracing::info!(target: "division", a, b, "divides");
///         a / b
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     # let path = std::env::temp_dir().join(format!("forwarded-{}.log", std::process::id()));
///     # let log = std::fs::File::create(&path)?;
///     # if std::env::var_os("CONCURRENT_OBJECT_CHILD").is_some() { std::fs::remove_file(&path)?; }
///     // In a child everything goes to the parent instead.
///     let own = tracing_subscriber::fmt::layer()
///         # .with_ansi(false)
///         # .with_writer(log)
///         .with_filter(dynamic_filter_fn(|_, _| !forwards_events()));
///     tracing_subscriber::registry().with(own).with(forward_layer()).init();
///     concurrent_object::init();
///     let divider = DividerProxy::builder("divider").stderr(ChildStdio::Lines).start()?;
///     assert_eq!(divider.divide(42, 6).wait()?, 7);
///     divider.terminate()?;
///     // The log has: INFO division: divides name="divider" pid=4711 a=42 b=6
///     # let log = std::fs::read_to_string(&path)?;
///     # std::fs::remove_file(&path)?;
///     # assert!(log.lines().any(|line| line.contains("INFO division: divides name=\"divider\" pid=") && line.contains(" a=42 b=6")), "{log}");
///     Ok(())
/// }
/// ```
pub fn forward_layer() -> ForwardLayer {
    ForwardLayer { _private: () }
}

/// Whether this is an object's process whose events a [`forward_layer`] sends to the parent. Other
/// layers may leave these events out.
///
/// # Examples
/// ```
/// assert!(!concurrent_object::forwards_events(), "an ordinary process");
/// ```
pub fn forwards_events() -> bool {
    pipe::is_open()
}

/// The layer that [`forward_layer`] returns.
///
/// # Examples
/// ```
/// use tracing_subscriber::prelude::*;
///
/// let layer: concurrent_object::ForwardLayer = concurrent_object::forward_layer();
/// let _subscriber = tracing_subscriber::registry().with(layer);
/// ```
#[derive(Clone, Debug)]
pub struct ForwardLayer {
    _private: (),
}

/// The fields of a span, as text.
#[derive(Debug, Default)]
struct SpanFields(String);

#[derive(Default)]
struct EventFields {
    message: String,
    fields: Vec<record::Field>,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for ForwardLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id).filter(|_| pipe::is_open()) else { return };
        let mut fields = SpanFields::default();
        attributes.record(&mut fields);
        span.extensions_mut().replace(fields);
    }

    fn on_record(&self, id: &Id, values: &Recorded<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id).filter(|_| pipe::is_open()) else { return };
        let mut added = SpanFields::default();
        values.record(&mut added);
        let mut extensions = span.extensions_mut();
        match extensions.get_mut::<SpanFields>() {
            Some(fields) if !fields.0.is_empty() => fields.0.extend([" ", &added.0]),
            _ => drop(extensions.replace(added)),
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if !pipe::is_open() {
            return;
        }
        let mut visited = EventFields::default();
        event.record(&mut visited);
        let scope = context.event_scope(event).into_iter().flat_map(|scope| scope.from_root());
        let spans: Vec<_> = scope
            .map(|span| match span.extensions().get::<SpanFields>() {
                Some(SpanFields(fields)) if !fields.is_empty() => format!("{}{{{fields}}}", span.name()),
                _ => span.name().to_owned(),
            })
            .collect();
        pipe::send(&mut Record {
            level: *event.metadata().level(),
            lost: 0,
            is_cut: false,
            target: event.metadata().target().to_owned(),
            message: visited.message,
            span: spans.join(":"),
            fields: visited.fields,
        });
    }
}

impl Visit for SpanFields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let space = if self.0.is_empty() { "" } else { " " };
        // Writing to a string fails only if the value's `Debug` fails.
        let _written = write!(self.0, "{space}{field}={value:?}");
    }
}

impl EventFields {
    fn put(&mut self, field: &Field, kind: FieldKind, value: String) {
        if field.name() == "message" {
            self.message = value;
        } else {
            self.fields.push(record::Field { name: field.name().to_owned(), kind, value });
        }
    }
}

impl Visit for EventFields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        let _written = write!(text, "{value:?}");
        self.put(field, FieldKind::Debug, text);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, FieldKind::Text, value.to_owned());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, FieldKind::Signed, value.to_string());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, FieldKind::Unsigned, value.to_string());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, FieldKind::Float, value.to_string());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, FieldKind::Truth, value.to_string());
    }
}
