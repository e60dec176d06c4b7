use concurrent_object::concurrent_object;

pub struct Pair<T, U>(T, U);

#[concurrent_object]
impl<T: Clone, U: Default> Pair<T, U> {
    pub fn new(value: T) -> Self {
        Self(value, U::default())
    }

    pub fn get(&self) -> T {
        self.0.clone()
    }

    pub fn both(&self, other: Box<Unsent<T>>) -> bool {
        let _ = (other, &self.1);
        true
    }
}

pub struct Unsent<T>(pub T);

#[derive(Clone)]
pub struct Parcel;

fn main() {
    let pair = PairProxy::<Parcel, u8>::builder("pair");
    let _ = pair.start(Parcel);
}
