//! The object: it keeps bytes, and gives back what it gets.

use concurrent_object::concurrent_object;

pub struct Vault {
    kept: Vec<u8>,
}

#[concurrent_object]
impl Vault {
    pub fn new(kept: &[u8]) -> Self {
        Self { kept: kept.to_vec() }
    }

    pub fn echo(&self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }

    pub fn keep(&mut self, text: &str, bytes: Vec<u8>, number: Option<u64>) -> (String, u64) {
        self.kept.extend_from_slice(&bytes[..bytes.len().min(16)]);
        self.kept.truncate(64);
        (text.to_uppercase(), number.unwrap_or(bytes.len() as u64))
    }

    pub fn kept(&self) -> Vec<u8> {
        self.kept.clone()
    }
}
