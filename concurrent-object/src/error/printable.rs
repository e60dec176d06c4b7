//! Text of another process, made fit for a log and a terminal.
//!
//! A child may print anything: escape sequences that recolour or clear a terminal, line breaks that make one
//! message look like two. So what an error or an event shows of it has each control character escaped, as
//! Rust writes it in a literal. The fields of errors keep the text as it came.

use std::borrow::Cow;
use std::fmt::Write as _;

/// All in one line: line breaks become `; `.
pub(crate) fn one_line(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(printable).collect();
    lines.join("; ")
}

/// Every control character is escaped, line breaks too.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    escape(text, is_control)
}

/// Line breaks and tabs stay.
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

/// Control characters, and those that break lines or turn the direction of what follows.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped_and_the_rest_stays() {
        assert_eq!(
            printable("\x1b[2Jgone\r\nnext\t\u{9b}1m\x7f\u{202e}"),
            r"\u{1b}[2Jgone\r\nnext\t\u{9b}1m\u{7f}\u{202e}"
        );
        assert_eq!(printable("größer \"als\" \\ 'dies' 日本 🦀"), "größer \"als\" \\ 'dies' 日本 🦀");
        assert_eq!(printable_lines("one\n\ttwo\x07\r\n"), "one\n\ttwo\\u{7}\\r\n");
        assert_eq!(one_line("\n failed\n  left: \x1b1\n right: 2\n"), r"failed; left: \u{1b}1; right: 2");
    }
}
