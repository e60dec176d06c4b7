//! The reader of one structured value: its position in the bytes, and its limits.
//!
//! Knows tokens, the shapes of the value, and the limits of stack and memory; must not know types.

use std::mem;

use serde::de::{self, DeserializeSeed};

use super::allowance::Allowance;
use super::kind::Kind;
use super::known_shapes::{KnownShape, KnownShapes};
use super::list::{Bytes, List};
use super::scan::skip_value;
use super::token::Token;
use super::value::ValueDeserializer;
use super::{DecodeError, Raw};
use crate::memory::stack::Gauge;

/// The unread rest of a value that the scanner has accepted, with all that is needed to read it.
#[derive(Debug)]
pub(super) struct Reader<'de> {
    pub(super) rest: &'de [u8],
    pub(super) raw: Raw<'de>,
    pub(super) shapes: KnownShapes<'de>,
    pub(super) stack: Gauge,
    pub(super) allowance: Allowance,
}

impl<'de> Reader<'de> {
    /// Begins at the first byte of `value`. `shapes` are the shapes that the scanner found in it.
    /// Stack and memory are unlimited until the caller sets a limit.
    pub(super) fn new(value: &'de [u8], raw: Raw<'de>, shapes: KnownShapes<'de>) -> Self {
        Self { rest: value, raw, shapes, stack: Gauge::unknown(), allowance: Allowance::new(usize::MAX) }
    }

    /// Fails if the stack might not have room for one more level, which builds a `T`.
    #[inline]
    pub(super) fn check_stack<T>(&mut self) -> Result<(), Box<DecodeError>> {
        if self.stack.has_room(size_of::<T>()) { Ok(()) } else { Err(de::Error::custom(self.stack.shortage())) }
    }

    /// Reads the name of a field from a shape instead of from the bytes. `None` after the last
    /// field.
    pub(super) fn read_key<S: DeserializeSeed<'de>>(
        &mut self,
        shape: u8,
        field: usize,
        seed: S,
    ) -> Result<Option<S::Value>, Box<DecodeError>> {
        let Some(key) = self.shapes.key(shape, field) else { return Ok(None) };
        let values = mem::replace(&mut self.rest, key);
        let read = seed.deserialize(ValueDeserializer::new(self));
        self.rest = values;
        read.map(Some)
    }

    /// Skips the next value.
    pub(super) fn skip_value(&mut self) -> Result<(), Box<DecodeError>> {
        skip_value(&mut self.rest, |shape| self.shapes.get(shape).map(KnownShape::form))
    }

    /// Returns the next token, without taking it, and the bytes after it.
    pub(super) fn peek(&self) -> Result<(Token<'de>, &'de [u8]), Box<DecodeError>> {
        let mut rest = self.rest;
        Ok((Token::take(&mut rest)?, rest))
    }

    /// Takes the next token, if it is a plain list or a string of bytes. Otherwise takes nothing.
    pub(super) fn take_list(&mut self) -> Result<Option<(Kind, Bytes<'de>)>, Box<DecodeError>> {
        let (token, after) = self.peek()?;
        let list = match token {
            Token::Bin(bytes) => Some((Kind::Bytes, Bytes::Trusted(bytes))),
            Token::Extension(tag, content) => match List::parse(tag, content)? {
                Some(list) => Some((list.kind(), list.bytes(self.raw)?)),
                None => None,
            },
            _ => None,
        };
        if list.is_some() {
            self.rest = after;
        }
        Ok(list)
    }
}
