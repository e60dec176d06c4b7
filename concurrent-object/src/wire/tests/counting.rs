//! A small struct, encoded and decoded by this crate and by `rmp-serde`, to count their
//! instructions. `benches/instructions.sh` runs this test under callgrind.

use std::collections::BTreeMap;
use std::hint::black_box;

use serde::{Deserialize, Serialize};

use crate::wire::{Decoder, Encoder, Raw};

/// How often each operation runs. The script divides its counts by this.
const TIMES: usize = 10_000;

/// The struct that `benches/work.rs` measures too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Profile {
    id: u64,
    name: String,
    mail: String,
    city: Option<String>,
    active: bool,
    age: u8,
    balance: f64,
    position: (f64, f64),
    kind: Kind,
    tags: Vec<String>,
    limits: BTreeMap<String, u32>,
    parent: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Kind {
    Person,
    Company { employees: u32 },
}

fn typical() -> Profile {
    let text = |text: &str| text.to_owned();
    Profile {
        id: 7_226_813_301,
        name: text("Adelheid Wiesengrund"),
        mail: text("adelheid.wiesengrund@example.org"),
        city: Some(text("Friedrichshafen am Bodensee")),
        active: true,
        age: 41,
        balance: 1234.56,
        position: (47.654, 9.479),
        kind: Kind::Company { employees: 77 },
        tags: ["newsletter", "wholesale", "priority", "northern-region"].map(text).into(),
        limits: ["orders-per-day", "items-per-order", "open-invoices", "returns", "users"]
            .map(|name| (text(name), name.len() as u32 * 100))
            .into(),
        parent: None,
    }
}

#[inline(never)]
fn one_counted_encoding(profile: &Profile, structured: &mut Vec<u8>) {
    structured.clear();
    let mut raw = Vec::new();
    let mut encoder = Encoder::new(structured, &mut raw);
    encoder.put(profile).expect("it can be encoded");
    black_box(encoder.finish());
}

#[inline(never)]
fn one_counted_decoding(structured: &[u8]) -> Profile {
    let mut decoder = Decoder::new(structured, Raw::Trusted(&[]));
    let profile = decoder.take().expect("a profile");
    decoder.finish().expect("nothing more");
    profile
}

#[inline(never)]
fn one_counted_packing(profile: &Profile, packed: &mut Vec<u8>) {
    packed.clear();
    rmp_serde::encode::write_named(packed, profile).expect("it can be encoded");
}

#[inline(never)]
fn one_counted_unpacking(packed: &[u8]) -> Profile {
    rmp_serde::from_slice(packed).expect("a profile")
}

#[test]
fn a_struct_is_written_and_read() {
    let (profile, mut structured, mut packed) = (typical(), Vec::new(), Vec::new());
    for _ in 0..TIMES {
        one_counted_encoding(&profile, &mut structured);
        one_counted_packing(&profile, &mut packed);
        assert_eq!(structured, packed);
        assert!(one_counted_decoding(&structured) == profile);
        assert!(one_counted_unpacking(&packed) == profile);
    }
}
