//! `scraper` 0.29.0, `Html`.
//! The selector, and the element and the iterator that borrow the document stand in.

use std::borrow::Cow;

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selector {
    selectors: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ElementRef<'a> {
    node: &'a str,
}

#[derive(Debug, Clone)]
pub struct Select<'a, 'b> {
    inner: &'a [String],
    selector: &'b Selector,
}

impl<'a> Iterator for Select<'a, '_> {
    type Item = ElementRef<'a>;

    fn next(&mut self) -> Option<ElementRef<'a>> {
        None
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Html {
    pub errors: Vec<Cow<'static, str>>,
    pub tree: Vec<String>,
}

#[concurrent_object]
impl Html {
    pub fn new_document() -> Self {
        unimplemented!()
    }

    pub fn new_fragment() -> Self {
        unimplemented!()
    }

    pub fn parse_document(document: &str) -> Self {
        unimplemented!()
    }

    pub fn parse_fragment(fragment: &str) -> Self {
        unimplemented!()
    }

    pub fn select<'a, 'b>(&'a self, selector: &'b Selector) -> Select<'a, 'b> {
        unimplemented!()
    }

    pub fn root_element(&self) -> ElementRef<'_> {
        unimplemented!()
    }

    pub fn html(&self) -> String {
        unimplemented!()
    }
}
