//! `lopdf` 0.38 (a2757b51), `Document`. Objects and filters stand in with few variants.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use concurrent_object::concurrent_object;

#[derive(Debug, Clone)]
pub struct Document {
    pub version: String,
    pub objects: BTreeMap<ObjectId, Object>,
}

pub type ObjectId = (u32, u16);

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dictionary(BTreeMap<Vec<u8>, Object>);

#[derive(Debug, Clone, PartialEq)]
pub enum Object {
    Null,
    Integer(i64),
    Array(Vec<Object>),
    Dictionary(Dictionary),
    Reference(ObjectId),
}

#[derive(Debug, Clone)]
pub struct EncryptionState {
    version: i64,
    filters: BTreeMap<Vec<u8>, Arc<dyn CryptFilter>>,
}

pub trait CryptFilter: fmt::Debug + Send + Sync {}

pub struct PdfImage<'a> {
    pub id: ObjectId,
    pub content: &'a [u8],
    pub origin_dict: &'a Dictionary,
}

#[derive(Debug)]
pub enum Encoding<'a> {
    OneByteEncoding(&'a [Option<u16>; 256]),
    SimpleEncoding(&'a [u8]),
}

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    AlreadyEncrypted,
    IO(std::io::Error),
    ObjectNotFound(ObjectId),
}

impl fmt::Display for Error {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

impl std::error::Error for Error {}

#[concurrent_object]
impl Document {
    pub fn new() -> Self {
        unimplemented!()
    }

    pub fn new_from_prev(prev: &Document) -> Self {
        unimplemented!()
    }

    pub fn adjust_zero_pages(&mut self) {
        unimplemented!()
    }

    pub fn dereference<'a>(&'a self, mut object: &'a Object) -> Result<(Option<ObjectId>, &'a Object)> {
        unimplemented!()
    }

    pub fn get_object(&self, id: ObjectId) -> Result<&Object> {
        unimplemented!()
    }

    pub fn has_object(&self, id: ObjectId) -> bool {
        unimplemented!()
    }

    pub fn get_object_mut(&mut self, id: ObjectId) -> Result<&mut Object> {
        unimplemented!()
    }

    pub fn get_object_page(&self, id: ObjectId) -> Result<ObjectId> {
        unimplemented!()
    }

    pub fn get_dictionary(&self, id: ObjectId) -> Result<&Dictionary> {
        unimplemented!()
    }

    pub fn get_dictionary_mut(&mut self, id: ObjectId) -> Result<&mut Dictionary> {
        unimplemented!()
    }

    pub fn get_dict_in_dict<'a>(&'a self, node: &'a Dictionary, key: &[u8]) -> Result<&'a Dictionary> {
        unimplemented!()
    }

    pub fn traverse_objects<A: Fn(&mut Object)>(&mut self, action: A) -> Vec<ObjectId> {
        unimplemented!()
    }

    pub fn get_encrypted(&self) -> Result<&Dictionary> {
        unimplemented!()
    }

    pub fn is_encrypted(&self) -> bool {
        unimplemented!()
    }

    pub fn was_encrypted(&self) -> bool {
        unimplemented!()
    }

    pub fn authenticate_raw_owner_password<P>(&self, password: P) -> Result<()>
    where
        P: AsRef<[u8]>,
    {
        unimplemented!()
    }

    pub fn authenticate_raw_user_password<P>(&self, password: P) -> Result<()>
    where
        P: AsRef<[u8]>,
    {
        unimplemented!()
    }

    pub fn authenticate_raw_password<P>(&self, password: P) -> Result<()>
    where
        P: AsRef<[u8]>,
    {
        unimplemented!()
    }

    pub fn authenticate_owner_password(&self, password: &str) -> Result<()> {
        unimplemented!()
    }

    pub fn authenticate_user_password(&self, password: &str) -> Result<()> {
        unimplemented!()
    }

    pub fn authenticate_password(&self, password: &str) -> Result<()> {
        unimplemented!()
    }

    pub fn get_crypt_filters(&self) -> BTreeMap<Vec<u8>, Arc<dyn CryptFilter>> {
        unimplemented!()
    }

    pub fn encrypt(&mut self, state: &EncryptionState) -> Result<()> {
        unimplemented!()
    }

    pub fn decrypt(&mut self, password: &str) -> Result<()> {
        unimplemented!()
    }

    pub fn decrypt_raw<P>(&mut self, password: P) -> Result<()>
    where
        P: AsRef<[u8]>,
    {
        unimplemented!()
    }

    pub fn catalog(&self) -> Result<&Dictionary> {
        unimplemented!()
    }

    pub fn catalog_mut(&mut self) -> Result<&mut Dictionary> {
        unimplemented!()
    }

    pub fn get_pages(&self) -> BTreeMap<u32, ObjectId> {
        unimplemented!()
    }

    pub fn page_iter(&self) -> impl Iterator<Item = ObjectId> + '_ {
        std::iter::empty()
    }

    pub fn get_page_contents(&self, page_id: ObjectId) -> Vec<ObjectId> {
        unimplemented!()
    }

    pub fn add_page_contents(&mut self, page_id: ObjectId, content: Vec<u8>) -> Result<()> {
        unimplemented!()
    }

    pub fn get_page_content(&self, page_id: ObjectId) -> Result<Vec<u8>> {
        unimplemented!()
    }

    pub fn get_page_resources(&self, page_id: ObjectId) -> Result<(Option<&Dictionary>, Vec<ObjectId>)> {
        unimplemented!()
    }

    pub fn get_page_fonts(&self, page_id: ObjectId) -> Result<BTreeMap<Vec<u8>, &Dictionary>> {
        unimplemented!()
    }

    pub fn get_page_annotations(&self, page_id: ObjectId) -> Result<Vec<&Dictionary>> {
        unimplemented!()
    }

    pub fn get_page_images(&'_ self, page_id: ObjectId) -> Result<Vec<PdfImage<'_>>> {
        unimplemented!()
    }

    pub fn decode_text(encoding: &Encoding, bytes: &[u8]) -> Result<String> {
        unimplemented!()
    }

    pub fn encode_text(encoding: &Encoding, text: &str) -> Vec<u8> {
        unimplemented!()
    }
}
