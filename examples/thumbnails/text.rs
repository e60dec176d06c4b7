//! Names and messages for a terminal. Both come from outside: a file name or a decoder's message
//! may contain an escape sequence.

use std::fmt::Display;

/// Returns the text with everything escaped that a terminal would not print as it is.
pub(crate) fn plain(text: impl Display) -> String {
    let mut plain = String::new();
    for character in text.to_string().chars() {
        match character {
            '"' | '\'' => plain.push(character),
            _ => plain.extend(character.escape_debug()),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_colour_the_terminal_or_take_two_lines() {
        assert_eq!(plain("a\u{1b}[31mred\n\u{202e}.png"), r"a\u{1b}[31mred\n\u{202e}.png");
        assert_eq!(plain("it's a \"caf\u{e9}\" 日本.png"), "it's a \"café\" 日本.png");
    }
}
