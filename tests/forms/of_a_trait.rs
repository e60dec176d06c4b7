//! Impls of traits: their methods are methods of the proxy.

use concurrent_object::concurrent_object;
use proptest::prelude::*;

pub trait Decoder {
    type Pixel;
    type Error;
    const CHANNELS: usize;

    fn decode(&mut self, bytes: &[u8]) -> Result<Vec<Self::Pixel>, Self::Error>;
    fn last(&self) -> Option<&Self::Pixel>;
    fn count(&self) -> usize {
        0
    }
}

/// Has inherent methods of the same names.
#[derive(Debug, Default)]
pub struct Gray {
    last: Option<[u8; 2]>,
}

impl Gray {
    pub fn decode(&self) -> &'static str {
        "not this one"
    }
}

#[concurrent_object(constructor = pub fn default() -> Self)]
impl Decoder for Gray {
    type Pixel = [u8; Self::CHANNELS];
    type Error = String;
    const CHANNELS: usize = 2;

    fn decode(&mut self, bytes: &[u8]) -> Result<Vec<Self::Pixel>, Self::Error> {
        let pixels: Vec<_> = bytes.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
        self.last = pixels.last().copied();
        if bytes.len().is_multiple_of(2) { Ok(pixels) } else { Err(format!("{} bytes", bytes.len())) }
    }

    fn last(&self) -> Option<&[u8; 2]> {
        self.last.as_ref()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn methods_of_the_trait_behave_as_in_this_process(bytes in prop::collection::vec(any::<u8>(), 0..9)) {
        let mut local = Gray::default();
        let remote: GrayProxy = GrayProxy::builder("gray").start_default().expect("a child starts");
        prop_assert_eq!(remote.decode(&bytes).wait().expect("a result"), Decoder::decode(&mut local, &bytes));
        remote.push_last().expect("a slot is free");
        let Ok(Some(GrayOutput::Last(last))) = remote.wait_pull() else { panic!("something was pushed") };
        prop_assert_eq!(last.as_ref(), local.last());
        prop_assert_eq!((Gray::decode(&local), local.count()), ("not this one", 0));
    }
}

/// A generic trait with a constructor.
pub trait Codec<T>: Sized {
    fn with(key: T) -> Self;
    fn apply(&self, text: &str) -> Vec<T>;
    fn into_key(self) -> T;
}

pub struct Xor(u8);

#[concurrent_object(vis = "pub(crate)")]
impl Codec<u8> for Xor {
    fn with(key: u8) -> Self {
        Self(key)
    }

    fn apply(&self, text: &str) -> Vec<u8> {
        text.bytes().map(|byte| byte ^ self.0).collect()
    }

    fn into_key(self) -> u8 {
        self.0
    }
}

#[test]
fn a_constructor_of_the_trait_starts_the_object() {
    let xor = XorProxy::builder("xor").start_with(3).expect("a child starts");
    assert_eq!(xor.apply("abc").wait().expect("a result"), Xor(3).apply("abc"));
    assert_eq!(xor.into_key().wait().expect("a result"), 3);
}
