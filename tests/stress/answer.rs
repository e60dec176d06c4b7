//! What an answer of the storm's object tells: which call it is about, and what it carries.

use crate::content::Content;
use crate::object::VictimOutput;

/// The number that an answer carries, and what is to be known of its content.
pub trait Told {
    fn told(&self) -> (u64, u64);
}

impl<C: Content> Told for (u64, C) {
    fn told(&self) -> (u64, u64) {
        (self.0, self.1.digest())
    }
}

impl<C: Content> Told for Result<(u64, C), (u64, C)> {
    fn told(&self) -> (u64, u64) {
        self.as_ref().unwrap_or_else(|answer| answer).told()
    }
}

impl Told for VictimOutput {
    fn told(&self) -> (u64, u64) {
        match self {
            Self::Nothing(answer)
            | Self::Digest(answer)
            | Self::Table(answer)
            | Self::Pause(answer)
            | Self::Panic(answer)
            | Self::Die(answer)
            | Self::Spin(answer)
            | Self::Obey(answer)
            | Self::Defy(answer)
            | Self::Fork(answer)
            | Self::Relay(answer)
            | Self::Run(answer) => answer.told(),
            Self::Turn(answer) => answer.told(),
            Self::Record(answer) => answer.told(),
            Self::Produce(answer) => answer.told(),
            Self::MakeTable(answer) => answer.told(),
            Self::MakeTables(answer) => answer.told(),
            Self::Refuse(answer) => answer.told(),
        }
    }
}
