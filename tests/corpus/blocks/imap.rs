//! `imap` 2.4.1, `Session`. The answers of the server, the handle that borrows the session, the
//! error and the dates of `chrono` stand in.
//! Constructor: `fn connect(host: &str, user: &str, password: &str) -> Result<Self>`.

use std::collections::HashSet;
use std::error::Error as StdError;
use std::fmt;
use std::io::{self, Read, Write};
use std::marker::PhantomData;
use std::ops::Deref;
use std::result;
use std::sync::mpsc;

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

#[derive(Debug)]
pub enum Error {
    Io(io::Error),
    Bad(String),
    No(String),
    ConnectionLost,
    Append,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no answer")
    }
}

impl StdError for Error {}

pub type Result<T> = result::Result<T, Error>;

pub type Seq = u32;

pub type Uid = u32;

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub enum Flag<'a> {
    Seen,
    Deleted,
    Custom(std::borrow::Cow<'a, str>),
}

#[derive(Clone, Debug, Eq, PartialEq, Hash)]
pub struct Mailbox {
    pub flags: Vec<Flag<'static>>,
    pub exists: u32,
    pub uid_next: Option<Uid>,
}

#[derive(Debug, Eq, PartialEq)]
pub struct Fetch {
    pub message: Seq,
    pub uid: Option<Uid>,
    flags: Vec<Flag<'static>>,
}

#[derive(Debug, Eq, PartialEq)]
pub struct Name {
    delimiter: Option<&'static str>,
    name: &'static str,
}

#[derive(Debug, Eq, PartialEq)]
pub struct Capabilities(HashSet<&'static str>);

pub struct ZeroCopy<D> {
    owned: Box<[u8]>,
    derived: D,
    _of: std::marker::PhantomData<()>,
}

impl<D> Deref for ZeroCopy<D> {
    type Target = D;

    fn deref(&self) -> &D {
        &self.derived
    }
}

impl<D: fmt::Debug> fmt::Debug for ZeroCopy<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.derived.fmt(f)
    }
}

pub(crate) type ZeroCopyResult<T> = Result<ZeroCopy<T>>;

