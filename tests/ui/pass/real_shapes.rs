//! Objects as they occur in real programs.
#![deny(warnings)]

use std::borrow::Cow;
use std::fmt;

use concurrent_object::{Call, CallMut, RemoteError, concurrent_object};
use serde::{Deserialize, Serialize};

/// Cannot be cloned.
#[derive(Serialize, Deserialize)]
pub struct Big(pub u8);

#[derive(Clone, Serialize, Deserialize)]
pub struct Ref(pub u8);

#[derive(Clone, Serialize, Deserialize)]
pub struct Path(pub Vec<(f32, f32)>);

#[derive(Serialize, Deserialize)]
pub struct Query<'q>(#[serde(borrow)] pub Cow<'q, str>);

pub type LoadResult<T> = Result<T, std::io::Error>;

pub mod model {
    pub struct Model(pub u8);
}

pub trait Parse<'a> {
    fn parse(&mut self, text: &'a str) -> Option<&'a str>;
}

#[concurrent_object(error = "text")]
impl model::Model {
    pub fn load(path: &str) -> LoadResult<Self> {
        std::fs::metadata(path).map(|_| Self(1))
    }

    pub fn new() -> crate::model::Model {
        Self(0)
    }

    pub fn model(&self, (a, b): (u8, u8), argument_0: u8) -> u8 {
        self.0 + a + b + argument_0
    }

    pub fn convolve(&self, input: &[f32], result: &mut Vec<f32>, returned: &mut u64) -> u64 {
        result.extend_from_slice(input);
        *returned = 7;
        input.len() as u64
    }

    pub fn big(&self) -> Option<&Big> {
        None
    }

    pub fn bigs(&self) -> impl Iterator<Item = &Big> {
        std::iter::empty()
    }

    pub fn refs(&self, of: &[Ref]) -> Vec<Ref> {
        of.to_vec()
    }

    pub fn path(&self, path: &Path, all: &[Path]) -> Path {
        all.first().map_or(path, |first| first).clone()
    }

    #[allow(mismatched_lifetime_syntaxes)]
    pub fn hidden(&self, text: Cow<str>, queries: &[Query], query: &Query) -> Cow<str> {
        let _ = (text, queries, query);
        Cow::Borrowed("")
    }

    pub fn nested(&self, a: &&str, b: &Vec<&str>, c: &Option<&str>, d: (&str, [&str; 2])) -> usize {
        a.len() + b.len() + c.map_or(0, str::len) + d.0.len()
    }

    pub fn write(&mut self, text: &str) -> fmt::Result {
        if text.is_empty() { Err(fmt::Error) } else { Ok(()) }
    }

    pub fn read(&self) -> LoadResult<Vec<u8>> {
        Ok(Vec::new())
    }

    pub fn lines(&self) -> impl Iterator<Item = Result<String, fmt::Error>> {
        std::iter::empty()
    }

    pub fn own(self: &model::Model) -> u8 {
        self.0
    }
}

pub fn types(model: &ModelProxy, result: &mut Vec<f32>) {
    let _: CallMut<'_, u64> = model.convolve(&[], result, &mut 1);
    let _: Call<Option<Big>> = model.big();
    let _: Call<Vec<Big>> = model.bigs();
    let _: Call<Cow<'static, str>> = model.hidden("".into(), &[], &Query("".into()));
    let _: Call<Result<(), RemoteError>> = model.write("");
    let _: Call<Result<Vec<u8>, RemoteError>> = model.read();
    let _: Call<Vec<Result<String, RemoteError>>> = model.lines();
}

pub struct Parser;

#[concurrent_object(constructor = pub fn new() -> Self)]
impl<'a> Parse<'a> for Parser {
    fn parse(&mut self, text: &'a str) -> Option<&'a str> {
        text.split(' ').next()
    }
}

impl Parser {
    fn new() -> Self {
        Self
    }
}

pub trait Kernel<C> {
    type Out;
}

pub struct Session<M, C>(M, C);

#[concurrent_object]
impl<M: Kernel<C> + Default, C: Default> Session<M, C>
where
    M::Out: Clone + Default,
{
    pub fn new() -> Self {
        Self(M::default(), C::default())
    }

    pub fn run(&self) -> M::Out {
        let _ = (&self.0, &self.1);
        M::Out::default()
    }
}

pub struct Source<I: Iterator>(I);

#[concurrent_object]
impl<I, K> Source<I>
where
    I: Iterator<Item = K> + Default,
    K: Clone,
{
    pub fn new() -> Self {
        Self(I::default())
    }

    pub fn next(&mut self) -> Option<I::Item> {
        self.0.next()
    }
}

fn main() {
    assert!(ModelProxy::builder("model").start_load("x").is_err());
    assert!(ParserProxy::builder("parser").start().is_err());
}
