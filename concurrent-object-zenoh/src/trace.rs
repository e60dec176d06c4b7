//! The trace of the caller, on its way to the host.
//!
//! Knows the function that the user has set; knows no tracing system. Invariant: what is sent on has the
//! form of a `traceparent`.

use std::fmt;
use std::sync::Arc;

use concurrent_object::bridge::TraceParent;

/// Returns the `traceparent` of the current span.
#[derive(Clone, Default)]
pub struct TraceContext(Option<Arc<dyn Fn() -> Option<String> + Send + Sync>>);

impl TraceContext {
    /// Asks this function.
    pub fn new(current: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(current)))
    }

    /// The `traceparent` of the current span, if there is one. Runs the user's function.
    pub fn current(&self) -> Option<TraceParent> {
        let text = self.0.as_ref()?()?;
        let parent = text.parse();
        if let Err(error) = &parent {
            tracing::debug!(text, %error, "the function of `Config::traceparent` returned another text");
        }
        parent.ok()
    }
}

impl fmt::Debug for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TraceContext").field(&self.0.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn only_a_traceparent_goes_to_another_machine() {
        let current = |text: Option<&str>| {
            let text = text.map(str::to_owned);
            TraceContext::new(move || text.clone()).current().map(|parent| parent.to_string())
        };
        assert_eq!(current(Some(PARENT)).as_deref(), Some(PARENT));
        assert_eq!(current(Some("no traceparent")), None);
        assert_eq!(current(None), None);
        assert_eq!(TraceContext::default().current(), None);
    }
}
