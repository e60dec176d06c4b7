//! Encodes the top-level values of a message, each in the form that its type decides, and counts
//! the bytes.
//!
//! Knows the forms and the limit of bytes; leaves structured values to [`super::serializer`].
//!
//! Invariant: every value that `put` accepted is well-formed for a [`Decoder`](super::Decoder).
//! That holds even if the value's `Serialize` ignored an error, or announced a wrong number of
//! elements.

use std::fmt;
use std::mem;
use std::path::Path;

use serde::{Serialize, ser};

use super::kind::Kind;
use super::serializer::{self, ElementPlace};
use super::shape::ShapeTable;
use super::top_level::{is_text, put_scalar, system_text};
use super::{EncodeError, ExternalRef, MAX_DEPTH, REGION_ALIGN, RawSink, list, os_text, pack, raw};
use crate::memory::stack::Gauge;

/// Encodes one message.
#[derive(Debug)]
pub(crate) struct Encoder<'a> {
    writer: Writer<'a>,
}

/// The size of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    /// The number of structured and raw bytes. Padding and the placeholders of lists do not count.
    pub counted: usize,
    /// The end of the last raw region; 0 if there is none.
    pub raw_end: usize,
}

impl<'a> Encoder<'a> {
    /// Begins a message. Its structured bytes are appended to `structured`, which may contain other
    /// bytes already. Its raw regions go to `raw`.
    pub(crate) fn new(structured: &'a mut Vec<u8>, raw: &'a mut dyn RawSink) -> Self {
        let start = structured.len();
        let limit = raw.limit();
        let regions = Regions { sink: raw, end: 0, written: 0, placeholders: 0 };
        let room = Room { start, limit, end: start.saturating_add(limit), skipped: 0 };
        let (shapes, stack) = (ShapeTable::default(), Gauge::unknown());
        Self { writer: Writer { out: structured, regions, room, depth: 0, repeats: 0, shapes, stack, failure: None } }
    }

    /// Appends one top-level value. After an error, the caller must discard the message.
    #[inline]
    pub(crate) fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        if put_scalar(value, self.writer.out()) {
            return Ok(());
        }
        if let Some(text) = system_text(value) {
            return self.writer.bytes(text).map_err(|error| *error);
        }
        let is_list = raw::is_plain_list::<T>();
        let place = if is_list { ElementPlace::TopList } else { ElementPlace::Inside };
        let Regions { sink, end, .. } = &mut self.writer.regions;
        sink.before_value(!is_list && !is_text::<T>(), *end);
        self.writer.begin();
        let outcome = serializer::write(&mut self.writer, place, value);
        match self.writer.failure.take() {
            Some(swallowed) => Err(*swallowed),
            None => outcome.map_err(|error| *error),
        }
    }

    #[inline]
    pub(crate) fn finish(self) -> Extent {
        let extent = Extent { counted: self.writer.counted(), raw_end: self.writer.regions.end };
        if self.writer.failure.is_none() && self.writer.shapes.is_unused() {
            // There is nothing to drop: most messages contain scalars only.
            mem::forget(self);
        }
        extent
    }
}

/// The state of encoding that all values of a message share.
pub(super) struct Writer<'a> {
    /// The structured bytes.
    out: &'a mut Vec<u8>,
    regions: Regions<'a>,
    room: Room,
    depth: usize,
    /// The number of lists and maps around the current value. Structs in them may repeat.
    pub(super) repeats: usize,
    pub(super) shapes: ShapeTable,
    stack: Gauge,
    /// The first error. It left a value half written, so `put` returns it even if the value's
    /// `Serialize` ignored it.
    failure: Option<Box<EncodeError>>,
}

/// The room for structured bytes.
#[derive(Debug)]
struct Room {
    /// The start of the message in the vector.
    start: usize,
    /// The limit of bytes of the message.
    limit: usize,
    /// The length that the vector may reach before the limit must be checked again.
    end: usize,
    /// The number of bytes that were counted and discarded, because the message is too large.
    skipped: usize,
}

struct Regions<'a> {
    sink: &'a mut dyn RawSink,
    end: usize,
    written: usize,
    placeholders: usize,
}

impl<'a> Writer<'a> {
    #[inline]
    pub(super) fn out(&mut self) -> &mut Vec<u8> {
        self.out
    }

    /// Writes the definition of the shape's native fields, if it is due. Returns their size.
    #[inline]
    pub(super) fn define(&mut self, shape: u8) -> usize {
        self.shapes.begin(shape, self.out)
    }

    /// Begins a top-level value.
    fn begin(&mut self) {
        self.depth = 0;
        self.repeats = 0;
        self.shapes.clear();
        self.stack = Gauge::start();
    }

    /// Enters `levels` levels of nesting. Fails at the limit, or if the stack might be too small.
    #[inline]
    pub(super) fn enter(&mut self, levels: usize) -> Result<(), Box<EncodeError>> {
        self.depth += levels;
        if self.depth > MAX_DEPTH {
            return Err(too_deep());
        }
        if self.stack.has_room(0) { Ok(()) } else { Err(ser::Error::custom(self.stack.shortage())) }
    }

