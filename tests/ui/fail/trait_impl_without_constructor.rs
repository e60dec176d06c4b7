use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl ToString for Thing {
    fn to_string(&self) -> String {
        String::new()
    }
}

fn main() {
    let _ = Thing.to_string();
}
