use concurrent_object::concurrent_object;

pub struct View<'a, T>(&'a str, T);

pub struct Other<'a>(&'a str);

#[concurrent_object]
impl<'a, T: PartialEq<&'a str>> View<'a, T> {
    pub fn new(text: &'a str, value: T) -> Self {
        Self(text, value)
    }

    pub fn get(&self) -> &'a str {
        self.0
    }

    pub fn whole(&self, other: &View<'a, T>) -> bool {
        other.1 == self.0
    }

    pub fn raw(&self) -> *const u8 {
        self.0.as_ptr()
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

fn main() {
    let view = ViewProxy::builder("view").start("text", String::new()).unwrap();
    let text: String = view.get().wait().unwrap();
    view.push_get().unwrap();
    let other = OtherProxy::builder("other").slots(2).start().unwrap();
    let _ = (text, other.get().wait().unwrap());
}
