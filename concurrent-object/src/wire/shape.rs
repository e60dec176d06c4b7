//! The field names of structs that repeat, so that a list of a million structs carries them once.
//!
//! A struct travels as a map. Inside a list or a map, the first struct of a kind has [`SHAPE`] before it: its keys become the
//! next *shape* of the message. A later struct with the same keys is one byte, which names the shape, and its values. The
//! reader shows the keys again, so every `Deserialize` sees the map that it would see without this.
//! Knows keys; knows nothing of values.

use super::DecodeError;

/// The marker before a map whose keys become a shape. `MessagePack` leaves it unused.
pub(super) const SHAPE: u8 = 0xc1;
/// The marker of a struct of the first shape; those of the others follow. In `MessagePack` these are -32 to -17, which
/// [`super::pack`] writes as two bytes instead.
pub(super) const SHAPED: u8 = 0xe0;
/// So many markers there are.
const MAX_SHAPES: usize = 16;

/// A value takes one byte at least. More bytes of keys for each would make a small message into a large map.
const MAX_KEY_SIZE: usize = 64;

/// The shapes of a message that is read.
#[derive(Debug, Default)]
pub(super) struct Shapes<'m>(Vec<Option<Vec<&'m [u8]>>>);

impl<'m> Shapes<'m> {
    /// The next shape, whose keys are not known yet.
    pub(super) fn begin(&mut self) -> Result<usize, Box<DecodeError>> {
        if self.0.len() == MAX_SHAPES {
            return Err(DecodeError::malformed(format_args!("more than {MAX_SHAPES} shapes of structs")));
        }
        self.0.push(None);
        Ok(self.0.len() - 1)
    }

    /// The keys of a shape, each a whole string of the message.
    pub(super) fn complete(&mut self, shape: usize, keys: Vec<&'m [u8]>) {
        let size = keys.iter().map(|key| key.len()).sum::<usize>();
        self.0[shape] = Some(keys).filter(|keys| size <= MAX_KEY_SIZE * keys.len());
    }

    /// How many fields a struct of this shape has.
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

/// The shapes of a message that is written.
#[derive(Debug, Default)]
pub(super) struct Table(Vec<Written>);

#[derive(Debug)]
struct Written {
    /// The name of the struct and the number of fields that it announced. Types that share both are told apart by their keys.
    name: &'static str,
    announced: usize,
    keys: Vec<&'static str>,
    /// All of its keys are known, and it may be referred to.
    is_ready: bool,
}

/// How the keys of a struct are to be written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Keys {
    /// Each before its value.
    Spelled,
    /// The same, and they become this shape.
    Noted(u8),
    /// Not at all, as long as they are those of this shape.
    Known(u8),
}

impl Table {
    /// How to write a struct of this name that announces so many fields.
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

    pub(super) fn note(&mut self, shape: u8, key: &'static str) {
        self.0[usize::from(shape)].keys.push(key);
    }

    /// The struct that gave the shape its keys is complete.
    pub(super) fn close(&mut self, shape: u8) {
        let shape = &mut self.0[usize::from(shape)];
        // Five bytes are the longest header of a string.
        let size = shape.keys.iter().map(|key| key.len() + 5).sum::<usize>();
        shape.is_ready = shape.keys.len() == shape.announced && size <= MAX_KEY_SIZE * shape.keys.len();
    }

    /// Whether this is the name of the shape's field.
    #[inline]
    pub(super) fn has_key(&self, shape: u8, field: usize, key: &'static str) -> bool {
        self.0[usize::from(shape)].keys.get(field).is_some_and(|&known| std::ptr::eq(known, key) || known == key)
    }

    /// The keys; from now on such structs are spelled out. One that skips a field now and then would be written twice each time.
    pub(super) fn abandon(&mut self, shape: u8) -> Vec<&'static str> {
        let shape = &mut self.0[usize::from(shape)];
        shape.is_ready = false;
        shape.keys.clone()
    }

    /// How many fields a struct of this shape has, for what was written already.
    pub(super) fn arity(&self, shape: u8) -> Result<usize, Box<DecodeError>> {
        self.0.get(usize::from(shape)).map(|shape| shape.keys.len()).ok_or_else(|| DecodeError::malformed("no shape"))
    }

    /// Forgets all shapes.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