    #[inline]
    pub(super) fn leave(&mut self, levels: usize) {
        self.depth -= levels;
    }

    /// Writes text. It fails if the text is too long.
    #[inline]
    pub(super) fn text(&mut self, text: &str) -> Result<(), Box<EncodeError>> {
        check_length(text.len())?;
        if self.has_room(text.len() + pack::str_header(text.len())) {
            pack::write_str(self.out, text);
        }
        Ok(())
    }

    /// Writes bytes. It fails if there are too many.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Box<EncodeError>> {
        check_length(bytes.len())?;
        if self.has_room(bytes.len() + pack::bin_header(bytes.len())) {
            pack::write_bin(self.out, bytes);
        }
        Ok(())
    }

    /// Writes a path. If it is UTF-8, it is written as text, so that the receiver can also decode
    /// it as a `String`. Otherwise it is written as bytes.
    pub(super) fn path(&mut self, path: &Path) -> Result<(), Box<EncodeError>> {
        match path.to_str() {
            Some(text) => self.text(text),
            None => self.bytes(os_text::bytes_of(path.as_os_str())),
        }
    }

    /// Returns how many bytes the message has so far, without padding and placeholders.
    #[inline]
    fn counted(&self) -> usize {
        self.out.len() - self.room.start + self.room.skipped + self.regions.written - self.regions.placeholders
    }

    /// Whether `len` more bytes fit, so that the caller must write them. If not, this function
    /// counts them, and the caller writes nothing.
    #[inline]
    pub(super) fn has_room(&mut self, len: usize) -> bool {
        self.out.len().saturating_add(len) <= self.room.end || self.check_limit(len)
    }

    /// Checks the limit. Beyond it, the bytes of the message are discarded, and only counted to its
    /// end. The user of the encoder then refuses the message by its size.
    #[cold]
    fn check_limit(&mut self, len: usize) -> bool {
        let left = self.room.limit.checked_sub(self.counted());
        match left.filter(|&left| len <= left) {
            Some(left) => self.room.end = self.out.len().saturating_add(left),
            None => {
                self.room.skipped += self.out.len() - self.room.start + len;
                self.out.truncate(self.room.start);
            }
        }
        !self.is_over()
    }

    /// Whether the message is too large. Its bytes have then been discarded.
    pub(super) fn is_over(&self) -> bool {
        self.room.skipped > 0
    }

    /// Records an error that a container returns.
    #[cold]
    pub(super) fn note(&mut self, error: Box<EncodeError>) -> Box<EncodeError> {
        if self.failure.is_none() {
            self.failure = Some(error.clone());
        }
        error
    }

    /// Writes a plain list: as a raw region if it is long or `always_raw`, inline otherwise.
    pub(super) fn list(&mut self, kind: Kind, bytes: &[u8], always_raw: bool) -> Result<(), Box<EncodeError>> {
        if bytes.len() <= kind.inline_max() && !always_raw {
            list::write_inline(self.out(), kind, bytes);
            return Ok(());
        }
        let place = self.regions.sink.external_ref(bytes, false);
        self.placeholder(kind, bytes, place)
    }

    /// Writes the list of a [`Shared`](crate::Shared).
    pub(super) fn shared_list(&mut self, kind: Kind, bytes: &[u8]) -> Result<(), Box<EncodeError>> {
        match self.regions.sink.external_ref(bytes, true) {
            None => self.list(kind, bytes, false),
            place => self.placeholder(kind, bytes, place),
        }
    }

    fn placeholder(&mut self, kind: Kind, bytes: &[u8], place: Option<ExternalRef>) -> Result<(), Box<EncodeError>> {
        let before = self.out().len();
        if let Some(place) = place {
            list::write_external(self.out(), kind, place, bytes.len());
        } else {
            let offset = self.regions.put(bytes)?;
            list::write_region(self.out(), kind, offset, bytes.len());
        }
        self.regions.placeholders += self.out().len() - before;
        Ok(())
    }
}

impl Regions<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<usize, Box<EncodeError>> {
        let offset = self.end.checked_next_multiple_of(REGION_ALIGN).ok_or_else(|| too_long(bytes.len()))?;
        self.end = offset.checked_add(bytes.len()).ok_or_else(|| too_long(bytes.len()))?;
        self.written += bytes.len();
        self.sink.write(offset, bytes);
        Ok(offset)
    }
}

/// Fails if MessagePack cannot express the length.
#[inline]
pub(super) fn check_length(len: usize) -> Result<(), Box<EncodeError>> {
    u32::try_from(len).map(drop).map_err(|_| too_long(len))
}

#[cold]
fn too_long(len: usize) -> Box<EncodeError> {
    ser::Error::custom(format_args!(
        "a string or list of length {len} is too long: the limit is 4294967295 bytes or elements, except for lists of plain numbers and declared types"
    ))
}

#[cold]
fn too_deep() -> Box<EncodeError> {
    Box::new(EncodeError::TooDeep { limit: MAX_DEPTH })
}

impl fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("depth", &self.depth).field("raw_end", &self.regions.end).finish_non_exhaustive()
    }
}
