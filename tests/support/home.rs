//! Where the objects of a test live.

use std::env;

/// Whether they live in threads of the test, because the environment says so, or
/// because the library was compiled without child processes.
#[must_use]
pub fn is_thread() -> bool {
    cfg!(concurrent_object_portable)
        || env::var_os("CONCURRENT_OBJECT_IN_THREAD").is_some_and(|value| !value.is_empty() && value != "0")
}
