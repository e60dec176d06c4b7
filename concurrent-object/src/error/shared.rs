//! The error of shared memory: why it could not be created.
//!
//! Knows sizes and the system call that failed.

use std::io;
use std::sync::Arc;

use super::refused::take_apart;

/// Memory for a [`Shared`](crate::Shared) could not be created.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SharedError {
    /// The address space cannot hold so many elements.
    #[error("{len} elements do not fit into the address space")]
    #[non_exhaustive]
    TooLarge {
        /// The number of elements that was requested.
        len: usize,
    },
    /// A system call failed: there is no memory, or a limit of this process was reached.
    #[error("creating shared memory of {needed} bytes failed{}{}", super::of_call(*call), super::hint(*call, source))]
    #[non_exhaustive]
    System {
        /// The bytes that were requested.
        needed: usize,
        /// The system call that failed, if it is known.
        call: Option<&'static str>,
        /// The kernel's error.
        #[source]
        source: Arc<io::Error>,
    },
}

impl SharedError {
    pub(crate) fn making(needed: usize) -> impl FnOnce(io::Error) -> Self {
        move |error| {
            let (call, source) = take_apart(error);
            Self::System { needed, call, source: Arc::new(source) }
        }
    }
}
