//! Strings of the operating system as bytes, and back.
//!
//! Knows which bytes the system allows. On Unix any bytes are such a string. On Windows a string is
//! read only if it is UTF-8: other bytes must not be trusted to have the form that the standard
//! library requires.

use std::ffi::OsStr;

/// Returns the bytes of a string, which need not be UTF-8.
#[inline(always)]
pub(super) fn bytes_of(text: &OsStr) -> &[u8] {
    text.as_encoded_bytes()
}

/// Returns the string with these bytes, or `None` if there is none.
#[cfg(unix)]
#[inline(always)]
#[allow(clippy::unnecessary_wraps, reason = "other systems do not allow all bytes")]
pub(super) fn text_of(bytes: &[u8]) -> Option<&OsStr> {
    use std::os::unix::ffi::OsStrExt;
    Some(OsStr::from_bytes(bytes))
}

/// Returns the string with these bytes, or `None` if they are not UTF-8.
#[cfg(not(unix))]
pub(super) fn text_of(bytes: &[u8]) -> Option<&OsStr> {
    std::str::from_utf8(bytes).ok().map(OsStr::new)
}
