//! Control messages: what parent and child send over the control socket, beside the rings.
//!
//! Each is two numbers, and a descriptor if the message is about a file. The parent sends
//! `ControlMessage`s. The child sends a `ReplyFile` for each file that a reply refers to. Each end
//! decodes what it receives. It treats a message that it cannot decode as the end of the other
//! side.

use crate::process::fd_socket::Words;

/// A message from the parent to the child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ControlMessage {
    /// With a file: keep this shared file. Calls refer to it by its id.
    Keep { id: u64 },
    /// No value in the parent refers to this shared file any more.
    Release { id: u64 },
    /// With a file: the file replaces the input file, when the child comes to the call that says
    /// so.
    ReplaceInput,
    /// With a file, in a greeting: the saved state that the object is restored from.
    Snapshot,
    /// With a file, in a greeting: a file to write the state into.
    SnapshotBuffer,
    /// Exit at once. Sent by a parent that has no permission to send SIGKILL.
    Die,
    /// With a directory, in a greeting: the working directory.
    Directory,
    /// The greeting is complete. A restarted child runs while it is greeted, and must not begin
    /// before this message.
    Greeted,
    /// With a descriptor, in a greeting: a descriptor that the builder hands over, by its position
    /// among them.
    Inherited { position: u64 },
}

impl ControlMessage {
    pub(crate) fn encode(self) -> Words {
        match self {
            Self::Keep { id } => [1, id],
            Self::Release { id } => [2, id],
            Self::ReplaceInput => [3, 0],
            Self::Snapshot => [4, 0],
            Self::SnapshotBuffer => [5, 0],
            Self::Die => [6, 0],
            Self::Directory => [7, 0],
            Self::Greeted => [8, 0],
            Self::Inherited { position } => [9, position],
        }
    }

    /// Decodes a message. Returns `None` for unknown words, or if the message should have a
    /// descriptor and has none, or the reverse.
    pub(crate) fn decode([kind, value]: Words, has_descriptor: bool) -> Option<Self> {
        let message = match (kind, value) {
            (1, id) => Self::Keep { id },
            (2, id) => Self::Release { id },
            (3, 0) => Self::ReplaceInput,
            (4, 0) => Self::Snapshot,
            (5, 0) => Self::SnapshotBuffer,
            (6, 0) => Self::Die,
            (7, 0) => Self::Directory,
            (8, 0) => Self::Greeted,
            (9, position) => Self::Inherited { position },
            _ => return None,
        };
        (message.carries_descriptor() == has_descriptor).then_some(message)
    }

    /// Whether the message comes with a descriptor.
    fn carries_descriptor(self) -> bool {
        match self {
            Self::Release { .. } | Self::Die | Self::Greeted => false,
            Self::Keep { .. }
            | Self::ReplaceInput
            | Self::Snapshot
            | Self::SnapshotBuffer
            | Self::Directory
            | Self::Inherited { .. } => true,
        }
    }
}

/// A message from the child to the parent, always with a file. The file is a shared file of the
/// reply to this call, by its position among the reply's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReplyFile {
    pub(crate) call: u64,
    pub(crate) position: u64,
}

impl ReplyFile {
    pub(crate) fn encode(self) -> Words {
        [self.call, self.position]
    }

    pub(crate) fn decode([call, position]: Words) -> Self {
        Self { call, position }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [ControlMessage; 9] = [
        ControlMessage::Keep { id: u64::MAX },
        ControlMessage::Release { id: 7 },
        ControlMessage::ReplaceInput,
        ControlMessage::Snapshot,
        ControlMessage::SnapshotBuffer,
        ControlMessage::Die,
        ControlMessage::Directory,
        ControlMessage::Greeted,
        ControlMessage::Inherited { position: 63 },
    ];

    #[test]
    fn every_message_arrives_as_it_was_sent() {
        for message in ALL {
            let words = message.encode();
            let has_descriptor = ControlMessage::decode(words, true).is_some();
            assert_eq!(ControlMessage::decode(words, has_descriptor), Some(message));
            assert_eq!(ControlMessage::decode(words, !has_descriptor), None, "{message:?} with the wrong descriptor");
        }
        let file = ReplyFile { call: 12, position: 3 };
        assert_eq!(ReplyFile::decode(file.encode()), file);
    }

    #[test]
    fn malformed_messages_are_rejected() {
        for words in [[0, 0], [3, 1], [6, 1], [8, 8], [10, 0], [u64::MAX, 0]] {
            assert_eq!([true, false].map(|has| ControlMessage::decode(words, has)), [None, None], "{words:?}");
        }
    }
}
