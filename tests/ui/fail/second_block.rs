use concurrent_object::concurrent_object;

pub struct Script;

#[concurrent_object]
impl Script {
    pub fn new() -> Self {
        Self
    }

    pub fn get(&self) -> u32 {
        0
    }
}

#[concurrent_object]
impl Script {
    pub fn set(&mut self, to: u32) {
        let _ = to;
    }
}

#[concurrent_object]
impl ToString for Script {
    fn to_string(&self) -> String {
        String::new()
    }
}

fn main() {
    let script = ScriptProxy::builder("script").start().unwrap();
    script.get().wait().unwrap();
}
