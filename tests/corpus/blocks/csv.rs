//! `csv` 1.3 (14233bf2), `Reader`. Records and iterators stand in without contents.
//! Constructor: `fn open(path: &Path) -> Result<Self>`.

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::path::Path;

use concurrent_object::concurrent_object;
use serde::de::DeserializeOwned;

#[derive(Debug)]
pub struct Reader<R> {
    rdr: io::BufReader<R>,
}

#[derive(Clone, Eq, PartialEq, Default, Debug)]
pub struct StringRecord(Vec<String>);

#[derive(Clone, Eq, PartialEq, Default, Debug)]
pub struct ByteRecord(Vec<Vec<u8>>);

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Position {
    byte: u64,
    line: u64,
    record: u64,
}

pub struct DeserializeRecordsIter<'r, R: 'r, D>(&'r mut Reader<R>, PhantomData<D>);

pub struct DeserializeRecordsIntoIter<R, D>(Reader<R>, PhantomData<D>);

pub struct StringRecordsIter<'r, R: 'r>(&'r mut Reader<R>);

pub struct StringRecordsIntoIter<R>(Reader<R>);

pub struct ByteRecordsIter<'r, R: 'r>(&'r mut Reader<R>);

pub struct ByteRecordsIntoIter<R>(Reader<R>);

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug)]
pub struct Error(Box<io::Error>);

impl fmt::Display for Error {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

impl std::error::Error for Error {}

impl<R: io::Read> Reader<R> {
    pub fn open(path: &Path) -> Result<Self> {
        unimplemented!()
    }
}

#[concurrent_object]
impl<R: io::Read> Reader<R> {
    pub fn from_reader(rdr: R) -> Reader<R> {
        unimplemented!()
    }

    pub fn deserialize<D>(&mut self) -> DeserializeRecordsIter<R, D>
    where
        D: DeserializeOwned,
    {
        unimplemented!()
    }

    pub fn into_deserialize<D>(self) -> DeserializeRecordsIntoIter<R, D>
    where
        D: DeserializeOwned,
    {
        unimplemented!()
    }

    pub fn records(&mut self) -> StringRecordsIter<R> {
        unimplemented!()
    }

    pub fn into_records(self) -> StringRecordsIntoIter<R> {
        unimplemented!()
    }

    pub fn byte_records(&mut self) -> ByteRecordsIter<R> {
        unimplemented!()
    }

    pub fn into_byte_records(self) -> ByteRecordsIntoIter<R> {
        unimplemented!()
    }

    pub fn headers(&mut self) -> Result<&StringRecord> {
        unimplemented!()
    }

    pub fn byte_headers(&mut self) -> Result<&ByteRecord> {
        unimplemented!()
    }

    pub fn set_headers(&mut self, headers: StringRecord) {
        unimplemented!()
    }

    pub fn set_byte_headers(&mut self, headers: ByteRecord) {
        unimplemented!()
    }

    pub fn read_record(&mut self, record: &mut StringRecord) -> Result<bool> {
        unimplemented!()
    }

    pub fn read_byte_record(&mut self, record: &mut ByteRecord) -> Result<bool> {
        unimplemented!()
    }

    pub fn position(&self) -> &Position {
        unimplemented!()
    }

    pub fn is_done(&self) -> bool {
        unimplemented!()
    }

    pub fn has_headers(&self) -> bool {
        unimplemented!()
    }

    pub fn get_ref(&self) -> &R {
        unimplemented!()
    }

    pub fn get_mut(&mut self) -> &mut R {
        unimplemented!()
    }

    pub fn into_inner(self) -> R {
        unimplemented!()
    }
}
