//! Modules, types and parameters with the names of methods and of generated items.
#![deny(warnings)]
#![allow(non_camel_case_types)]

use concurrent_object::concurrent_object;

pub mod decode {
    #[derive(serde::Serialize, serde::Deserialize)]
    pub struct Options(pub u8);
}

pub mod private {
    #[derive(serde::Serialize, serde::Deserialize)]
    pub struct Key(pub u8);
}

#[derive(serde::Serialize, serde::Deserialize)]
pub struct encode(pub u8);

pub struct Codec;

#[concurrent_object]
impl Codec {
    pub fn new(private: private::Key) -> Self {
        let _ = private;
        Self
    }

    pub fn decode(&self, options: decode::Options, this: u8, method: u8) -> private::Key {
        private::Key(options.0 + this + method)
    }

    pub fn encode(&self, first: encode, proxy: &[encode], arguments: &mut encode, result: u8) -> encode {
        arguments.0 += result;
        proxy.iter().fold(first, |sum, next| self::encode(sum.0 + next.0))
    }

    pub fn r#match(&self, r#type: decode::Options) -> Option<decode::Options> {
        Some(r#type)
    }
}

fn main() {
    assert!(CodecProxy::builder("codec").start(private::Key(1)).is_err());
}
