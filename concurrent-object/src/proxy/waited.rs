//! What `wait_any` waits for, as the calls and proxies say it.
//!
//! Knows objects and wait keys. Invariant: no other crate can name the trait, so none implements
//! it.

use std::sync::Arc;

use crate::parent::calls::key::WaitKey;
use crate::parent::object::Object;

/// Says where to wait, or that there is something already.
pub trait Waits {
    #[doc(hidden)]
    fn waits_for(&self) -> WaitTarget<'_>;
}

/// What is waited for.
#[derive(Debug)]
pub enum WaitTarget<'w> {
    /// There is something, and nothing to wait for.
    Ready,
    /// Something of this object.
    #[doc(hidden)]
    Object(AwaitedObject<'w>),
}

/// An object, and what of it.
#[derive(Debug)]
pub struct AwaitedObject<'w>(pub(crate) &'w Arc<Object>, pub(crate) WaitKey);
