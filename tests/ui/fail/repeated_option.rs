use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object(proxy = Remote, proxy = Distant, vis = "pub", vis = "pub(crate)")]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    #[concurrent_object(skip, skip)]
    pub fn hidden(&self) {}

    #[concurrent_object(rename = first)]
    #[concurrent_object(rename = last)]
    pub fn get(&self) -> u32 {
        0
    }
}

fn main() {
    let _ = Distant::builder("thing").start();
}
