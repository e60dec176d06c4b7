//! Shares the field names of structs that repeat, so that a list of a million structs has them
//! once.
//!
//! Problem: a struct is encoded as a map, and each map repeats the field names. Writing structs as
//! arrays would save them, but breaks types that skip fields, and readers that find fields by name.
//!
//! Way: *shapes*, as JavaScript engines have them (also *hidden classes*). Inside a list or a map,
//! the first struct of a type has [`SHAPE`] before it. Its keys become the next shape of the
//! top-level value. A later struct with the same keys is one byte, which names the shape, then its
//! native values (see [`super::native`]), and then its other values. A *definition* before the
//! second struct says which fields are native: [`SHAPE`], the marker of the shape, the number of
//! fields, and a code for each. The reader restores the keys where a `Deserialize` needs them (see
//! [`super::known_shapes`]).
//!
//! Knows keys; must not know values.
//!
//! Invariant: a struct of a shape has as many values as the shape has keys. There are at most 16
//! shapes, and at most 64 bytes of keys for each value, so a message cannot expand without bound.

use super::native;
use super::scan::StructForm;

/// The marker before a map whose keys become a shape. MessagePack does not use this byte.
pub(super) const SHAPE: u8 = 0xc1;
/// The marker of a struct of the first shape; the markers of the other shapes follow it. In
/// MessagePack these bytes are the numbers -32 to -17, which [`super::pack`] writes as two bytes.
pub(super) const SHAPED: u8 = 0xe0;
/// The number of these markers.
pub(super) const MAX_SHAPES: usize = 16;

/// The limit of the average size of a shape's keys, in bytes. A value takes at least one byte, so
/// longer keys would let a small message become a large map.
pub(super) const MAX_KEY_SIZE: usize = 64;

/// The limit of fields of a shape with native values: the definition has one byte for their number.
const MAX_NATIVE_FIELDS: usize = 255;

/// The shapes of one top-level value that is written.
#[derive(Debug, Default)]
pub(super) struct ShapeTable {
    shapes: Vec<Written>,
    /// The shape of the last struct.
    last: usize,
}

/// One shape that is written.
#[derive(Debug)]
struct Written {
    /// The name of the struct, and the number of fields that it announced. Types that have both in
    /// common are distinguished by their keys.
    name: &'static str,
    announced: usize,
    fields: Vec<WrittenField>,
    native_size: usize,
    /// Whether a definition of the native fields has been written.
    is_defined: bool,
    /// Whether all keys are known, so that later structs may refer to the shape.
    is_ready: bool,
}

/// One field of a shape.
#[derive(Clone, Copy, Debug)]
pub(super) struct WrittenField {
    pub(super) key: &'static str,
    /// The code of its native kind.
    pub(super) code: u8,
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
    /// Whether it has never held a shape, so that it owns no memory.
    #[inline]
    pub(super) fn is_unused(&self) -> bool {
        self.shapes.capacity() == 0
    }

    /// Returns how to write a struct with this name that announces so many fields.
    #[inline]
    pub(super) fn keys_of(&mut self, name: &'static str, announced: usize) -> Keys {
        let is_it = |shape: &Written| std::ptr::eq(shape.name, name) && shape.announced == announced;
        // The last struct is often of the same kind.
        if let Some(shape) = self.shapes.get(self.last)
            && shape.is_ready
            && is_it(shape)
        {
            return Keys::Known(self.last as u8);
        }
        self.other_keys_of(name, announced)
    }

    #[inline(never)]
    fn other_keys_of(&mut self, name: &'static str, announced: usize) -> Keys {
        let is_it = |shape: &Written| std::ptr::eq(shape.name, name) && shape.announced == announced;
        let found = self.shapes.iter().position(is_it);
        self.last = found.unwrap_or(self.shapes.len());
        match found {
            Some(shape) if self.shapes[shape].is_ready => Keys::Known(shape as u8),
            None if self.shapes.len() < MAX_SHAPES => {
                self.shapes.push(Written::new(name, announced));
                Keys::Noted((self.shapes.len() - 1) as u8)
            }
            _ => Keys::Spelled,
        }
    }

    /// Appends a field to a shape that is not complete yet.
    pub(super) fn note(&mut self, shape: u8, key: &'static str, code: u8) {
        let shape = &mut self.shapes[usize::from(shape)];
        shape.fields.push(WrittenField { key, code });
    }

    /// Completes the shape: the struct that it takes its keys from has been written.
    pub(super) fn close(&mut self, shape: u8) {
        let shape = &mut self.shapes[usize::from(shape)];
        // The longest header of a string is five bytes.
        let size = shape.fields.iter().map(|field| field.key.len() + 5).sum::<usize>();
        shape.is_ready = shape.fields.len() == shape.announced && size <= MAX_KEY_SIZE * shape.fields.len();
        // A struct of one field may be read as a variant, whose content is MessagePack.
        if !(2..=MAX_NATIVE_FIELDS).contains(&shape.fields.len()) {
            shape.fields.iter_mut().for_each(|field| field.code = native::NONE);
        }
        shape.native_size = shape.fields.iter().map(|field| native::size_of_code(field.code)).sum();
    }

    /// Begins a struct of a complete shape. Returns the size of its native values.
    #[inline]
    pub(super) fn begin(&mut self, shape: u8, out: &mut Vec<u8>) -> usize {
        let known = &mut self.shapes[usize::from(shape)];
        if known.native_size > 0 && !known.is_defined {
            known.is_defined = true;
            out.extend_from_slice(&[SHAPE, SHAPED + shape, known.fields.len() as u8]);
            out.extend(known.fields.iter().map(|field| field.code));
        }
        known.native_size
    }

    /// Whether the shape has this key at this position, with this native code.
    #[inline]
    pub(super) fn has(&self, shape: u8, field: usize, key: &'static str, code: u8) -> bool {
        match self.shapes.get(usize::from(shape)) {
            Some(shape) => match shape.fields.get(field) {
                Some(known) => known.code == code && (std::ptr::eq(known.key, key) || known.key == key),
                None => false,
            },
            None => false,
        }
    }

    /// Returns the keys of the shape with their native codes, and stops using it: later structs of
    /// this kind spell their keys out. A struct that sometimes skips a field would otherwise be
    /// written twice each time.
    pub(super) fn abandon(&mut self, shape: u8) -> Vec<WrittenField> {
        let shape = &mut self.shapes[usize::from(shape)];
        shape.is_ready = false;
        shape.fields.clone()
    }

    /// Returns what follows the marker of a struct of this shape. The encoder needs it to skip
    /// values that it wrote.
    pub(super) fn form(&self, shape: u8) -> StructForm {
        let shape = &self.shapes[usize::from(shape)];
        // A shape without a definition has no struct with native values.
        if !shape.is_defined {
            return StructForm { native_size: 0, values: shape.fields.len() };
        }
        let values = shape.fields.iter().filter(|field| field.code == native::NONE).count();
        StructForm { native_size: shape.native_size, values }
    }

    /// Returns the size of the native values of a struct of this shape.
    pub(super) fn native_size(&self, shape: u8) -> usize {
        self.shapes[usize::from(shape)].native_size
    }

    /// Forgets all shapes.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.shapes.clear();
    }
}

impl Written {
    fn new(name: &'static str, announced: usize) -> Self {
        let fields = Vec::with_capacity(announced.min(64));
        Self { name, announced, fields, native_size: 0, is_defined: false, is_ready: false }
    }
}
