//! `regex` 1.13.2, `Regex`. Matches and iterators stand in without their contents.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use concurrent_object::concurrent_object;

#[derive(Clone)]
pub struct Regex;

#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Match<'h>(PhantomData<&'h str>);

#[derive(Debug)]
pub struct Captures<'h>(PhantomData<&'h str>);

#[derive(Debug)]
pub struct Matches<'r, 'h>(PhantomData<(&'r Regex, &'h str)>);

#[derive(Debug)]
pub struct CaptureMatches<'r, 'h>(PhantomData<(&'r Regex, &'h str)>);

#[derive(Debug)]
pub struct Split<'r, 'h>(PhantomData<(&'r Regex, &'h str)>);

#[derive(Debug)]
pub struct SplitN<'r, 'h>(PhantomData<(&'r Regex, &'h str)>);

#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    Syntax(String),
    CompiledTooBig(usize),
}

impl fmt::Display for Error {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

impl std::error::Error for Error {}

impl fmt::Debug for Regex {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

impl<'r, 'h> Iterator for Matches<'r, 'h> {
    type Item = Match<'h>;

    fn next(&mut self) -> Option<Match<'h>> {
        unimplemented!()
    }
}

impl<'r, 'h> Iterator for CaptureMatches<'r, 'h> {
    type Item = Captures<'h>;

    fn next(&mut self) -> Option<Captures<'h>> {
        unimplemented!()
    }
}

impl<'r, 'h> Iterator for Split<'r, 'h> {
    type Item = &'h str;

    fn next(&mut self) -> Option<&'h str> {
        unimplemented!()
    }
}

impl<'r, 'h> Iterator for SplitN<'r, 'h> {
    type Item = &'h str;

    fn next(&mut self) -> Option<&'h str> {
        unimplemented!()
    }
}

pub trait Replacer {
    fn replace_append(&mut self, caps: &Captures<'_>, dst: &mut String);
}

impl<'a> Replacer for &'a str {
    fn replace_append(&mut self, _: &Captures<'_>, _: &mut String) {
        unimplemented!()
    }
}

impl Replacer for String {
    fn replace_append(&mut self, _: &Captures<'_>, _: &mut String) {
        unimplemented!()
    }
}

impl<F, T> Replacer for F
where
    F: FnMut(&Captures<'_>) -> T,
    T: AsRef<str>,
{
    fn replace_append(&mut self, _: &Captures<'_>, _: &mut String) {
        unimplemented!()
    }
}

#[concurrent_object]
impl Regex {
    pub fn new(re: &str) -> Result<Regex, Error> {
        unimplemented!()
    }

    pub fn is_match(&self, haystack: &str) -> bool {
        unimplemented!()
    }

    pub fn find<'h>(&self, haystack: &'h str) -> Option<Match<'h>> {
        unimplemented!()
    }

    pub fn find_iter<'r, 'h>(&'r self, haystack: &'h str) -> Matches<'r, 'h> {
        unimplemented!()
    }

    pub fn captures<'h>(&self, haystack: &'h str) -> Option<Captures<'h>> {
        unimplemented!()
    }

    pub fn captures_iter<'r, 'h>(&'r self, haystack: &'h str) -> CaptureMatches<'r, 'h> {
        unimplemented!()
    }

    pub fn split<'r, 'h>(&'r self, haystack: &'h str) -> Split<'r, 'h> {
        unimplemented!()
    }

    pub fn splitn<'r, 'h>(&'r self, haystack: &'h str, limit: usize) -> SplitN<'r, 'h> {
        unimplemented!()
    }

    pub fn replace<'h, R: Replacer>(&self, haystack: &'h str, rep: R) -> Cow<'h, str> {
        unimplemented!()
    }

    pub fn replace_all<'h, R: Replacer>(&self, haystack: &'h str, rep: R) -> Cow<'h, str> {
        unimplemented!()
    }

    pub fn replacen<'h, R: Replacer>(&self, haystack: &'h str, limit: usize, mut rep: R) -> Cow<'h, str> {
        unimplemented!()
    }
}
