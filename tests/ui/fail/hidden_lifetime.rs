use std::io::Read;

use concurrent_object::concurrent_object;

pub struct Rope(String);

pub struct Chunks<'a>(&'a str);

#[concurrent_object(handle)]
impl Chunks<'_> {
    pub fn text(&self) -> &str {
        self.0
    }
}

#[concurrent_object]
#[allow(mismatched_lifetime_syntaxes)]
impl Rope {
    pub fn new() -> Self {
        Self(String::new())
    }

    pub fn chunks(&self) -> Chunks {
        Chunks(&self.0)
    }

    pub fn chunks_at(&self, at: usize) -> (Chunks, usize) {
        (Chunks(&self.0), at)
    }
}

pub struct Archive<R>(R);

pub struct Entries<'a, R>(&'a mut R);

#[concurrent_object]
#[allow(mismatched_lifetime_syntaxes)]
impl<R: Read> Archive<R> {
    pub fn new(reader: R) -> Self {
        Self(reader)
    }

    pub fn entries(&mut self) -> std::io::Result<Entries<R>> {
        Ok(Entries(&mut self.0))
    }

    pub fn chunks(&self) -> Option<Chunks> {
        None
    }
}

fn main() {}
