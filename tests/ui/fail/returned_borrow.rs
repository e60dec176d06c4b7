use concurrent_object::concurrent_object;

pub struct Thing;

pub struct View<'a>(pub &'a str);

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn view(&self) -> View<'_> {
        View("")
    }
}

fn main() {}
