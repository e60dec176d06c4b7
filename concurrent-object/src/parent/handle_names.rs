//! The names of the methods of handles, under numbers of this process.
//!
//! Handles of one type can come from objects of several types, whose own methods have numbers. So
//! the methods of a handle get numbers when the first of them is called. Knows names and numbers
//! only. Invariant: a number keeps its name.

use std::sync::{Mutex, OnceLock, PoisonError};

use crate::protocol::method::FIRST_OF_HANDLES;

static NAMES: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

/// The numbers of the methods of one type of handle.
#[derive(Debug)]
pub struct HandleNumbers {
    names: &'static [&'static str],
    first: OnceLock<u32>,
}

impl HandleNumbers {
    /// Creates the numbers for methods with these names.
    #[must_use]
    pub const fn new(names: &'static [&'static str]) -> Self {
        Self { names, first: OnceLock::new() }
    }

    /// Returns the number of a method in this process.
    pub(crate) fn of(&self, method: u32) -> u32 {
        let first = *self.first.get_or_init(|| {
            let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
            let first = FIRST_OF_HANDLES + names.len() as u32;
            names.extend(self.names);
            first
        });
        first + method
    }
}

/// Returns the name of a method of a handle.
pub(crate) fn name_of(number: u32) -> Option<&'static str> {
    let at = number.checked_sub(FIRST_OF_HANDLES)? as usize;
    NAMES.lock().unwrap_or_else(PoisonError::into_inner).get(at).copied()
}
