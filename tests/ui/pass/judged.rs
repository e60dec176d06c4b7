//! With `skip_unsupported`, types without serde, and types that hide their lifetime, leave no warning.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings, dead_code, unused, missing_docs, missing_debug_implementations, unreachable_pub)]
#![deny(clippy::all, clippy::pedantic)]

/// What other crates have.
pub mod foreign {
    /// It has no serde.
    #[derive(::core::fmt::Debug)]
    pub struct Foreign(pub u8);

    /// It borrows.
    #[derive(::core::fmt::Debug)]
    pub struct View<'v>(pub &'v [Foreign]);

    /// The results of a generic archive.
    #[derive(::core::fmt::Debug)]
    pub struct Entries<'e, R>(pub &'e R);
}

use ::concurrent_object::concurrent_object;
use ::std::sync::Arc;
use ::std::vec::Vec;
use foreign::{Entries, Foreign, View};

/// A thing.
#[derive(::core::fmt::Debug)]
pub struct Thing(Vec<Foreign>);

#[concurrent_object(skip_unsupported, parts(more))]
#[allow(mismatched_lifetime_syntaxes, clippy::needless_pass_by_value)]
impl Thing {
    /// Makes a thing.
    #[must_use]
    pub fn new(foreign: Foreign) -> Self {
        Self(::std::vec![foreign])
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self, of: &::std::path::Path) -> usize {
        let _ = of;
        self.0.len()
    }

    /// All.
    #[must_use]
    pub fn view(&self) -> View {
        View(&self.0)
    }

    /// Takes a view.
    #[must_use]
    pub fn take(&self, view: &View, other: Arc<Foreign>, change: &mut Foreign) -> ::core::option::Option<&Foreign> {
        change.0 = other.0;
        let _ = view;
        self.0.first()
    }

    /// Ends it.
    #[must_use]
    pub fn into_all(self) -> Vec<Foreign> {
        self.0
    }
}

#[concurrent_object(skip_unsupported, part = more)]
impl Thing {
    /// Adds one.
    pub fn add(&mut self, foreign: Foreign) {
        self.0.push(foreign);
    }
}

/// An archive.
#[derive(::core::fmt::Debug)]
pub struct Archive<R>(R);

#[concurrent_object(skip_unsupported)]
#[allow(mismatched_lifetime_syntaxes)]
impl<R: ::core::clone::Clone> Archive<R> {
    /// Makes an archive.
    pub fn new(of: R) -> Self {
        Self(of)
    }

    /// Returns a copy.
    pub fn get(&self) -> (R, Foreign) {
        (::core::clone::Clone::clone(&self.0), Foreign(0))
    }

    /// Returns its name.
    #[must_use]
    pub fn name(&self, with: &str) -> ::std::string::String {
        let _ = &self.0;
        ::std::format!("{with}")
    }

    /// Returns the entries.
    pub fn entries(&self) -> Entries<R> {
        Entries(&self.0)
    }
}

fn main() {
    let archive = ArchiveProxy::<u8>::builder("archive").start(1);
    ::std::assert!(archive.is_err());
    let thing = Thing::new(Foreign(1));
    ::std::assert_eq!(thing.count(::std::path::Path::new("")) + thing.view().0.len() + Archive::new(1).name("").len(), 2);
}
