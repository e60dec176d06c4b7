//! A generic object that is private to its module, and one inside a function.
#![deny(warnings, unreachable_pub)]

use concurrent_object::concurrent_object;

mod inner {
    use concurrent_object::concurrent_object;

    trait Secret {
        fn secret(&self) -> u8;
    }

    impl Secret for u8 {
        fn secret(&self) -> u8 {
            *self
        }
    }

    struct Vault<T: Secret>(T);

    #[concurrent_object]
    impl<T: Secret> Vault<T> {
        pub(super) fn new(value: T) -> Self {
            Self(value)
        }

        pub(super) fn open(&self) -> u8 {
            self.0.secret()
        }
    }

    pub(super) fn start() -> bool {
        VaultProxy::builder("vault").start(3_u8).is_ok()
    }
}

fn main() {
    struct Local<const N: usize>;

    #[concurrent_object]
    impl<const N: usize> Local<N> {
        pub(crate) fn new() -> Self {
            Self
        }

        pub(crate) fn get(&self) -> [u8; 2] {
            [N as u8; 2]
        }
    }

    assert!(!inner::start());
    assert!(LocalProxy::<3>::builder("local").start().is_err());
}
