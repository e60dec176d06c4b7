//! The target for values: the bytes of results, items and arguments, decoded as many types.
//!
//! What is decoded from private memory and from memory of the other process must be the same. What
//! was decoded must be encoded and decoded again without a change. No
//! length in the bytes may lead to memory that the limit of decoded sizes does not allow.

use std::collections::BTreeMap;
use std::ffi::{CString, OsString};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::allocation::within;
use super::guarded::Guarded;
use super::runner::{Outcomes, Target, run};
use crate::protocol::failure::Failure;
use crate::protocol::handle_key::{HandleKey, Released};
use crate::wire::{DecodeError, Decoder, Encoder, Raw};

const VALUES: Target = Target { name: "values", share: 200, seeds, play };

/// The lists of a value may take so much memory.
const LIMIT: usize = 1 << 20;

/// No type here needs more at once: the limit, doubled by a vector that grows.
const MOST_AT_ONCE: usize = 4 * LIMIT;

#[derive(Serialize, Deserialize)]
enum Tree {
    Leaf,
    Bytes(Vec<u8>),
    Numbers(Box<[i32]>),
    Text(String),
    Wide(u128, i64),
    Option(Option<Option<Box<Tree>>>),
    Many(Vec<Tree>),
    Struct { left: Box<Tree>, floats: Vec<f32>, names: BTreeMap<String, Vec<u16>> },
    Untagged(Untagged),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Named { name: String, list: Vec<u16>, maybe: Option<Option<bool>> },
    List(Vec<i16>),
}

/// Has native fields where it repeats.
#[derive(Clone, Serialize, Deserialize)]
struct Dot {
    x: f64,
    gray: u8,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    next: Option<Box<Dot>>,
    on: bool,
}

/// One byte on the wire, and 256 in memory.
#[derive(Default, Serialize, Deserialize)]
struct Broad {
    #[serde(default, skip_serializing_if = "is_zero")]
    room: [u64; 32],
}

fn is_zero(room: &[u64; 32]) -> bool {
    *room == [0; 32]
}

type Check = fn(&Message<'_>) -> Result<(), DecodeError>;

const CHECKS: [Check; 17] = [
    check::<u64>,
    check::<(bool, char, i16)>,
    check::<String>,
    check::<Vec<u8>>,
    check::<Vec<f64>>,
    check::<Vec<String>>,
    check::<Tree>,
    check::<Vec<Tree>>,
    check::<Option<Option<Untagged>>>,
    check::<Result<Vec<[f32; 3]>, Failure>>,
    check::<(PathBuf, OsString, CString)>,
    check::<Vec<Broad>>,
    check::<Failure>,
    check::<(HandleKey, Released)>,
    check::<BTreeMap<u32, Vec<Vec<u16>>>>,
    check_as_json,
    check::<Vec<Dot>>,
];

struct Message<'m> {
    structured: &'m [u8],
    raw: &'m [u8],
}

fn seeds() -> Vec<Vec<u8>> {
    let names = BTreeMap::from([("name".to_owned(), vec![1_u16; 50])]);
    let tree = Tree::Struct { left: Tree::Bytes(vec![1; 70]).into(), floats: vec![0.5; 20], names };
    let untagged = Untagged::Named { name: "n".into(), list: vec![7; 40], maybe: Some(None) };
    let deep = (0..20).fold(Tree::Leaf, |inner, _| Tree::Option(Some(Some(inner.into()))));
    let dot = Dot { x: 0.5, gray: 200, name: "d".into(), next: None, on: true };
    vec![
        seed(0, &7_u64),
        seed(1, &(true, 'x', -3_i16)),
        seed(2, "a text"),
        seed(3, &vec![3_u8; 100]),
        seed(4, &vec![1.5_f64; 9]),
        seed(5, &vec!["one", "two"]),
        seed(6, &tree),
        seed(6, &deep),
        seed(7, &vec![Tree::Wide(1 << 100, -1), Tree::Numbers(vec![5; 30].into()), Tree::Text("t".into())]),
        seed(8, &Some(Some(untagged))),
        seed(8, &Some(Some(Untagged::List(vec![-1; 5])))),
        seed(9, &Ok::<_, Failure>(vec![[1.0_f32; 3]; 9])),
        seed(10, &(PathBuf::from("/a"), OsString::from("b"), c"c")),
        seed(11, &(0..9).map(|_| Broad::default()).collect::<Vec<_>>()),
        seed(12, &Failure::none()),
        seed(13, &(HandleKey { process: 1, index: 2, generation: 3 }, Released { keys: vec![], calls: vec![4] })),
        seed(14, &BTreeMap::from([(1, vec![vec![1_u16; 40], vec![2]])])),
        seed(14, &BTreeMap::from([(1, vec![vec![1_u16; 300]; 3])])),
        seed(16, &vec![dot.clone(); 3]),
        seed(16, &vec![Dot { next: Some(dot.clone().into()), ..dot.clone() }, dot.clone(), dot]),
        seed(15, &serde_json::json!({"a": [1, -200, 0.5, null, true], "b": {"c": "x"}})),
    ]
}

