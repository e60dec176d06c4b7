//! The key of a call, and the keys that threads and tasks wait for.

/// Identifies an accepted call: the index of its record, and its number. Records are reused,
/// numbers are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CallKey {
    pub(super) index: u32,
    pub(crate) call: u64,
}

impl CallKey {
    /// Returns the key of the call with this record and number.
    pub(crate) fn new(index: u32, call: u64) -> Self {
        Self { index, call }
    }

    pub(crate) fn index(self) -> u32 {
        self.index
    }
}

/// What a thread or task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitKey {
    /// The outcome of this call.
    Call(CallKey),
    /// The outcome of any pushed call.
    Pull,
    /// A change of the object's phase, or that all calls are settled.
    State,
    /// All of these: what a thread waits for that drives several objects.
    Any,
}
