//! Options on the impl block that hold for its functions: types for their parameters, copies of
//! `&mut` results, and the form of a result type.

use concurrent_object::{OpaqueHandle, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};

concurrent_object::init_before_main!();

/// What generic functions take.
pub trait Shape {
    fn area(&self) -> u32;
}

impl Shape for u32 {
    fn area(&self) -> u32 {
        *self
    }
}

impl Shape for String {
    fn area(&self) -> u32 {
        u32::try_from(self.len()).expect("a short text")
    }
}

/// An alias in which the macro cannot see the type that stays in the child.
type Found<T> = Result<Entry<T>, String>;

#[derive(Debug)]
pub struct Entry<T>(T);

#[derive(Debug)]
pub struct Rows<'a>(std::slice::Iter<'a, u32>);

impl<'a> Iterator for Rows<'a> {
    type Item = &'a u32;

    fn next(&mut self) -> Option<&'a u32> {
        self.0.next()
    }
}

/// A value that only `From` makes.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Value(u32);

#[derive(Debug)]
pub struct Table {
    rows: Vec<u32>,
}

#[concurrent_object(
    with(T = u32, N = 2),
    copy,
    result(Rows<'_> = impl Iterator<Item = &u32>, Found<u32> = Result<Entry<u32>, String>),
    opaque(Entry<u32>)
)]
impl Table {
    pub fn new(rows: Vec<u32>) -> Self {
        Self { rows }
    }

    pub fn area<T: Shape>(&self, of: T) -> u32 {
        of.area()
    }

    #[concurrent_object(with(T = String))]
    pub fn length<T: Shape>(&self, of: T) -> u32 {
        of.area()
    }

    /// Its bound decides the type, so the choice of the block does not apply.
    pub fn text<T: Into<String>>(&self, of: T) -> String {
        of.into()
    }

    pub fn first<const N: usize>(&self) -> [u32; N] {
        std::array::from_fn(|at| self.rows[at])
    }

    pub fn last_mut(&mut self) -> Option<&mut u32> {
        self.rows.last_mut()
    }

    pub fn first_mut(&mut self) -> &mut u32 {
        &mut self.rows[0]
    }

    pub fn rows(&self) -> Rows<'_> {
        Rows(self.rows.iter())
    }

    pub fn some_rows(&self, many: bool) -> Option<Rows<'_>> {
        many.then(|| self.rows())
    }

    pub fn find(&self, at: usize) -> Found<u32> {
        self.rows.get(at).copied().map(Entry).ok_or_else(|| "no such row".to_owned())
    }

    pub fn entry(&self, entry: &Entry<u32>) -> u32 {
        entry.0
    }

    pub fn put<V>(&mut self, value: V)
    where
        Value: From<V>,
    {
        self.rows.push(Value::from(value).0);
    }
}

/// Borrows from what is constant; other code of the program uses it with shorter lifetimes.
#[derive(Debug)]
pub struct Words<'a> {
    all: Vec<&'a str>,
}

#[concurrent_object]
impl<'a> Words<'a> {
    pub fn of(count: usize) -> Words<'a> {
        Self { all: vec!["word"; count] }
    }

    pub fn first(&self) -> Option<&'a str> {
        self.all.first().copied()
    }

    pub fn count<S: Into<std::borrow::Cow<'a, str>>>(&self, word: S) -> usize {
        let word = word.into();
        self.all.iter().filter(|one| **one == word).count()
    }
}

#[test]
fn lifetimes_of_a_block_are_static_in_the_child() {
    within(SOON, || {
        let words = WordsProxy::builder("words").start_of(2).expect("it starts");
        assert_eq!(words.first().wait().expect("a word").as_deref(), Some("word"));
        assert_eq!(words.count("word".into()).wait().expect("a count"), 2);
        let text = "short".to_owned();
        assert_eq!(Words { all: vec![&text] }.first(), Some("short"));
    });
}

fn table() -> TableProxy {
    TableProxy::builder("table").start(vec![3, 4, 5]).expect("it starts")
}

#[test]
fn a_choice_on_the_block_holds_where_nothing_else_decides() {
    within(SOON, || {
        let table = table();
        assert_eq!(table.area(7).wait().expect("an area"), 7);
        assert_eq!(table.length("four".to_owned()).wait().expect("a length"), 4);
        assert_eq!(table.text("text").wait().expect("a text"), "text");
        assert_eq!(table.first().wait().expect("an array"), [3, 4]);
    });
}

#[test]
fn all_mutable_results_are_copied() {
    within(SOON, || {
        let table = table();
        assert_eq!(table.last_mut().wait().expect("a copy"), Some(5));
        assert_eq!(table.first_mut().wait().expect("a copy"), 3);
    });
}

#[test]
fn a_result_type_has_one_form_wherever_it_is() {
    within(SOON, || {
        let table = table();
        assert_eq!(table.rows().wait().expect("rows"), [3, 4, 5]);
        assert_eq!(table.some_rows(true).wait().expect("rows"), Some(vec![3, 4, 5]));
        let entry: OpaqueHandle<Entry<u32>> = table.find(1).wait().expect("an answer").expect("an entry");
        assert_eq!(table.entry(&entry).wait().expect("its value"), 4);
        assert_eq!(table.find(9).wait().expect("an answer").expect_err("there is none"), "no such row");
    });
}

#[test]
fn a_value_from_which_another_is_made_has_the_type_of_that_one() {
    within(SOON, || {
        let table = table();
        table.put(Value(6)).wait().expect("it is put");
        assert_eq!(table.last_mut().wait().expect("a copy"), Some(6));
    });
}
