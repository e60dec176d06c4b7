use concurrent_object::concurrent_object;

pub trait Base {
    type Frame;
}

pub trait Decode: Base {
    fn decode(&mut self, bytes: &[u8]) -> Option<Self::Frame>;
}

#[derive(Default)]
pub struct Png;

impl Base for Png {
    type Frame = u8;
}

#[concurrent_object(constructor = fn default() -> Self)]
impl Decode for Png {
    fn decode(&mut self, bytes: &[u8]) -> Option<Self::Frame> {
        bytes.first().copied()
    }
}

fn main() {
    let png = PngProxy::builder("png").start_default().unwrap();
    png.push_decode(&[]).unwrap();
}
