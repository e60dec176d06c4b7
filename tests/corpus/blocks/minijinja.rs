//! `minijinja` 2.24.0, `Environment`. The value, the views that borrow the environment, the traits
//! of functions and the error stand in. What the crate names `crate::syntax` is in this module.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

pub struct Error {
    repr: Box<String>,
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr)
    }
}

impl std::error::Error for Error {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Value(String);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

pub struct State<'template, 'env> {
    auto_escape: Cell<AutoEscape>,
    env: &'env str,
    template: &'template str,
}

impl fmt::Debug for State<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.template)
    }
}

pub struct Output<'a> {
    w: *mut (dyn fmt::Write + 'a),
}

#[derive(Debug, Copy, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum UndefinedBehavior {
    #[default]
    Lenient,
    Strict,
}

#[derive(Debug, Copy, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AutoEscape {
    None,
    Html,
    Custom(&'static str),
}

#[derive(Clone, Debug)]
pub struct Template<'env: 'source, 'source> {
    env: &'env Environment<'env>,
    name: &'source str,
}

#[derive(Debug)]
pub struct Expression<'env, 'source> {
    env: &'env Environment<'source>,
}

pub mod syntax {
    #[derive(Clone, Debug, Default)]
    pub struct SyntaxConfig {
        delims: super::Arc<String>,
    }
}

pub trait FunctionResult {
    fn into_result(self) -> Result<Value, Error>;
}

impl<I: Into<Value>> FunctionResult for I {
    fn into_result(self) -> Result<Value, Error> {
        Ok(self.into())
    }
}

pub trait FunctionArgs<'a> {
    type Output;
    fn from_values(state: Option<&'a State>, values: &'a [Value]) -> Result<Self::Output, Error>;
}

impl<'a> FunctionArgs<'a> for () {
    type Output = ();

    fn from_values(_: Option<&'a State>, _: &'a [Value]) -> Result<(), Error> {
        Ok(())
    }
}

pub mod functions {
    use super::FunctionArgs;

    pub trait Function<Rv, Args: for<'a> FunctionArgs<'a>>: Send + Sync + 'static {
        fn invoke(&self, args: <Args as FunctionArgs<'_>>::Output) -> Rv;
    }

    impl<F: Fn() -> Rv + Send + Sync + 'static, Rv> Function<Rv, ()> for F {
        fn invoke(&self, (): ()) -> Rv {
            self()
        }
    }
}

#[derive(Clone)]
pub struct Environment<'source> {
    templates: Vec<Cow<'source, str>>,
    formatter: Arc<dyn Fn(&mut Output, &State, &Value) -> Result<(), Error> + Sync + Send>,
}

impl fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

