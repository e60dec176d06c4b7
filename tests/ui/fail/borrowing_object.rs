use concurrent_object::concurrent_object;

pub struct View<'a>(&'a str);

pub struct Other<'a>(&'a str);

#[concurrent_object]
impl<'a> View<'a> {
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }

    pub fn get(&self) -> &str {
        self.0
    }
}

#[concurrent_object]
impl Other<'_> {
    pub fn new() -> Self {
        Self("")
    }

    pub fn get(&self) -> &str {
        self.0
    }
}

fn main() {}
