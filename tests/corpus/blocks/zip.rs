//! `zip` 8 (03470077), `ZipArchive`. Files in the archive stand in without readers; R is any reader.
//! Constructor: `fn open(path: &Path) -> ZipResult<Self>`.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read, Seek};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use concurrent_object::concurrent_object;

#[derive(Clone, Debug)]
pub struct ZipArchive<R> {
    reader: R,
    shared: Arc<ZipArchiveMetadata>,
}

#[derive(Debug)]
pub struct ZipArchiveMetadata {
    offset: u64,
    _of: std::marker::PhantomData<()>,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Config;

#[derive(Debug)]
pub struct ZipFile<'a, R: Read + ?Sized> {
    data: Cow<'a, str>,
    reader: PhantomData<&'a R>,
}

pub struct ZipFileSeek<'a, R> {
    data: Cow<'a, str>,
    reader: PhantomData<&'a R>,
}

#[derive(Default)]
pub struct ZipReadOptions<'a> {
    password: Option<&'a [u8]>,
}

#[derive(Clone, Copy)]
pub enum AesMode {
    Aes128,
    Aes192,
    Aes256,
}

pub struct AesInfo {
    pub aes_mode: AesMode,
    pub verification_value: [u8; 2],
    pub salt: Vec<u8>,
}

pub type ZipResult<T> = Result<T, ZipError>;

#[derive(Debug)]
#[non_exhaustive]
pub enum ZipError {
    Io(io::Error),
    InvalidArchive(Cow<'static, str>),
    UnsupportedArchive(&'static str),
    FileNotFound,
    InvalidPassword,
}

impl fmt::Display for ZipError {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

impl std::error::Error for ZipError {}

pub trait RootDirFilter: Fn(&Path) -> bool {}

impl<F: Fn(&Path) -> bool> RootDirFilter for F {}

impl<R: Read + Seek> ZipArchive<R> {
    pub fn open(path: &Path) -> ZipResult<Self> {
        unimplemented!()
    }
}

#[concurrent_object]
impl<R: Read + Seek> ZipArchive<R> {
    pub fn get_aes_verification_key_and_salt(&mut self, file_number: usize) -> ZipResult<Option<AesInfo>> {
        unimplemented!()
    }

    pub fn new(reader: R) -> ZipResult<ZipArchive<R>> {
        unimplemented!()
    }

    pub fn metadata(&self) -> Arc<ZipArchiveMetadata> {
        unimplemented!()
    }

    pub unsafe fn unsafe_new_with_metadata(reader: R, metadata: Arc<ZipArchiveMetadata>) -> Self {
        unimplemented!()
    }

    pub fn with_config(config: Config, mut reader: R) -> ZipResult<ZipArchive<R>> {
        unimplemented!()
    }

    pub fn len(&self) -> usize {
        unimplemented!()
    }

    pub fn central_directory_start(&self) -> u64 {
        unimplemented!()
    }

    pub fn is_empty(&self) -> bool {
        unimplemented!()
    }

    pub fn offset(&self) -> u64 {
        unimplemented!()
    }

    pub fn comment(&self) -> &[u8] {
        unimplemented!()
    }

    #[deprecated]
    pub fn zip64_comment(&self) -> Option<&[u8]> {
        unimplemented!()
    }

    pub fn raw_zip64_extensible_data_sector(&self) -> Option<&[u8]> {
        unimplemented!()
    }

    pub fn file_names(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }

    pub fn has_overlapping_files(&mut self) -> ZipResult<bool> {
        unimplemented!()
    }

    pub fn by_name_decrypt(&mut self, name: &str, password: &[u8]) -> ZipResult<ZipFile<'_, R>> {
        unimplemented!()
    }

    pub fn by_name(&mut self, name: &str) -> ZipResult<ZipFile<'_, R>> {
        unimplemented!()
    }

    pub fn index_for_name(&self, name: &str) -> Option<usize> {
        unimplemented!()
    }

    pub fn by_path_decrypt<T: AsRef<Path>>(&mut self, path: T, password: &[u8]) -> ZipResult<ZipFile<'_, R>> {
        unimplemented!()
    }

    pub fn by_path<T: AsRef<Path>>(&mut self, path: T) -> ZipResult<ZipFile<'_, R>> {
        unimplemented!()
    }

    pub fn index_for_path<T: AsRef<Path>>(&self, path: T) -> Option<usize> {
        unimplemented!()
    }

    pub fn name_for_index(&self, index: usize) -> Option<&str> {
        unimplemented!()
    }

    pub fn by_name_seek(&mut self, name: &str) -> ZipResult<ZipFileSeek<'_, R>> {
        unimplemented!()
    }

    pub fn by_index_seek(&mut self, index: usize) -> ZipResult<ZipFileSeek<'_, R>> {
        unimplemented!()
    }

    pub fn by_index_decrypt(&mut self, file_number: usize, password: &[u8]) -> ZipResult<ZipFile<'_, R>> {
        unimplemented!()
    }

    pub fn by_index(&mut self, file_number: usize) -> ZipResult<ZipFile<'_, R>> {
        unimplemented!()
    }

    pub fn by_index_raw(&mut self, file_number: usize) -> ZipResult<ZipFile<'_, R>> {
        unimplemented!()
    }

    pub fn by_index_with_options(
        &mut self,
        file_number: usize,
        mut options: ZipReadOptions<'_>,
    ) -> ZipResult<ZipFile<'_, R>> {
        unimplemented!()
    }

    pub fn root_dir(&self, filter: impl RootDirFilter) -> ZipResult<Option<PathBuf>> {
        unimplemented!()
    }

    pub fn into_inner(self) -> R {
        unimplemented!()
    }
}
