//! `rusqlite` 0.43.0, `Connection`. Statements, rows and the C library stand in without contents.
//! The methods of all features are in the block.

use std::ffi::{c_char, c_int, c_uint, CStr};
use std::fmt;
use std::marker::PhantomData;
use std::path::Path;

use concurrent_object::concurrent_object;

#[allow(non_camel_case_types)]
pub mod ffi {
    pub struct sqlite3;
    pub struct sqlite3_api_routines;
    pub type sqlite3_int64 = i64;
}

pub struct Connection;

pub struct Statement<'conn> {
    conn: PhantomData<&'conn Connection>,
}

pub struct Row<'stmt> {
    stmt: PhantomData<&'stmt ()>,
}

pub struct InterruptHandle;

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct OpenFlags(c_int);

#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct PrepFlags(c_uint);

#[derive(Debug)]
#[non_exhaustive]
pub enum FileControl<'p> {
    SizeHint(&'p mut ffi::sqlite3_int64),
    ChunkSize(&'p mut c_int),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    SqliteFailure(c_int, Option<String>),
    FromSqlConversionFailure(usize, Box<dyn std::error::Error + Send + Sync + 'static>),
    QueryReturnedNoRows,
}

impl fmt::Display for Error {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

impl std::error::Error for Error {}

impl fmt::Debug for Connection {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

pub trait Name: fmt::Debug + Copy {}

impl Name for &str {}

impl Name for &CStr {}

pub trait ToSql {}

pub trait Params {}

impl Params for [&(dyn ToSql + Send + Sync); 0] {}

impl Params for &[&dyn ToSql] {}

impl Params for () {}

#[concurrent_object]
impl Connection {
    pub fn open<P: AsRef<Path>>(path: P) -> Result<Self> {
        unimplemented!()
    }

    pub fn open_in_memory() -> Result<Self> {
        unimplemented!()
    }

    pub fn open_with_flags<P: AsRef<Path>>(path: P, flags: OpenFlags) -> Result<Self> {
        unimplemented!()
    }

    pub fn open_with_flags_and_vfs<P: AsRef<Path>, V: Name>(path: P, flags: OpenFlags, vfs: V) -> Result<Self> {
        unimplemented!()
    }

    pub fn open_in_memory_with_flags(flags: OpenFlags) -> Result<Self> {
        unimplemented!()
    }

    pub fn open_in_memory_with_flags_and_vfs<V: Name>(flags: OpenFlags, vfs: V) -> Result<Self> {
        unimplemented!()
    }

    pub fn execute_batch(&self, sql: &str) -> Result<()> {
        unimplemented!()
    }

    pub fn execute<P: Params>(&self, sql: &str, params: P) -> Result<usize> {
        unimplemented!()
    }

    pub fn path(&self) -> Option<&str> {
        unimplemented!()
    }

    pub fn release_memory(&self) -> Result<()> {
        unimplemented!()
    }

    pub fn last_insert_rowid(&self) -> i64 {
        unimplemented!()
    }

    pub fn query_row<T, P, F>(&self, sql: &str, params: P, f: F) -> Result<T>
    where
        P: Params,
        F: FnOnce(&Row<'_>) -> Result<T>,
    {
        unimplemented!()
    }

    pub fn query_one<T, P, F>(&self, sql: &str, params: P, f: F) -> Result<T>
    where
        P: Params,
        F: FnOnce(&Row<'_>) -> Result<T>,
    {
        unimplemented!()
    }

    pub fn query_row_and_then<T, E, P, F>(&self, sql: &str, params: P, f: F) -> Result<T, E>
    where
        P: Params,
        F: FnOnce(&Row<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        unimplemented!()
    }

    pub fn prepare(&self, sql: &str) -> Result<Statement<'_>> {
        unimplemented!()
    }

    pub fn prepare_with_flags(&self, sql: &str, flags: PrepFlags) -> Result<Statement<'_>> {
        unimplemented!()
    }

    pub fn close(self) -> Result<(), (Self, Error)> {
        unimplemented!()
    }

    pub unsafe fn load_extension_enable(&self) -> Result<()> {
        unimplemented!()
    }

    pub fn load_extension_disable(&self) -> Result<()> {
        unimplemented!()
    }

    pub unsafe fn load_extension<P: AsRef<Path>, N: Name>(&self, dylib_path: P, entry_point: Option<N>) -> Result<()> {
        unimplemented!()
    }

    pub unsafe fn handle(&self) -> *mut ffi::sqlite3 {
        unimplemented!()
    }

    pub unsafe fn from_handle(db: *mut ffi::sqlite3) -> Result<Self> {
        unimplemented!()
    }

    pub unsafe fn extension_init2(
        db: *mut ffi::sqlite3,
        pz_err_msg: *mut *mut c_char,
        p_api: *mut ffi::sqlite3_api_routines,
        init: fn(Self) -> Result<bool>,
    ) -> c_int {
        unimplemented!()
    }

    pub unsafe fn from_handle_owned(db: *mut ffi::sqlite3) -> Result<Self> {
        unimplemented!()
    }

    pub fn get_interrupt_handle(&self) -> InterruptHandle {
        unimplemented!()
    }

    pub fn changes(&self) -> u64 {
        unimplemented!()
    }

    pub fn total_changes(&self) -> u64 {
        unimplemented!()
    }

    pub fn is_autocommit(&self) -> bool {
        unimplemented!()
    }

    pub fn is_busy(&self) -> bool {
        unimplemented!()
    }

    pub fn cache_flush(&self) -> Result<()> {
        unimplemented!()
    }

    pub fn is_readonly<N: Name>(&self, db_name: N) -> Result<bool> {
        unimplemented!()
    }

    pub fn db_name(&self, index: usize) -> Result<String> {
        unimplemented!()
    }

    pub fn is_interrupted(&self) -> bool {
        unimplemented!()
    }

    pub unsafe fn set_clientdata<T: Send + 'static, N: Name>(&self, name: N, data: Option<T>) -> Result<*mut T> {
        unimplemented!()
    }

    pub unsafe fn get_clientdata<T, N: Name>(&self, name: N) -> Result<Option<&T>> {
        unimplemented!()
    }

    pub fn set_errmsg(&self, code: c_int, msg: Option<&CStr>) -> Result<()> {
        unimplemented!()
    }

    pub fn file_control<N: Name>(&self, db_name: Option<N>, op_and_arg: FileControl) -> Result<()> {
        unimplemented!()
    }
}
