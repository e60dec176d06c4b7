//! Writes the top-level values of a message, each in the form that its type decides.
//!
//! Knows the forms and the counting; leaves what is inside a structured value to [`super::serializer`].
//! Invariant: whatever `put` accepts, a [`Decoder`](super::Decoder) finds well-formed, even if the value's `Serialize`
//! swallowed an error or announced a wrong number of elements.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::{Serialize, ser};

use super::kind::Kind;
use super::serializer::{self, Place};
use super::shape::Table;
use super::{EncodeError, ExternalRef, MAX_DEPTH, REGION_ALIGN, RawSink, list, pack, raw};
use crate::memory::stack::Gauge;

/// Encodes one message.
#[derive(Debug)]
pub(crate) struct Encoder<'a> {
    writer: Writer<'a>,
}

/// How much room a message takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Structured and raw bytes, without padding and without the placeholders of raw regions.
    pub counted: usize,
    /// Where the last raw region ends; 0 if there is none.
    pub raw_end: usize,
}

impl<'a> Encoder<'a> {
    /// Appends to `structured`, which may be reused from message to message; raw regions go to `raw`.
    pub(crate) fn new(structured: &'a mut Vec<u8>, raw: &'a mut dyn RawSink) -> Self {
        let start = structured.len();
        let limit = raw.limit();
        let regions = Regions { sink: raw, end: 0, written: 0, placeholders: 0 };
        let room = Room { start, limit, end: start.saturating_add(limit), skipped: 0 };
        let (shapes, stack) = (Table::default(), Gauge::unknown());
        Self { writer: Writer { out: structured, regions, room, depth: 0, repeats: 0, shapes, stack, failure: None } }
    }

    /// Appends one top-level value. After an error the message is incomplete and of no use.
    #[inline]
    pub(crate) fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        if put_scalar(value, self.writer.out()) {
            return Ok(());
        }
        if let Some(text) = system_text(value) {
            return self.writer.bytes(text).map_err(|error| *error);
        }
        let place = if raw::is_plain_list::<T>() { Place::TopList } else { Place::Inside };
        self.writer.begin();
        let outcome = serializer::write(&mut self.writer, place, value);
        match self.writer.failure.take() {
            Some(swallowed) => Err(*swallowed),
            None => outcome.map_err(|error| *error),
        }
    }

    pub(crate) fn finish(self) -> Extent {
        Extent { counted: self.writer.counted(), raw_end: self.writer.regions.end }
    }
}

/// What the encoding of all values of a message has in common.
pub(super) struct Writer<'a> {
    /// The structured bytes.
    out: &'a mut Vec<u8>,
    regions: Regions<'a>,
    room: Room,
    depth: usize,
    /// How many lists and maps there are around what is written now: structs in them may repeat.
    pub(super) repeats: usize,
    pub(super) shapes: Table,
    stack: Gauge,
    /// The first error, so that none can be swallowed: it left half a value behind.
    failure: Option<Box<EncodeError>>,
}

/// How much room the structured bytes have.
#[derive(Debug)]
struct Room {
    /// Where the message begins.
    start: usize,
    /// How many bytes the message may have.
    limit: usize,
    /// Where to look how much of the limit is left.
    end: usize,
    /// How many bytes were counted and not kept, since the message is too large.
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

    /// Begins with a value at top level.
    fn begin(&mut self) {
        self.depth = 0;
        self.repeats = 0;
        self.shapes.clear();
        self.stack = Gauge::start();
    }

    /// Goes so many levels of nesting deeper.
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

    /// Writes text, unless it is too long.
    #[inline]
    pub(super) fn text(&mut self, text: &str) -> Result<(), Box<EncodeError>> {
        check_length(text.len())?;
        if self.has_room(text.len() + pack::str_header(text.len())) {
            pack::write_str(self.out, text);
        }
        Ok(())
    }

