//! Structured values to memory and from memory, without a call, beside other serializers.
//!
//! `rmp-serde` writes the names of fields. `bincode`, `postcard` and `rkyv` write positions, and
//! can read only the type that was written. `rkyv` needs derives of its own.

use std::collections::BTreeMap;
use std::hint::black_box;

use concurrent_object::private::{read_structured, write_structured};
use rkyv::rancor;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::measure::{Contender, Effort, compare};
use crate::outcome::Outcome;
use crate::report::{Aim, Findings};
use crate::work::{Expression, Profile, Rgb};

const OURS: &str = "this library";
const RMP: &str = "rmp-serde, named";
const BINCODE: &str = "bincode";
const POSTCARD: &str = "postcard";
const RKYV: &str = "rkyv";

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let mut findings = Findings::default();
    let profile = Profile::typical();
    findings.add(one("a struct of 12 fields", effort, &profile, rkyv_of_profile(&profile))?);
    let colors: Vec<Rgb> = (0..effort.either(1_000_000, 1_000)).map(Rgb::number).collect();
    let list = one("1,000,000 structs of 3 bytes", effort, &colors, rkyv_of_colors(&colors))?;
    for (aim, way) in list.comparisons.iter().zip(["written", "read"]) {
        let time = aim.figures.iter().find(|figure| figure.name == OURS).map_or(f64::NAN, |own| own.nanoseconds / 1e6);
        findings.aims.push(Aim::number(format!("1,000,000 structs of 3 bytes, {way}"), 40.0, "ms", time));
    }
    let mut encoded = Vec::new();
    write_structured(&colors, &mut encoded)?;
    findings.aims.push(Aim::number("1,000,000 structs of 3 bytes, size", 5.0, "MB", encoded.len() as f64 / 1e6));
    findings.add(list);
    let map: BTreeMap<String, String> =
        (0..100).map(|number| (format!("key {number}"), format!("the value of {number}"))).collect();
    findings.add(one("a map of 100 texts", effort, &map, Vec::new())?);
    findings.add(one("nested enums", effort, &Expression::of_depth(8), Vec::new())?);
    Ok(findings)
}

/// A contender's name, and what it does to write and to read.
type Other<'o> = (&'static str, Box<dyn FnMut() -> Outcome + 'o>, Box<dyn FnMut() -> Outcome + 'o>);

/// Compares writing, and reading, of one value.
fn one<T: Serialize + DeserializeOwned + PartialEq>(
    title: &str,
    effort: Effort,
    value: &T,
    others: Vec<Other<'_>>,
) -> Outcome<Findings> {
    let mut findings = Findings::default();
    let mut encoded = Vec::new();
    write_structured(value, &mut encoded)?;
    if read_structured::<T>(&encoded)? != *value {
        return Err("another value came back".into());
    }
    let named = rmp_serde::to_vec_named(value)?;
    let binary = bincode::serde::encode_to_vec(value, bincode::config::standard())?;
    let post = postcard::to_stdvec(value)?;
    let (mut writers, mut readers) = (writers(value), readers::<T>([&encoded, &named, &binary, &post]));
    for (name, write, read) in others {
        writers.push(Contender::new(name, write));
        readers.push(Contender::new(name, read));
    }
    let (written, read) = (format!("{title}, written"), format!("{title}, read"));
    let comparison = compare(&written, effort, &mut writers)?;
    let aim = Aim::at_most(written, 0.5, RMP, comparison.ratio(OURS, &[RMP]));
    findings.add(Findings::of(comparison, [aim]));
    let comparison = compare(&read, effort, &mut readers)?;
    let aim = Aim::at_most(read, 0.6, RMP, comparison.ratio(OURS, &[RMP]));
    findings.add(Findings::of(comparison, [aim]));
    for (name, len) in [(OURS, encoded.len()), (RMP, named.len()), (BINCODE, binary.len()), (POSTCARD, post.len())] {
        findings.fact(format!("bytes of {title}: {name}"), len as f64);
    }
    Ok(findings)
}

/// Those that write the value.
fn writers<T: Serialize>(value: &T) -> Vec<Contender<'_>> {
    let (mut ours, mut rmp) = (Vec::new(), Vec::new());
    let fixed = bincode::config::standard();
    vec![
        Contender::new(RMP, move || {
            rmp.clear();
            Ok(rmp_serde::encode::write_named(&mut rmp, black_box(value))?)
        }),
        Contender::new(OURS, move || {
            ours.clear();
            Ok(write_structured(black_box(value), &mut ours)?)
        }),
        Contender::new(BINCODE, move || {
            black_box(bincode::serde::encode_to_vec(black_box(value), fixed)?);
            Ok(())
        }),
        Contender::new(POSTCARD, || {
            black_box(postcard::to_stdvec(black_box(value))?);
            Ok(())
        }),
    ]
}

/// Those that read the value from what each of them wrote.
fn readers<'e, T: DeserializeOwned + 'e>([encoded, named, binary, post]: [&'e [u8]; 4]) -> Vec<Contender<'e>> {
    let fixed = bincode::config::standard();
    vec![
        Contender::new(RMP, move || {
            black_box(rmp_serde::from_slice::<T>(black_box(named))?);
            Ok(())
        }),
        Contender::new(OURS, move || {
            black_box(read_structured::<T>(black_box(encoded))?);
            Ok(())
        }),
        Contender::new(BINCODE, move || {
            black_box(bincode::serde::decode_from_slice::<T, _>(black_box(binary), fixed)?);
            Ok(())
        }),
        Contender::new(POSTCARD, move || {
            black_box(postcard::from_bytes::<T>(black_box(post))?);
            Ok(())
        }),
    ]
}

/// Makes a function that describes rkyv for one type: its derives cannot be named generically.
macro_rules! rkyv_of {
    ($name:ident, $type:ty) => {
        fn $name(value: &$type) -> Vec<Other<'_>> {
            let write = || {
                black_box(rkyv::to_bytes::<rancor::Error>(black_box(value))?);
                Ok(())
            };
            let mut archived = None;
            let read = move || {
                let bytes = match &mut archived {
                    Some(bytes) => bytes,
                    empty => empty.insert(rkyv::to_bytes::<rancor::Error>(value)?),
                };
                black_box(rkyv::from_bytes::<$type, rancor::Error>(black_box(bytes))?);
                Ok(())
            };
            vec![(RKYV, Box::new(write), Box::new(read))]
        }
    };
}

rkyv_of!(rkyv_of_profile, Profile);
rkyv_of!(rkyv_of_colors, Vec<Rgb>);
