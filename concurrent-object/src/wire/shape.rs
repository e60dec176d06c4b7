//! Shares the field names of structs that repeat, so that a list of a million structs has them
//! once.
//!
//! Problem: a struct is encoded as a map, and each map repeats the field names. Writing structs as
//! arrays would save them, but breaks types that skip fields, and readers that find fields by name.
//!
//! Way: *shapes*, as JavaScript engines have them (also *hidden classes*). Inside a list or a map,
//! the first struct of a type has [`SHAPE`] before it. Its keys become the next shape of the
//! top-level value. A later struct with the same keys is one byte, which names the shape, and then
//! its values. The reader restores the keys, so every `Deserialize` sees the same map as without
//! shapes.
//!
//! Knows keys; must not know values.
//!
//! Invariant: a struct of a shape has as many values as the shape has keys. There are at most 16
//! shapes, and at most 64 bytes of keys for each value, so a message cannot expand without bound.

use super::DecodeError;

/// The marker before a map whose keys become a shape. MessagePack does not use this byte.
pub(super) const SHAPE: u8 = 0xc1;
/// The marker of a struct of the first shape; the markers of the other shapes follow it. In
/// MessagePack these bytes are the numbers -32 to -17, which [`super::pack`] writes as two bytes.
pub(super) const SHAPED: u8 = 0xe0;
/// The number of these markers.
const MAX_SHAPES: usize = 16;

/// The limit of the average size of a shape's keys, in bytes. A value takes at least one byte, so
/// longer keys would let a small message become a large map.
const MAX_KEY_SIZE: usize = 64;

/// The shapes of one top-level value that is read. `None` is a shape that no struct may use: its
/// first struct is incomplete, or its keys are too long.
#[derive(Debug, Default)]
pub(super) struct Shapes<'m>(Vec<Option<Vec<&'m [u8]>>>);

impl<'m> Shapes<'m> {
    /// Adds the next shape. Its keys are not known yet.
    pub(super) fn begin(&mut self) -> Result<usize, Box<DecodeError>> {
        if self.0.len() == MAX_SHAPES {
            return Err(DecodeError::malformed(format_args!("more than {MAX_SHAPES} shapes of structs")));
        }
        self.0.push(None);
        Ok(self.0.len() - 1)
    }

    /// Sets the keys of a shape. Each is an encoded string of the message, with its header.
    pub(super) fn complete(&mut self, shape: usize, keys: Vec<&'m [u8]>) {
        let size = keys.iter().map(|key| key.len()).sum::<usize>();
        self.0[shape] = Some(keys).filter(|keys| size <= MAX_KEY_SIZE * keys.len());
    }

    /// Returns how many fields a struct of this shape has.
    #[inline]
    pub(super) fn arity(&self, shape: u8) -> Result<usize, Box<DecodeError>> {
        match self.0.get(usize::from(shape)) {
            Some(Some(keys)) => Ok(keys.len()),
            _ => Err(DecodeError::malformed("a struct of an unknown shape")),
        }
    }

    #[inline]
    pub(super) fn key(&self, shape: u8, field: usize) -> Option<&'m [u8]> {
        self.0.get(usize::from(shape))?.as_ref()?.get(field).copied()
    }
}

/// The shapes of one top-level value that is written.
#[derive(Debug, Default)]
pub(super) struct ShapeTable(Vec<Written>);

#[derive(Debug)]
/// One shape that is written.
struct Written {
    /// The name of the struct, and the number of fields that it announced. Types that have both in
    /// common are distinguished by their keys.
    name: &'static str,
    announced: usize,
    keys: Vec<&'static str>,
    /// Whether all keys are known, so that later structs may refer to the shape.
    is_ready: bool,
}

/// How the keys of a struct are written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Keys {
    /// Each before its value.
    Spelled,
    /// Each before its value, and the keys become this shape.
    Noted(u8),
    /// Not at all, as long as they are the keys of this shape.
    Known(u8),
}

impl ShapeTable {
    /// Returns how to write a struct with this name that announces so many fields.
    pub(super) fn keys_of(&mut self, name: &'static str, announced: usize) -> Keys {
        let is_it = |shape: &Written| std::ptr::eq(shape.name, name) && shape.announced == announced;
        match self.0.iter().position(is_it) {
            Some(shape) if self.0[shape].is_ready => Keys::Known(shape as u8),
            None if self.0.len() < MAX_SHAPES => {
                self.0.push(Written { name, announced, keys: Vec::with_capacity(announced.min(64)), is_ready: false });
                Keys::Noted((self.0.len() - 1) as u8)
            }
            _ => Keys::Spelled,
        }
    }

    /// Appends a key to a shape that is not complete yet.
    pub(super) fn note(&mut self, shape: u8, key: &'static str) {
        self.0[usize::from(shape)].keys.push(key);
    }

    /// Completes the shape: the struct that it takes its keys from has been written.
    pub(super) fn close(&mut self, shape: u8) {
        let shape = &mut self.0[usize::from(shape)];
        // The longest header of a string is five bytes.
        let size = shape.keys.iter().map(|key| key.len() + 5).sum::<usize>();
        shape.is_ready = shape.keys.len() == shape.announced && size <= MAX_KEY_SIZE * shape.keys.len();
    }

    /// Whether the shape has this key at this position.
    #[inline]
    pub(super) fn has_key(&self, shape: u8, field: usize, key: &'static str) -> bool {
        self.0[usize::from(shape)].keys.get(field).is_some_and(|&known| std::ptr::eq(known, key) || known == key)
    }

    /// Returns the keys of the shape, and stops using it: later structs of this kind spell their
    /// keys out. A struct that sometimes skips a field would otherwise be written twice each time.
    pub(super) fn abandon(&mut self, shape: u8) -> Vec<&'static str> {
        let shape = &mut self.0[usize::from(shape)];
        shape.is_ready = false;
        shape.keys.clone()
    }

    /// Returns how many fields a struct of this shape has. The encoder needs it to skip values that
    /// it wrote.
    pub(super) fn arity(&self, shape: u8) -> Result<usize, Box<DecodeError>> {
        self.0
            .get(usize::from(shape))
            .map(|shape| shape.keys.len())
            .ok_or_else(|| DecodeError::malformed("a struct of an unknown shape"))
    }

    /// Forgets all shapes.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
