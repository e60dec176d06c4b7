//! Arguments and results of every kind, through a child and back. (The wire format has tests of its
//! own.)
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CStr, CString, OsStr, OsString};
use std::net::IpAddr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use concurrent_object::concurrent_object;
use concurrent_object_tests::deadline::{SOON, within};
use serde::{Deserialize, Serialize};

concurrent_object::init_before_main!();

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    width: u32,
    pixels: Vec<u8>,
    label: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Shape {
    Unit,
    Newtype(Frame),
    Tuple(i8, f64),
    Struct { points: Vec<(f32, f32)>, weights: Vec<f64> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Loose {
    Numbers(Vec<u32>),
    Text(String),
}

type Curves = BTreeMap<(u8, i16), Vec<f32>>;
type Named = BTreeMap<PathBuf, Option<Box<Path>>>;

pub struct Mirror {
    text: String,
    numbers: Vec<f64>,
    frame: Frame,
}

#[concurrent_object]
impl Mirror {
    pub fn new(frame: Frame) -> Self {
        Self { text: String::new(), numbers: Vec::new(), frame }
    }

    pub fn scalars(&self, a: u8, b: i128, c: f32, d: bool, e: char) -> (u8, i128, f32, bool, char) {
        (a, b, c, d, e)
    }

    pub fn keep(&mut self, text: &str, numbers: &[f64]) {
        self.text = text.to_owned();
        self.numbers = numbers.to_vec();
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn numbers(&self) -> &[f64] {
        &self.numbers
    }

    pub fn largest(&self) -> Option<&f64> {
        self.numbers.iter().max_by(|a, b| a.total_cmp(b))
    }

    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    pub fn path(&self, path: &Path) -> PathBuf {
        path.to_owned()
    }

    pub fn texts(&self, os: &OsStr, c: &CStr) -> (OsString, CString) {
        (os.to_owned(), c.to_owned())
    }

    pub fn nested_path(&self, path: &Path) -> (PathBuf, u8) {
        (path.to_owned(), 1)
    }

    pub fn walk(
        &self,
        paths: Vec<PathBuf>,
        named: Named,
        one: Option<&Path>,
    ) -> (Vec<PathBuf>, Named, Option<PathBuf>) {
        (paths, named, one.map(Path::to_owned))
    }

    pub fn optional(
        &self,
        frame: Option<&Frame>,
        text: Option<&str>,
        bytes: Option<&[u8]>,
        path: Option<&Path>,
    ) -> String {
        format!("{frame:?} {text:?} {bytes:?} {path:?}")
    }

    pub fn shapes(&self, shapes: &[Shape], one: &Shape) -> Vec<Shape> {
        [shapes, std::slice::from_ref(one)].concat()
    }

    pub fn loose(&self, loose: Vec<Loose>) -> Vec<Loose> {
        loose
    }

    pub fn maps(&self, map: Curves, set: BTreeSet<u64>) -> (Curves, BTreeSet<u64>) {
        (map, set)
    }

    pub fn words(&self, words: &[&str]) -> String {
        words.join("-")
    }

    pub fn json(
        &self,
        value: JsonText,
        ip: IpAddr,
        nested: Option<Option<()>>,
    ) -> (JsonText, IpAddr, Option<Option<()>>) {
        (value, ip, nested)
    }

    /// Returns the line of `/proc/self/maps` for the mapping that contains the list.
    pub fn mapping_of(&self, list: &[u64]) -> String {
        let (place, maps) = (list.as_ptr().addr(), std::fs::read_to_string("/proc/self/maps").expect("maps"));
        let holds = |line: &&str| {
            let (from, to) = line.split_once(' ').and_then(|(range, _)| range.split_once('-')).expect("a range");
            let address = |text| usize::from_str_radix(text, 16).expect("an address");
            (address(from)..address(to)).contains(&place)
        };
        maps.lines().find(holds).expect("it is mapped").to_owned()
    }

    pub fn twice(&self, Pair(a, b): Pair, (c, d): (u8, u8)) -> (u8, u8, u8, u8) {
        (a, b, c, d)
    }

    pub fn chained(&mut self, width: u32) -> &mut Self {
        self.frame.width = width;
        self
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pair(u8, u8);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JsonText(serde_json::Value);

fn frame() -> Frame {
    Frame { width: 3, pixels: vec![1, 2, 3], label: Some("ä".into()) }
}

fn start() -> MirrorProxy {
    MirrorProxy::builder("mirror").start(frame()).expect("starts")
}

#[test]
fn scalars_come_back_unchanged() {
    within(SOON, || {
        let back = start().scalars(255, i128::MIN, f32::MIN_POSITIVE, true, '💡').wait().expect("scalars");
        assert_eq!(back, (255, i128::MIN, f32::MIN_POSITIVE, true, '💡'));
    });
}

#[test]
fn borrowed_arguments_arrive_and_borrowed_results_come_back_owned() {
    within(SOON, || {
        let mirror = start();
        mirror.keep("grüße", &[1.5, f64::INFINITY, -0.0]).wait().expect("kept");
        assert_eq!(mirror.text().wait().expect("text"), "grüße");
        let numbers = mirror.numbers().wait().expect("numbers");
        assert_eq!(
            numbers.iter().map(|n| n.to_bits()).collect::<Vec<_>>(),
            [1.5, f64::INFINITY, -0.0].map(f64::to_bits)
        );
        assert_eq!(mirror.largest().wait().expect("largest"), Some(f64::INFINITY));
        assert_eq!(mirror.frame().wait().expect("frame"), frame());
        mirror.keep("", &[]).wait().expect("kept");
        assert_eq!(mirror.largest().wait().expect("none"), None);
    });
}

#[test]
fn paths_that_are_not_unicode_arrive_byte_for_byte() {
    within(SOON, || {
        let odd = OsStr::from_bytes(b"/tmp/\xff\xfe/\x80");
        let mirror = start();
        assert_eq!(mirror.path(Path::new(odd)).wait().expect("path"), Path::new(odd));
        let text = c"caf\xe9";
        assert_eq!(mirror.texts(odd, text).wait().expect("texts"), (odd.to_owned(), text.to_owned()));
    });
}

#[test]
fn a_path_that_is_not_unicode_comes_back_wherever_it_is_nested() {
    within(SOON, || {
        let mirror = start();
        let odd = Path::new(OsStr::from_bytes(b"/tmp/caf\xe9.txt"));
        assert_eq!(mirror.nested_path(odd).wait().expect("a path"), (odd.to_owned(), 1));
        let paths = vec![odd.to_owned(), PathBuf::from("plain")];
        let named = BTreeMap::from([(odd.to_owned(), Some(odd.into()))]);
        let returned = mirror.walk(paths.clone(), named.clone(), Some(odd)).wait().expect("paths");
        assert_eq!(returned, (paths, named, Some(odd.into())));
    });
}

#[test]
fn optional_references_arrive_present_or_absent() {
    within(SOON, || {
        let (mirror, frame) = (start(), frame());
        let nothing = mirror.optional(None, None, None, None).wait().expect("nothing");
        assert_eq!(nothing, "None None None None");
        let path = Path::new(OsStr::from_bytes(b"\xff"));
        let all = mirror.optional(Some(&frame), Some(""), Some(&[9, 8]), Some(path)).wait().expect("all");
        assert_eq!(all, format!("{:?} {:?} {:?} {:?}", Some(&frame), Some(""), Some([9, 8]), Some(path)));
    });
}

#[test]
fn enums_and_nested_numbers_come_back_unchanged() {
    within(SOON, || {
        let shapes = [
            Shape::Unit,
            Shape::Newtype(Frame { pixels: (0..=255).cycle().take(100_000).collect(), ..frame() }),
            Shape::Tuple(-1, 0.1),
            Shape::Struct { points: vec![(1.0, 2.0); 3], weights: vec![0.5; 1000] },
        ];
        let back = start().shapes(&shapes[..3], &shapes[3]).wait().expect("shapes");
        assert_eq!(back, shapes);
        let loose = vec![Loose::Numbers((0..1000).collect()), Loose::Text("x".into()), Loose::Numbers(vec![])];
        assert_eq!(start().loose(loose.clone()).wait().expect("loose"), loose);
    });
}

#[test]
fn maps_with_any_key_come_back_unchanged() {
    within(SOON, || {
        let map = BTreeMap::from([((1, -1), vec![0.5; 300]), ((2, i16::MAX), vec![])]);
        let set = BTreeSet::from([1, u64::MAX]);
        assert_eq!(start().maps(map.clone(), set.clone()).wait().expect("maps"), (map, set));
    });
}

#[test]
fn json_addresses_and_options_in_options_come_back_unchanged() {
    within(SOON, || {
        let json = JsonText(serde_json::json!({"a": [1, -2.5, null, {"b": "c"}]}));
        let ip: IpAddr = "2001:db8::1".parse().expect("an address");
        for nested in [None, Some(None), Some(Some(()))] {
            let back = start().json(json.clone(), ip, nested).wait().expect("json");
            assert_eq!(back, (json.clone(), ip, nested));
        }
    });
}

#[test]
fn raw_identifiers_patterns_and_chained_methods_work() {
    within(SOON, || {
        let mirror = start();
        assert_eq!(mirror.words(&["a", "", "ß"]).wait().expect("words"), "a--ß");
        assert_eq!(mirror.twice(Pair(1, 2), (3, 4)).wait().expect("twice"), (1, 2, 3, 4));
        mirror.chained(12).wait().expect("chained");
        assert_eq!(mirror.frame().wait().expect("frame").width, 12);
    });
}

#[test]
fn a_slice_of_numbers_is_lent_from_shared_memory_that_the_child_cannot_write() {
    within(SOON, || {
        let mapping = start().mapping_of(&[1; 50_000]).wait().expect("a mapping");
        assert!(mapping.contains("memfd:concurrent-object"), "{mapping}");
        assert!(mapping.contains(" r--s "), "{mapping}");
    });
}
