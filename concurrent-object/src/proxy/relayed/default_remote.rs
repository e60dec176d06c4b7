//! Where the objects of a program live whose builders do not say it.
//!
//! Knows one function of the program and one variable of its environment. Invariant: a builder with
//! `on` or `in_thread` has precedence over both.

use std::sync::{Arc, PoisonError, RwLock};

use super::{Loopback, Registry, loopback};
use crate::protocol::methods::Methods;
use crate::protocol::remote::Remote;
use crate::proxy::builder::Options;
use crate::proxy::start::Code;

type ChooseRemote = Arc<dyn Fn(&Registry) -> Option<Arc<dyn Remote>> + Send + Sync>;

static CHOOSE: RwLock<Option<ChooseRemote>> = RwLock::new(None);

/// Sets where objects live whose builders have neither `on` nor `in_thread`.
///
/// Each later start of such an object calls `choose`, with a registry that has the type of the
/// object and no other. `choose` returns the remote of the object, or `None` for an object that
/// lives in a child process as usual. It may block, and then blocks the start. It must not start
/// such an object itself. A second function replaces the first one.
///
/// Use it to move all objects of a program to a remote, or those of some types, without a change
/// of their builders. The tests of a program can run over a transport in this way.
///
/// # Examples
/// ```
/// use std::sync::Arc;
///
/// use concurrent_object::bridge::{Loopback, Remote, set_default_remote};
/// use concurrent_object::concurrent_object;
///
/// struct Counter(u64);
///
/// #[concurrent_object]
/// impl Counter {
///     pub fn new(first: u64) -> Self {
///         Self(first)
///     }
///     pub fn next(&mut self) -> u64 {
///         self.0 += 1;
///         self.0
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     set_default_remote(|registry| Some(Arc::new(Loopback::new(registry.clone())) as Arc<dyn Remote>));
///     let counter = CounterProxy::builder("counter").start(4)?;
///     assert_eq!(counter.next().wait()?, 5);
///     Ok(())
/// }
/// ```
pub fn set_default_remote(choose: impl Fn(&Registry) -> Option<Arc<dyn Remote>> + Send + Sync + 'static) {
    *CHOOSE.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(choose));
}

/// Puts an object on the remote that the program has set, or that its environment sets.
pub(crate) fn put_elsewhere<O: Methods>(options: Options, code: Code) -> Options {
    if options.lives_elsewhere() || options.lives_in_thread() {
        return options;
    }
    let choose = CHOOSE.read().unwrap_or_else(PoisonError::into_inner).clone();
    if choose.is_none() && !loopback::is_set() {
        return options;
    }
    let mut registry = Registry::new();
    registry.register_code::<O>(code);
    let remote = match choose {
        // Called without the lock: it may block, and may set another function.
        Some(choose) => choose(&registry),
        None => Some(Arc::new(Loopback::new(registry)) as Arc<dyn Remote>),
    };
    match remote {
        Some(remote) => options.on(remote),
        None => options,
    }
}
