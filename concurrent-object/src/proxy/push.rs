//! A push, and how it is refused.

use super::Proxy;
use crate::error::{CallId, PushError, PushErrorKind};
use crate::parent::calls::arguments::ArgumentWriter;
use crate::parent::calls::table::Owner;

/// A push that was refused, before it has its arguments back.
#[derive(Debug)]
pub struct Refused(PushErrorKind);

impl Refused {
    /// The error, with the arguments that were taken by value.
    pub fn give_back<A>(self, args: A) -> PushError<A> {
        PushError::new(self.0, args)
    }
}

/// Pushes a call whose outcome a pull will give.
pub(crate) fn push<O>(
    proxy: &Proxy<O>,
    method: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
) -> Result<CallId, Refused> {
    let key = proxy.object.submit(method, Owner::Pushed, write).map_err(Refused)?;
    Ok(CallId::new(key.call))
}
