//! `boa_engine` 0.22.0, `Context`. The values and objects, which are pointers into the collected
//! heap, and the traits of the host stand in.
//! Constructor: `fn default() -> Self`.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;
use std::rc::Rc;

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JsString(Rc<[u16]>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsObject(Rc<u32>);

#[derive(Clone, Debug)]
pub enum JsValue {
    Undefined,
    Number(f64),
    Object(JsObject),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsError {
    inner: Option<JsObject>,
}

impl fmt::Display for JsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("thrown")
    }
}

impl Error for JsError {}

pub type JsResult<T> = Result<T, JsError>;

pub trait ReadChar {
    fn next_char(&mut self) -> io::Result<Option<u32>>;
}

#[derive(Debug)]
pub struct Source<'path, R> {
    reader: R,
    path: Option<&'path Path>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct StatementList {
    statements: Box<[u8]>,
    strict: bool,
}

#[derive(PartialEq, Debug, Clone, Eq, Hash)]
pub enum PropertyKey {
    String(JsString),
    Index(u32),
}

impl From<JsString> for PropertyKey {
    fn from(name: JsString) -> Self {
        Self::String(name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Attribute(u8);

#[derive(Clone)]
pub struct NativeFunction {
    inner: Rc<dyn Fn(&JsValue, &[JsValue], &mut Context) -> JsResult<JsValue>>,
}

pub trait NativeObject: Any {
    fn type_name_of_value(&self) -> &'static str;
}

pub trait Class: NativeObject + Sized {
    const NAME: &'static str;
    fn init(class: &mut ClassBuilder<'_>) -> JsResult<()>;
}

/// A class of the crate's user.
#[derive(Debug)]
pub struct OwnClass {
    pub value: u32,
}

impl NativeObject for OwnClass {
    fn type_name_of_value(&self) -> &'static str {
        unimplemented!()
    }
}

impl Class for OwnClass {
    const NAME: &'static str = "Own";

    fn init(_: &mut ClassBuilder<'_>) -> JsResult<()> {
        unimplemented!()
    }
}

#[derive(Debug)]
pub struct ClassBuilder<'ctx>(&'ctx mut Context);

#[derive(Debug, Clone)]
pub struct StandardConstructor {
    constructor: JsObject,
    prototype: JsObject,
}

#[derive(Debug, Default)]
pub struct Interner(Vec<String>, std::marker::PhantomData<()>);

#[derive(Debug)]
pub struct Intrinsics(JsObject);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Realm(Rc<u32>);

#[derive(Debug, Clone)]
pub struct RootShape(Rc<u32>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OptimizerOptions(u8);

#[derive(Debug, Default, Clone, Copy)]
pub struct OptimizerStatistics {
    pub constant_folding_run_count: usize,
    pub constant_folding_pass_count: usize,
}

#[derive(Debug, Clone, Copy)]
pub struct RuntimeLimits {
    stack_size: usize,
    recursion: usize,
}

pub trait HostHooks {
    fn max_buffer_size(&self, context: &mut Context) -> u64;
}

pub trait Clock {
    fn system_time_millis(&self) -> i64;
}

#[derive(Debug)]
pub enum Job {
    PromiseJob(JsObject),
    TimeoutJob(u64),
}

#[derive(Clone, Debug)]
pub struct CallFrame {
    realm: Realm,
    pc: u32,
}

pub struct HostDefined<T: ?Sized = dyn NativeObject> {
    types: HashMap<TypeId, Box<T>>,
}

#[derive(Default)]
pub struct ContextBuilder {
    clock: Option<Rc<dyn Clock>>,
}

pub struct Context {
    strict: bool,
    host_hooks: Rc<dyn HostHooks>,
    data: HostDefined<dyn Any>,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Context")
    }
}

impl Default for Context {
    fn default() -> Self {
        unimplemented!()
    }
}

#[concurrent_object]
impl Context {
    pub fn builder() -> ContextBuilder {
        unimplemented!()
    }

    pub fn eval<R: ReadChar>(&mut self, src: Source<'_, R>) -> JsResult<JsValue> {
        unimplemented!()
    }

    pub fn optimize_statement_list(&mut self, statement_list: &mut StatementList) -> OptimizerStatistics {
        unimplemented!()
    }

    pub fn register_global_property<K, V>(&mut self, key: K, value: V, attribute: Attribute) -> JsResult<()>
    where
        K: Into<PropertyKey>,
        V: Into<JsValue>,
    {
        unimplemented!()
    }

    pub fn register_global_callable(&mut self, name: JsString, length: usize, body: NativeFunction) -> JsResult<()> {
        unimplemented!()
    }

    pub fn register_global_builtin_callable(
        &mut self,
        name: JsString,
        length: usize,
        body: NativeFunction,
    ) -> JsResult<()> {
        unimplemented!()
    }

    pub fn register_global_class<C: Class>(&mut self) -> JsResult<()> {
        unimplemented!()
    }

    pub fn unregister_global_class<C: Class>(&mut self) -> JsResult<Option<StandardConstructor>> {
        unimplemented!()
    }

    pub fn has_global_class<C: Class>(&self) -> bool {
        unimplemented!()
    }

    pub fn get_global_class<C: Class>(&self) -> Option<StandardConstructor> {
        unimplemented!()
    }

    pub const fn interner(&self) -> &Interner {
        unimplemented!()
    }

    pub fn interner_mut(&mut self) -> &mut Interner {
        unimplemented!()
    }

    pub fn global_object(&self) -> JsObject {
        unimplemented!()
    }

    pub fn intrinsics(&self) -> &Intrinsics {
        unimplemented!()
    }

    pub fn instructions_remaining(&self) -> usize {
        unimplemented!()
    }

    pub fn realm(&self) -> &Realm {
        unimplemented!()
    }

    pub fn set_trace(&mut self, trace: bool) {
        unimplemented!()
    }

    pub const fn optimizer_options(&self) -> OptimizerOptions {
        unimplemented!()
    }

    pub fn set_optimizer_options(&mut self, optimizer_options: OptimizerOptions) {
        unimplemented!()
    }

    pub fn strict(&mut self, strict: bool) {
        unimplemented!()
    }

    pub fn enqueue_job(&mut self, job: Job) {
        unimplemented!()
    }

    pub fn run_jobs(&mut self) -> JsResult<()> {
        unimplemented!()
    }

    pub fn clear_kept_objects(&mut self) {
        unimplemented!()
    }

    pub fn stack_trace(&self) -> impl Iterator<Item = &CallFrame> {
        std::iter::empty()
    }

    pub fn enter_realm(&mut self, realm: Realm) -> Realm {
        unimplemented!()
    }

    pub fn create_realm(&mut self) -> JsResult<Realm> {
        unimplemented!()
    }

    pub const fn root_shape(&self) -> &RootShape {
        unimplemented!()
    }

    pub fn host_hooks(&self) -> Rc<dyn HostHooks> {
        unimplemented!()
    }

    pub fn clock(&self) -> &dyn Clock {
        unimplemented!()
    }

    pub fn downcast_job_executor<T: 'static>(&self) -> Option<Rc<T>> {
        unimplemented!()
    }

    pub fn downcast_module_loader<T: 'static>(&self) -> Option<Rc<T>> {
        unimplemented!()
    }

    pub const fn runtime_limits(&self) -> RuntimeLimits {
        unimplemented!()
    }

    pub fn set_runtime_limits(&mut self, runtime_limits: RuntimeLimits) {
        unimplemented!()
    }

    pub fn runtime_limits_mut(&mut self) -> &mut RuntimeLimits {
        unimplemented!()
    }

    pub fn can_block(&self) -> bool {
        unimplemented!()
    }

    pub fn host_defined_mut(&mut self) -> &mut HostDefined<dyn Any> {
        unimplemented!()
    }

    pub fn insert_data<T: Any>(&mut self, value: T) -> Option<Box<T>> {
        unimplemented!()
    }

    pub fn has_data<T: Any>(&self) -> bool {
        unimplemented!()
    }

    pub fn remove_data<T: Any>(&mut self) -> Option<Box<T>> {
        unimplemented!()
    }

    pub fn get_data<T: Any>(&self) -> Option<&T> {
        unimplemented!()
    }
}
