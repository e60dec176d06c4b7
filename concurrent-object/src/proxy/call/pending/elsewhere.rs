//! The refusal of a call that an object in another program cannot serve.
//!
//! Knows no arguments. Invariant: the method is not called.

use super::{Pending, PendingState, Target};
use crate::error::{CallError, Started};
use crate::parent::object::awaiting::Polled;

/// Refuses a call that an object in another program cannot serve.
pub(crate) fn refuse_elsewhere(target: impl Target, method: u32, reason: &'static str) -> Pending {
    let object = target.reached().0.clone();
    let number = target.number(method);
    drop(target);
    let info = object.call_info(Some(object.method_name(number)), None, Started::No);
    let state = PendingState::Refused(Box::new(CallError::Elsewhere { reason, info }));
    Pending {
        object,
        method: number,
        cancels_on_drop: false,
        is_ending: false,
        state,
        polled: Polled::default(),
        last: None,
    }
}
