//! The span that a call or a start belongs to, in the form in which it goes to another program.
//!
//! Knows the form of W3C Trace Context, and no tracing system. Invariant: a value has the form of
//! version 0, and names a trace and a span.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The size of a `traceparent` as bytes.
const SIZE: usize = 26;

/// A `traceparent` of [W3C Trace Context](https://www.w3.org/TR/trace-context/): the trace and the
/// span that a call or a start belongs to.
///
/// ```
/// use concurrent_object::bridge::TraceParent;
///
/// let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/// let parent: TraceParent = text.parse()?;
/// assert_eq!(parent.to_string(), text);
/// # Ok::<(), concurrent_object::bridge::NoTraceParent>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TraceParent([u8; SIZE]);

/// A text that is no `traceparent` of version 0, or names no trace or no span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a `traceparent` is `00-<32 digits>-<16 digits>-<2 digits>`, in lower-case hexadecimal, not all zero")]
pub struct NoTraceParent;

impl TraceParent {
    /// Reads it from bytes: version, trace (16 bytes), span (8 bytes), flags. `None` if these are
    /// none of version 0, or name no trace or no span.
    #[must_use]
    pub fn from_bytes(bytes: [u8; SIZE]) -> Option<Self> {
        let [version, ids @ .., _flags] = bytes;
        let (trace, span) = ids.split_at(16);
        let is_zero = |id: &[u8]| id.iter().all(|byte| *byte == 0);
        (version == 0 && !is_zero(trace) && !is_zero(span)).then_some(Self(bytes))
    }

    /// Returns its bytes. They are not all zero.
    #[must_use]
    pub fn to_bytes(self) -> [u8; SIZE] {
        self.0
    }
}

impl FromStr for TraceParent {
    type Err = NoTraceParent;

    fn from_str(text: &str) -> Result<Self, NoTraceParent> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let fields = text.split('-').map(|field| field.as_bytes());
        if !fields.clone().map(<[u8]>::len).eq([2, 32, 16, 2]) {
            return Err(NoTraceParent);
        }
        let mut bytes = [0; SIZE];
        let pairs = fields.flat_map(|field| field.as_chunks().0);
        for (byte, &[high, low]) in bytes.iter_mut().zip(pairs) {
            let value = digit(high).zip(digit(low)).map(|(high, low)| high << 4 | low);
            *byte = value.ok_or(NoTraceParent)?;
        }
        Self::from_bytes(bytes).ok_or(NoTraceParent)
    }
}

impl TryFrom<String> for TraceParent {
    type Error = NoTraceParent;

    fn try_from(text: String) -> Result<Self, NoTraceParent> {
        text.parse()
    }
}

impl From<TraceParent> for String {
    fn from(parent: TraceParent) -> Self {
        parent.to_string()
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, byte) in self.0.iter().enumerate() {
            let dash = if matches!(position, 1 | 17 | 25) { "-" } else { "" };
            write!(f, "{dash}{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TraceParent({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn text_and_bytes_are_the_same_parent() {
        let parent: TraceParent = TEXT.parse().expect("it has the form");
        assert_eq!(parent.to_string(), TEXT);
        assert_eq!(TraceParent::from_bytes(parent.to_bytes()), Some(parent));
        assert_eq!(parent.to_bytes()[..3], [0, 0x0a, 0xf7]);
    }

    #[test]
    fn other_texts_and_bytes_are_refused() {
        let zeros = |range: std::ops::Range<usize>| {
            let mut text = TEXT.to_owned();
            text.replace_range(range.clone(), &"0".repeat(range.len()));
            text
        };
        let wrong = [
            "",
            "00-0af7-b7ad-01",
            &TEXT.to_uppercase(),
            &TEXT.replacen("00", "ff", 1),
            &TEXT.replacen("00", "01", 1),
            &format!("{TEXT}-"),
            &TEXT.replace('f', "\u{e9}"),
            &zeros(3..35),
            &zeros(36..52),
        ];
        for text in wrong {
            assert_eq!(text.parse::<TraceParent>(), Err(NoTraceParent), "{text}");
        }
        assert_eq!(TraceParent::from_bytes([0; SIZE]), None);
        assert_eq!(TraceParent::from_bytes([1; SIZE]), None);
    }
}
