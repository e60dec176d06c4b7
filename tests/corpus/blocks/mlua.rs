//! `mlua` 0.11 (00328b0b) for Lua 5.4, `Lua`. Values, tables and functions of Lua stand in without
//! contents. The first 60 functions.

use std::ffi::c_int;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::rc::Rc;

use concurrent_object::concurrent_object;
use serde::{Serialize, Serializer};

#[derive(Clone)]
pub struct Lua {
    raw: Rc<()>,
}

#[allow(non_camel_case_types)]
pub mod ffi {
    pub struct lua_State;
    pub type lua_CFunction = unsafe extern "C-unwind" fn(L: *mut lua_State) -> std::ffi::c_int;
}

pub type Integer = i64;

pub type Number = f64;

#[derive(Clone, Debug, PartialEq)]
pub struct String(PhantomData<Rc<()>>);

#[derive(Clone, Debug, PartialEq)]
pub struct Table(PhantomData<Rc<()>>);

#[derive(Clone, Debug, PartialEq)]
pub struct Function(PhantomData<Rc<()>>);

#[derive(Clone, Debug, PartialEq)]
pub struct Thread(PhantomData<Rc<()>>);

#[derive(Clone, Debug, PartialEq)]
pub struct AnyUserData(PhantomData<Rc<()>>);

#[derive(Clone, Debug, Default)]
pub enum Value {
    #[default]
    Nil,
    Boolean(bool),
    Integer(Integer),
    Number(Number),
    Table(Table),
}

impl Serialize for String {
    fn serialize<S: Serializer>(&self, _: S) -> std::result::Result<S::Ok, S::Error> {
        unimplemented!()
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, _: S) -> std::result::Result<S::Ok, S::Error> {
        unimplemented!()
    }
}

impl Serialize for AnyUserData {
    fn serialize<S: Serializer>(&self, _: S) -> std::result::Result<S::Ok, S::Error> {
        unimplemented!()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, _: S) -> std::result::Result<S::Ok, S::Error> {
        unimplemented!()
    }
}

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    RuntimeError(std::string::String),
    MemoryControlNotAvailable,
    ExternalError(std::sync::Arc<dyn std::error::Error + Send + Sync>),
}

impl fmt::Display for Error {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

impl std::error::Error for Error {}

#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StdLib(u32);

#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct LuaOptions {
    pub catch_rust_panics: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HookTriggers {
    pub every_line: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VmState {
    Continue,
    Yield,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GCMode {
    Incremental,
    Generational,
}

pub struct Debug<'a>(PhantomData<&'a ()>);

pub struct Chunk<'a>(PhantomData<&'a ()>);

pub struct Scope<'scope, 'env: 'scope>(PhantomData<&'scope mut &'env mut ()>);

pub struct UserDataRegistry<T>(PhantomData<T>);

pub trait MaybeSend {}

impl<T> MaybeSend for T {}

pub trait IntoLua: Sized {}

impl IntoLua for Value {}

impl IntoLua for i64 {}

impl IntoLua for &str {}

impl IntoLua for std::string::String {}

pub trait IntoLuaMulti: Sized {}

impl<T: IntoLua> IntoLuaMulti for T {}

pub trait FromLua: Sized {}

impl FromLua for Value {}

impl FromLua for i64 {}

impl FromLua for std::string::String {}

pub trait FromLuaMulti: Sized {}

impl<T: FromLua> FromLuaMulti for T {}

pub trait AsChunk {}

impl AsChunk for &str {}

impl AsChunk for std::string::String {}

pub trait UserData: Sized {}

/// Data of the crate's user.
pub struct OwnData {
    pub value: u32,
}

impl UserData for OwnData {}

pub trait LuaType {}

impl LuaType for bool {}

#[concurrent_object]
impl Lua {
    pub fn new() -> Lua {
        unimplemented!()
    }

    pub unsafe fn unsafe_new() -> Lua {
        unimplemented!()
    }

    pub fn new_with(libs: StdLib, options: LuaOptions) -> Result<Lua> {
        unimplemented!()
    }

