use concurrent_object::concurrent_object;

#[derive(Clone, Copy)]
pub struct Mode(u32);

impl From<Mode> for u32 {
    fn from(mode: Mode) -> Self {
        mode.0
    }
}

impl From<u32> for Mode {
    fn from(number: u32) -> Self {
        Self(number)
    }
}

pub struct Terminal(Mode);

#[concurrent_object(carry(Mode = u32, Mode = u64), carry(Colour = u8, return = u8), carry(Mode))]
impl Terminal {
    #[concurrent_object(carry(return = u32), result = "text")]
    pub fn new(mode: Mode) -> Self {
        Self(mode)
    }

    #[concurrent_object(carry(mood = u32))]
    pub fn set(&mut self, mode: Mode) {
        self.0 = mode;
    }

    #[concurrent_object(carry(Colour = u32, color = u32))]
    pub fn paint(&mut self, colour: u32) -> u32 {
        colour
    }

    #[concurrent_object(result = "text", carry(return = u32))]
    pub fn clear(&mut self) {}

    #[concurrent_object(carry(title = u32))]
    pub fn rename(&mut self, title: &str) {
        let _ = title;
    }

    #[concurrent_object(result = "value")]
    pub fn mode(&self) -> Mode {
        self.0
    }
}

fn main() {}
