//! The short way to the values that most messages consist of: small numbers, floats, texts, and the
//! headers of short arrays and maps.
//!
//! Problem: `deserialize_any` handles every token, so the compiler cannot inline it. Reading a
//! number through it costs ten times as much as the number. A type says which token it expects, so
//! that token is looked for first.
//!
//! Knows markers; must not know types.
//!
//! Invariant: each function here takes either a whole token that `Token::take` would take as well,
//! or nothing.

use super::reader::Reader;

impl<'de> Reader<'de> {
    /// Takes a number from 0 to 127.
    #[inline]
    pub(super) fn take_small_number(&mut self) -> Option<u8> {
        let (&marker, rest) = self.rest.split_first()?;
        if marker > 0x7f {
            return None;
        }
        self.rest = rest;
        Some(marker)
    }

    /// Takes an unsigned number of more than one byte.
    #[inline]
    pub(super) fn take_long_number(&mut self) -> Option<u64> {
        let (&marker, rest) = self.rest.split_first()?;
        let (number, rest) = match marker {
            0xcc => rest.split_first_chunk().map(|(bytes, rest)| (u8::from_be_bytes(*bytes).into(), rest)),
            0xcd => rest.split_first_chunk().map(|(bytes, rest)| (u16::from_be_bytes(*bytes).into(), rest)),
            0xce => rest.split_first_chunk().map(|(bytes, rest)| (u32::from_be_bytes(*bytes).into(), rest)),
            0xcf => rest.split_first_chunk().map(|(bytes, rest)| (u64::from_be_bytes(*bytes), rest)),
            _ => None,
        }?;
        self.rest = rest;
        Some(number)
    }

    /// Takes a number of type `f64`.
    #[inline]
    pub(super) fn take_f64(&mut self) -> Option<f64> {
        let rest = self.rest.strip_prefix(&[0xcb])?;
        let (bytes, rest) = rest.split_first_chunk()?;
        self.rest = rest;
        Some(f64::from_be_bytes(*bytes))
    }

    /// Takes a number of type `f32`.
    #[inline]
    pub(super) fn take_f32(&mut self) -> Option<f32> {
        let rest = self.rest.strip_prefix(&[0xca])?;
        let (bytes, rest) = rest.split_first_chunk()?;
        self.rest = rest;
        Some(f32::from_be_bytes(*bytes))
    }

    /// Takes a truth value.
    #[inline]
    pub(super) fn take_bool(&mut self) -> Option<bool> {
        let (&marker, rest) = self.rest.split_first()?;
        if marker & 0xfe != 0xc2 {
            return None;
        }
        self.rest = rest;
        Some(marker == 0xc3)
    }

    /// Takes a text of at most 255 bytes that is ASCII.
    #[inline]
    pub(super) fn take_short_text(&mut self) -> Option<&'de str> {
        let (&marker, rest) = self.rest.split_first()?;
        let (len, rest) = match marker {
            0xa0..=0xbf => (marker & 0x1f, rest),
            0xd9 => rest.split_first().map(|(&len, rest)| (len, rest))?,
            _ => return None,
        };
        let (text, rest) = rest.split_at_checked(len.into())?;
        let text = super::raw::text(text).ok()?;
        self.rest = rest;
        Some(text)
    }

    /// Takes the header of an array of at most 15 elements.
    #[inline]
    pub(super) fn take_short_array(&mut self) -> Option<usize> {
        let (&marker, rest) = self.rest.split_first()?;
        if marker & 0xf0 != 0x90 {
            return None;
        }
        self.rest = rest;
        Some((marker & 0x0f).into())
    }

    /// Takes the header of a map of 2 to 15 entries. One of a single entry may be the mark of an
    /// option.
    #[inline]
    pub(super) fn take_short_map(&mut self) -> Option<usize> {
        let (&marker, rest) = self.rest.split_first()?;
        if !(0x82..=0x8f).contains(&marker) {
            return None;
        }
        self.rest = rest;
        Some((marker & 0x0f).into())
    }

    /// Takes `nil`.
    #[inline]
    pub(super) fn take_nil(&mut self) -> bool {
        let rest = self.rest.strip_prefix(&[super::pack::NIL]);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Takes the marker of a struct of a known shape.
    #[inline]
    pub(super) fn take_shaped(&mut self) -> Option<u8> {
        let (&marker, rest) = self.rest.split_first()?;
        if marker & 0xf0 != super::shape::SHAPED {
            return None;
        }
        self.rest = rest;
        Some(marker & 0x0f)
    }
}
