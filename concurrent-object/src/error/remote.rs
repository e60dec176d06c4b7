//! An error of a method that is no data: what it said, in place of what it was.

use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::printable::printable_lines;

/// What a method's error said, where `#[concurrent_object(error = "text")]` asks for that: most errors cannot go to another
/// process as what they are.
///
/// It prints as the error did, with control characters other than tabs and line breaks escaped, and its sources print as the error's did; with `{:#}` it prints them all in one line.
///
/// # Examples
/// ```
/// use std::error::Error;
/// # use concurrent_object::concurrent_object;
/// # struct Files;
/// #[concurrent_object(error = "text")]
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
#[serde(from = "Told", into = "Told")]
pub struct RemoteError {
    type_name: String,
    message: String,
    source: Option<Box<Cause>>,
}

/// One of the sources, and its own.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cause {
    message: String,
    source: Option<Box<Cause>>,
}

/// The form in which it travels: flat, so that no depth can be exhausted.
#[derive(Serialize, Deserialize)]
struct Told {
    type_name: String,
    message: String,
    chain: Vec<String>,
}

/// More sources than this are not kept.
const MAX_CHAIN: usize = 64;

impl RemoteError {
    pub(crate) fn new(type_name: String, message: String, mut chain: Vec<String>) -> Self {
        chain.truncate(MAX_CHAIN);
        let link = |source, message| Some(Box::new(Cause { message, source }));
        Self { type_name, message, source: chain.into_iter().rev().fold(None, link) }
    }

    /// The name of the error's type in the child, such as `std::io::error::Error`.
    #[must_use]
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// What the error itself said.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What its sources said, from the nearest to the last; at most 64.
    pub fn chain(&self) -> impl Iterator<Item = &str> {
        std::iter::successors(self.source.as_deref(), |cause| cause.source.as_deref()).map(|cause| &*cause.message)
    }
}

impl From<Told> for RemoteError {
    fn from(Told { type_name, message, chain }: Told) -> Self {
        Self::new(type_name, message, chain)
    }
}

impl From<RemoteError> for Told {
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

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable_lines(&self.message))
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|cause| cause as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_told_from_the_nearest_to_the_last() {
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
    fn a_chain_without_end_is_cut() {
        let error = RemoteError::new("E".into(), String::new(), vec![String::new(); 100_000]);
        assert_eq!(error.chain().count(), MAX_CHAIN);
    }
}
