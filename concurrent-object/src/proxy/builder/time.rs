//! Times as users write them: a `Duration`, or text with units; and the options that are times.
//!
//! Knows how to parse text. Invariant: text is kept until `start`, so that the error can quote it.

use std::time::Duration;

use crate::error::StartError;
use crate::parent::calls::timing::Limits;

const DEFAULT_GRACE: Duration = Duration::from_secs(5);
const DEFAULT_CANCEL_GRACE: Duration = Duration::from_secs(1);

/// A time: a `Duration`, or text such as `"250ms"`, `"2 s"` or `"1m 30s"`.
///
/// If the text cannot be parsed, `start` returns [`StartError::InvalidTime`], which quotes it.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use concurrent_object::StartError;
/// # use concurrent_object::concurrent_object;
/// # struct Divider;
/// # #[concurrent_object]
/// # impl Divider {
/// #     pub fn new() -> Self { Self }
/// #     pub fn divide(&self, a: u64, b: u64) -> u64 { a / b }
/// # }
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let grace = Duration::from_millis(500);
///     let builder = DividerProxy::builder("divider").timeout("2 s").grace(grace);
///     assert_eq!(builder.clone().start()?.divide(42, 6).wait()?, 7);
///     let error = builder.timeout("2 parsecs").start().expect_err("not a time");
///     assert!(matches!(error, StartError::InvalidTime { option: "timeout", .. }));
///     Ok(())
/// }
/// ```
pub trait IntoTime {
    /// Converts it to what the builder keeps.
    #[doc(hidden)]
    fn into_time(self) -> Time;
}

/// A time as the user gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub enum Time {
    Span(Duration),
    Text(String),
}

impl IntoTime for Duration {
    fn into_time(self) -> Time {
        Time::Span(self)
    }
}

impl IntoTime for &str {
    fn into_time(self) -> Time {
        Time::Text(self.to_owned())
    }
}

impl IntoTime for String {
    fn into_time(self) -> Time {
        Time::Text(self)
    }
}

/// The options that are times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    pub(crate) grace: Option<Time>,
    pub(crate) timeout: Option<Time>,
    pub(crate) queue_timeout: Option<Time>,
    pub(crate) cancel_grace: Option<Time>,
    pub(crate) ready_timeout: Option<Time>,
}

impl Times {
    /// Returns how long a child may take to exit.
    pub(crate) fn grace(&self) -> Result<Duration, StartError> {
        Ok(span(&self.grace, "grace")?.unwrap_or(DEFAULT_GRACE))
    }

    /// Returns the time limits of calls and of the constructor.
    pub(crate) fn limits(&self) -> Result<Limits, StartError> {
        Ok(Limits {
            timeout: span(&self.timeout, "timeout")?,
            queue_timeout: span(&self.queue_timeout, "queue_timeout")?,
            cancel_grace: span(&self.cancel_grace, "cancel_grace")?.unwrap_or(DEFAULT_CANCEL_GRACE),
            ready_timeout: span(&self.ready_timeout, "ready_timeout")?,
            ..Limits::default()
        })
    }
}

fn span(time: &Option<Time>, option: &'static str) -> Result<Option<Duration>, StartError> {
    time.as_ref().map(|time| time.span(option)).transpose()
}

impl Time {
    pub(super) fn span(&self, option: &'static str) -> Result<Duration, StartError> {
        match self {
            Self::Span(time) => Ok(*time),
            Self::Text(text) => {
                humantime::parse_duration(text).map_err(|_| StartError::InvalidTime { option, text: text.clone() })
            }
        }
    }
}
