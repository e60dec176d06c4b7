//! The text with which a child says over the control socket why it cannot begin.
//!
//! Knows bytes. The parent does not trust the child, so any bytes decode to a text or to nothing.

/// The beginning of such a text. No control message begins like this.
const CANNOT_BEGIN: &[u8] = b"cannot begin: ";

/// The longest text that the parent reads, in bytes.
pub(crate) const MAX_SIZE: usize = 4096;

pub(crate) fn encode(reason: &str) -> Vec<u8> {
    [CANNOT_BEGIN, reason.as_bytes()].concat()
}

/// Returns the reason, with bytes that are not text replaced. `None` if the bytes are not such a
/// text.
pub(crate) fn decode(bytes: &[u8]) -> Option<String> {
    Some(String::from_utf8_lossy(bytes.strip_prefix(CANNOT_BEGIN)?).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::control::ControlMessage;

    #[test]
    fn reason_is_read_as_written_and_other_bytes_are_not_a_reason() {
        assert_eq!(decode(&encode("no such file")).as_deref(), Some("no such file"));
        assert_eq!(decode(b"cannot begin: \xff"), Some("\u{fffd}".to_owned()));
        assert_eq!(decode(b""), None);
        let [kind, value] = ControlMessage::Greeted.encode().map(u64::to_ne_bytes);
        assert_eq!(decode(&[kind, value].concat()), None);
    }
}
