//! Prints tokens in the way in which people write them: `&Path`, `impl AsRef<Path>`.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// Returns the tokens as text, with spaces only where people write them.
pub(crate) fn printed(tokens: TokenStream) -> String {
    let mut text = String::new();
    let mut before = Before::Nothing;
    for tree in tokens {
        before = print(tree, before, &mut text);
    }
    text
}

/// The kind of the token that was printed last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A token that a space never follows.
    Nothing,
    /// A word, a literal or a closing delimiter.
    Word,
    /// The first mark of two, such as `->`.
    Joined,
    /// A mark that a space follows.
    Spaced,
    /// The mark of a lifetime.
    Quote,
    Lifetime,
}

fn print(tree: TokenTree, before: Before, text: &mut String) -> Before {
    match tree {
        TokenTree::Group(group) => {
            let (open, close) = match group.delimiter() {
                Delimiter::Parenthesis => ("(", ")"),
                Delimiter::Bracket => ("[", "]"),
                Delimiter::Brace => ("{ ", " }"),
                Delimiter::None => ("", ""),
            };
            if matches!(before, Before::Spaced | Before::Lifetime)
                || (before == Before::Word && group.delimiter() == Delimiter::Brace)
            {
                text.push(' ');
            }
            text.extend([open, &printed(group.stream()), close]);
            Before::Word
        }
        TokenTree::Punct(punct) => {
            let mark = punct.as_char();
            let is_operator = "=+-|".contains(mark) && before != Before::Joined;
            if (is_operator && before != Before::Nothing) || (before == Before::Spaced && mark != '>') {
                text.push(' ');
            }
            text.push(mark);
            match (mark, punct.spacing()) {
                ('\'', _) => Before::Quote,
                (_, Spacing::Joint) if mark != '>' && mark != '&' => Before::Joined,
                ('>', _) if before != Before::Joined || text.ends_with(">>") => Before::Word,
                (':', _) if before == Before::Joined => Before::Nothing,
                ('=' | '+' | '-' | '|' | ',' | ';' | ':' | '>', _) => Before::Spaced,
                _ => Before::Nothing,
            }
        }
        word => {
            if matches!(before, Before::Word | Before::Spaced | Before::Lifetime) {
                text.push(' ');
            }
            text.push_str(&word.to_string());
            if before == Before::Quote { Before::Lifetime } else { Before::Word }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::printed;

    #[test]
    fn types_are_printed_as_people_write_them() {
        for text in [
            "&'a mut Path",
            "impl AsRef<Path> + Clone + ?Sized + 'static",
            "P: std::convert::AsRef<Path>",
            "HashMap<String, Vec<(u8, &str)>>",
            "[u8; 4]",
            "Box<dyn Fn(u8) -> Result<u8, ()> + Send>",
            "I: IntoIterator<Item = &'a [u8]>, S: Into<Cow<'_, str>>",
            "<I as Iterator>::Item",
            "*const u8",
        ] {
            assert_eq!(printed(text.parse().expect("tokens")), text);
        }
    }
}
