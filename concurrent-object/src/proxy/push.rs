//! Pushes a call, and refuses one that the object has no room for.
//!
//! Knows the outcome of a submission, not the arguments. Invariant: a refused push gives back the
//! arguments.

use super::Proxy;
use crate::error::{CallId, PushError, PushErrorKind};
use crate::parent::calls::arguments::ArgumentWriter;
use crate::parent::calls::table::Owner;

/// A refused push, before it gets its arguments back.
#[derive(Debug)]
pub struct Refused(PushErrorKind);

impl Refused {
    /// Returns the error, with the arguments that were passed by value.
    pub fn give_back<A>(self, args: A) -> PushError<A> {
        PushError::new(self.0, args)
    }
}

/// Pushes a call, whose outcome is pulled later.
pub(crate) fn push<O>(
    proxy: &Proxy<O>,
    method: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
) -> Result<CallId, Refused> {
    let key = proxy.object.submit(method, Owner::Pushed, write).map_err(Refused)?;
    Ok(CallId::new(key.call))
}
