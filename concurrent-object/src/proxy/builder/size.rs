//! Sizes as users write them: a number of bytes, or text with a unit.
//!
//! Knows how to parse text; the options decide what size is valid. Invariant: text is kept until
//! `start`, so that the error can quote it.

use bytesize::ByteSize;

use crate::error::StartError;

/// A size in bytes: a number, or text such as `"512 KB"`, `"4 MB"` (4,000,000 bytes) or `"1 GiB"`.
///
/// If the text cannot be parsed, `start` returns [`StartError::InvalidSize`], which quotes it.
pub trait IntoSize {
    /// Converts it to what the builder keeps.
    #[doc(hidden)]
    fn into_size(self) -> Size;
}

/// A size as the user gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub enum Size {
    Bytes(usize),
    Text(String),
}

impl IntoSize for usize {
    fn into_size(self) -> Size {
        Size::Bytes(self)
    }
}

impl IntoSize for &str {
    fn into_size(self) -> Size {
        Size::Text(self.to_owned())
    }
}

impl IntoSize for String {
    fn into_size(self) -> Size {
        Size::Text(self)
    }
}

impl Size {
    pub(crate) fn bytes(&self, option: &'static str) -> Result<usize, StartError> {
        match self {
            Self::Bytes(bytes) => Ok(*bytes),
            Self::Text(text) => {
                // The parser saturates: it returns the largest number for a size that exceeds it.
                let parsed = text.parse::<ByteSize>().ok().filter(|size| size.as_u64() != u64::MAX);
                let bytes = parsed.and_then(|size| usize::try_from(size.as_u64()).ok());
                bytes.ok_or_else(|| StartError::InvalidSize { option, text: text.clone() })
            }
        }
    }
}
