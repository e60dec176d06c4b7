//! Why memory could not be shared.

use std::io;
use std::sync::Arc;

use super::refused::take_apart;

/// Memory for a [`Shared`](crate::Shared) could not be made.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SharedError {
    /// So many numbers have no place in an address space.
    #[error("{len} numbers are more than an address space holds")]
    #[non_exhaustive]
    TooLarge {
        /// Numbers asked for.
        len: usize,
    },
    /// The system refused it: no memory, or a limit of this process.
    #[error("making shared memory of {needed} bytes failed{}{}", super::of_call(*call), super::hint(*call, source))]
    #[non_exhaustive]
    System {
        /// Bytes asked for.
        needed: usize,
        /// The system call that failed, where it is known.
        call: Option<&'static str>,
        /// What the system said.
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
