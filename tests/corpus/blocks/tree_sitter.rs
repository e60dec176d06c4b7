//! `tree-sitter` 0.27.1, `Parser`.
//! The language, the tree, positions, callbacks and the errors stand in.

use std::error;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{ControlFlow, Deref};
use std::os::fd::AsRawFd;
use std::ptr::NonNull;

use concurrent_object::concurrent_object;

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Language(*const u8);

impl Clone for Language {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

// SAFETY: the pointer is never read.
unsafe impl Send for Language {}
// SAFETY: the pointer is never read.
unsafe impl Sync for Language {}

pub struct LanguageRef<'a>(Language, PhantomData<&'a ()>);

impl Deref for LanguageRef<'_> {
    type Target = Language;

    fn deref(&self) -> &Language {
        &self.0
    }
}

pub struct Tree(NonNull<u8>);

impl Clone for Tree {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tree")
    }
}

// SAFETY: the pointer is never read.
unsafe impl Send for Tree {}
// SAFETY: the pointer is never read.
unsafe impl Sync for Tree {}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Point {
    pub row: usize,
    pub column: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    pub start_byte: usize,
    pub end_byte: usize,
    pub start_point: Point,
    pub end_point: Point,
}

#[derive(Debug, PartialEq, Eq)]
pub enum LogType {
    Parse,
    Lex,
}

type Logger = Box<dyn FnMut(LogType, &str) + Send + 'static>;

type UnsafeLogger<'a> = Box<dyn FnMut(LogType, &str) + Send + 'a>;

pub struct ParseState(NonNull<u8>);

type ParseProgressCallback<'a> = &'a mut dyn FnMut(&ParseState) -> ControlFlow<()>;

#[derive(Default)]
pub struct ParseOptions<'a> {
    pub progress_callback: Option<ParseProgressCallback<'a>>,
}

pub trait Decode {
    fn decode(bytes: &[u8]) -> (i32, u32);
}

#[derive(Debug, PartialEq, Eq)]
pub enum LanguageError {
    Version(usize),
    NotParseable,
}

impl fmt::Display for LanguageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such language")
    }
}

impl error::Error for LanguageError {}

#[derive(Debug, PartialEq, Eq)]
pub struct IncludedRangesError(pub usize);

impl fmt::Display for IncludedRangesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "range {}", self.0)
    }
}

impl error::Error for IncludedRangesError {}

pub struct Parser(NonNull<u8>);

// SAFETY: the pointer is never read.
unsafe impl Send for Parser {}
// SAFETY: the pointer is never read.
unsafe impl Sync for Parser {}

#[concurrent_object]
impl Parser {
    pub fn new() -> Self {
        unimplemented!()
    }

    pub fn set_language(&mut self, language: &Language) -> Result<(), LanguageError> {
        unimplemented!()
    }

    pub fn language(&self) -> Option<LanguageRef<'_>> {
        unimplemented!()
    }

    pub fn logger(&self) -> Option<&Logger> {
        unimplemented!()
    }

    pub fn set_logger(&mut self, logger: Option<Logger>) {
        unimplemented!()
    }

    pub unsafe fn set_logger_unchecked(&mut self, logger: Option<UnsafeLogger<'_>>) {
        unimplemented!()
    }

    pub fn print_dot_graphs(&mut self, file: &impl AsRawFd) {
        unimplemented!()
    }

    pub fn stop_printing_dot_graphs(&mut self) {
        unimplemented!()
    }

    pub fn parse(&mut self, text: impl AsRef<[u8]>, old_tree: Option<&Tree>) -> Option<Tree> {
        unimplemented!()
    }

    pub fn parse_with_options<T: AsRef<[u8]>, F: FnMut(usize, Point) -> T>(
        &mut self,
        callback: &mut F,
        old_tree: Option<&Tree>,
        options: Option<ParseOptions>,
    ) -> Option<Tree> {
        unimplemented!()
    }

    pub fn parse_utf16_le(&mut self, input: impl AsRef<[u16]>, old_tree: Option<&Tree>) -> Option<Tree> {
        unimplemented!()
    }

    pub fn parse_utf16_le_with_options<T: AsRef<[u16]>, F: FnMut(usize, Point) -> T>(
        &mut self,
        callback: &mut F,
        old_tree: Option<&Tree>,
        options: Option<ParseOptions>,
    ) -> Option<Tree> {
        unimplemented!()
    }

    pub fn parse_utf16_be(&mut self, input: impl AsRef<[u16]>, old_tree: Option<&Tree>) -> Option<Tree> {
        unimplemented!()
    }

    pub fn parse_utf16_be_with_options<T: AsRef<[u16]>, F: FnMut(usize, Point) -> T>(
        &mut self,
        callback: &mut F,
        old_tree: Option<&Tree>,
        options: Option<ParseOptions>,
    ) -> Option<Tree> {
        unimplemented!()
    }

    pub fn parse_custom_encoding<D: Decode, T: AsRef<[u8]>, F: FnMut(usize, Point) -> T>(
        &mut self,
        callback: &mut F,
        old_tree: Option<&Tree>,
        options: Option<ParseOptions>,
    ) -> Option<Tree> {
        unimplemented!()
    }

    pub fn reset(&mut self) {
        unimplemented!()
    }

    pub fn set_included_ranges(&mut self, ranges: &[Range]) -> Result<(), IncludedRangesError> {
        unimplemented!()
    }

    pub fn included_ranges(&self) -> Vec<Range> {
        unimplemented!()
    }
}