    pub unsafe fn unsafe_new_with(libs: StdLib, options: LuaOptions) -> Lua {
        unimplemented!()
    }

    pub unsafe fn get_or_init_from_ptr<'a>(state: *mut ffi::lua_State) -> &'a Lua {
        unimplemented!()
    }

    pub unsafe fn exec_raw<R: FromLuaMulti>(
        &self,
        args: impl IntoLuaMulti,
        f: impl FnOnce(*mut ffi::lua_State),
    ) -> Result<R> {
        unimplemented!()
    }

    pub fn load_std_libs(&self, libs: StdLib) -> Result<()> {
        unimplemented!()
    }

    pub fn register_module(&self, modname: &str, value: impl IntoLua) -> Result<()> {
        unimplemented!()
    }

    pub fn preload_module(&self, modname: &str, func: Function) -> Result<()> {
        unimplemented!()
    }

    #[deprecated]
    pub fn load_from_function<T: FromLua>(&self, modname: &str, func: Function) -> Result<T> {
        unimplemented!()
    }

    pub fn unload_module(&self, modname: &str) -> Result<()> {
        unimplemented!()
    }

    pub unsafe fn entrypoint<F, A, R>(state: *mut ffi::lua_State, func: F) -> c_int
    where
        F: FnOnce(&Lua, A) -> Result<R>,
        A: FromLuaMulti,
        R: IntoLua,
    {
        unimplemented!()
    }

    pub unsafe fn entrypoint1<F, R>(state: *mut ffi::lua_State, func: F) -> c_int
    where
        F: FnOnce(&Lua) -> Result<R>,
        R: IntoLua,
    {
        unimplemented!()
    }

    pub fn set_global_hook<F>(&self, triggers: HookTriggers, callback: F) -> Result<()>
    where
        F: Fn(&Lua, &Debug) -> Result<VmState> + MaybeSend + 'static,
    {
        unimplemented!()
    }

    pub fn set_hook<F>(&self, triggers: HookTriggers, callback: F) -> Result<()>
    where
        F: Fn(&Lua, &Debug) -> Result<VmState> + MaybeSend + 'static,
    {
        unimplemented!()
    }

    pub fn remove_global_hook(&self) {
        unimplemented!()
    }

    pub fn remove_hook(&self) {
        unimplemented!()
    }

    pub fn set_warning_function<F>(&self, callback: F)
    where
        F: Fn(&Lua, &str, bool) -> Result<()> + MaybeSend + 'static,
    {
        unimplemented!()
    }

    pub fn remove_warning_function(&self) {
        unimplemented!()
    }

    pub fn warning(&self, msg: impl AsRef<str>, incomplete: bool) {
        unimplemented!()
    }

    pub fn inspect_stack<R>(&self, level: usize, f: impl FnOnce(&Debug) -> R) -> Option<R> {
        unimplemented!()
    }

    pub fn used_memory(&self) -> usize {
        unimplemented!()
    }

    pub fn set_memory_limit(&self, limit: usize) -> Result<usize> {
        unimplemented!()
    }

    pub fn gc_is_running(&self) -> bool {
        unimplemented!()
    }

    pub fn gc_stop(&self) {
        unimplemented!()
    }

    pub fn gc_restart(&self) {
        unimplemented!()
    }

    pub fn gc_collect(&self) -> Result<()> {
        unimplemented!()
    }

    pub fn gc_step(&self) -> Result<bool> {
        unimplemented!()
    }

    pub fn gc_step_kbytes(&self, kbytes: c_int) -> Result<bool> {
        unimplemented!()
    }

    pub fn gc_set_pause(&self, pause: c_int) -> c_int {
        unimplemented!()
    }

    pub fn gc_set_step_multiplier(&self, step_multiplier: c_int) -> c_int {
        unimplemented!()
    }

    pub fn gc_inc(&self, pause: c_int, step_multiplier: c_int, step_size: c_int) -> GCMode {
        unimplemented!()
    }

