//! Waits for the first of several calls and proxies, of any types.
//!
//! Knows how to ask each whether it has something; `parent::object::crew` sleeps. Invariant:
//! nothing is taken, so a call or a proxy that is not the first loses nothing.

use std::ops::Deref;
use std::time::Duration;

use crate::clock::Moment;
use crate::parent::calls::key::WaitKey;
use crate::parent::object::crew::{Awaited, wait_once};
use crate::proxy::Proxy;
use crate::proxy::call::{Call, CallMut};
use crate::proxy::items::Items;
use crate::proxy::waited::{AwaitedObject, WaitTarget, Waits};

/// What [`wait_any`] can wait for: a [`Call`] or a [`CallMut`], which has an outcome, an [`Items`],
/// which has an item or has ended, and every generated proxy, which has an outcome that can be
/// pulled. Only this crate implements it.
pub trait Waitable: Waits {}

impl<W: Waits + ?Sized> Waitable for W {}

impl<T, P> Waits for Call<T, P> {
    fn waits_for(&self) -> WaitTarget<'_> {
        self.pending.waits_for()
    }
}

impl<T, P> Waits for Items<T, P> {
    fn waits_for(&self) -> WaitTarget<'_> {
        self.reader.waits_for()
    }
}

impl<T> Waits for CallMut<'_, T> {
    fn waits_for(&self) -> WaitTarget<'_> {
        self.pending().waits_for()
    }
}

impl<P: Deref<Target = Proxy<O>>, O: 'static> Waits for P {
    fn waits_for(&self) -> WaitTarget<'_> {
        WaitTarget::Object(AwaitedObject(&self.object, WaitKey::Pull))
    }
}

/// Blocks until the first of these has something, for `timeout` at most. Returns its position;
/// `None` after `timeout`, or if there is nothing to wait for.
///
/// A [`Call`] has something when its outcome is there: take it with [`try_wait`](Call::try_wait). A
/// proxy has something when [`pull`](Proxy::pull) returns an outcome or the error of an object that
/// has ended. Nothing is taken. If several have something, the position is that of the first in the
/// list.
///
/// The calling thread sleeps on all of them at once, so this needs no other thread, and costs
/// little more than waiting for one. For a main loop that sleeps on other descriptors too, see
/// [`Handle`](crate::Handle), which has a descriptor of its own.
///
/// # Examples
/// ```
/// # use concurrent_object::concurrent_object;
/// use concurrent_object::wait_any;
/// # struct Divider;
/// # #[concurrent_object]
/// # impl Divider {
/// #     pub fn new() -> Self { Self }
/// #     pub fn divide(&self, a: u64, b: u64) -> u64 { a / b }
/// # }
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let one = DividerProxy::builder("one").start()?;
///     let other = DividerProxy::builder("other").start()?;
///     let mut call = one.divide(42, 6);
///     other.push_divide(42, 7)?;
///     match wait_any(&[&call, &other], None) {
///         Some(0) => assert!(call.try_wait().is_some()),
///         _ => assert!(matches!(other.pull()?, Some(DividerOutput::Divide(6)))),
///     }
///     Ok(())
/// }
/// ```
#[must_use]
pub fn wait_any(of: &[&dyn Waitable], timeout: Option<Duration>) -> Option<usize> {
    let deadline = timeout.map(Moment::after);
    let mut awaited = Vec::with_capacity(of.len());
    for (at, one) in of.iter().enumerate() {
        match one.waits_for() {
            WaitTarget::Object(AwaitedObject(object, key)) if object.is_ours() => {
                awaited.push(Awaited { object: object.clone(), key, replies: 1 });
            }
            // Something that was refused or taken, or that belongs to another process: an error is
            // there at once.
            _ => return first_ready(of, at),
        }
    }
    while !awaited.is_empty() {
        awaited.iter_mut().for_each(follow_moves);
        if let Some(at) = awaited.iter().position(|one| one.object.has_something(one.key)) {
            return Some(at);
        }
        if deadline.is_some_and(Moment::has_come) {
            break;
        }
        wait_once(&awaited, deadline, || true);
    }
    None
}

/// Goes on with the member of the pool that has the call now.
fn follow_moves(awaited: &mut Awaited) {
    if let WaitKey::Call(key) = awaited.key {
        let (object, key) = awaited.object.find_moved(key);
        (awaited.object, awaited.key) = (object, WaitKey::Call(key));
    }
}

/// Returns the first position that has something, given that the one at `at` has.
fn first_ready(of: &[&dyn Waitable], at: usize) -> Option<usize> {
    let is_ready = |one: &&dyn Waitable| match one.waits_for() {
        WaitTarget::Object(AwaitedObject(object, key)) => object.has_something(key),
        WaitTarget::Ready => true,
    };
    Some(of[..at].iter().position(is_ready).unwrap_or(at))
}
