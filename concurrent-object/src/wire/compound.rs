//! Writes containers, each as an array or a map. serde has seven kinds of them, from sequences to
//! struct variants.
//!
//! Knows headers, keys and counts; leaves the content to [`super::serializer`].
//!
//! Invariant: a header says how many elements follow, whatever the type announced. `serde_json`
//! accepts a wrong announcement, so such types exist.

use std::ops::Range;

use serde::{Serialize, ser};

use super::encode::{Writer, check_length};
use super::pack::{self, ARRAY_32, MAP_32};
use super::scan::skip_value;
use super::serializer::{self, ElementPlace};
use super::shape::{Keys, SHAPE, SHAPED, WrittenField};
use super::{EncodeError, native};

/// An array or a map that is being written.
#[derive(Debug)]
pub(super) struct Compound<'w, 'a> {
    writer: &'w mut Writer<'a>,
    /// The position of the header in the structured bytes.
    header: Range<usize>,
    /// The marker of the header's longest form.
    marker: u8,
    /// The number of elements that the type announced, if it did.
    announced: Option<usize>,
    count: usize,
    /// Whether a key was written whose value has not been written yet.
    is_key_pending: bool,
    /// Whether this is a list or a map: structs in it may repeat.
    repeats: bool,
    /// How the field names of a struct are written.
    keys: Keys,
    /// The position of the next native value in the structured bytes.
    native_at: usize,
}

pub(super) type CompoundResult = Result<(), Box<EncodeError>>;

impl<'w, 'a> Compound<'w, 'a> {
    #[inline]
    pub(super) fn array(writer: &'w mut Writer<'a>, len: Option<usize>) -> Result<Self, Box<EncodeError>> {
        writer.repeats += 1;
        Self::start(writer, ARRAY_32, len, true)
    }

    #[inline]
    pub(super) fn map(writer: &'w mut Writer<'a>, len: Option<usize>) -> Result<Self, Box<EncodeError>> {
        writer.repeats += 1;
        Self::start(writer, MAP_32, len, true)
    }

    /// Begins a struct. Inside a list or a map, later structs with this name may use its keys.
    #[inline]
    pub(super) fn structure(
        writer: &'w mut Writer<'a>,
        name: &'static str,
        len: usize,
    ) -> Result<Self, Box<EncodeError>> {
        if writer.repeats == 0 {
            Self::start(writer, MAP_32, Some(len), false)
        } else {
            Self::repeated(writer, name, len)
        }
    }

    #[inline]
    fn repeated(writer: &'w mut Writer<'a>, name: &'static str, len: usize) -> Result<Self, Box<EncodeError>> {
        let keys = writer.shapes.keys_of(name, len);
        if let Keys::Known(shape) = keys {
            return Ok(Self::known(writer, shape, len));
        }
        if let Keys::Noted(_) = keys {
            writer.out().push(SHAPE);
        }
        Ok(Self { keys, ..Self::start(writer, MAP_32, Some(len), false)? })
    }

    /// Begins a struct of a known shape, with room for its native values.
    #[inline]
    fn known(writer: &'w mut Writer<'a>, shape: u8, len: usize) -> Self {
        let native_size = writer.define(shape);
        let at = writer.out().len();
        writer.out().push(SHAPED + shape);
        let native_at = at + 1;
        reserve_zeros(writer.out(), native_size);
        writer.has_room(0);
        Self {
            writer,
            header: at..native_at,
            marker: MAP_32,
            announced: Some(len),
            count: 0,
            is_key_pending: false,
            repeats: false,
            keys: Keys::Known(shape),
            native_at,
        }
    }

    #[inline]
    fn start(
        writer: &'w mut Writer<'a>,
        marker: u8,
        len: Option<usize>,
        repeats: bool,
    ) -> Result<Self, Box<EncodeError>> {
        let at = writer.out().len();
        match len {
            Some(len) if marker == MAP_32 => pack::write_map(writer.out(), checked(len)?),
            Some(len) => pack::write_array(writer.out(), checked(len)?),
            None => writer.out().extend_from_slice(&long_header(marker, 0)),
        }
        let header = at..writer.out().len();
        Ok(Self {
            writer,
            header,
            marker,
            announced: len,
            count: 0,
            is_key_pending: false,
            repeats,
            keys: Keys::Spelled,
            native_at: 0,
        })
    }

    /// Writes an element, and counts it.
    #[inline]
    pub(super) fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> CompoundResult {
        self.count += 1;
        self.uncounted(value)
    }

    #[inline]
    pub(super) fn uncounted<T: Serialize + ?Sized>(&mut self, value: &T) -> CompoundResult {
        serializer::write(self.writer, ElementPlace::Inside, value).map_err(|error| self.writer.note(error))?;
        // If the message is over its limit now, its bytes are discarded at once.
        self.writer.has_room(0);
        Ok(())
    }

