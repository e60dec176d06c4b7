use concurrent_object::concurrent_object;

pub struct Thing;

macro_rules! getters {
    ($name:ident) => {
        pub fn $name(&self) -> u8 {
            7
        }
    };
}

#[concurrent_object]
impl Thing {
    getters!(first);

    #[concurrent_object(skip)]
    getters!(second);

    pub fn new() -> Self {
        Self
    }

    pub fn third(&self) -> u8 {
        self.second()
    }
}

fn main() {}
