//! One error for the two ways in which the call of a fallible method fails: the call, or the
//! method.
//!
//! Knows nothing of calls. Invariant: it prints as the error inside, and has the source of that
//! error.

use std::error::Error;
use std::fmt;

use super::CallError;

/// The error that [`Call::wait_flat`](crate::Call::wait_flat) returns, for a method that returns a
/// `Result`: either the call has no result, or the method returned an error.
///
/// It prints as the error inside, and has that error's source.
///
/// # Examples
/// ```
/// use concurrent_object::FlatError;
/// # use concurrent_object::concurrent_object;
/// # struct Parser;
/// #[concurrent_object]
/// impl Parser {
///     # pub fn new() -> Self { Self }
///     pub fn parse(&self, text: &str) -> Result<u32, std::num::ParseIntError> {
///         text.parse()
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let parser = ParserProxy::builder("parser").start()?;
///     assert_eq!(parser.parse("42").wait_flat()?, 42);
///     let Err(FlatError::Method(error)) = parser.parse("x").wait_flat() else { panic!() };
///     assert_eq!(error.to_string(), "invalid digit found in string");
///     parser.kill()?;
///     let Err(FlatError::Call(error)) = parser.parse("42").wait_flat() else { panic!() };
///     assert!(error.object_gone());
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
pub enum FlatError<E> {
    /// The call has no result.
    Call(CallError),
    /// The method returned this error.
    Method(E),
}

impl<E> From<CallError> for FlatError<E> {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl<E: fmt::Display> fmt::Display for FlatError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => error.fmt(f),
            Self::Method(error) => error.fmt(f),
        }
    }
}

impl<E: Error + 'static> Error for FlatError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Call(error) => error.source(),
            Self::Method(error) => error.source(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::RemoteError;

    #[test]
    fn it_prints_as_the_error_inside_and_has_its_source() {
        let inner = RemoteError::new("E".into(), "top".into(), vec!["root".into()]);
        let error = FlatError::Method(inner);
        assert_eq!((error.to_string(), format!("{error:#}")), ("top".into(), "top: root".into()));
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("root"));
    }
}
