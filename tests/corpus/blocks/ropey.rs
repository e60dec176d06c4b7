//! `ropey` 1.6.1, `Rope`.
//! The slice and the iterators that borrow the rope stand in.

use std::fmt;
use std::io;
use std::ops::RangeBounds;
use std::sync::Arc;

use concurrent_object::concurrent_object;

#[derive(Debug, Clone)]
pub struct Bytes<'a>(&'a [u8]);

#[derive(Debug, Clone)]
pub struct Chars<'a>(&'a str);

#[derive(Debug, Clone)]
pub struct Lines<'a>(&'a str);

#[derive(Debug, Clone)]
pub struct Chunks<'a>(&'a str);

#[derive(Copy, Clone)]
pub struct RopeSlice<'a>(&'a str);

impl Iterator for Bytes<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        None
    }
}

impl Iterator for Chars<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        None
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = RopeSlice<'a>;

    fn next(&mut self) -> Option<RopeSlice<'a>> {
        None
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        None
    }
}

impl fmt::Debug for RopeSlice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for RopeSlice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[derive(Clone)]
pub struct Rope {
    root: Arc<String>,
}

impl fmt::Debug for Rope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)
    }
}

#[concurrent_object]
impl Rope {
    pub fn new() -> Self {
        unimplemented!()
    }

    pub fn from_str(text: &str) -> Self {
        unimplemented!()
    }

    pub fn from_reader<T: io::Read>(mut reader: T) -> io::Result<Self> {
        unimplemented!()
    }

    pub fn write_to<T: io::Write>(&self, mut writer: T) -> io::Result<()> {
        unimplemented!()
    }

    pub fn len_bytes(&self) -> usize {
        unimplemented!()
    }

    pub fn len_chars(&self) -> usize {
        unimplemented!()
    }

    pub fn len_lines(&self) -> usize {
        unimplemented!()
    }

    pub fn len_utf16_cu(&self) -> usize {
        unimplemented!()
    }

    pub fn capacity(&self) -> usize {
        unimplemented!()
    }

    pub fn shrink_to_fit(&mut self) {
        unimplemented!()
    }

    pub fn insert(&mut self, char_idx: usize, text: &str) {
        unimplemented!()
    }

    pub fn insert_char(&mut self, char_idx: usize, ch: char) {
        unimplemented!()
    }

    pub fn remove<R>(&mut self, char_range: R)
    where
        R: RangeBounds<usize>,
    {
        unimplemented!()
    }

    pub fn split_off(&mut self, char_idx: usize) -> Self {
        unimplemented!()
    }

    pub fn append(&mut self, other: Self) {
        unimplemented!()
    }

    pub fn byte_to_char(&self, byte_idx: usize) -> usize {
        unimplemented!()
    }

    pub fn byte_to_line(&self, byte_idx: usize) -> usize {
        unimplemented!()
    }

    pub fn char_to_byte(&self, char_idx: usize) -> usize {
        unimplemented!()
    }

    pub fn char_to_line(&self, char_idx: usize) -> usize {
        unimplemented!()
    }

    pub fn char_to_utf16_cu(&self, char_idx: usize) -> usize {
        unimplemented!()
    }

    pub fn utf16_cu_to_char(&self, utf16_cu_idx: usize) -> usize {
        unimplemented!()
    }

    pub fn line_to_byte(&self, line_idx: usize) -> usize {
        unimplemented!()
    }

    pub fn line_to_char(&self, line_idx: usize) -> usize {
        unimplemented!()
    }

    pub fn byte(&self, byte_idx: usize) -> u8 {
        unimplemented!()
    }

    pub fn char(&self, char_idx: usize) -> char {
        unimplemented!()
    }

    pub fn line(&self, line_idx: usize) -> RopeSlice {
        unimplemented!()
    }

    pub fn chunk_at_byte(&self, byte_idx: usize) -> (&str, usize, usize, usize) {
        unimplemented!()
    }

    pub fn chunk_at_char(&self, char_idx: usize) -> (&str, usize, usize, usize) {
        unimplemented!()
    }

    pub fn chunk_at_line_break(&self, line_break_idx: usize) -> (&str, usize, usize, usize) {
        unimplemented!()
    }

    pub fn slice<R>(&self, char_range: R) -> RopeSlice
    where
        R: RangeBounds<usize>,
    {
        unimplemented!()
    }

    pub fn byte_slice<R>(&self, byte_range: R) -> RopeSlice
    where
        R: RangeBounds<usize>,
    {
        unimplemented!()
    }

    pub fn bytes(&self) -> Bytes {
        unimplemented!()
    }

    pub fn bytes_at(&self, byte_idx: usize) -> Bytes {
        unimplemented!()
    }

    pub fn chars(&self) -> Chars {
        unimplemented!()
    }

    pub fn chars_at(&self, char_idx: usize) -> Chars {
        unimplemented!()
    }

    pub fn lines(&self) -> Lines {
        unimplemented!()
    }

    pub fn lines_at(&self, line_idx: usize) -> Lines {
        unimplemented!()
    }

    pub fn chunks(&self) -> Chunks {
        unimplemented!()
    }

    pub fn chunks_at_byte(&self, byte_idx: usize) -> (Chunks, usize, usize, usize) {
        unimplemented!()
    }

    pub fn chunks_at_char(&self, char_idx: usize) -> (Chunks, usize, usize, usize) {
        unimplemented!()
    }

    pub fn chunks_at_line_break(&self, line_break_idx: usize) -> (Chunks, usize, usize, usize) {
        unimplemented!()
    }

    pub fn is_instance(&self, other: &Rope) -> bool {
        unimplemented!()
    }

    pub fn assert_integrity(&self) {
        unimplemented!()
    }

    pub fn assert_invariants(&self) {
        unimplemented!()
    }
}
