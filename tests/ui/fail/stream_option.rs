//! Only a method whose iterator the child can run to its end can stream.

use concurrent_object::concurrent_object;

struct Log(Vec<String>);

struct Line(String);

#[concurrent_object(handles(Line))]
impl Log {
    #[concurrent_object(stream)]
    pub fn new() -> Self {
        Self(Vec::new())
    }

    #[concurrent_object(stream)]
    pub fn list(&self) -> Vec<String> {
        self.0.clone()
    }

    #[concurrent_object(stream)]
    pub fn find(&self, text: &str) -> Result<impl Iterator<Item = String>, String> {
        let found: Vec<String> = self.0.iter().filter(|line| line.contains(text)).cloned().collect();
        if text.is_empty() { Err("no text".to_owned()) } else { Ok(found.into_iter()) }
    }

    #[concurrent_object(stream)]
    pub fn into_lines(self) -> impl Iterator<Item = String> {
        self.0.into_iter()
    }

    #[concurrent_object(stream)]
    pub fn counted(&self, count: &mut usize) -> impl Iterator<Item = String> {
        *count = self.0.len();
        self.0.clone().into_iter()
    }

    #[concurrent_object(stream, idempotent)]
    pub fn again(&self) -> impl Iterator<Item = String> {
        self.0.clone().into_iter()
    }

    #[concurrent_object(stream)]
    pub fn kept(&self) -> impl Iterator<Item = Line> {
        self.0.clone().into_iter().map(Line)
    }

    #[concurrent_object(stream)]
    pub fn sound(&self) -> impl Iterator<Item = String> {
        self.0.clone().into_iter()
    }
}

#[concurrent_object(handle)]
impl Line {
    pub fn text(&self) -> String {
        self.0.clone()
    }
}

fn main() {}
