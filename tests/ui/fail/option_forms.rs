use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object(vis = pub, block_on = "run", constructor = new, output_derive = Debug)]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    #[concurrent_object(rename = "other", with(P), error = text)]
    pub fn get(&self) -> u32 {
        0
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _: u32 = thing.get().wait().unwrap();
}
