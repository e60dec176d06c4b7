//! Writes what contains other values: arrays and maps, for all of serde's seven kinds of them.
//!
//! Invariant: a header says how many elements really follow, whatever was announced; `serde_json` does not mind a wrong
//! announcement, so there are types that make one.

use serde::{Serialize, ser};

use super::encode::{Writer, check_length};
use super::pack::{ARRAY_32, MAP_32};
use super::serializer::{Place, ValueSerializer};
use super::{EncodeError, pack};

/// An array or a map that is being written.
#[derive(Debug)]
pub(super) struct Compound<'w, 'a> {
    writer: &'w mut Writer<'a>,
    /// Where the header stands, and the marker of its longest form.
    header: std::ops::Range<usize>,
    marker: u8,
    announced: Option<usize>,
    count: usize,
    /// A key was written whose value is still to come.
    key_waits: bool,
    /// How many levels of nesting end with it.
    levels: usize,
}

type Outcome = Result<(), Box<EncodeError>>;

impl<'w, 'a> Compound<'w, 'a> {
    #[inline]
    pub(super) fn array(
        writer: &'w mut Writer<'a>,
        len: Option<usize>,
        levels: usize,
    ) -> Result<Self, Box<EncodeError>> {
        Self::start(writer, ARRAY_32, len, levels)
    }

    #[inline]
    pub(super) fn map(writer: &'w mut Writer<'a>, len: Option<usize>, levels: usize) -> Result<Self, Box<EncodeError>> {
        Self::start(writer, MAP_32, len, levels)
    }

    #[inline]
    fn start(
        writer: &'w mut Writer<'a>,
        marker: u8,
        len: Option<usize>,
        levels: usize,
    ) -> Result<Self, Box<EncodeError>> {
        let at = writer.out().len();
        match len {
            Some(len) if marker == MAP_32 => pack::write_map(writer.out(), checked(len)?),
            Some(len) => pack::write_array(writer.out(), checked(len)?),
            None => writer.out().extend_from_slice(&long_header(marker, 0)),
        }
        let header = at..writer.out().len();
        Ok(Self { writer, header, marker, announced: len, count: 0, key_waits: false, levels })
    }

    /// Writes an element, and counts it.
    pub(super) fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        self.count += 1;
        self.uncounted(value)
    }

    fn uncounted<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        value.serialize(ValueSerializer::new(self.writer, Place::Inside)).map_err(|error| self.writer.note(error))
    }

    /// Keys and values of a map take turns.
    fn turn(&mut self, is_key: bool) -> Outcome {
        if self.key_waits == is_key {
            return Err(self.writer.note(ser::Error::custom("keys and values of a map do not take turns")));
        }
        self.key_waits = is_key;
        Ok(())
    }

    /// Inlined for the name's sake: where it is known, its length and its bytes are constants.
    #[inline]
    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Outcome {
        pack::write_str(self.writer.out(), name);
        self.item(value)
    }

    #[inline]
    pub(super) fn finish(self) -> Outcome {
        if self.key_waits {
            return Err(self.writer.note(ser::Error::custom("a map ends with a key that has no value")));
        }
        self.writer.leave(self.levels);
        if self.announced == Some(self.count) {
            return Ok(());
        }
        self.correct_header()
    }

    #[cold]
    fn correct_header(self) -> Outcome {
        let header = long_header(self.marker, checked(self.count)?);
        self.writer.out().splice(self.header, header);
        Ok(())
    }
}

fn checked(len: usize) -> Result<usize, Box<EncodeError>> {
    check_length(len).map(|()| len)
}

fn long_header(marker: u8, len: usize) -> [u8; 5] {
    let [a, b, c, d] = (len as u32).to_be_bytes();
    [marker, a, b, c, d]
}

macro_rules! elements {
    ($($compound:ident: $method:ident,)*) => {$(
        impl ser::$compound for Compound<'_, '_> {
            type Ok = ();
            type Error = Box<EncodeError>;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
                self.item(value)
            }

            fn end(self) -> Outcome {
                self.finish()
            }
        }
    )*};
}

elements! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field,
}

macro_rules! fields {
    ($($compound:ident,)*) => {$(
        impl ser::$compound for Compound<'_, '_> {
            type Ok = ();
            type Error = Box<EncodeError>;

            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Outcome {
                self.field(name, value)
            }

            fn end(self) -> Outcome {
                self.finish()
            }
        }
    )*};
}

fields! { SerializeStruct, SerializeStructVariant, }

impl ser::SerializeMap for Compound<'_, '_> {
    type Ok = ();
    type Error = Box<EncodeError>;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Outcome {
        self.turn(true)?;
        self.item(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        self.turn(false)?;
        self.uncounted(value)
    }

    fn end(self) -> Outcome {
        self.finish()
    }
}
