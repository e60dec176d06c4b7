use concurrent_object::concurrent_object;

pub struct Hidden<'c>(pub &'c Connection);

#[concurrent_object(handle)]
impl Hidden<'_> {
    pub fn get(&self) -> u32 {
        0
    }
}

pub struct Lasting<'c>(pub &'c str);

#[concurrent_object(handle)]
impl Lasting<'static> {
    pub fn get(&self) -> u32 {
        0
    }
}

pub struct Connection;

#[concurrent_object(handles(Hidden, Lasting))]
impl Connection {
    pub fn new() -> Self {
        Self
    }

    pub fn hidden(&self) -> Hidden {
        Hidden(self)
    }

    pub fn lasting(&self) -> Lasting<'_> {
        Lasting("")
    }
}

fn main() {}
