//! The content of an answer: which call it belongs to, and the digest of its value.

use crate::content::Content;
use crate::object::VictimOutput;

/// An answer with the number of its call and a digest.
pub trait Answer {
    fn id_and_digest(&self) -> (u64, u64);
}

impl<C: Content> Answer for (u64, C) {
    fn id_and_digest(&self) -> (u64, u64) {
        (self.0, self.1.digest())
    }
}

impl<C: Content> Answer for Result<(u64, C), (u64, C)> {
    fn id_and_digest(&self) -> (u64, u64) {
        self.as_ref().unwrap_or_else(|answer| answer).id_and_digest()
    }
}

impl Answer for VictimOutput {
    fn id_and_digest(&self) -> (u64, u64) {
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
            | Self::Run(answer) => answer.id_and_digest(),
            Self::Turn(answer) => answer.id_and_digest(),
            Self::Record(answer) => answer.id_and_digest(),
            Self::Produce(answer) => answer.id_and_digest(),
            Self::MakeTable(answer) => answer.id_and_digest(),
            Self::MakeTables(answer) => answer.id_and_digest(),
            Self::Keep(answer) => answer.id_and_digest(),
            Self::Refuse(answer) => answer.id_and_digest(),
        }
    }
}
