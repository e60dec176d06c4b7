//! Views, in a crate without the prelude that denies all lints that can be denied.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings, dead_code, unused, missing_docs, missing_debug_implementations, unreachable_pub, rust_2018_idioms)]
#![deny(clippy::all, clippy::pedantic)]

use ::concurrent_object::concurrent_object;
use ::core::convert::TryFrom;
use ::core::fmt::Debug;
use ::core::iter::Iterator;
use ::core::option::Option::{self, Some};
use ::core::result::Result::{self, Ok};
use ::std::borrow::ToOwned;
use ::std::boxed::Box;
use ::std::string::String;
use ::std::vec::Vec;

/// Lends statements and entries.
#[derive(Debug)]
pub struct Connection {
    rows: Vec<String>,
}

/// A view of a shared borrow.
#[derive(Debug)]
pub struct Statement<'c> {
    connection: &'c Connection,
    at: usize,
}

/// A view of an exclusive borrow.
#[derive(Debug)]
pub struct Entry<'c>(&'c mut String);

/// A view of a view.
#[derive(Debug)]
pub struct Row<'s>(&'s usize);

/// A view with the methods of a trait.
#[derive(Debug)]
pub struct Cursor<'c>(&'c Table, usize);

/// Lends cursors.
#[derive(Debug)]
pub struct Table;

/// A trait with a lifetime.
pub trait Prepare<'a> {
    /// Returns a view.
    fn first(&'a self) -> Cursor<'a>;
}

/// A trait of views.
pub trait Step {
    /// Goes on.
    fn step(&mut self) -> usize;
}

#[concurrent_object(handle, handles(Row))]
impl<'c> Statement<'c> {
    /// Returns a row.
    #[must_use]
    pub fn row(&self) -> Row<'_> {
        Row(&self.at)
    }

    /// Returns a text that outlives the statement.
    #[must_use]
    pub fn text(&self) -> Option<&'c str> {
        self.connection.rows.get(self.at).map(|row| &**row)
    }

    /// Takes the statement.
    ///
    /// # Errors
    /// None.
    pub fn finish(self, more: &mut Vec<u32>) -> Result<usize, ::std::io::Error> {
        more.clear();
        Ok(self.at)
    }

    /// Takes it in a box.
    #[must_use]
    #[allow(clippy::boxed_local)]
    pub fn boxed(self: Box<Self>) -> usize {
        self.at
    }
}

#[concurrent_object(handle)]
impl Entry<'_> {
    /// Changes it.
    pub fn set(&mut self, text: &str) {
        text.clone_into(self.0);
    }
}

#[concurrent_object(handle)]
impl Step for Cursor<'_> {
    fn step(&mut self) -> usize {
        let Table = self.0;
        self.1 += 1;
        self.1
    }
}

#[concurrent_object(handles(Cursor), constructor = pub fn new() -> Self)]
impl<'a> Prepare<'a> for Table {
    fn first(&'a self) -> Cursor<'a> {
        Cursor(self, 0)
    }
}

impl Table {
    /// Makes one.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl ::core::default::Default for Table {
    fn default() -> Self {
        Self::new()
    }
}

/// A view with a type parameter and two lifetimes, which returns views of what it borrows from.
#[derive(Debug)]
pub struct Walk<'t: 'n, 'n, T>(&'t [T], &'n str);

#[concurrent_object(handle, with(T = String))]
impl<'t: 'n, 'n, T> Walk<'t, 'n, T> {
    /// Goes on.
    #[must_use]
    pub fn rest(&self) -> Option<Self> {
        self.0.get(1..).map(|rest| Walk(rest, self.1))
    }

    /// Goes on, and stays behind.
    ///
    /// # Errors
    /// At the end.
    pub fn step(&mut self) -> Result<(Walk<'t, 'n, T>, usize), String> {
        let rest = self.0.get(1..).ok_or_else(String::new)?;
        Ok((Walk(::core::mem::replace(&mut self.0, rest), self.1), rest.len()))
    }

    /// Ends.
    #[must_use]
    pub fn into_all(self) -> Vec<Walk<'t, 'n, T>> {
        ::std::vec![self]
    }
}

#[concurrent_object(handle)]
impl Row<'_> {
    /// Returns the text.
    #[must_use]
    pub fn text(&self) -> String {
        ::std::format!("{:?}", self.0)
    }
}

#[concurrent_object(handles(Statement<'_>, Entry = self::EntryHandle, Walk<'_, '_>))]
impl Connection {
    /// Opens it.
    #[must_use]
    pub fn open() -> Self {
        Self { rows: Vec::new() }
    }

    /// Prepares.
    ///
    /// # Errors
    /// None.
    pub fn prepare(&self, sql: &str, rows: &mut Vec<u32>) -> ::std::io::Result<Statement<'_>> {
        rows.push(u32::try_from(sql.len()).unwrap_or(0));
        Ok(Statement { connection: self, at: 0 })
    }

    /// Returns all.
    pub fn entries(&mut self) -> impl Iterator<Item = (usize, Entry<'_>)> {
        self.rows.iter_mut().enumerate().map(|(at, row)| (at, Entry(row)))
    }

    /// Returns a view whose lifetime is not written.
    #[must_use]
    #[allow(elided_lifetimes_in_paths, mismatched_lifetime_syntaxes)]
    pub fn first(&self) -> Option<Statement> {
        self.rows.first().map(|_| Statement { connection: self, at: 0 })
    }

    /// Returns a view with two lifetimes.
    #[must_use]
    pub fn walk(&self) -> Walk<'_, '_, String> {
        Walk(&self.rows, "")
    }

    /// Returns many.
    #[must_use]
    pub fn statements<'a>(&'a self, _names: &[&str]) -> Option<Vec<(Statement<'a>, &'a str)>> {
        Some(Vec::new())
    }
}

fn main() {
    ::std::assert!(ConnectionProxy::builder("connection").start_open().is_err());
}
