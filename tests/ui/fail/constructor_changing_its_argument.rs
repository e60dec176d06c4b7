use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new(log: &mut Vec<String>) -> Self {
        log.push("made".to_owned());
        Self
    }

    pub fn get(&self) -> u32 {
        0
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start(&mut Vec::new()).unwrap();
    let _: u32 = thing.get().wait().unwrap();
}
