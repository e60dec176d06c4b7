use concurrent_object::concurrent_object;

pub struct Script;

#[concurrent_object(parts(eval, eval))]
impl Script {
    pub fn new() -> Self {
        Self
    }

    pub fn eval(&self) -> u32 {
        0
    }
}

pub struct Other;

#[concurrent_object(parts(limits = OtherLimitsOutput))]
impl Other {
    pub fn new() -> Self {
        Self
    }

    pub fn get(&self) -> u32 {
        0
    }
}

#[concurrent_object(part = limits, builder = Builder)]
impl Other {
    pub fn with_limit(limit: u32) -> Self {
        let _ = limit;
        Self
    }

    #[concurrent_object(snapshot)]
    pub fn save(&self) -> u32 {
        0
    }
}

pub struct Grid<T>(T);

#[concurrent_object(parts(cells))]
impl<T> Grid<T> {
    pub fn new(cell: T) -> Self {
        Self(cell)
    }

    pub fn get(&self) -> &T {
        &self.0
    }
}

fn main() {}
