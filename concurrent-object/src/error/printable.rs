//! Escapes text of another process, so that it is safe in a log and on a terminal.
//!
//! A child may send any text: escape sequences that recolour or clear a terminal, or line breaks
//! that make one message look like two. So errors and trace events show such text with each control
//! character escaped, as in a Rust literal. The fields of errors keep the text as it came.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns the text in one line: line breaks become `; `, and control characters are escaped.
pub(crate) fn one_line(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(printable).collect();
    lines.join("; ")
}

/// Escapes every control character, line breaks included.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    escape(text, is_control)
}

/// Escapes control characters other than line breaks and tabs.
pub(crate) fn printable_lines(text: &str) -> Cow<'_, str> {
    escape(text, |c| is_control(c) && !matches!(c, '\n' | '\t'))
}

fn escape(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        // Writing to a string cannot fail.
        let _written = if is_escaped(c) { write!(escaped, "{}", c.escape_default()) } else { escaped.write_char(c) };
    }
    Cow::Owned(escaped)
}

/// Whether this is a control character, or a character that breaks a line or changes the direction
/// of the text.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_other_text_is_unchanged() {
        assert_eq!(
            printable("\x1b[2Jgone\r\nnext\t\u{9b}1m\x7f\u{202e}"),
            r"\u{1b}[2Jgone\r\nnext\t\u{9b}1m\u{7f}\u{202e}"
        );
        assert_eq!(printable("größer \"als\" \\ 'dies' 日本 🦀"), "größer \"als\" \\ 'dies' 日本 🦀");
        assert_eq!(printable_lines("one\n\ttwo\x07\r\n"), "one\n\ttwo\\u{7}\\r\n");
        assert_eq!(one_line("\n failed\n  left: \x1b1\n right: 2\n"), r"failed; left: \u{1b}1; right: 2");
    }
}
