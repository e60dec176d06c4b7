use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object(proxi = RemoteThing, colour, vis = "public")]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    #[concurrent_object(skipp)]
    pub fn one(&self) -> u32 {
        1
    }

    #[concurrent_object(rename = first, rename = last)]
    pub fn two(&self) -> u32 {
        2
    }

    #[concurrent_object]
    pub fn three(&self) -> u32 {
        3
    }
}

fn main() {}
