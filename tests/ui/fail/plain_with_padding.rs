use serde::{Deserialize, Serialize};

#[repr(C)]
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Padded {
    tag: u8,
    value: u32,
}

concurrent_object::plain!(Padded);

fn main() {}
