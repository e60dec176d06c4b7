//! Writes the top-level values of a message, each in the form that its type decides.
//!
//! Knows the forms and the counting; leaves what is inside a structured value to [`super::serializer`].
//! Invariant: whatever `put` accepts, a [`Decoder`](super::Decoder) finds well-formed, even if the value's `Serialize`
//! swallowed an error or announced a wrong number of elements.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::list::{self, INLINE_MAX, Kind};
use super::serializer::{Place, ValueSerializer};
use super::{Elsewhere, EncodeError, MAX_DEPTH, REGION_ALIGN, RawSink, pack, raw};

/// Encodes one message.
#[derive(Debug)]
pub(crate) struct Encoder<'a> {
    writer: Writer<'a>,
    start: usize,
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
        let regions = Regions { sink: raw, end: 0, written: 0, placeholders: 0 };
        Self { writer: Writer { out: structured, regions, depth: 0, failure: None }, start }
    }

    /// Appends one top-level value. After an error the message is incomplete and of no use.
    #[inline]
    pub(crate) fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        if put_scalar(value, self.writer.out()) {
            return Ok(());
        }
        if let Some(text) = system_text(value) {
            check_length(text.len()).map_err(|error| *error)?;
            pack::write_bin(self.writer.out(), text);
            return Ok(());
        }
        let place = if raw::is_plain_list::<T>() { Place::TopList } else { Place::Inside };
        self.writer.depth = 0;
        let outcome = value.serialize(ValueSerializer::new(&mut self.writer, place));
        match self.writer.failure.take() {
            Some(swallowed) => Err(*swallowed),
            None => outcome.map_err(|error| *error),
        }
    }

    pub(crate) fn finish(mut self) -> Extent {
        let structured = self.writer.out().len() - self.start;
        let Regions { end, written, placeholders, .. } = self.writer.regions;
        Extent { counted: structured - placeholders + written, raw_end: end }
    }
}

/// What the encoding of all values of a message has in common.
pub(super) struct Writer<'a> {
    /// The structured bytes.
    out: &'a mut Vec<u8>,
    regions: Regions<'a>,
    depth: usize,
    /// The first error, so that none can be swallowed: it left half a value behind.
    failure: Option<Box<EncodeError>>,
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

    /// Goes so many levels of nesting deeper.
    #[inline]
    pub(super) fn enter(&mut self, levels: usize) -> Result<(), Box<EncodeError>> {
        self.depth += levels;
        if self.depth > MAX_DEPTH {
            return Err(too_deep());
        }
        Ok(())
    }

    #[inline]
    pub(super) fn leave(&mut self, levels: usize) {
        self.depth -= levels;
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
        if bytes.len() <= INLINE_MAX && !always_raw {
            list::write_inline(self.out(), kind, bytes);
            return Ok(());
        }
        let place = self.regions.sink.elsewhere(bytes, false);
        self.placeholder(kind, bytes, place)
    }

    /// Writes a list whose type says that it is shared.
    pub(super) fn shared_list(&mut self, kind: Kind, bytes: &[u8]) -> Result<(), Box<EncodeError>> {
        match self.regions.sink.elsewhere(bytes, true) {
            None => self.list(kind, bytes, false),
            place => self.placeholder(kind, bytes, place),
        }
    }

    fn placeholder(&mut self, kind: Kind, bytes: &[u8], place: Option<Elsewhere>) -> Result<(), Box<EncodeError>> {
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
        let offset = self.end.checked_next_multiple_of(REGION_ALIGN).ok_or_else(too_long)?;
        self.end = offset.checked_add(bytes.len()).ok_or_else(too_long)?;
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
pub(super) fn check_length(len: usize) -> Result<(), Box<EncodeError>> {
    u32::try_from(len).map(drop).map_err(|_| too_long())
}

#[cold]
fn too_long() -> Box<EncodeError> {
    serde::ser::Error::custom("too long to be encoded")
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
