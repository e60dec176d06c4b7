//! A macro of the user writes the impl block, its types and its names.
#![deny(warnings)]

use concurrent_object::concurrent_object;

macro_rules! object {
    ($name:ident, $value:ty, $get:ident) => {
        pub struct $name($value);

        #[concurrent_object]
        impl $name {
            pub fn new(value: &$value, spare: Option<&$value>) -> Self {
                let _ = spare;
                Self(value.clone())
            }

            pub fn $get(&self) -> $value {
                self.0.clone()
            }

            pub fn borrow(&self) -> &$value {
                &self.0
            }
        }
    };
}

object!(Number, u64, number);
object!(Text, String, text);

fn main() {
    assert!(NumberProxy::builder("number").start(&1, None).is_err());
    assert!(TextProxy::builder("text").start(&String::new(), None).is_err());
}