    pub fn gc_gen(&self, minor_multiplier: c_int, major_multiplier: c_int) -> GCMode {
        unimplemented!()
    }

    #[track_caller]
    pub fn load<'a>(&self, chunk: impl AsChunk + 'a) -> Chunk<'a> {
        unimplemented!()
    }

    pub fn create_string(&self, s: impl AsRef<[u8]>) -> Result<String> {
        unimplemented!()
    }

    pub fn create_table(&self) -> Result<Table> {
        unimplemented!()
    }

    pub fn create_table_with_capacity(&self, narr: usize, nrec: usize) -> Result<Table> {
        unimplemented!()
    }

    pub fn create_table_from<K, V>(&self, iter: impl IntoIterator<Item = (K, V)>) -> Result<Table>
    where
        K: IntoLua,
        V: IntoLua,
    {
        unimplemented!()
    }

    pub fn create_sequence_from<T>(&self, iter: impl IntoIterator<Item = T>) -> Result<Table>
    where
        T: IntoLua,
    {
        unimplemented!()
    }

    pub fn create_function<F, A, R>(&self, func: F) -> Result<Function>
    where
        F: Fn(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        unimplemented!()
    }

    pub fn create_function_mut<F, A, R>(&self, func: F) -> Result<Function>
    where
        F: FnMut(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        unimplemented!()
    }

    pub unsafe fn create_c_function(&self, func: ffi::lua_CFunction) -> Result<Function> {
        unimplemented!()
    }

    pub fn create_async_function<F, A, FR, R>(&self, func: F) -> Result<Function>
    where
        F: Fn(Lua, A) -> FR + MaybeSend + 'static,
        A: FromLuaMulti,
        FR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        unimplemented!()
    }

    pub fn create_thread(&self, func: Function) -> Result<Thread> {
        unimplemented!()
    }

    pub fn create_userdata<T>(&self, data: T) -> Result<AnyUserData>
    where
        T: UserData + MaybeSend + 'static,
    {
        unimplemented!()
    }

    pub fn create_ser_userdata<T>(&self, data: T) -> Result<AnyUserData>
    where
        T: UserData + Serialize + MaybeSend + 'static,
    {
        unimplemented!()
    }

    pub fn create_any_userdata<T>(&self, data: T) -> Result<AnyUserData>
    where
        T: MaybeSend + 'static,
    {
        unimplemented!()
    }

    pub fn create_ser_any_userdata<T>(&self, data: T) -> Result<AnyUserData>
    where
        T: Serialize + MaybeSend + 'static,
    {
        unimplemented!()
    }

    pub fn register_userdata_type<T: 'static>(&self, f: impl FnOnce(&mut UserDataRegistry<T>)) -> Result<()> {
        unimplemented!()
    }

    pub fn create_proxy<T>(&self) -> Result<AnyUserData>
    where
        T: UserData + 'static,
    {
        unimplemented!()
    }

    pub fn set_type_metatable<T: LuaType>(&self, metatable: Option<Table>) {
        unimplemented!()
    }

    pub fn globals(&self) -> Table {
        unimplemented!()
    }

    pub fn set_globals(&self, globals: Table) -> Result<()> {
        unimplemented!()
    }

    pub fn current_thread(&self) -> Thread {
        unimplemented!()
    }

    pub fn scope<'env, R>(
        &self,
        f: impl for<'scope> FnOnce(&'scope mut Scope<'scope, 'env>) -> Result<R>,
    ) -> Result<R> {
        unimplemented!()
    }

    pub fn coerce_string(&self, v: Value) -> Result<Option<String>> {
        unimplemented!()
    }

    pub fn coerce_integer(&self, v: Value) -> Result<Option<Integer>> {
        unimplemented!()
    }

    pub fn coerce_number(&self, v: Value) -> Result<Option<Number>> {
        unimplemented!()
    }

    pub fn pack(&self, t: impl IntoLua) -> Result<Value> {
        unimplemented!()
    }

    pub fn unpack<T: FromLua>(&self, value: Value) -> Result<T> {
        unimplemented!()
    }
}
