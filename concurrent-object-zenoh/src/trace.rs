//! The trace of the caller, on its way to the host.
//!
//! Knows the W3C form of a `traceparent`; knows no tracing system. Invariant: what is sent on has that
//! form, and so does what is taken from another machine.

use std::fmt;
use std::sync::Arc;

/// Returns the `traceparent` of the current span.
#[derive(Clone, Default)]
pub struct TraceContext(Option<Arc<dyn Fn() -> Option<String> + Send + Sync>>);

impl TraceContext {
    /// Asks this function.
    pub fn new(current: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(current)))
    }

    /// The `traceparent` of the current span, if there is one.
    pub fn current(&self) -> Option<String> {
        self.0.as_ref().and_then(|current| current()).filter(|text| is_traceparent(text))
    }
}

impl fmt::Debug for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TraceContext").field(&self.0.is_some()).finish()
    }
}

/// Whether a text is `version-trace-span-flags`, in hexadecimal digits.
pub fn is_traceparent(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([2, 32, 16, 2]) && text.bytes().all(|byte| byte == b'-' || matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn only_a_traceparent_goes_to_another_machine() {
        assert_eq!(TraceContext::new(|| Some(PARENT.to_owned())).current().as_deref(), Some(PARENT));
        for text in ["", "00-0af7-b7ad-01", &PARENT.to_uppercase(), &PARENT.replace('0', "\n"), &format!("{PARENT}-")] {
            let text = text.to_owned();
            assert_eq!(TraceContext::new(move || Some(text.clone())).current(), None);
        }
        assert_eq!(TraceContext::default().current(), None);
    }
}
