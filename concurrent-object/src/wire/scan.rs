//! Checks one value of a message before serde sees it.
//!
//! Problem: the sender may be broken or hostile, and serde decodes by type. It skips fields, reads
//! a value again (`untagged`), and believes lengths before it has seen the elements.
//!
//! The naive way, checking while decoding, fails: a check of the order of raw regions would miss
//! the skipped ones, and count a region twice when its value is read again.
//!
//! Way: two passes, *validate, then decode*. The scanner reads the tokens once, without types.
//! Readers may then skip, retry and read twice. The structured bytes are private to the reader, so
//! they cannot change between the passes.
//!
//! Knows the structure: nesting, lengths, and where raw regions may lie; must not know types.
//!
//! Invariant: a value that passed has whole tokens, at most [`MAX_LEVELS`] levels, and only structs
//! of known shapes. Its placeholders lie within the raw memory, in order and disjoint, so a small
//! message cannot expand into a large one.

use serde::de;

use super::known_shapes::KnownShapes;
use super::list::{self, List};
use super::shape::{SHAPE, SHAPED};
use super::token::{Token, number, skip_leaves, slice};
use super::{DecodeError, MAX_LEVELS};
use crate::memory::stack::Gauge;

/// The state of the scan of one message.
#[derive(Debug)]
pub(super) struct Scanner<'m> {
    raw_len: usize,
    /// The end of the last raw region.
    region_end: usize,
    /// The shapes of the value that was scanned last.
    shapes: KnownShapes<'m>,
    stack: Gauge,
}

impl<'m> Scanner<'m> {
    /// Begins a message that has `raw_len` bytes of raw memory.
    pub(super) fn new(raw_len: usize) -> Self {
        Self { raw_len, region_end: 0, shapes: KnownShapes::default(), stack: Gauge::unknown() }
    }

