//! Declared types, in a crate that forbids unsafe code.
#![deny(warnings)]
#![forbid(unsafe_code)]

mod inner {
    concurrent_object::plain!([f32; 16], [u64; 2],);
}

fn main() {
    let shared = concurrent_object::Shared::<[[f32; 16]]>::new(&[[1.0; 16]; 3]);
    assert_eq!(shared.map(|matrices| matrices[2][15]).ok(), Some(1.0));
}
