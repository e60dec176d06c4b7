use concurrent_object::concurrent_object;

pub struct Thing;

pub struct ThingError;

pub struct Parcel;

#[concurrent_object(error = "value")]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn read(&self) -> std::io::Result<Vec<u8>> {
        Ok(Vec::new())
    }

    pub fn check(&self) -> Result<(), ThingError> {
        Err(ThingError)
    }

    pub fn borrow(&self) -> Result<&str, ThingError> {
        Err(ThingError)
    }

    #[concurrent_object(error = "text")]
    pub fn parcel(&self) -> Result<Parcel, std::fmt::Error> {
        Ok(Parcel)
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _ = thing.read().wait().unwrap();
    thing.push_check().unwrap();
}
