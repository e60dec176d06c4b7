//! `tera` 1.20.1, `Tera`.
//! The context, the templates, the traits of what can be registered and the error stand in.

use std::collections::{BTreeMap, HashMap};
use std::error::Error as StdError;
use std::fmt;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

#[derive(Debug)]
pub enum ErrorKind {
    Msg(String),
    MissingParent { current: String, parent: String },
    TemplateNotFound(String),
}

#[derive(Debug)]
pub struct Error {
    pub kind: ErrorKind,
    source: Option<Box<dyn StdError + Sync + Send>>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such template")
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}

pub type Result<T> = ::std::result::Result<T, Error>;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    Null,
    Bool(bool),
    String(String),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    data: BTreeMap<String, Value>,
}

#[derive(Debug, Clone)]
pub struct Template {
    pub name: String,
    pub path: Option<String>,
    pub from_extend: bool,
}

pub trait Filter: Sync + Send {
    fn filter(&self, value: &Value, args: &HashMap<String, Value>) -> Result<Value>;
}

impl<F> Filter for F
where
    F: Fn(&Value, &HashMap<String, Value>) -> Result<Value> + Sync + Send,
{
    fn filter(&self, value: &Value, args: &HashMap<String, Value>) -> Result<Value> {
        self(value, args)
    }
}

pub trait Test: Sync + Send {
    fn test(&self, value: Option<&Value>, args: &[Value]) -> Result<bool>;
}

impl<F> Test for F
where
    F: Fn(Option<&Value>, &[Value]) -> Result<bool> + Sync + Send,
{
    fn test(&self, value: Option<&Value>, args: &[Value]) -> Result<bool> {
        self(value, args)
    }
}

pub trait Function: Sync + Send {
    fn call(&self, args: &HashMap<String, Value>) -> Result<Value>;
}

impl<F> Function for F
where
    F: Fn(&HashMap<String, Value>) -> Result<Value> + Sync + Send,
{
    fn call(&self, args: &HashMap<String, Value>) -> Result<Value> {
        self(args)
    }
}

pub type EscapeFn = fn(&str) -> String;

#[derive(Clone)]
pub struct Tera {
    pub templates: HashMap<String, Template>,
    pub filters: HashMap<String, Arc<dyn Filter>>,
}

impl fmt::Debug for Tera {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tera")
    }
}

#[concurrent_object]
impl Tera {
    pub fn new(dir: &str) -> Result<Tera> {
        unimplemented!()
    }

    pub fn parse(dir: &str) -> Result<Tera> {
        unimplemented!()
    }

    pub fn build_inheritance_chains(&mut self) -> Result<()> {
        unimplemented!()
    }

    pub fn check_macro_files(&self) -> Result<()> {
        unimplemented!()
    }

    pub fn render(&self, template_name: &str, context: &Context) -> Result<String> {
        unimplemented!()
    }

    pub fn render_to(&self, template_name: &str, context: &Context, write: impl Write) -> Result<()> {
        unimplemented!()
    }

    pub fn render_str(&mut self, input: &str, context: &Context) -> Result<String> {
        unimplemented!()
    }

    pub fn one_off(input: &str, context: &Context, autoescape: bool) -> Result<String> {
        unimplemented!()
    }

    pub fn get_template(&self, template_name: &str) -> Result<&Template> {
        unimplemented!()
    }

    pub fn get_template_names(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }

    pub fn add_raw_template(&mut self, name: &str, content: &str) -> Result<()> {
        unimplemented!()
    }

    pub fn add_raw_templates<I, N, C>(&mut self, templates: I) -> Result<()>
    where
        I: IntoIterator<Item = (N, C)>,
        N: AsRef<str>,
        C: AsRef<str>,
    {
        unimplemented!()
    }

    pub fn add_template_file<P: AsRef<Path>>(&mut self, path: P, name: Option<&str>) -> Result<()> {
        unimplemented!()
    }

    pub fn add_template_files<I, P, N>(&mut self, files: I) -> Result<()>
    where
        I: IntoIterator<Item = (P, Option<N>)>,
        P: AsRef<Path>,
        N: AsRef<str>,
    {
        unimplemented!()
    }

    pub fn get_filter(&self, filter_name: &str) -> Result<&dyn Filter> {
        unimplemented!()
    }

    pub fn register_filter<F: Filter + 'static>(&mut self, name: &str, filter: F) {
        unimplemented!()
    }

    pub fn get_tester(&self, tester_name: &str) -> Result<&dyn Test> {
        unimplemented!()
    }

    pub fn register_tester<T: Test + 'static>(&mut self, name: &str, tester: T) {
        unimplemented!()
    }

    pub fn get_function(&self, fn_name: &str) -> Result<&dyn Function> {
        unimplemented!()
    }

    pub fn register_function<F: Function + 'static>(&mut self, name: &str, function: F) {
        unimplemented!()
    }

    pub fn autoescape_on(&mut self, suffixes: Vec<&'static str>) {
        unimplemented!()
    }

    pub fn get_escape_fn(&self) -> &EscapeFn {
        unimplemented!()
    }

    pub fn set_escape_fn(&mut self, function: EscapeFn) {
        unimplemented!()
    }

    pub fn reset_escape_fn(&mut self) {
        unimplemented!()
    }

    pub fn full_reload(&mut self) -> Result<()> {
        unimplemented!()
    }

    pub fn extend(&mut self, other: &Tera) -> Result<()> {
        unimplemented!()
    }
}
