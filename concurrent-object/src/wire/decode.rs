//! Reads the top-level values of a message, each in the form that its type decides.
//!
//! Knows the forms; leaves the content of a structured value to [`super::deserializer`].
//!
//! Invariant: the deserializer gets only values that [`super::scan`] has accepted.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::allowance::Allowance;
use super::list::{Bytes, List};
use super::parameter::{Parameter, Slice};
use super::reader::Reader;
use super::scan::Scanner;
use super::token::{Token, number};
use super::value::ValueDeserializer;
use super::{DecodeError, Raw, os_text, raw};

/// Decodes one message.
#[derive(Debug)]
pub struct Decoder<'m> {
    rest: &'m [u8],
    raw: Raw<'m>,
    scanner: Scanner<'m>,
    allowance: Allowance,
}

impl<'m> Decoder<'m> {
    /// Begins to decode a message. `structured` must be bytes that no other process can write.
    pub(crate) fn new(structured: &'m [u8], raw: Raw<'m>) -> Self {
        Self::limited(structured, raw, usize::MAX)
    }

    /// Begins to decode a message whose lists and maps may take at most `max_decoded_size` bytes of
    /// memory.
    pub(crate) fn limited(structured: &'m [u8], raw: Raw<'m>, max_decoded_size: usize) -> Self {
        let allowance = Allowance::new(max_decoded_size);
        Self { rest: structured, raw, scanner: Scanner::new(raw.len()), allowance }
    }

    /// Takes the next value. It was encoded as a `T`, or `T` is a borrowed form of the encoded
    /// type.
    #[inline]
    pub(crate) fn take<T: Deserialize<'m>>(&mut self) -> Result<T, Box<DecodeError>> {
        if let Some(scalar) = take_scalar(&mut self.rest) {
            return scalar;
        }
        if let Some(text) = self.take_system_text() {
            return text;
        }
        let value = self.scanner.take_value(&mut self.rest)?;
        self.build(value)
    }

    /// Builds the value that was scanned last.
    fn build<T: Deserialize<'m>>(&mut self, value: &'m [u8]) -> Result<T, Box<DecodeError>> {
        let (shapes, stack) = self.scanner.take_found();
        let mut reader = Reader::new(value, self.raw, shapes);
        reader.stack = stack.again();
        reader.allowance = self.allowance;
        let built = T::deserialize(ValueDeserializer::new(&mut reader));
        self.allowance = reader.allowance;
        built
    }

    /// Takes the next value, which was encoded as an `X`. Returns what the child keeps while a
    /// method borrows it as `&X`.
    pub(crate) fn take_held<X>(&mut self) -> Result<X::Held<'m>, Box<DecodeError>>
    where
        X: Parameter + ?Sized + 'm,
    {
        X::take(self)
    }

    /// Ends the message. It fails if bytes remain: then the sender broke the protocol.
    pub(crate) fn finish(&self) -> Result<(), Box<DecodeError>> {
        match self.rest.len() {
            0 => Ok(()),
            left => Err(DecodeError::malformed(format_args!("{left} bytes remain after the last value"))),
        }
    }

    /// Takes a list that was encoded as a `[T]`. It is borrowed from the message if that is
    /// possible.
    pub(crate) fn take_slice<T: Deserialize<'m>>(&mut self) -> Result<Slice<'m, T>, Box<DecodeError>> {
        let Some(kind) = raw::kind_of::<T>() else {
            return self.take().map(Slice::Owned);
        };
        let value = self.scanner.take_value(&mut self.rest)?;
        let list = match Token::take(&mut &*value)? {
            Token::Extension(tag, content) => List::parse(tag, content)?,
            _ => None,
        };
        let list = list
            .filter(|list| list.kind() == kind)
            .ok_or_else(|| DecodeError::malformed("no list of the expected element type"))?;
        if let Bytes::Trusted(bytes) = list.bytes(self.raw)?.unshared()?
            && let Some(elements) = raw::borrow(kind, bytes)
        {
            return Ok(Slice::Borrowed(elements));
        }
        self.build(value).map(Slice::Owned)
    }

    pub(super) fn take_str(&mut self) -> Result<&'m str, Box<DecodeError>> {
        self.take()
    }

    pub(super) fn take_os_str(&mut self) -> Result<&'m OsStr, Box<DecodeError>> {
        os_text::text_of(self.take_bin()?)
            .ok_or_else(|| DecodeError::malformed("the bytes of a path or an `OsStr` are none on this system"))
    }

    pub(super) fn take_c_str(&mut self) -> Result<&'m CStr, Box<DecodeError>> {
        CStr::from_bytes_with_nul(self.take_bin()?)
            .map_err(|_| DecodeError::malformed("the bytes of a C string have no NUL at the end, or one before it"))
    }

    fn take_bin(&mut self) -> Result<&'m [u8], Box<DecodeError>> {
        match Token::take(&mut self.rest)? {
            Token::Bin(bytes) => Ok(bytes),
            _ => Err(DecodeError::malformed("no bytes where a path, an `OsStr` or a `CStr` is expected")),
        }
    }

    /// Takes a string of the operating system, if `T` is one. Otherwise returns `None`, and takes
    /// nothing.
    #[inline(always)]
    fn take_system_text<T>(&mut self) -> Option<Result<T, Box<DecodeError>>> {
        let id = typeid::of::<T>();
        if id == typeid::of::<PathBuf>() {
            return take_as(self.take_os_str(), |text| PathBuf::from(text.to_os_string()));
        }
        if id == typeid::of::<OsString>() {
            return take_as(self.take_os_str(), OsStr::to_os_string);
        }
        if id == typeid::of::<CString>() {
            return take_as(self.take_c_str(), CStr::to_owned);
        }
        None
    }

    pub(super) fn take_path(&mut self) -> Result<&'m Path, Box<DecodeError>> {
        self.take_os_str().map(Path::new)
    }
}

