//! An event on its way from child to parent, encoded as bytes.
//!
//! Knows lengths and text. The decoder trusts no byte: input that does not follow the format is
//! rejected. Invariant: an encoded record fits into a frame, because texts are cut and fields are
//! left out.

use tracing::Level;

use super::frames::MAX_CONTENT;

/// The longest texts, in bytes. The fields share the rest of the frame.
const MAX_TARGET: usize = 256;
const MAX_MESSAGE: usize = 2048;
const MAX_SPAN: usize = 1024;

/// The largest number of fields that is sent.
pub(crate) const MAX_FIELDS: usize = 24;

const LEVELS: [Level; 5] = [Level::TRACE, Level::DEBUG, Level::INFO, Level::WARN, Level::ERROR];

/// The type that a value had before it became text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldKind {
    Text,
    Debug,
    Signed,
    Unsigned,
    Float,
    Truth,
}

const KINDS: [FieldKind; 6] =
    [FieldKind::Text, FieldKind::Debug, FieldKind::Signed, FieldKind::Unsigned, FieldKind::Float, FieldKind::Truth];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: FieldKind,
    pub(crate) value: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) level: Level,
    /// The number of events that were lost before this one.
    pub(crate) lost: u32,
    /// Whether something was cut or left out.
    pub(crate) is_cut: bool,
    pub(crate) target: String,
    pub(crate) message: String,
    /// The spans that the event is in, from the outermost.
    pub(crate) span: String,
    pub(crate) fields: Vec<Field>,
}

impl Record {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let level = LEVELS.iter().position(|level| *level == self.level).unwrap_or_default();
        let mut bytes = vec![level as u8, u8::from(self.is_cut)];
        bytes.extend(self.lost.to_le_bytes());
        let mut is_cut = self.fields.len() > MAX_FIELDS;
        for (text, limit) in [(&self.target, MAX_TARGET), (&self.message, MAX_MESSAGE), (&self.span, MAX_SPAN)] {
            is_cut |= put(&mut bytes, text, limit);
        }
        for field in self.fields.iter().take(MAX_FIELDS) {
            // One byte for the kind, and two for each of the two lengths.
            let Some(room) = MAX_CONTENT.checked_sub(bytes.len() + 5 + field.name.len()) else {
                is_cut = true;
                break;
            };
            bytes.push(KINDS.iter().position(|kind| *kind == field.kind).unwrap_or_default() as u8);
            put(&mut bytes, &field.name, field.name.len());
            is_cut |= put(&mut bytes, &field.value, room);
        }
        bytes[1] |= u8::from(is_cut);
        bytes
    }

    pub(crate) fn decode(mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        let level = *LEVELS.get(usize::from(byte(bytes)?))?;
        let is_cut = byte(bytes)? != 0;
        let lost = u32::from_le_bytes(bytes.split_off(..4)?.try_into().ok()?);
        let (target, message, span) = (text(bytes)?, text(bytes)?, text(bytes)?);
        let mut fields = Vec::new();
        while !bytes.is_empty() && fields.len() < MAX_FIELDS {
            let kind = *KINDS.get(usize::from(byte(bytes)?))?;
            fields.push(Field { kind, name: text(bytes)?, value: text(bytes)? });
        }
        bytes.is_empty().then_some(Self { level, lost, is_cut, target, message, span, fields })
    }
}

/// Writes a text, cut if it is too long. Returns whether it was cut.
fn put(bytes: &mut Vec<u8>, text: &str, limit: usize) -> bool {
    let text_cut = &text[..text.floor_char_boundary(limit)];
    bytes.extend((text_cut.len() as u16).to_le_bytes());
    bytes.extend_from_slice(text_cut.as_bytes());
    text_cut.len() < text.len()
}

fn byte(bytes: &mut &[u8]) -> Option<u8> {
    bytes.split_off_first().copied()
}

fn text(bytes: &mut &[u8]) -> Option<String> {
    let len = u16::from_le_bytes(bytes.split_off(..2)?.try_into().ok()?);
    Some(String::from_utf8_lossy(bytes.split_off(..usize::from(len))?).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> Record {
        let field = |kind| Field { name: "a".into(), kind, value: text.into() };
        let (target, message, span, fields) = (text.into(), text.into(), text.into(), KINDS.map(field).to_vec());
        Record { level: Level::WARN, lost: 7, is_cut: false, target, message, span, fields }
    }

    #[test]
    fn what_is_written_is_read() {
        let record = record("größer\n");
        assert_eq!(Record::decode(&record.encode()), Some(record));
    }

    #[test]
    fn what_is_too_long_is_cut_and_says_so() {
        let bytes = record(&"ä".repeat(5000)).encode();
        assert!(bytes.len() <= MAX_CONTENT);
        let read = Record::decode(&bytes).expect("a record");
        assert!(read.is_cut && read.target.chars().all(|c| c == 'ä') && read.message.len() == MAX_MESSAGE);
        let mut many = record("x");
        many.fields = vec![many.fields[0].clone(); MAX_FIELDS + 1];
        assert!(Record::decode(&many.encode()).is_some_and(|read| read.is_cut && read.fields.len() == MAX_FIELDS));
    }

    #[test]
    fn malformed_bytes_are_rejected() {
        let bytes = record("text").encode();
        for len in 0..bytes.len() {
            let _any = Record::decode(&bytes[..len]);
            let mut other = bytes.clone();
            other[len] ^= 0xff;
            let _any = Record::decode(&other);
        }
        assert_eq!(Record::decode(&[]), None);
        assert_eq!(Record::decode(&[9; 40]), None);
        assert_eq!(Record::decode(&[&bytes[..], &[0]].concat()), None);
    }
}
