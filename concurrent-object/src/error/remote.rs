//! An error of a method as text: what its `Display` printed, in place of a type that perhaps cannot
//! be encoded.
//!
//! Knows texts, not types. Invariant: at most [`MAX_CHAIN`] sources are kept, so the child cannot
//! exhaust the parent's stack with them.

use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::printable::printable_lines;

/// The error of a method as text. Most types of errors do not implement `Serialize`, so only their
/// text can be sent to another process. `#[concurrent_object(error = "value")]` on a method sends
/// the error itself instead.
///
/// It prints what the original error printed, with control characters other than tabs and line
/// breaks escaped. Its sources print what the sources of the original printed. With `{:#}` it
/// prints all of them in one line.
///
/// # Examples
/// ```
/// use std::error::Error;
/// # use concurrent_object::concurrent_object;
/// # struct Files;
/// #[concurrent_object]
/// impl Files {
///     # pub fn new() -> Self { Self }
///     pub fn size(&self, path: &str) -> std::io::Result<u64> {
///         Ok(std::fs::metadata(path)?.len())
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn Error>> {
///     concurrent_object::init();
///     let files = FilesProxy::builder("files").start()?;
///     let error = files.size("/no/such/file").wait()?.expect_err("there is no such file");
///     assert_eq!(error.type_name(), "std::io::error::Error");
///     assert!(error.to_string().starts_with("No such file"));
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Encoded", into = "Encoded")]
pub struct RemoteError {
    type_name: String,
    message: String,
    source: Option<Box<CauseText>>,
}

/// One source of the error, with its own source.
#[derive(Clone, Debug, PartialEq, Eq)]
struct CauseText {
    message: String,
    source: Option<Box<CauseText>>,
}

/// The encoded form: a flat list, so that decoding does not recurse.
#[derive(Serialize, Deserialize)]
struct Encoded {
    type_name: String,
    message: String,
    chain: Vec<String>,
}

/// The largest number of sources that is kept.
const MAX_CHAIN: usize = 64;

impl RemoteError {
    pub(crate) fn new(type_name: String, message: String, mut chain: Vec<String>) -> Self {
        chain.truncate(MAX_CHAIN);
        let link = |source, message| Some(Box::new(CauseText { message, source }));
        Self { type_name, message, source: chain.into_iter().rev().fold(None, link) }
    }

    /// Returns the name of the error's type in the child, such as `std::io::error::Error`.
    #[must_use]
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// Whether the error's type in the child has the name of `E`.
    ///
    /// # Examples
    /// ```
    /// # use concurrent_object::RemoteError;
    /// fn is_worth_another_try(error: &RemoteError) -> bool {
    ///     error.is::<std::io::Error>()
    /// }
    /// ```
    #[must_use]
    pub fn is<E>(&self) -> bool {
        self.type_name == std::any::type_name::<E>()
    }

    /// Returns what the error itself printed.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns what its sources printed, from the nearest to the root; at most 64.
    pub fn chain(&self) -> impl Iterator<Item = &str> {
        std::iter::successors(self.source.as_deref(), |cause| cause.source.as_deref()).map(|cause| &*cause.message)
    }
}

impl From<Encoded> for RemoteError {
    fn from(Encoded { type_name, message, chain }: Encoded) -> Self {
        Self::new(type_name, message, chain)
    }
}

impl From<RemoteError> for Encoded {
    fn from(error: RemoteError) -> Self {
        let chain = error.chain().map(str::to_owned).collect();
        Self { type_name: error.type_name, message: error.message, chain }
    }
}

impl fmt::Display for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable_lines(&self.message))?;
        if f.alternate() {
            self.chain().try_for_each(|cause| write!(f, ": {}", printable_lines(cause)))?;
        }
        Ok(())
    }
}

impl Error for RemoteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|cause| cause as _)
    }
}

impl fmt::Display for CauseText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable_lines(&self.message))
    }
}

impl Error for CauseText {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|cause| cause as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_listed_from_the_nearest_to_the_root() {
        let error = RemoteError::new("E".into(), "top".into(), vec!["middle".into(), "root".into()]);
        assert_eq!(error.chain().collect::<Vec<_>>(), ["middle", "root"]);
        assert_eq!((format!("{error}"), format!("{error:#}")), ("top".into(), "top: middle: root".into()));
        let middle = error.source().expect("a source");
        assert_eq!(
            (middle.to_string(), middle.source().map(ToString::to_string)),
            ("middle".into(), Some("root".into()))
        );
    }

    #[test]
    fn a_chain_that_is_too_long_is_cut() {
        let error = RemoteError::new("E".into(), String::new(), vec![String::new(); 100_000]);
        assert_eq!(error.chain().count(), MAX_CHAIN);
    }
}
