//! The members of a pool: which types can be members, and what the user holds of one.
//!
//! Knows proxies. Invariant: no other crate can name `PoolMember`, so only generated proxies are
//! members.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::StartError;
use crate::parent::object::Object;
use crate::proxy::Proxy;

/// What a [`Pool`](crate::Pool) can consist of: every generated proxy. Only this crate implements
/// it.
pub trait Member: PoolMember {}

impl<P: PoolMember> Member for P {}

/// Says which object a proxy stands for.
pub trait PoolMember: Send + Sync + 'static {
    #[doc(hidden)]
    fn reached_object(&self) -> MemberObject<'_>;

    #[doc(hidden)]
    fn wait_until_ready(&self) -> Result<(), StartError>;
}

/// The object behind a proxy.
#[derive(Debug)]
pub struct MemberObject<'p>(pub(crate) &'p Arc<Object>);

impl<P: Deref<Target = Proxy<O>> + Send + Sync + 'static, O: 'static> PoolMember for P {
    fn reached_object(&self) -> MemberObject<'_> {
        MemberObject(&self.object)
    }

    fn wait_until_ready(&self) -> Result<(), StartError> {
        Proxy::wait_until_ready(self)
    }
}

/// A member of a pool, and its index.
pub(crate) struct Seated<P> {
    pub(crate) proxy: P,
    pub(crate) index: usize,
    /// The number of calls that the pool has submitted to it.
    pub(super) calls: AtomicU64,
}

impl<P: Member> Seated<P> {
    pub(super) fn new(proxy: P, index: usize) -> Arc<Self> {
        Arc::new(Self { proxy, index, calls: AtomicU64::new(0) })
    }

    /// Returns the number of calls that the pool has submitted to it.
    pub(super) fn count_of_calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Counts a call. Returns how many there were.
    pub(super) fn count_call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn object(&self) -> &Arc<Object> {
        self.proxy.reached_object().0
    }
}

/// A member of a pool. It dereferences to the member's proxy.
///
/// It keeps the member from being dropped, but not from being ended: the pool may replace it by
/// another member. So take a new one from the pool for later calls.
pub struct Seat<P>(pub(crate) Arc<Seated<P>>);

impl<P> Seat<P> {
    /// Returns the index of the member, which the closure that made it was given.
    #[must_use]
    pub fn index(&self) -> usize {
        self.0.index
    }
}

impl<P> Deref for Seat<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.0.proxy
    }
}

impl<P> Clone for Seat<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<P> fmt::Debug for Seat<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat").field("index", &self.0.index).finish_non_exhaustive()
    }
}
