//! Judges one value of a message before anything is built from it.
//!
//! Knows the structure: nesting, lengths, and where raw regions may lie; knows no types. What passed has whole tokens,
//! at most [`MAX_DEPTH`] levels, and placeholders that lie within the raw memory, in order and apart from each other;
//! so a small message cannot multiply into a large one, and whoever reads it afterwards may skip, retry and look twice.

use super::list::{self, List};
use super::token::{Token, skip_leaves};
use super::{DecodeError, MAX_DEPTH};

/// What the values scanned so far have used up.
#[derive(Debug)]
pub(super) struct Scanner {
    raw_len: usize,
    /// Where the last raw region ended.
    region_end: usize,
}

impl Scanner {
    pub(super) fn new(raw_len: usize) -> Self {
        Self { raw_len, region_end: 0 }
    }

    /// Takes one whole value off the front of `bytes`.
    pub(super) fn take_value<'m>(&mut self, bytes: &mut &'m [u8]) -> Result<&'m [u8], Box<DecodeError>> {
        let before = *bytes;
        self.check_values(bytes, 1, 0)?;
        Ok(&before[..before.len() - bytes.len()])
    }

    fn check_values(&mut self, bytes: &mut &[u8], count: usize, depth: usize) -> Result<(), Box<DecodeError>> {
        let mut left = skip_leaves(bytes, count);
        while left > 0 {
            match Token::take(bytes)? {
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

    fn check_children(&mut self, bytes: &mut &[u8], count: usize, depth: usize) -> Result<(), Box<DecodeError>> {
        if depth == MAX_DEPTH {
            return Err(DecodeError::malformed(format_args!("nested more than {MAX_DEPTH} levels deep")));
        }
        self.check_values(bytes, count, depth + 1)
    }

    fn check_extension(&mut self, tag: i8, content: &[u8]) -> Result<(), Box<DecodeError>> {
        match List::parse(tag, content)? {
            Some(List::Region { offset, len, .. }) => self.check_region(offset, len),
            // What lies outside the message is checked where it is read.
            Some(List::Inline { .. } | List::Elsewhere { .. }) => Ok(()),
            None if tag == list::NESTED => Err(DecodeError::malformed("an option is marked where none can be")),
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

/// Takes one value, which was scanned before, off the front of `bytes`.
pub(super) fn skip_value(bytes: &mut &[u8]) -> Result<(), Box<DecodeError>> {
    let mut left = skip_leaves(bytes, 1);
    while left > 0 {
        let children = match Token::take(bytes)? {
            Token::Array(len) => len,
            Token::Map(1) if list::take_nested_key(bytes) => 1,
            Token::Map(len) => 2 * len,
            _ => 0,
        };
        left = skip_leaves(bytes, left - 1 + children);
    }
    Ok(())
}
