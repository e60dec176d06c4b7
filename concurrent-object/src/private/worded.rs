//! Turns a result into text, for a type that is not sent as data.
//!
//! Way: *autoderef specialization*, as in `travel/adapter.rs`. The first choice is `Display`, the
//! last is `Debug`.

use std::fmt::{Debug, Display};
use std::ops::Deref;

/// The first choice: the value has `Display`.
#[derive(Debug)]
pub struct Worded<'v, T>(DebugWorded<'v, T>);

/// The last choice: the value has `Debug`.
#[derive(Debug)]
pub struct DebugWorded<'v, T>(&'v T);

impl<'v, T> Worded<'v, T> {
    /// Begins the choice.
    pub fn of(value: &'v T) -> Self {
        Self(DebugWorded(value))
    }
}

impl<T: Display> Worded<'_, T> {
    /// Returns what `Display` writes.
    pub fn text(&self) -> String {
        self.0.0.to_string()
    }
}

impl<'v, T> Deref for Worded<'v, T> {
    type Target = DebugWorded<'v, T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T> DebugWorded<'_, T> {
    /// Returns what `Debug` writes.
    pub fn text(&self) -> String
    where
        T: HasText,
    {
        self.0.show()
    }
}

/// A value that has text.
#[diagnostic::on_unimplemented(
    message = "the result `{Self}` cannot be turned into text",
    label = "its text is what `std::fmt::Display` writes, or else `std::fmt::Debug`",
    note = "implement one of the two for it, or remove `result = \"text\"`"
)]
pub trait HasText {
    fn show(&self) -> String;
}

#[diagnostic::do_not_recommend]
impl<T: Debug> HasText for T {
    fn show(&self) -> String {
        format!("{self:?}")
    }
}
