//! The layer that forwards events from a child process, where there is none: it does nothing,
//! because an object in a thread traces to the program's own subscriber.

use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

/// The layer that [`forward_layer`] returns.
#[derive(Clone, Debug)]
pub struct ForwardLayer {
    _private: (),
}

/// A layer that forwards what an object's process traces to the `tracing` subscriber of the parent,
/// on Linux. It does nothing on this target: each object lives in a thread, and its events are the
/// program's own.
pub fn forward_layer() -> ForwardLayer {
    ForwardLayer { _private: () }
}

/// Whether this is an object's process whose events a [`forward_layer`] sends to the parent. False
/// on this target, which has no such processes.
pub fn forwards_events() -> bool {
    false
}

impl<S> Layer<S> for ForwardLayer where S: Subscriber + for<'span> LookupSpan<'span> {}
