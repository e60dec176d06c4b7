use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Header(pub u8);

pub struct Document(Header);

#[concurrent_object]
impl Document {
    pub fn new() -> Self {
        Self(Header(0))
    }

    pub fn header_mut(&mut self) -> &mut Header {
        &mut self.0
    }

    pub fn find_mut(&mut self) -> Result<Option<&mut Header>, String> {
        Ok(Some(&mut self.0))
    }

    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut Header> {
        std::iter::once(&mut self.0)
    }

    #[concurrent_object(copy)]
    pub fn copied(&mut self) -> Option<&mut Header> {
        Some(&mut self.0)
    }

    #[concurrent_object(copy)]
    pub fn header(&self) -> &Header {
        &self.0
    }

    pub fn chained(&mut self) -> &mut Self {
        self
    }
}

fn main() {
    let document = DocumentProxy::builder("document").start().unwrap();
    let _: Option<Header> = document.copied().wait().unwrap();
    document.chained().wait().unwrap();
}
