//! `handlebars` 6.4.4, `Handlebars`, which the crate defines as `Registry`.
//! The template, the context, the traits of helpers and the errors stand in; so do `RustEmbed` and
//! the script engine of other crates.

use std::borrow::Cow;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use concurrent_object::concurrent_object;
use serde::Serialize;

pub type EscapeFn = Arc<dyn Fn(&str) -> String + Send + Sync>;

#[derive(PartialEq, Eq, Clone, Debug, Default)]
pub struct Template {
    pub name: Option<String>,
    pub elements: Vec<String>,
}

#[derive(Debug)]
pub struct TemplateError {
    reason: Box<io::Error>,
    line_no: Option<usize>,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a template")
    }
}

impl Error for TemplateError {}

#[derive(Debug)]
pub struct RenderError {
    pub template_name: Option<String>,
    pub line_no: Option<usize>,
    reason: Box<io::Error>,
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not rendered")
    }
}

impl Error for RenderError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.reason)
    }
}

#[derive(Debug)]
pub enum ScriptError {
    IoError(io::Error),
    ParseError(String),
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a script")
    }
}

impl Error for ScriptError {}

#[derive(Debug, Clone)]
pub struct Context {
    data: String,
}

pub trait Output {
    fn write(&mut self, seg: &str) -> Result<(), io::Error>;
}

pub struct RenderContext<'reg: 'rc, 'rc>(&'rc Context, &'reg str);

pub trait HelperDef {
    fn call<'reg: 'rc, 'rc>(
        &self,
        r: &'reg Registry<'reg>,
        ctx: &'rc Context,
        rc: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> Result<(), RenderError>;
}

pub trait DecoratorDef {
    fn call<'reg: 'rc, 'rc>(
        &'reg self,
        r: &'reg Registry<'reg>,
        ctx: &'rc Context,
        rc: &mut RenderContext<'reg, 'rc>,
    ) -> Result<(), RenderError>;
}

pub struct DirectorySourceOptions {
    pub tpl_extension: String,
    pub hidden: bool,
    pub temporary: bool,
}

pub trait RustEmbed {
    fn iter() -> impl Iterator<Item = Cow<'static, str>>;
}

/// Files of the crate's user.
pub struct OwnEmbed;

impl RustEmbed for OwnEmbed {
    fn iter() -> impl Iterator<Item = Cow<'static, str>> {
        std::iter::empty()
    }
}

pub struct Engine {
    debug: Option<Box<dyn Fn(&str) + Send + Sync>>,
}

#[derive(Clone)]
pub struct Registry<'reg> {
    templates: HashMap<String, Template>,
    helpers: HashMap<String, Arc<dyn HelperDef + Send + Sync + 'reg>>,
    escape_fn: EscapeFn,
}

impl fmt::Debug for Registry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handlebars")
    }
}

