//! Sizes as users write them.

use bytesize::ByteSize;

use crate::error::StartError;

/// A size in bytes: a number, or text such as `"512 KB"`, `"4 MB"` (4,000,000 bytes) or `"1 GiB"`.
///
/// Text that is no size is an error of `start`, which quotes it.
pub trait IntoSize {
    /// As the builder keeps it.
    #[doc(hidden)]
    fn into_size(self) -> Size;
}

/// A size as it was given.
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
                // What is too large to be counted is parsed as the largest number there is.
                let parsed = text.parse::<ByteSize>().ok().filter(|size| size.as_u64() != u64::MAX);
                let bytes = parsed.and_then(|size| usize::try_from(size.as_u64()).ok());
                bytes.ok_or_else(|| StartError::InvalidSize { option, text: text.clone() })
            }
        }
    }
}