fn seed<T: Serialize + ?Sized>(kind: u8, value: &T) -> Vec<u8> {
    let (mut structured, mut raw) = (Vec::new(), Vec::new());
    Encoder::new(&mut structured, &mut raw).put(value).expect("encoded");
    let len = (structured.len() as u16).to_le_bytes();
    [&[kind, len[0], len[1]][..], &structured, &raw].concat()
}

#[test]
fn values_are_decoded_alike_from_any_memory_or_refused() {
    run(&VALUES);
}

fn play(input: &[u8], outcomes: &mut Outcomes) {
    let Some((&[kind, low, high], rest)) = input.split_first_chunk() else { return outcomes.note(()) };
    let kind = usize::from(kind) % CHECKS.len();
    let (structured, raw) = rest.split_at(usize::from(u16::from_le_bytes([low, high])).min(rest.len()));
    let outcome = within(MOST_AT_ONCE, || CHECKS[kind](&Message { structured, raw }));
    outcomes.note((
        kind,
        outcome.map_err(|error| error.to_string().chars().filter(|c| !c.is_numeric()).collect::<String>()),
    ));
}

impl Message<'_> {
    /// Decodes it, from memory of each kind.
    fn decode<T: DeserializeOwned>(&self) -> [Result<T, DecodeError>; 2] {
        // Raw regions are aligned, as those of a slot are.
        let mut aligned = vec![0_u64; self.raw.len().div_ceil(8) + 8];
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut aligned);
        let at = bytes.as_ptr().align_offset(64);
        bytes[at..at + self.raw.len()].copy_from_slice(self.raw);
        let trusted = Raw::Trusted(&bytes[at..at + self.raw.len()]);
        let mut guarded = Guarded::new(self.raw.len());
        let foreign = Raw::Foreign(guarded.foreign(self.raw));
        [trusted, foreign].map(|raw| {
            let mut decoder = Decoder::limited(self.structured, raw, LIMIT);
            let value = decoder.take().map_err(|error| *error)?;
            decoder.finish().map_err(|error| *error)?;
            Ok(value)
        })
    }
}

fn check<T: Serialize + DeserializeOwned>(message: &Message<'_>) -> Result<(), DecodeError> {
    let [trusted, foreign] = message.decode::<T>();
    let (trusted, foreign) = (trusted.map(|value| encoded(&value)), foreign.map(|value| encoded(&value)));
    assert_eq!(trusted, foreign, "what is decoded depends on the memory");
    let (structured, raw) = foreign?;
    // A number of one byte may become one of sixteen, and no part may stand for many others.
    let most = 16 * (message.raw.len() + message.structured.len()) + 64;
    assert!(raw.len() <= most, "{} decoded bytes from {}", raw.len(), message.raw.len());
    let [again, _] = Message { structured: &structured, raw: &raw }.decode::<T>();
    assert_eq!(again.map(|value| encoded(&value)), Ok((structured, raw)), "what was decoded is encoded otherwise");
    Ok(())
}

/// Objects of JSON may name a key twice, so they are not encoded again.
fn check_as_json(message: &Message<'_>) -> Result<(), DecodeError> {
    let [trusted, foreign] = message.decode::<serde_json::Value>();
    assert_eq!(trusted.as_ref().map(ToString::to_string), foreign.as_ref().map(ToString::to_string));
    foreign.map(drop)
}

fn encoded<T: Serialize>(value: &T) -> (Vec<u8>, Vec<u8>) {
    let (mut structured, mut raw) = (Vec::new(), Vec::new());
    Encoder::new(&mut structured, &mut raw).put(value).expect("it was decoded, so it can be encoded");
    (structured, raw)
}
