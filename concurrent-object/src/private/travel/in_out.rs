//! `&mut` arguments: encoded in the parent, changed in the child, and written back in the parent.
//!
//! Knows the writers and readers of arguments and results; must not know the form of a message.
//!
//! Invariant: a slice comes back with the length that it was sent with.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::child::{Answer, ArgumentReader};
use crate::parent::calls::arguments::ArgumentWriter;
use crate::protocol::failure::Failure;
use crate::protocol::methods::ResultReader;

/// `image: &mut Image`, `samples: &mut [f32]`: the value, or the elements of the slice.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot go to another process and come back, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from; the types inside it need the same",
    note = "or keep such objects in the child, and pass a handle: write `opaque(Type)` or `handles(Type)` on the impl block, or `handles(Self)` if it is the object's own type; if no method returns one, add a method that makes one: `fn make(&self) -> Type`",
    note = "or name the form in which it is sent with `carry` on the impl block, or write `#[concurrent_object(skip)]` on the function, which leaves it out"
)]
pub trait InOut<'r, Method>: Sized {
    /// Writes the value in the parent.
    fn put(&self, name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Writes the slice in the parent.
    fn put_slice(slice: &[Self], name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Reads the value in the child.
    fn take(name: &'static str, arguments: &mut ArgumentReader<'_>) -> Result<Self, Failure>;
    /// Reads the slice in the child.
    fn take_slice(name: &'static str, arguments: &mut ArgumentReader<'_>) -> Result<Vec<Self>, Failure>;
    /// Writes the changed value in the child.
    fn put_back(&self, answer: &mut Answer<'_>) -> Result<(), Failure>;
    /// Writes the changed slice in the child.
    fn put_slice_back(slice: &[Self], answer: &mut Answer<'_>) -> Result<(), Failure>;
    /// Reads the changed value in the parent.
    fn take_back(place: &Self, result: &mut ResultReader<'_>) -> Result<Self, Failure>;
    /// Reads the changed slice in the parent. It fails if the length differs from that of `place`,
    /// which is the caller's slice.
    fn take_slice_back(place: &[Self], result: &mut ResultReader<'_>) -> Result<Vec<Self>, Failure>;
    /// Replaces the caller's value by the changed one.
    fn write_back(place: &mut Self, changed: Self);
    /// Replaces the caller's elements by the changed ones.
    fn write_slice_back(place: &mut [Self], changed: Vec<Self>);
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned, Method> InOut<'_, Method> for T {
    fn put(&self, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put(name, self);
    }

    fn put_slice(slice: &[Self], name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put(name, slice);
    }

    fn take(name: &'static str, arguments: &mut ArgumentReader<'_>) -> Result<Self, Failure> {
        arguments.take(name)
    }

    fn take_slice(name: &'static str, arguments: &mut ArgumentReader<'_>) -> Result<Vec<Self>, Failure> {
        arguments.take(name)
    }

    fn put_back(&self, answer: &mut Answer<'_>) -> Result<(), Failure> {
        answer.put(self)
    }

    fn put_slice_back(slice: &[Self], answer: &mut Answer<'_>) -> Result<(), Failure> {
        answer.put(slice)
    }

    fn take_back(_: &Self, result: &mut ResultReader<'_>) -> Result<Self, Failure> {
        result.take_part()
    }

    fn take_slice_back(place: &[Self], result: &mut ResultReader<'_>) -> Result<Vec<Self>, Failure> {
        same_length(result.take_part()?, place)
    }

    fn write_back(place: &mut Self, changed: Self) {
        *place = changed;
    }

    fn write_slice_back(place: &mut [Self], mut changed: Vec<Self>) {
        place.swap_with_slice(&mut changed);
    }
}

/// Returns the changed elements of a slice. It fails if there are more or fewer than before.
pub(super) fn same_length<T>(changed: Vec<T>, place: &[T]) -> Result<Vec<T>, Failure> {
    if changed.len() != place.len() {
        let (len, before) = (changed.len(), place.len());
        return Err(Failure::Malformed { reason: format!("a slice of {before} elements came back with {len}") });
    }
    Ok(changed)
}