    /// Checks that keys and values of a map alternate.
    #[inline]
    pub(super) fn check_turn(&mut self, is_key: bool) -> CompoundResult {
        if self.is_key_pending == is_key {
            return Err(self
                .writer
                .note(ser::Error::custom("the `Serialize` of a map does not alternate keys and values")));
        }
        self.is_key_pending = is_key;
        Ok(())
    }

    /// Writes a field of a struct. Inlined, so that the length and the bytes of a known name are
    /// constants.
    #[inline]
    pub(super) fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> CompoundResult {
        let code = native::code_of::<T>();
        match self.keys {
            Keys::Spelled => pack::write_name(self.writer.out(), name),
            Keys::Known(shape) if code != native::NONE && self.writer.shapes.has(shape, self.count, name, code) => {
                self.count += 1;
                native::put(value, self.writer.out(), self.native_at);
                self.native_at += native::size_of_code(code);
                return Ok(());
            }
            _ => self.key_of_shape(name, code)?,
        }
        self.item(value)
    }

    /// Writes the name of a field, unless the struct's shape has the same name at this position.
    #[inline(never)]
    fn key_of_shape(&mut self, name: &'static str, code: u8) -> CompoundResult {
        match self.keys {
            Keys::Known(shape) if self.writer.shapes.has(shape, self.count, name, native::NONE) => return Ok(()),
            Keys::Known(shape) => self.spell_out(shape)?,
            Keys::Noted(shape) => self.writer.shapes.note(shape, name, code),
            Keys::Spelled => {}
        }
        pack::write_str(self.writer.out(), name);
        Ok(())
    }

    /// Rewrites the struct with its keys, because they differ from those of its shape. Until now
    /// its values were written without keys.
    #[cold]
    fn spell_out(&mut self, shape: u8) -> CompoundResult {
        let keys = self.writer.shapes.abandon(shape);
        self.keys = Keys::Spelled;
        if self.writer.is_over() {
            return Ok(());
        }
        let values = self.writer.out().split_off(self.header.end);
        self.writer.out().truncate(self.header.start);
        self.writer.out().extend_from_slice(&long_header(self.marker, 0));
        self.header.end = self.writer.out().len();
        self.announced = None;
        let (mut natives, mut rest) = values.split_at(self.writer.shapes.native_size(shape));
        for WrittenField { key, code } in keys.into_iter().take(self.count) {
            pack::write_str(self.writer.out(), key);
            if code != native::NONE {
                native::unpack(code, &mut natives, self.writer.out());
                continue;
            }
            let value = rest;
            skip_value(&mut rest, |shape| Ok(self.writer.shapes.form(shape)))
                .map_err(<Box<EncodeError> as ser::Error>::custom)?;
            self.writer.out().extend_from_slice(&value[..value.len() - rest.len()]);
        }
        Ok(())
    }

    #[inline]
    pub(super) fn finish(self) -> CompoundResult {
        if !self.is_key_pending && self.announced == Some(self.count) && !matches!(self.keys, Keys::Noted(_)) {
            self.writer.leave(1);
            self.writer.repeats -= usize::from(self.repeats);
            return Ok(());
        }
        self.finish_slowly()
    }

    #[inline(never)]
    fn finish_slowly(mut self) -> CompoundResult {
        if self.is_key_pending {
            return Err(self.writer.note(ser::Error::custom("a map ends with a key that has no value")));
        }
        self.writer.leave(1);
        self.writer.repeats -= usize::from(self.repeats);
        match self.keys {
            Keys::Spelled => {}
            Keys::Noted(shape) => self.writer.shapes.close(shape),
            Keys::Known(shape) => self.spell_out(shape)?,
        }
        if self.announced == Some(self.count) {
            return Ok(());
        }
        self.correct_header()
    }

    #[cold]
    fn correct_header(self) -> CompoundResult {
        if self.writer.is_over() {
            return Ok(());
        }
        let header = long_header(self.marker, checked(self.count)?);
        self.writer.out().splice(self.header, header);
        Ok(())
    }
}

/// Appends zeros. Without a call of `memset` if they are few.
#[inline]
fn reserve_zeros(out: &mut Vec<u8>, len: usize) {
    const FEW: usize = 16;
    let end = out.len() + len;
    if len <= FEW {
        out.extend_from_slice(&[0; FEW]);
        out.truncate(end);
    } else {
        out.resize(end, 0);
    }
}

fn checked(len: usize) -> Result<usize, Box<EncodeError>> {
    check_length(len).map(|()| len)
}

fn long_header(marker: u8, len: usize) -> [u8; 5] {
    let [a, b, c, d] = (len as u32).to_be_bytes();
    [marker, a, b, c, d]
}
