//! Reads choices from the bytes of an input. An input that has come to its end gives zeros.

/// The bytes of an input that are not read yet.
pub(crate) struct Choices<'b>(&'b [u8]);

impl<'b> Choices<'b> {
    pub(crate) fn new(input: &'b [u8]) -> Self {
        Self(input)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.0.split_off_first().copied().unwrap_or(0)
    }

    /// A number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.byte() % 2 == 1
    }

    /// At most `len` bytes.
    pub(crate) fn bytes(&mut self, len: usize) -> &'b [u8] {
        let len = len.min(self.0.len());
        self.0.split_off(..len).unwrap_or_default()
    }

    pub(crate) fn rest(&mut self) -> &'b [u8] {
        std::mem::take(&mut self.0)
    }

    pub(crate) fn word(&mut self) -> u64 {
        let mut word = [0; 8];
        let bytes = self.bytes(8);
        word[..bytes.len()].copy_from_slice(bytes);
        u64::from_le_bytes(word)
    }

    /// A number that is often small, near a power of two, near the greatest, or near `around`.
    pub(crate) fn number(&mut self, around: u64) -> u64 {
        let kind = self.byte();
        let near = i64::from(self.byte() as i8);
        match kind % 6 {
            0 => near.unsigned_abs(),
            1 => (1_u64 << (kind / 6)).wrapping_add_signed(near),
            2 => u64::MAX.wrapping_add_signed(near),
            3 => around.wrapping_add_signed(near % 10),
            4 => around.wrapping_add_signed(near),
            _ => self.word(),
        }
    }
}
