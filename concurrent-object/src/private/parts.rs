//! Objects with several attributed impl blocks: the numbers of their methods, and the calls that go
//! to another block.
//!
//! Invariant: the methods of the first block have the first numbers, then those of each other block
//! follow in the order in which the first block names them.

use std::time::Duration;

use crate::child::{ArgumentReader, Reply};
use crate::protocol::failure::Failure;
use crate::protocol::methods::{Methods, mixed};
use crate::proxy::Proxy;

/// One impl block of an object with several, implemented for the object. `P` is the output enum of
/// the block, which numbers its methods from 0.
pub trait ObjectPart<P>: Sized {
    /// The numbers of the methods that take `self` by value.
    const CONSUMING: &'static [u32] = &[];

    /// The numbers of the methods that take `self` by value and return it.
    const REPLACING: &'static [u32] = &[];

    /// Calls the method of this number, and sends its result.
    fn call_part(
        &mut self,
        method: u32,
        arguments: &mut ArgumentReader<'_>,
        reply: &mut Reply<'_>,
    ) -> Result<(), Failure>;

    /// Calls the method of this number, which takes `self` by value, and sends its result.
    fn consume_part(
        self,
        method: u32,
        arguments: &mut ArgumentReader<'_>,
        reply: &mut Reply<'_>,
    ) -> Result<(), Failure> {
        let _ = (arguments, reply);
        Err(Failure::no_method(method))
    }

    /// Calls the method of this number, which takes `self` by value, and puts back what it returns.
    fn replace_part(
        held: &mut Option<Self>,
        method: u32,
        arguments: &mut ArgumentReader<'_>,
        reply: &mut Reply<'_>,
    ) -> Result<(), Failure> {
        let _ = (held, arguments, reply);
        Err(Failure::no_method(method))
    }
}

/// An object that has the part `P`.
pub trait HasPart<P> {
    /// The proxy of the object.
    type Proxy;

    /// The output enum of the object.
    type Output;

    /// The number of the part's first method.
    const FIRST: u32;

    /// Returns the proxy of the runtime.
    fn into_inner(proxy: Self::Proxy) -> Proxy<Self::Output>;
}

/// Returns the number of a method within the part `P`, or `None` for a method of another block.
#[must_use]
pub fn number_in<T: HasPart<P>, P: Methods>(method: u32) -> Option<u32> {
    method.checked_sub(T::FIRST).filter(|number| (*number as usize) < P::METHODS.len())
}

/// Returns how many methods these lists have in all.
#[must_use]
pub const fn total(lists: &[&[&str]]) -> u32 {
    let (mut total, mut list) = (0, 0);
    while list < lists.len() {
        total += lists[list].len();
        list += 1;
    }
    assert!(total <= u32::MAX as usize, "an object has too many methods");
    total as u32
}

/// Joins the names of the methods of all blocks.
#[must_use]
pub const fn names<const N: usize>(lists: &[&[&'static str]]) -> [&'static str; N] {
    let mut joined = [""; N];
    let (mut list, mut next) = (0, 0);
    while list < lists.len() {
        let mut at = 0;
        while at < lists[list].len() {
            joined[next] = lists[list][at];
            (at, next) = (at + 1, next + 1);
        }
        list += 1;
    }
    joined
}

/// Joins numbers of methods. Each list comes with the number of its block's first method.
#[must_use]
pub const fn numbers<const N: usize>(lists: &[(u32, &[u32])]) -> [u32; N] {
    let mut joined = [0; N];
    let (mut list, mut next) = (0, 0);
    while list < lists.len() {
        let ((first, numbers), mut at) = (lists[list], 0);
        while at < numbers.len() {
            joined[next] = first + numbers[at];
            (at, next) = (at + 1, next + 1);
        }
        list += 1;
    }
    joined
}

/// Joins the shapes of all blocks ([`Methods::SHAPE`]).
#[must_use]
pub const fn shape(shapes: &[u64]) -> u64 {
    let (mut joined, mut at) = (0, 0);
    while at < shapes.len() {
        joined = mixed(joined, shapes[at]);
        at += 1;
    }
    joined
}

/// Joins the time limits of methods. Each list comes with the number of its block's first method.
#[must_use]
pub const fn timeouts<const N: usize>(lists: &[(u32, &[(u32, Duration)])]) -> [(u32, Duration); N] {
    let mut joined = [(0, Duration::ZERO); N];
    let (mut list, mut next) = (0, 0);
    while list < lists.len() {
        let ((first, timeouts), mut at) = (lists[list], 0);
        while at < timeouts.len() {
            joined[next] = (first + timeouts[at].0, timeouts[at].1);
            (at, next) = (at + 1, next + 1);
        }
        list += 1;
    }
    joined
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{names, numbers, timeouts, total};

    #[test]
    fn lists_are_joined_in_order_and_numbers_are_shifted() {
        const OWN: &[&str] = &["new", "get"];
        const OTHER: &[&str] = &["set"];
        assert_eq!(total(&[OWN, OTHER]), 3);
        assert_eq!(names::<3>(&[OWN, OTHER]), ["new", "get", "set"]);
        assert_eq!(numbers::<3>(&[(0, &[1]), (2, &[0]), (3, &[4])]), [1, 2, 7]);
        let second = Duration::from_secs(1);
        assert_eq!(timeouts::<2>(&[(0, &[]), (2, &[(0, second), (1, second * 2)])]), [(2, second), (3, second * 2)]);
    }
}
