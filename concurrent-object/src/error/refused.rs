//! Adds to an `io::Error` the name of the system call that failed.
//!
//! The kernel's message ("Operation not permitted") does not name the call, and one step of this
//! library makes several. So the name travels inside the `io::Error`, and is taken out when an
//! error of this crate is made from it.
//!
//! Knows names and error numbers. Invariant: the name of the innermost call is kept, and the error
//! number is never lost.

use std::{fmt, io};

/// A failed system call: its name, and the error number that it returned.
#[derive(Debug)]
struct RefusedCall {
    call: &'static str,
    errno: i32,
}

/// Adds the name of the failed system call to an error.
pub(crate) trait Naming<T> {
    /// Names the call. An error that has a name already, or that is not from a system call, is
    /// unchanged.
    fn naming(self, call: &'static str) -> io::Result<T>;
}

impl<T, E: Into<io::Error>> Naming<T> for Result<T, E> {
    #[inline]
    fn naming(self, call: &'static str) -> io::Result<T> {
        self.map_err(|error| named(call, error.into()))
    }
}

#[cold]
fn named(call: &'static str, error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(errno) => io::Error::new(error.kind(), RefusedCall { call, errno }),
        None => error,
    }
}

/// Returns the error number, whether or not the error names its call.
pub(crate) fn errno(error: &io::Error) -> Option<i32> {
    error.raw_os_error().or_else(|| refused(error).map(|refused| refused.errno))
}

/// Returns the name of the failed call, if the error has one.
pub(crate) fn call(error: &io::Error) -> Option<&'static str> {
    refused(error).map(|refused| refused.call)
}

/// Splits an error into the name of the failed call, if it has one, and the kernel's error.
pub(crate) fn take_apart(error: io::Error) -> (Option<&'static str>, io::Error) {
    match refused(&error) {
        Some(&RefusedCall { call, errno }) => (Some(call), io::Error::from_raw_os_error(errno)),
        None => (None, error),
    }
}

fn refused(error: &io::Error) -> Option<&RefusedCall> {
    error.get_ref()?.downcast_ref()
}

impl fmt::Display for RefusedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.call, io::Error::from_raw_os_error(self.errno))
    }
}

impl std::error::Error for RefusedCall {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_the_name_of_the_innermost_call_and_its_number() {
        let inner: io::Result<()> = Err(io::Error::from_raw_os_error(libc::EPERM)).naming("memfd_create");
        let error = inner.naming("write").expect_err("it was an error");
        assert_eq!(error.to_string(), "`memfd_create`: Operation not permitted (os error 1)");
        assert_eq!((error.kind(), errno(&error)), (io::ErrorKind::PermissionDenied, Some(libc::EPERM)));
        let (call, source) = take_apart(error);
        assert_eq!((call, source.raw_os_error()), (Some("memfd_create"), Some(libc::EPERM)));
        let own: io::Result<()> = Err(io::Error::other("too long")).naming("write");
        assert_eq!(take_apart(own.expect_err("it was an error")).1.to_string(), "too long");
    }
}
