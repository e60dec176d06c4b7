//! The work that the object and its peers do: the same for all of them.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::OnceLock;

use bytemuck::{Pod, Zeroable};
use rkyv::{Archive, Deserialize as Unarchive, Serialize as IntoArchive};
use serde::{Deserialize, Serialize};

pub(crate) const MIB: usize = 1 << 20;

/// Three bytes, declared plain.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable, Serialize, Deserialize)]
pub(crate) struct Color {
    red: u8,
    green: u8,
    blue: u8,
}

concurrent_object::plain!(Color);

/// The same, not declared.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Undeclared {
    red: u8,
    green: u8,
    blue: u8,
}

/// The sum of the red parts.
pub(crate) trait Reds {
    fn reds(&self) -> u64;
}

impl Reds for [Color] {
    fn reds(&self) -> u64 {
        self.iter().map(|color| u64::from(color.red)).sum()
    }
}

impl Reds for [Undeclared] {
    fn reds(&self) -> u64 {
        self.iter().map(|color| u64::from(color.red)).sum()
    }
}

/// A request to a peer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Request {
    Add(u64, u64),
    Sum(Vec<f64>),
    /// Requests so many numbers.
    Fill(usize),
    /// Sends a frame.
    Look(Frame),
    /// Requests a frame.
    Show,
    Describe(Profile),
    /// Sends bytes.
    Take(Vec<u8>),
}

/// The answer of a peer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Answer {
    Number(u64),
    Sum(f64),
    Values(Vec<f64>),
    Frame(Frame),
}

/// The implementation behind the object and behind each peer.
#[derive(Debug, Default)]
pub(crate) struct Worker {
    frame: OnceLock<Frame>,
}

impl Worker {
    pub(crate) fn answer(&self, request: &Request) -> Answer {
        match request {
            Request::Add(a, b) => Answer::Number(a.wrapping_add(*b)),
            Request::Sum(values) => Answer::Sum(sum(values)),
            Request::Fill(count) => Answer::Values(fill(*count)),
            Request::Look(frame) => Answer::Number(frame.look()),
            Request::Show => Answer::Frame(self.frame().clone()),
            Request::Describe(profile) => Answer::Number(profile.look()),
            Request::Take(bytes) => Answer::Number(ends(bytes)),
        }
    }

    pub(crate) fn frame(&self) -> &Frame {
        self.frame.get_or_init(|| Frame::of(FRAME))
    }
}

/// Uses the processor for so many rounds of a fixed loop.
pub(crate) fn spin(rounds: u64) -> u64 {
    (0..rounds).fold(1, |state, round| std::hint::black_box(state ^ round).rotate_left(7))
}

/// Hardly reads the bytes: their number, the first, and the last.
pub(crate) fn ends(bytes: &[u8]) -> u64 {
    let of = |byte: Option<&u8>| byte.copied().map_or(0, u64::from);
    bytes.len() as u64 + of(bytes.first()) + of(bytes.last())
}

/// Returns the sum. Uses several lanes, so that memory and not the adder is the limit.
pub(crate) fn sum(values: &[f64]) -> f64 {
    let (chunks, rest) = values.as_chunks::<16>();
    let mut lanes = [0.0; 16];
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value;
        }
    }
    lanes.iter().sum::<f64>() + rest.iter().sum::<f64>()
}

pub(crate) fn fill(count: usize) -> Vec<f64> {
    (0..count).map(|number| number as f64).collect()
}

/// The size of a frame in bytes.
pub(crate) const FRAME: usize = 16 * MIB;

const ROW: usize = 1024;

/// Nested arrays: half of the size is bytes, half is rows of numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Frame {
    width: u32,
    pixels: Vec<u8>,
    rows: Vec<Vec<f32>>,
}

impl Frame {
    pub(crate) fn of(bytes: usize) -> Self {
        let pixels = (0..bytes / 2).map(|at| at as u8).collect();
        let rows = bytes / 2 / (ROW * size_of::<f32>());
        let rows = (0..rows).map(|row| (0..ROW).map(|column| (row * column) as f32).collect()).collect();
        Self { width: ROW as u32, pixels, rows }
    }

    /// Does little work, but needs all parts.
    pub(crate) fn look(&self) -> u64 {
        u64::from(self.width) + self.pixels.len() as u64 + self.rows.len() as u64
    }
}

/// Flat buffers into which a frame is copied, and out of it again, as through shared memory.
#[derive(Debug, Default)]
pub(crate) struct Flat {
    pixels: Vec<u8>,
    values: Vec<f32>,
}

impl Flat {
    /// Copies a frame in and out again.
    pub(crate) fn pass(&mut self, frame: &Frame) -> Frame {
        self.pixels.clear();
        self.pixels.extend_from_slice(&frame.pixels);
        self.values.clear();
        frame.rows.iter().for_each(|row| self.values.extend_from_slice(row));
        let passed = black_box(&*self);
        let rows = passed.values.chunks(ROW).map(<[f32]>::to_vec).collect();
        Frame { width: frame.width, pixels: passed.pixels.clone(), rows }
    }
}

/// A typical structured argument: twelve fields, strings, a small map. About 300 bytes as
/// MessagePack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Archive, IntoArchive, Unarchive)]
pub(crate) struct Profile {
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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Archive, IntoArchive, Unarchive)]
pub(crate) enum Kind {
    Person,
    Company { employees: u32 },
}

/// A color as users write it, without a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Archive, IntoArchive, Unarchive)]
pub(crate) struct Rgb {
    r: u8,
    g: u8,
    b: u8,
}

impl Rgb {
    /// Returns a color; the parts of different colors are spread over all bytes.
    pub(crate) fn number(number: u32) -> Self {
        let [r, g, b, _] = number.wrapping_mul(2_654_435_761).to_be_bytes();
        Self { r, g, b }
    }
}

/// A small syntax tree: enums with fields, in each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Expression {
    Number(f64),
    Name { text: String, line: u32 },
    Call { name: String, arguments: Vec<Expression> },
    Negated(Box<Expression>),
}

impl Expression {
    /// Returns a tree of this depth, with three branches at each level.
    pub(crate) fn of_depth(depth: u32) -> Self {
        match depth {
            0 => Self::Number(0.5),
            1 => Self::Name { text: "position".into(), line: 41 },
            _ => {
                let below = Self::of_depth(depth - 1);
                let arguments = vec![below.clone(), Self::Negated(below.into()), Self::of_depth(depth - 2)];
                Self::Call { name: format!("function{depth}"), arguments }
            }
        }
    }
}

impl Profile {
    pub(crate) fn typical() -> Self {
        let text = |text: &str| text.to_owned();
        Self {
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

    /// Does little work, but needs some parts.
    pub(crate) fn look(&self) -> u64 {
        self.id + self.name.len() as u64 + self.limits.values().map(|&limit| u64::from(limit)).sum::<u64>()
    }
}
