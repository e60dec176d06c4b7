use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

pub struct Model;

#[derive(Serialize, Deserialize)]
pub struct ModelOutput(pub f32);

#[concurrent_object]
impl Model {
    pub fn new() -> Self {
        Self
    }

    pub fn run(&self, input: &[f32]) -> ModelOutput {
        ModelOutput(input[0])
    }
}

fn main() {
    let model = ModelProxy::builder("model").start().unwrap();
    let _: ModelOutput = model.run(&[1.0]).wait().unwrap();
}
