use concurrent_object::concurrent_object;

pub struct Thing;

pub struct Parcel;

#[concurrent_object]
impl Thing {
    pub fn new(parcel: Parcel) -> Self {
        let _ = parcel;
        Self
    }

    pub fn change(&self, parcel: &mut Parcel, more: &mut [Parcel]) {
        let _ = (parcel, more);
    }

    pub fn words(&self, words: Option<&Parcel>, lists: &[&Parcel]) {
        let _ = (words, lists);
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start(Parcel).unwrap();
    thing.change(&mut Parcel, &mut []).wait().unwrap();
}