#[concurrent_object]
impl<'reg> Registry<'reg> {
    pub fn new() -> Registry<'reg> {
        unimplemented!()
    }

    pub fn set_recursive_lookup(&mut self, enabled: bool) {
        unimplemented!()
    }

    pub fn recursive_lookup(&self) -> bool {
        unimplemented!()
    }

    pub fn set_strict_mode(&mut self, enabled: bool) {
        unimplemented!()
    }

    pub fn strict_mode(&self) -> bool {
        unimplemented!()
    }

    pub fn dev_mode(&self) -> bool {
        unimplemented!()
    }

    pub fn set_dev_mode(&mut self, enabled: bool) {
        unimplemented!()
    }

    pub fn set_prevent_indent(&mut self, enable: bool) {
        unimplemented!()
    }

    pub fn prevent_indent(&self) -> bool {
        unimplemented!()
    }

    pub fn register_template(&mut self, name: &str, tpl: Template) {
        unimplemented!()
    }

    pub fn register_template_string<S>(&mut self, name: &str, tpl_str: S) -> Result<(), TemplateError>
    where
        S: AsRef<str>,
    {
        unimplemented!()
    }

    pub fn register_partial<S>(&mut self, name: &str, partial_str: S) -> Result<(), TemplateError>
    where
        S: AsRef<str>,
    {
        unimplemented!()
    }

    pub fn register_template_file<P>(&mut self, name: &str, tpl_path: P) -> Result<(), TemplateError>
    where
        P: AsRef<Path>,
    {
        unimplemented!()
    }

    pub fn register_templates_directory<P>(
        &mut self,
        dir_path: P,
        options: DirectorySourceOptions,
    ) -> Result<(), TemplateError>
    where
        P: AsRef<Path>,
    {
        unimplemented!()
    }

    pub fn register_embed_templates<E>(&mut self) -> Result<(), TemplateError>
    where
        E: RustEmbed,
    {
        unimplemented!()
    }

    pub fn register_embed_templates_with_extension<E>(&mut self, tpl_extension: &str) -> Result<(), TemplateError>
    where
        E: RustEmbed,
    {
        unimplemented!()
    }

    pub fn unregister_template(&mut self, name: &str) {
        unimplemented!()
    }

    pub fn register_helper(&mut self, name: &str, def: Box<dyn HelperDef + Send + Sync + 'reg>) {
        unimplemented!()
    }

    pub fn unregister_helper(&mut self, name: &str) {
        unimplemented!()
    }

    pub fn register_script_helper(&mut self, name: &str, script: &str) -> Result<(), ScriptError> {
        unimplemented!()
    }

    pub fn register_script_helper_file<P>(&mut self, name: &str, script_path: P) -> Result<(), ScriptError>
    where
        P: AsRef<Path>,
    {
        unimplemented!()
    }

    pub fn engine(&self) -> &Engine {
        unimplemented!()
    }

    pub fn set_engine(&mut self, engine: Engine) {
        unimplemented!()
    }

    pub fn register_decorator(&mut self, name: &str, def: Box<dyn DecoratorDef + Send + Sync + 'reg>) {
        unimplemented!()
    }

    pub fn register_escape_fn<F: 'static + Fn(&str) -> String + Send + Sync>(&mut self, escape_fn: F) {
        unimplemented!()
    }

    pub fn unregister_escape_fn(&mut self) {
        unimplemented!()
    }

    pub fn get_escape_fn(&self) -> &dyn Fn(&str) -> String {
        unimplemented!()
    }

    pub fn has_template(&self, name: &str) -> bool {
        unimplemented!()
    }

    pub fn get_template(&self, name: &str) -> Option<&Template> {
        unimplemented!()
    }

    pub fn get_templates(&self) -> &HashMap<String, Template> {
        unimplemented!()
    }

    pub fn clear_templates(&mut self) {
        unimplemented!()
    }

    pub fn render<T>(&self, name: &str, data: &T) -> Result<String, RenderError>
    where
        T: Serialize,
    {
        unimplemented!()
    }

    pub fn render_with_context(&self, name: &str, ctx: &Context) -> Result<String, RenderError> {
        unimplemented!()
    }

    pub fn render_to_write<T, W>(&self, name: &str, data: &T, writer: W) -> Result<(), RenderError>
    where
        T: Serialize,
        W: Write,
    {
        unimplemented!()
    }

    pub fn render_with_context_to_write<W>(&self, name: &str, ctx: &Context, writer: W) -> Result<(), RenderError>
    where
        W: Write,
    {
        unimplemented!()
    }

    pub fn render_template<T>(&self, template_string: &str, data: &T) -> Result<String, RenderError>
    where
        T: Serialize,
    {
        unimplemented!()
    }

    pub fn render_template_with_context(&self, template_string: &str, ctx: &Context) -> Result<String, RenderError> {
        unimplemented!()
    }

    pub fn render_template_with_context_to_write<W>(
        &self,
        template_string: &str,
        ctx: &Context,
        writer: W,
    ) -> Result<(), RenderError>
    where
        W: Write,
    {
        unimplemented!()
    }

    pub fn render_template_to_write<T, W>(&self, template_string: &str, data: &T, writer: W) -> Result<(), RenderError>
    where
        T: Serialize,
        W: Write,
    {
        unimplemented!()
    }
}