    /// Writes bytes, unless they are too many.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Box<EncodeError>> {
        check_length(bytes.len())?;
        if self.has_room(bytes.len() + pack::bin_header(bytes.len())) {
            pack::write_bin(self.out, bytes);
        }
        Ok(())
    }

    /// Writes a path: as text if it is UTF-8, so that it can be read as a `String` too, and as bytes otherwise.
    pub(super) fn path(&mut self, path: &Path) -> Result<(), Box<EncodeError>> {
        match path.to_str() {
            Some(text) => self.text(text),
            None => self.bytes(path.as_os_str().as_bytes()),
        }
    }

    /// How many bytes the message has so far, without padding and placeholders.
    fn counted(&self) -> usize {
        self.out.len() - self.room.start + self.room.skipped + self.regions.written - self.regions.placeholders
    }

    /// Whether so many bytes more are to be written. If not, they are counted.
    #[inline]
    pub(super) fn has_room(&mut self, len: usize) -> bool {
        self.out.len().saturating_add(len) <= self.room.end || self.look_for_room(len)
    }

    /// Looks at the limit. A message beyond it will be refused: it is counted to its end, but not kept.
    #[cold]
    fn look_for_room(&mut self, len: usize) -> bool {
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

    /// Whether the message is too large, so that what was written is not there any more.
    pub(super) fn is_over(&self) -> bool {
        self.room.skipped > 0
    }

    /// Remembers an error on its way out of a container.
    #[cold]
    pub(super) fn note(&mut self, error: Box<EncodeError>) -> Box<EncodeError> {
        if self.failure.is_none() {
            self.failure = Some(error.clone());
        }
        error
    }

    /// Writes a list of plain numbers: raw if it is long, inline otherwise.
    pub(super) fn list(&mut self, kind: Kind, bytes: &[u8], always_raw: bool) -> Result<(), Box<EncodeError>> {
        if bytes.len() <= kind.inline_max() && !always_raw {
            list::write_inline(self.out(), kind, bytes);
            return Ok(());
        }
        let place = self.regions.sink.external_ref(bytes, false);
        self.placeholder(kind, bytes, place)
    }

    /// Writes a list whose type says that it is shared.
    pub(super) fn shared_list(&mut self, kind: Kind, bytes: &[u8]) -> Result<(), Box<EncodeError>> {
        match self.regions.sink.external_ref(bytes, true) {
            None => self.list(kind, bytes, false),
            place => self.placeholder(kind, bytes, place),
        }
    }

    fn placeholder(&mut self, kind: Kind, bytes: &[u8], place: Option<ExternalRef>) -> Result<(), Box<EncodeError>> {
        let before = self.out().len();
        if let Some(place) = place {
            list::write_elsewhere(self.out(), kind, place, bytes.len());
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

/// Writes the native bytes of a plain scalar; `false` if the value is none.
#[inline(always)]
fn put_scalar<T: ?Sized>(value: &T, out: &mut Vec<u8>) -> bool {
    macro_rules! numbers {
        ($($number:ty)*) => {
            $(if let Some(number) = raw::cast_ref::<T, $number>(value) {
                out.extend_from_slice(&number.to_ne_bytes());
                return true;
            })*
        };
    }
    numbers! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 }
    if let Some(truth) = raw::cast_ref::<T, bool>(value) {
        out.push(u8::from(*truth));
        return true;
    }
    if let Some(letter) = raw::cast_ref::<T, char>(value) {
        out.extend_from_slice(&u32::from(*letter).to_ne_bytes());
        return true;
    }
    raw::cast_ref::<T, ()>(value).is_some()
}

/// The bytes of a string of the operating system, which need not be UTF-8; those of a C string with its end.
#[inline(always)]
fn system_text<T: ?Sized>(value: &T) -> Option<&[u8]> {
    let path = raw::cast_ref::<T, Path>(value).or_else(|| raw::cast_ref::<T, PathBuf>(value).map(PathBuf::as_path));
    let text = path
        .map(Path::as_os_str)
        .or_else(|| raw::cast_ref::<T, OsStr>(value))
        .or_else(|| raw::cast_ref::<T, OsString>(value).map(OsString::as_os_str));
    let c_text = raw::cast_ref::<T, CStr>(value).or_else(|| raw::cast_ref::<T, CString>(value).map(CString::as_c_str));
    text.map(OsStr::as_bytes).or_else(|| c_text.map(CStr::to_bytes_with_nul))
}

/// Refuses what a length in MessagePack cannot express.
#[inline]
pub(super) fn check_length(len: usize) -> Result<(), Box<EncodeError>> {
    u32::try_from(len).map(drop).map_err(|_| too_long(len))
}

#[cold]
fn too_long(len: usize) -> Box<EncodeError> {
    ser::Error::custom(format_args!(
        "a text or a list of {len} is too long: the limit is 4294967295 bytes or elements; only plain numbers and declared types may be more"
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
