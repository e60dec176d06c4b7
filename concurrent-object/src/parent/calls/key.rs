//! What names a call, and what a thread or task can wait for.

/// A call that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CallKey {
    pub(super) index: u32,
    pub(crate) call: u64,
}

impl CallKey {
    pub(crate) fn index(self) -> u32 {
        self.index
    }
}

/// What somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitKey {
    /// The outcome of this call.
    Call(CallKey),
    /// The outcome of any pushed call.
    Pull,
    /// A change in the object's life, or that all calls are settled.
    State,
}
