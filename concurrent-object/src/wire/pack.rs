//! Writes MessagePack's leaves and headers, each in its shortest form.
//!
//! `rmp-serde` would write the same bytes, as `tests/pack.rs` checks. The numbers -32 to -17 are
//! the exception: their short form is the marker of a shape here. `rmp-serde` is not used because
//! it has its own error type and makes a call for every byte. For a small struct, that cost more
//! than the content.
//!
//! Knows the format byte for byte, as [`super::token`] does for reading; must not know serde or
//! whole messages.

/// The marker of `nil`.
pub(super) const NIL: u8 = 0xc0;
/// The marker of an array with a length of four bytes.
pub(super) const ARRAY_32: u8 = 0xdd;
/// The marker of a map with a length of four bytes.
pub(super) const MAP_32: u8 = 0xdf;

#[inline]
pub(super) fn write_bool(out: &mut Vec<u8>, truth: bool) {
    out.push(0xc2 | u8::from(truth));
}

#[inline]
pub(super) fn write_unsigned(out: &mut Vec<u8>, number: u64) {
    match number {
        0..=0x7f => out.push(number as u8),
        0x80..=0xff => out.extend_from_slice(&[0xcc, number as u8]),
        0x100..=0xffff => write_16(out, 0xcd, number as u16),
        0x1_0000..=0xffff_ffff => write_32(out, 0xce, number as u32),
        _ => write_64(out, 0xcf, number),
    }
}

#[inline]
pub(super) fn write_signed(out: &mut Vec<u8>, number: i64) {
    match number {
        0.. => write_unsigned(out, number.cast_unsigned()),
        // A single byte below -0x10 is the marker of a struct: see `super::shape`.
        -0x10..0 => out.push(number as u8),
        -0x80..-0x10 => out.extend_from_slice(&[0xd0, number as u8]),
        -0x8000..-0x80 => write_16(out, 0xd1, number as u16),
        -0x8000_0000..-0x8000 => write_32(out, 0xd2, number as u32),
        _ => write_64(out, 0xd3, number.cast_unsigned()),
    }
}

#[inline]
pub(super) fn write_f32(out: &mut Vec<u8>, number: f32) {
    write_32(out, 0xca, number.to_bits());
}

#[inline]
pub(super) fn write_f64(out: &mut Vec<u8>, number: f64) {
    write_64(out, 0xcb, number.to_bits());
}

/// Writes text whose length has passed `check_length`.
#[inline]
pub(super) fn write_str(out: &mut Vec<u8>, text: &str) {
    if text.len() <= 0x1f {
        out.reserve(0x20);
        out.push(0xa0 | text.len() as u8);
        return out.extend_from_slice(text.as_bytes());
    }
    // Reserves room for header and text at once, so that the vector grows at most once.
    out.reserve(text.len() + 5);
    write_length(out, 0xd9, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// Writes the name of a field. Inlined where the name is a constant, so that its bytes are stored
/// without a call.
#[inline]
pub(super) fn write_name(out: &mut Vec<u8>, name: &'static str) {
    const SHORT: usize = 15;
    if name.len() > SHORT {
        return write_str(out, name);
    }
    let mut header_and_name = [0; SHORT + 1];
    header_and_name[0] = 0xa0 | name.len() as u8;
    let len = 1 + name.len();
    header_and_name[1..len].copy_from_slice(name.as_bytes());
    let end = out.len() + len;
    out.extend_from_slice(&header_and_name);
    out.truncate(end);
}

/// Returns how long the header of a text of `len` bytes is.
#[inline]
pub(super) fn str_header(len: usize) -> usize {
    if len <= 0x1f { 1 } else { bin_header(len) }
}

/// Returns how long the header of a `bin` of `len` bytes is.
#[inline]
pub(super) fn bin_header(len: usize) -> usize {
    match len {
        0..=0xff => 2,
        0x100..=0xffff => 3,
        _ => 5,
    }
}

/// Writes bytes whose length has passed `check_length`.
#[inline]
pub(super) fn write_bin(out: &mut Vec<u8>, bytes: &[u8]) {
    write_length(out, 0xc4, bytes.len());
    out.extend_from_slice(bytes);
}

/// Writes the header of an array whose length has passed `check_length`.
#[inline]
pub(super) fn write_array(out: &mut Vec<u8>, len: usize) {
    write_header(out, 0x90, 0xdc, len);
}

/// Writes the header of a map: `len` entries, each a key and a value. The length has passed
/// `check_length`.
#[inline]
pub(super) fn write_map(out: &mut Vec<u8>, len: usize) {
    write_header(out, 0x80, 0xde, len);
}

#[inline]
fn write_header(out: &mut Vec<u8>, short: u8, marker: u8, len: usize) {
    match len {
        0..=0x0f => out.push(short | len as u8),
        0x10..=0xffff => write_16(out, marker, len as u16),
        _ => write_32(out, marker + 1, len as u32),
    }
}

/// Writes a length of one, two or four bytes. `marker` is the marker of the one-byte length.
fn write_length(out: &mut Vec<u8>, marker: u8, len: usize) {
    match len {
        0..=0xff => out.extend_from_slice(&[marker, len as u8]),
        0x100..=0xffff => write_16(out, marker + 1, len as u16),
        _ => write_32(out, marker + 2, len as u32),
    }
}

// Each of these functions appends marker and number in one piece, so that the vector checks its
// capacity once.

#[inline]
fn write_16(out: &mut Vec<u8>, marker: u8, number: u16) {
    let [a, b] = number.to_be_bytes();
    out.extend_from_slice(&[marker, a, b]);
}

#[inline]
fn write_32(out: &mut Vec<u8>, marker: u8, number: u32) {
    let [a, b, c, d] = number.to_be_bytes();
    out.extend_from_slice(&[marker, a, b, c, d]);
}

#[inline]
fn write_64(out: &mut Vec<u8>, marker: u8, number: u64) {
    let [a, b, c, d, e, f, g, h] = number.to_be_bytes();
    out.extend_from_slice(&[marker, a, b, c, d, e, f, g, h]);
}