    /// Checks one whole value, takes it off the front of `bytes`, and returns it.
    pub(super) fn take_value(&mut self, bytes: &mut &'m [u8]) -> Result<&'m [u8], Box<DecodeError>> {
        let before = *bytes;
        self.shapes = KnownShapes::default();
        self.stack = Gauge::start();
        self.check_values(bytes, 1, 0)?;
        Ok(&before[..before.len() - bytes.len()])
    }

    /// Takes the shapes of the last value, and returns them with the stack gauge. A reader needs
    /// both.
    pub(super) fn take_found(&mut self) -> (KnownShapes<'m>, Gauge) {
        (std::mem::take(&mut self.shapes), self.stack)
    }

    fn check_values(&mut self, bytes: &mut &'m [u8], count: usize, depth: usize) -> Result<(), Box<DecodeError>> {
        let mut left = skip_leaves(bytes, count);
        while left > 0 {
            let is_marked = bytes.first() == Some(&SHAPE) && !self.take_definition(bytes)?;
            match Token::take(bytes)? {
                Token::Map(len) if is_marked => self.check_keys(bytes, len, depth)?,
                Token::Shaped(shape) => self.check_struct(bytes, shape, depth)?,
                Token::Extension(tag, content) => self.check_extension(tag, content)?,
                Token::Array(len) => self.check_children(bytes, len, depth)?,
                Token::Map(1) if list::take_nested_key(bytes) => self.check_children(bytes, 1, depth)?,
                Token::Map(len) => self.check_children(bytes, 2 * len, depth)?,
                _ => {}
            }
            left = skip_leaves(bytes, left - 1);
        }
        Ok(())
    }

    fn check_children(&mut self, bytes: &mut &'m [u8], count: usize, depth: usize) -> Result<(), Box<DecodeError>> {
        self.check_depth(depth)?;
        self.check_values(bytes, count, depth + 1)
    }

    /// Takes the definition of native fields, if it comes next. Returns whether it did.
    fn take_definition(&mut self, bytes: &mut &'m [u8]) -> Result<bool, Box<DecodeError>> {
        let mut rest = *bytes;
        let [_, marker @ SHAPED..=0xef] = number(&mut rest)? else { return Ok(false) };
        let [len] = number(&mut rest)?;
        self.shapes.define(marker - SHAPED, slice(&mut rest, len.into())?)?;
        if rest.first() == Some(&SHAPE) {
            return Err(DecodeError::malformed("the definition of native fields is not followed by a struct"));
        }
        *bytes = rest;
        Ok(true)
    }

    /// Checks a struct of a shape.
    fn check_struct(&mut self, bytes: &mut &'m [u8], shape: u8, depth: usize) -> Result<(), Box<DecodeError>> {
        let StructForm { native_size, values } = self.shapes.used_form(shape)?;
        slice(bytes, native_size)?;
        if values == 0 { check_level(depth) } else { self.check_children(bytes, values, depth) }
    }

    /// Checks a map whose keys become a shape.
    fn check_keys(&mut self, bytes: &mut &'m [u8], len: usize, depth: usize) -> Result<(), Box<DecodeError>> {
        self.check_depth(depth)?;
        let shape = self.shapes.begin()?;
        // The length is the sender's claim, so no memory is reserved for it.
        let mut keys = Vec::new();
        for _ in 0..len {
            let before = *bytes;
            let Token::Str(_) = Token::take(bytes)? else {
                return Err(DecodeError::malformed("a key of a shape is not a string"));
            };
            keys.push(&before[..before.len() - bytes.len()]);
            self.check_values(bytes, 1, depth + 1)?;
        }
        self.shapes.complete(shape, keys);
        Ok(())
    }

    fn check_depth(&mut self, depth: usize) -> Result<(), Box<DecodeError>> {
        check_level(depth)?;
        if self.stack.has_room(0) { Ok(()) } else { Err(de::Error::custom(self.stack.shortage())) }
    }

    fn check_extension(&mut self, tag: i8, content: &[u8]) -> Result<(), Box<DecodeError>> {
        match List::parse(tag, content)? {
            Some(List::Region { offset, len, .. }) => self.check_region(offset, len),
            // Places outside the message are checked when they are read.
            Some(List::Inline { .. } | List::ExternalRef { .. }) => Ok(()),
            None if tag == list::NESTED => {
                Err(DecodeError::malformed("the mark of a nested option is not the key of a map with one entry"))
            }
            None => Ok(()),
        }
    }

    fn check_region(&mut self, offset: usize, len: usize) -> Result<(), Box<DecodeError>> {
        if offset < self.region_end {
            return Err(DecodeError::malformed("raw regions overlap or are out of order"));
        }
        match offset.checked_add(len) {
            Some(end) if end <= self.raw_len => self.region_end = end,
            _ => return Err(DecodeError::malformed("a raw region lies outside the message")),
        }
        Ok(())
    }
}

#[inline]
fn check_level(depth: usize) -> Result<(), Box<DecodeError>> {
    if depth == MAX_LEVELS {
        return Err(DecodeError::malformed(format_args!("nested more than {MAX_LEVELS} levels deep")));
    }
    Ok(())
}

/// What follows the marker of a struct of a known shape: its native values together, and then its
/// other values.
#[derive(Clone, Copy, Debug)]
pub(super) struct StructForm {
    pub(super) native_size: usize,
    pub(super) values: usize,
}

/// Takes one value off the front of `bytes`. The value was scanned, or written by this process.
/// `form` returns the form of a shape.
pub(super) fn skip_value(
    bytes: &mut &[u8],
    form: impl Fn(u8) -> Result<StructForm, Box<DecodeError>>,
) -> Result<(), Box<DecodeError>> {
    let mut left = skip_leaves(bytes, 1);
    while left > 0 {
        let children = match Token::take(bytes)? {
            Token::Array(len) => len,
            Token::Map(1) if list::take_nested_key(bytes) => 1,
            Token::Map(len) => 2 * len,
            Token::Shaped(shape) => {
                let StructForm { native_size, values } = form(shape)?;
                slice(bytes, native_size)?;
                values
            }
            _ => 0,
        };
        left = skip_leaves(bytes, left - 1 + children);
    }
    Ok(())
}