#[inline(always)]
/// Converts the value into a `B` with `own`, and returns that as a `T`. Both are the same type.
fn take_as<A, B: raw::Timeless, T>(
    taken: Result<A, Box<DecodeError>>,
    own: impl FnOnce(A) -> B,
) -> Option<Result<T, Box<DecodeError>>> {
    match taken {
        Ok(value) => raw::cast(own(value)).map(Ok),
        Err(error) => Some(Err(error)),
    }
}

/// Takes a plain scalar off the front, if `T` is one. Otherwise returns `None`, and takes nothing.
#[inline(always)]
fn take_scalar<T>(bytes: &mut &[u8]) -> Option<Result<T, Box<DecodeError>>> {
    let id = typeid::of::<T>();
    macro_rules! numbers {
        ($($number:ty)*) => {
            $(if id == typeid::of::<$number>() {
                return take_as(number(bytes), <$number>::from_ne_bytes);
            })*
        };
    }
    numbers! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 }
    if id == typeid::of::<bool>() {
        return take_as(number(bytes).and_then(truth), |truth| truth);
    }
    if id == typeid::of::<char>() {
        return take_as(number(bytes).and_then(letter), |letter| letter);
    }
    if id == typeid::of::<()>() {
        return raw::cast(()).map(Ok);
    }
    None
}

/// Returns the `bool` of a byte. It fails if the byte is neither 0 nor 1.
pub(super) fn truth([byte]: [u8; 1]) -> Result<bool, Box<DecodeError>> {
    match byte {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(DecodeError::malformed("the byte of a `bool` is neither 0 nor 1")),
    }
}

/// Returns the `char` of four bytes. It fails if they are not a Unicode scalar value.
fn letter(bytes: [u8; 4]) -> Result<char, Box<DecodeError>> {
    char::from_u32(u32::from_ne_bytes(bytes))
        .ok_or_else(|| DecodeError::malformed("the bytes of a `char` are not a Unicode scalar value"))
}
