use std::borrow::Cow;

use concurrent_object::concurrent_object;

pub struct Thing {
    parcel: Parcel,
}

#[derive(Clone)]
pub struct Parcel;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self { parcel: Parcel }
    }

    pub fn reference(&self) -> &Parcel {
        &self.parcel
    }

    pub fn slice(&self) -> &[Parcel] {
        &[]
    }

    pub fn perhaps(&self) -> Option<&Parcel> {
        None
    }

    pub fn cow(&self) -> Cow<'_, Parcel> {
        Cow::Borrowed(&self.parcel)
    }

    pub fn all(&self) -> impl Iterator<Item = &Parcel> {
        std::iter::once(&self.parcel)
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _: Parcel = thing.reference().wait().unwrap();
}
