//! `calamine` 0.26 (4ff6f567), `Xlsx`. Sheets and cells stand in without contents.
//! Constructor: `fn open(path: &Path) -> Result<Self, XlsxError>`.

use std::fmt;
use std::io::{Read, Seek};
use std::path::Path;

use concurrent_object::concurrent_object;
use serde::Deserialize;

pub struct Xlsx<RS> {
    zip: RS,
}

#[derive(Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Copy, Clone)]
pub struct Dimensions {
    pub start: (u32, u32),
    pub end: (u32, u32),
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub enum Data {
    Int(i64),
    Float(f64),
    String(String),
    #[default]
    Empty,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Range<T> {
    start: (u32, u32),
    end: (u32, u32),
    inner: Vec<T>,
}

#[derive(Debug, Clone)]
pub struct Table<T> {
    name: String,
    sheet_name: String,
    columns: Vec<String>,
    data: Range<T>,
}

#[derive(Debug)]
pub enum XlsxError {
    Io(std::io::Error),
    UnexpectedNode(&'static str),
    TableNotFound(String),
}

impl fmt::Display for XlsxError {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

impl std::error::Error for XlsxError {}

impl<RS: Read + Seek> Xlsx<RS> {
    pub fn open(path: &Path) -> Result<Self, XlsxError> {
        unimplemented!()
    }
}

#[concurrent_object]
impl<RS: Read + Seek> Xlsx<RS> {
    pub fn load_merged_regions(&mut self) -> Result<(), XlsxError> {
        unimplemented!()
    }

    pub fn merged_regions(&self) -> &Vec<(String, String, Dimensions)> {
        unimplemented!()
    }

    pub fn merged_regions_by_sheet(&self, name: &str) -> Vec<(&String, &String, &Dimensions)> {
        unimplemented!()
    }

    pub fn load_tables(&mut self) -> Result<(), XlsxError> {
        unimplemented!()
    }

    pub fn table_names(&self) -> Vec<&String> {
        unimplemented!()
    }

    pub fn table_names_in_sheet(&self, sheet_name: &str) -> Vec<&String> {
        unimplemented!()
    }

    pub fn table_by_name(&mut self, table_name: &str) -> Result<Table<Data>, XlsxError> {
        unimplemented!()
    }

    pub fn worksheet_merge_cells(&mut self, name: &str) -> Option<Result<Vec<Dimensions>, XlsxError>> {
        unimplemented!()
    }

    pub fn worksheet_merge_cells_at(&mut self, n: usize) -> Option<Result<Vec<Dimensions>, XlsxError>> {
        unimplemented!()
    }
}
