use concurrent_object::concurrent_object;

pub struct Hasher;

#[concurrent_object]
impl Hasher {
    pub fn new(key: &[u8; 64]) -> Self {
        let _ = key;
        Self
    }

    pub fn hash(&self, bytes: &[u8], row: &mut [f32; 128]) -> [u8; 64] {
        let _ = (bytes, row);
        [0; 64]
    }

    pub fn short(&self, row: [u8; 32]) -> [u8; 32] {
        row
    }
}

fn main() {
    let hasher = HasherProxy::builder("hasher").start(&[0; 64]).unwrap();
    let _: [u8; 32] = hasher.short([0; 32]).wait().unwrap();
}