#[concurrent_object]
impl<'source> Environment<'source> {
    pub fn new() -> Environment<'source> {
        unimplemented!()
    }

    pub fn empty() -> Environment<'source> {
        unimplemented!()
    }

    pub fn add_template(&mut self, name: &'source str, source: &'source str) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn add_template_owned<N, S>(&mut self, name: N, source: S) -> Result<(), Error>
    where
        N: Into<Cow<'source, str>>,
        S: Into<Cow<'source, str>>,
    {
        unimplemented!()
    }

    pub fn set_loader<F>(&mut self, f: F)
    where
        F: Fn(&str) -> Result<Option<String>, Error> + Send + Sync + 'static,
    {
        unimplemented!()
    }

    pub fn set_keep_trailing_newline(&mut self, yes: bool) {
        unimplemented!()
    }

    pub fn keep_trailing_newline(&self) -> bool {
        unimplemented!()
    }

    pub fn set_trim_blocks(&mut self, yes: bool) {
        unimplemented!()
    }

    pub fn trim_blocks(&self) -> bool {
        unimplemented!()
    }

    pub fn set_lstrip_blocks(&mut self, yes: bool) {
        unimplemented!()
    }

    pub fn lstrip_blocks(&self) -> bool {
        unimplemented!()
    }

    pub fn remove_template(&mut self, name: &str) {
        unimplemented!()
    }

    pub fn set_path_join_callback<F>(&mut self, f: F)
    where
        F: for<'s> Fn(&'s str, &'s str) -> Cow<'s, str> + Send + Sync + 'static,
    {
        unimplemented!()
    }

    pub fn set_unknown_method_callback<F>(&mut self, f: F)
    where
        F: Fn(&State, &Value, &str, &[Value]) -> Result<Value, Error> + Sync + Send + 'static,
    {
        unimplemented!()
    }

    pub fn clear_templates(&mut self) {
        unimplemented!()
    }

    pub fn templates(&self) -> impl Iterator<Item = (&str, Template<'_, '_>)> {
        std::iter::empty()
    }

    pub fn get_template(&self, name: &str) -> Result<Template<'_, '_>, Error> {
        unimplemented!()
    }

    pub fn template_from_named_str(
        &self,
        name: &'source str,
        source: &'source str,
    ) -> Result<Template<'_, 'source>, Error> {
        unimplemented!()
    }

    pub fn template_from_str(&self, source: &'source str) -> Result<Template<'_, 'source>, Error> {
        unimplemented!()
    }

    pub fn render_named_str<S: Serialize>(&self, name: &str, source: &str, ctx: S) -> Result<String, Error> {
        unimplemented!()
    }

    pub fn render_str<S: Serialize>(&self, source: &str, ctx: S) -> Result<String, Error> {
        unimplemented!()
    }

    pub fn set_auto_escape_callback<F>(&mut self, f: F)
    where
        F: Fn(&str) -> AutoEscape + 'static + Sync + Send,
    {
        unimplemented!()
    }

    pub fn set_undefined_behavior(&mut self, behavior: UndefinedBehavior) {
        unimplemented!()
    }

    pub fn undefined_behavior(&self) -> UndefinedBehavior {
        unimplemented!()
    }

    pub fn set_formatter<F>(&mut self, f: F)
    where
        F: Fn(&mut Output, &State, &Value) -> Result<(), Error> + 'static + Sync + Send,
    {
        unimplemented!()
    }

    pub fn set_debug(&mut self, enabled: bool) {
        unimplemented!()
    }

    pub fn debug(&self) -> bool {
        unimplemented!()
    }

    pub fn set_fuel(&mut self, fuel: Option<u64>) {
        unimplemented!()
    }

    pub fn fuel(&self) -> Option<u64> {
        unimplemented!()
    }

    pub fn set_syntax(&mut self, syntax: crate::minijinja::syntax::SyntaxConfig) {
        unimplemented!()
    }

    pub fn syntax(&self) -> &crate::minijinja::syntax::SyntaxConfig {
        unimplemented!()
    }

    pub fn set_recursion_limit(&mut self, level: usize) {
        unimplemented!()
    }

    pub fn recursion_limit(&self) -> usize {
        unimplemented!()
    }

    pub fn compile_expression(&self, expr: &'source str) -> Result<Expression<'_, 'source>, Error> {
        unimplemented!()
    }

    pub fn compile_expression_owned<E>(&self, expr: E) -> Result<Expression<'_, 'source>, Error>
    where
        E: Into<Cow<'source, str>>,
    {
        unimplemented!()
    }

    pub fn add_filter<N, F, Rv, Args>(&mut self, name: N, f: F)
    where
        N: Into<Cow<'source, str>>,
        F: functions::Function<Rv, Args>,
        Rv: FunctionResult,
        Args: for<'a> FunctionArgs<'a>,
    {
        unimplemented!()
    }

    pub fn remove_filter(&mut self, name: &str) {
        unimplemented!()
    }

    pub fn add_test<N, F, Rv, Args>(&mut self, name: N, f: F)
    where
        N: Into<Cow<'source, str>>,
        F: functions::Function<Rv, Args>,
        Rv: FunctionResult,
        Args: for<'a> FunctionArgs<'a>,
    {
        unimplemented!()
    }

    pub fn remove_test(&mut self, name: &str) {
        unimplemented!()
    }

    pub fn add_function<N, F, Rv, Args>(&mut self, name: N, f: F)
    where
        N: Into<Cow<'source, str>>,
        F: functions::Function<Rv, Args>,
        Rv: FunctionResult,
        Args: for<'a> FunctionArgs<'a>,
    {
        unimplemented!()
    }

    pub fn add_global<N, V>(&mut self, name: N, value: V)
    where
        N: Into<Cow<'source, str>>,
        V: Into<Value>,
    {
        unimplemented!()
    }

    pub fn remove_global(&mut self, name: &str) {
        unimplemented!()
    }

    pub fn globals(&self) -> impl Iterator<Item = (&str, Value)> {
        std::iter::empty()
    }

    pub fn empty_state(&self) -> State<'_, '_> {
        unimplemented!()
    }
}
