//! Generic objects: each instantiation is an object type of its own.

use std::borrow::Cow;
use std::fmt::Debug;

use concurrent_object::{ConcurrentObject, Methods, concurrent_object};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub trait Scalar: Copy + PartialEq + Debug {
    type Wide: From<Self> + Clone;
    fn plus(self, other: Self) -> Self;
}

impl Scalar for u32 {
    type Wide = u64;
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

impl Scalar for f32 {
    type Wide = f64;
    fn plus(self, other: Self) -> Self {
        self + other
    }
}

#[derive(Clone)]
pub struct Grid<T: Scalar, const N: usize>
where
    T: Default,
{
    cells: Vec<[T; N]>,
}

#[concurrent_object(output_derive(Debug, PartialEq))]
impl<T: Scalar, const N: usize> Grid<T, N>
where
    T: Default,
{
    pub fn new(rows: usize, fill: T) -> Self {
        Self { cells: vec![[fill; N]; rows] }
    }

    pub fn of(cells: Vec<T>) -> Option<Self> {
        let rows = cells.chunks_exact(N).map(|row| std::array::from_fn(|at| row[at]));
        cells.len().is_multiple_of(N).then(|| Self { cells: rows.collect() })
    }

    pub fn width(&self) -> usize {
        N
    }

    pub fn row(&self, at: usize) -> Option<&[T]> {
        self.cells.get(at).map(|row| &row[..])
    }

    pub fn first(&self) -> &T {
        &self.cells[0][0]
    }

    pub fn cow(&self, default: Cow<'_, [T]>) -> Cow<'_, [T]> {
        self.cells.first().map_or(Cow::Owned(default.into_owned()), |row| Cow::Borrowed(&row[..]))
    }

    pub fn widest(&self) -> T::Wide {
        self.cells[0][0].into()
    }

    pub fn add(&mut self, row: usize, values: &[T], extra: Option<&T>) -> &mut Self {
        for (cell, &value) in self.cells[row].iter_mut().zip(values) {
            *cell = cell.plus(value).plus(extra.copied().unwrap_or_default());
        }
        self
    }

    pub fn swap(&mut self, row: usize, values: &mut [T]) -> bool {
        self.cells[row].swap_with_slice(&mut values[..N]);
        true
    }

    pub fn sorted(&self) -> Vec<T>
    where
        T: PartialOrd,
    {
        let mut all: Vec<T> = self.cells.iter().flatten().copied().collect();
        all.sort_by(|a, b| a.partial_cmp(b).expect("no NaN"));
        all
    }

    pub fn cells(&self) -> impl Iterator<Item = T> {
        self.cells.iter().flatten().copied()
    }

    pub fn into_cells(self) -> Vec<T> {
        self.cells().collect()
    }
}

/// Works with any instantiation: the bounds are those of the methods that it calls.
fn assert_same<T, const N: usize>(cells: Vec<T>)
where
    T: Scalar + Default + PartialOrd + Serialize + DeserializeOwned + 'static,
    T::Wide: Serialize + DeserializeOwned + PartialEq + Debug,
    Grid<T, N>: ConcurrentObject,
    GridOutput<T>: Methods,
{
    let Some(mut local) = Grid::<T, N>::of(cells.clone()) else {
        let missing = GridProxy::<T, N>::builder("missing").start_of(cells).expect("a child starts");
        assert!(missing.wait_until_ready().is_err());
        return;
    };
    let remote = GridProxy::<T, N>::builder("grid").start_of(cells.clone()).expect("a child starts");
    assert_eq!(remote.width().wait().expect("a result"), N);
    assert_eq!(remote.row(0).wait().expect("a result").as_deref(), local.row(0));
    if !cells.is_empty() {
        local.add(0, &cells[..N], Some(&cells[0]));
        remote.add(0, &cells[..N], Some(&cells[0])).wait().expect("a result");
        assert_eq!(remote.first().wait().expect("a result"), *local.first());
        assert_eq!(remote.widest().wait().expect("a result"), local.widest());
        let (mut here, mut there) = (cells.clone(), cells.clone());
        assert!(remote.swap(0, &mut there).wait().expect("a result"));
        assert!(local.swap(0, &mut here));
        assert_eq!(there, here);
    }
    let default = vec![T::default()];
    assert_eq!(remote.cow(Cow::Borrowed(&default)).wait().expect("a result"), local.cow(Cow::Borrowed(&default)));
    assert_eq!(remote.cells().wait().expect("a result"), local.cells().collect::<Vec<_>>());
    assert_eq!(remote.sorted().wait().expect("a result"), local.sorted());
    remote.push_row(0).expect("a slot is free");
    assert!(matches!(remote.wait_pull(), Ok(Some(GridOutput::Row(row))) if row.as_deref() == local.row(0)));
    assert_eq!(remote.into_cells().wait().expect("a result"), local.into_cells());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn each_instantiation_behaves_as_in_this_process(numbers in prop::collection::vec(any::<u32>(), 0..20)) {
        assert_same::<u32, 1>(numbers.clone());
        assert_same::<u32, 3>(numbers.clone());
        assert_same::<f32, 2>(numbers.iter().map(|&number| number as f32).collect());
    }
}

/// `T` only needs the bounds of `kept`. The function is not sent.
pub struct Opaque<T, F> {
    kept: T,
    made_by: F,
}

#[concurrent_object]
impl<T: Clone, F: Fn() -> T> Opaque<T, F>
where
    Opaque<T, F>: Made<F>,
{
    pub fn new() -> Self {
        let made_by = Self::made_by();
        Self { kept: made_by(), made_by }
    }

    pub fn renew(&mut self) {
        self.kept = (self.made_by)();
    }

    pub fn kept(&self) -> T {
        self.kept.clone()
    }
}

pub trait Made<F> {
    fn made_by() -> F;
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Marked(String);

impl Made<fn() -> Marked> for Opaque<Marked, fn() -> Marked> {
    fn made_by() -> fn() -> Marked {
        || Marked("made in the child".to_owned())
    }
}

#[test]
fn a_parameter_that_no_signature_names_needs_no_bounds() {
    let opaque = OpaqueProxy::<Marked, fn() -> Marked>::builder("opaque").start().expect("a child starts");
    opaque.renew().wait().expect("a result");
    let pushed: OpaqueOutput<Marked> = {
        opaque.push_kept().expect("a slot is free");
        opaque.wait_pull().expect("a result").expect("one was pushed")
    };
    let OpaqueOutput::Kept(kept) = pushed else { panic!("{pushed:?}") };
    assert_eq!(kept, Marked("made in the child".to_owned()));
    assert!(
        format!("{opaque:?} {:?}", OpaqueProxy::<Marked, fn() -> Marked>::builder("x").clone()).contains("OpaqueProxy")
    );
}