#[derive(Debug, PartialEq, Eq)]
pub enum UnsolicitedResponse {
    Recent(u32),
    Exists(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedOffset(i32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateTime<Tz> {
    seconds: i64,
    offset: PhantomData<Tz>,
}

pub mod extensions {
    pub mod idle {
        use super::super::{Read, Session, Write};

        #[derive(Debug)]
        pub struct Handle<'a, T: Read + Write> {
            session: &'a mut Session<T>,
            done: bool,
        }
    }
}

#[derive(Debug)]
pub struct Session<T: Read + Write> {
    stream: T,
    unsolicited_responses_tx: mpsc::Sender<UnsolicitedResponse>,
    pub unsolicited_responses: mpsc::Receiver<UnsolicitedResponse>,
}

impl<T: Read + Write> Session<T> {
    pub fn connect(host: &str, user: &str, password: &str) -> Result<Self> {
        unimplemented!()
    }
}

#[concurrent_object]
impl<T: Read + Write> Session<T> {
    pub fn select<S: AsRef<str>>(&mut self, mailbox_name: S) -> Result<Mailbox> {
        unimplemented!()
    }

    pub fn examine<S: AsRef<str>>(&mut self, mailbox_name: S) -> Result<Mailbox> {
        unimplemented!()
    }

    pub fn fetch<S1, S2>(&mut self, sequence_set: S1, query: S2) -> ZeroCopyResult<Vec<Fetch>>
    where
        S1: AsRef<str>,
        S2: AsRef<str>,
    {
        unimplemented!()
    }

    pub fn uid_fetch<S1, S2>(&mut self, uid_set: S1, query: S2) -> ZeroCopyResult<Vec<Fetch>>
    where
        S1: AsRef<str>,
        S2: AsRef<str>,
    {
        unimplemented!()
    }

    pub fn noop(&mut self) -> Result<()> {
        unimplemented!()
    }

    pub fn logout(&mut self) -> Result<()> {
        unimplemented!()
    }

    pub fn create<S: AsRef<str>>(&mut self, mailbox_name: S) -> Result<()> {
        unimplemented!()
    }

    pub fn delete<S: AsRef<str>>(&mut self, mailbox_name: S) -> Result<()> {
        unimplemented!()
    }

    pub fn rename<S1: AsRef<str>, S2: AsRef<str>>(&mut self, from: S1, to: S2) -> Result<()> {
        unimplemented!()
    }

    pub fn subscribe<S: AsRef<str>>(&mut self, mailbox: S) -> Result<()> {
        unimplemented!()
    }

    pub fn unsubscribe<S: AsRef<str>>(&mut self, mailbox: S) -> Result<()> {
        unimplemented!()
    }

    pub fn capabilities(&mut self) -> ZeroCopyResult<Capabilities> {
        unimplemented!()
    }

    pub fn expunge(&mut self) -> Result<Vec<Seq>> {
        unimplemented!()
    }

    pub fn uid_expunge<S: AsRef<str>>(&mut self, uid_set: S) -> Result<Vec<Uid>> {
        unimplemented!()
    }

    pub fn check(&mut self) -> Result<()> {
        unimplemented!()
    }

    pub fn close(&mut self) -> Result<()> {
        unimplemented!()
    }

    pub fn store<S1, S2>(&mut self, sequence_set: S1, query: S2) -> ZeroCopyResult<Vec<Fetch>>
    where
        S1: AsRef<str>,
        S2: AsRef<str>,
    {
        unimplemented!()
    }

    pub fn uid_store<S1, S2>(&mut self, uid_set: S1, query: S2) -> ZeroCopyResult<Vec<Fetch>>
    where
        S1: AsRef<str>,
        S2: AsRef<str>,
    {
        unimplemented!()
    }

    pub fn copy<S1: AsRef<str>, S2: AsRef<str>>(&mut self, sequence_set: S1, mailbox_name: S2) -> Result<()> {
        unimplemented!()
    }

    pub fn uid_copy<S1: AsRef<str>, S2: AsRef<str>>(&mut self, uid_set: S1, mailbox_name: S2) -> Result<()> {
        unimplemented!()
    }

    pub fn mv<S1: AsRef<str>, S2: AsRef<str>>(&mut self, sequence_set: S1, mailbox_name: S2) -> Result<()> {
        unimplemented!()
    }

    pub fn uid_mv<S1: AsRef<str>, S2: AsRef<str>>(&mut self, uid_set: S1, mailbox_name: S2) -> Result<()> {
        unimplemented!()
    }

    pub fn list(&mut self, reference_name: Option<&str>, mailbox_pattern: Option<&str>) -> ZeroCopyResult<Vec<Name>> {
        unimplemented!()
    }

    pub fn lsub(&mut self, reference_name: Option<&str>, mailbox_pattern: Option<&str>) -> ZeroCopyResult<Vec<Name>> {
        unimplemented!()
    }

    pub fn status<S1: AsRef<str>, S2: AsRef<str>>(&mut self, mailbox_name: S1, data_items: S2) -> Result<Mailbox> {
        unimplemented!()
    }

    pub fn idle(&mut self) -> Result<extensions::idle::Handle<'_, T>> {
        unimplemented!()
    }

    pub fn append<S: AsRef<str>, B: AsRef<[u8]>>(&mut self, mailbox: S, content: B) -> Result<()> {
        unimplemented!()
    }

    pub fn append_with_flags<S: AsRef<str>, B: AsRef<[u8]>>(
        &mut self,
        mailbox: S,
        content: B,
        flags: &[Flag<'_>],
    ) -> Result<()> {
        unimplemented!()
    }

    pub fn append_with_flags_and_date<S: AsRef<str>, B: AsRef<[u8]>>(
        &mut self,
        mailbox: S,
        content: B,
        flags: &[Flag<'_>],
        date: impl Into<Option<DateTime<FixedOffset>>>,
    ) -> Result<()> {
        unimplemented!()
    }

    pub fn search<S: AsRef<str>>(&mut self, query: S) -> Result<HashSet<Seq>> {
        unimplemented!()
    }

    pub fn uid_search<S: AsRef<str>>(&mut self, query: S) -> Result<HashSet<Uid>> {
        unimplemented!()
    }

    pub fn run_command_and_check_ok<S: AsRef<str>>(&mut self, command: S) -> Result<()> {
        unimplemented!()
    }

    pub fn run_command<S: AsRef<str>>(&mut self, untagged_command: S) -> Result<()> {
        unimplemented!()
    }

    pub fn run_command_and_read_response<S: AsRef<str>>(&mut self, untagged_command: S) -> Result<Vec<u8>> {
        unimplemented!()
    }
}
