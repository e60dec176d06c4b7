//! Names the system call that the kernel refused.
//!
//! The kernel's own words ("Operation not permitted") do not say which call it was, and one step of ours makes several. So the call's
//! name travels inside the `io::Error`, and is taken out again where an error of ours is made of it.

use std::{fmt, io};

/// A system call by its name, and the error number that it returned.
#[derive(Debug)]
struct Refused {
    call: &'static str,
    errno: i32,
}

/// Adds the name of the system call that returned this error.
pub(crate) trait Naming<T> {
    /// Names the call. An error that has a name, or is none of the system's, stays as it is.
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
        Some(errno) => io::Error::new(error.kind(), Refused { call, errno }),
        None => error,
    }
}

/// The error number, whether or not the call has a name.
pub(crate) fn errno(error: &io::Error) -> Option<i32> {
    error.raw_os_error().or_else(|| refused(error).map(|refused| refused.errno))
}

/// The name of the call, if it has one.
pub(crate) fn call(error: &io::Error) -> Option<&'static str> {
    refused(error).map(|refused| refused.call)
}

/// The name of the call, if it has one, and the system's own error.
pub(crate) fn take_apart(error: io::Error) -> (Option<&'static str>, io::Error) {
    match refused(&error) {
        Some(&Refused { call, errno }) => (Some(call), io::Error::from_raw_os_error(errno)),
        None => (None, error),
    }
}

fn refused(error: &io::Error) -> Option<&Refused> {
    error.get_ref()?.downcast_ref()
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.call, io::Error::from_raw_os_error(self.errno))
    }
}

impl std::error::Error for Refused {}

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
