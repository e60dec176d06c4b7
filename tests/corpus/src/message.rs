//! A message of the compiler about a block, and the remedies that its text names.

use crate::stand_in::has_word;

/// The part of a file that a message points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// The function with this number.
    Function(usize),
    /// The options of the attribute, or the line of `impl`.
    Head,
    /// The stand-in with this number, at which something was written.
    StandIn(usize),
    /// The attribute as a whole: the place of everything that it generates.
    Attribute,
    /// A stand-in.
    Outside,
}

/// A message, at the first place in a block that it points at.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) place: Place,
    /// The message and its notes.
    pub(crate) text: String,
    /// The type that the file has at the place, if it is one.
    pub(crate) written: Option<String>,
}

/// What a message is worth to its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It names a remedy.
    LeadsOn,
    /// Another message of the same round is about the same function.
    Repeats,
    /// It names none.
    LeadsNowhere,
    /// It points at the attribute as a whole, or outside the block: at code that was generated.
    Cascade,
    /// It is about a derive that a remedy asked for, so it is no message of the attribute.
    Derives,
}

/// Options that are a remedy, as a message spells them.
#[rustfmt::skip]
const OPTIONS: [&str; 11] = [
    "skip", "skip_unsupported", "with(", "error = ", "carry", "rename", "constructor = ", "block_on = ", "copy", "opaque(",
    "handles(",
];

/// Words in front of a type that the reader is to write.
const TO_WRITE: [&str; 4] = ["take", "return", "write", "pass"];

impl Message {
    /// Returns the kind of this message, if it is the first about its place in its round.
    pub(crate) fn kind(&self, is_first: bool) -> Kind {
        match self.place {
            Place::Attribute | Place::Outside => Kind::Cascade,
            Place::StandIn(_) => Kind::Derives,
            Place::Function(_) if !is_first => Kind::Repeats,
            Place::Function(_) | Place::Head if self.names_a_remedy() => Kind::LeadsOn,
            Place::Function(_) | Place::Head => Kind::LeadsNowhere,
        }
    }

    fn names_a_remedy(&self) -> bool {
        self.spans().any(|(before, code)| {
            let words = before.trim_end();
            let may_be_option = ["write", "or", ",", ";"].iter().any(|word| words.ends_with(word));
            let is_option = may_be_option && OPTIONS.contains(&code);
            let is_attribute = code.starts_with("#[concurrent_object(") && OPTIONS.iter().any(|one| code.contains(one));
            let is_given_a_value = OPTIONS.iter().any(|one| one.ends_with(['(', ' ']) && code.starts_with(one));
            let words = words.trim_end_matches(" a").trim_end_matches(" an");
            is_option || is_attribute || is_given_a_value || TO_WRITE.iter().any(|word| words.ends_with(word))
        })
    }

    /// Returns the options of each `#[concurrent_object(…)]` in the text that can be copied as it
    /// is written.
    pub(crate) fn options(&self) -> impl Iterator<Item = &str> {
        let options =
            self.spans().filter_map(|(_, code)| code.strip_prefix("#[concurrent_object(")?.strip_suffix(")]"));
        let placeholders = ["…", "..", "= Type", "Item = T>"];
        options.filter(move |options| placeholders.iter().all(|placeholder| !options.contains(placeholder)))
    }

    /// Returns the options with a `Type` that the reader is to replace: `C = Type, D = Type`.
    pub(crate) fn open_choices(&self) -> impl Iterator<Item = &str> {
        let choices =
            self.spans().filter_map(|(_, code)| code.strip_prefix("#[concurrent_object(with(")?.strip_suffix("))]"));
        choices.filter(|choices| choices.contains("= Type"))
    }

    /// Whether the text has this code span.
    pub(crate) fn spells(&self, code: &str) -> bool {
        self.spans().any(|(_, other)| other == code)
    }

    /// Whether it says how the type can stay in the child.
    pub(crate) fn proposes_handles(&self) -> bool {
        self.spells("opaque(Type)") && self.spells("handles(Type)")
    }

    /// Whether it says that the type at its place can stay in the child.
    pub(crate) fn proposes_this_one(&self) -> bool {
        self.text.contains("list this one in `opaque(…)`")
    }

    /// Whether it says that a method can make an object that stays in the child.
    pub(crate) fn proposes_a_maker(&self) -> bool {
        self.proposes_this_one() || self.spells("fn make(&self) -> Type")
    }

    /// Whether it says how a type whose lifetime is not written can stay in the child.
    pub(crate) fn proposes_views(&self) -> bool {
        self.spells("handles(Type<'_>)")
    }

    /// Whether the compiler says that a lifetime is not written, and nothing of where the type is
    /// used.
    pub(crate) fn is_about_hidden_lifetimes(&self) -> bool {
        self.text.starts_with("missing lifetime specifier")
    }

    /// Whether each of several reasons for which a function is refused has an option that removes
    /// it.
    pub(crate) fn is_removed_by_options(&self) -> bool {
        let mut reasons = self.text.lines().filter(|line| line.starts_with("- ")).peekable();
        reasons.peek().is_none() || reasons.all(|reason| reason.contains("#[concurrent_object("))
    }

    /// Returns the type that has no `serde`: "`Thing` cannot be sent to another process".
    pub(crate) fn untravelled(&self) -> Option<&str> {
        let first = self.text.lines().next()?;
        let (ty, after) = first.strip_prefix('`')?.split_once('`')?;
        [" cannot come back", " cannot be sent", " cannot go"]
            .iter()
            .any(|start| after.starts_with(start))
            .then_some(ty)
    }

    /// Whether it says that a type of this name has no `serde`: "the trait bound `Thing:
    /// serde::Serialize` is not satisfied".
    pub(crate) fn misses_serde(&self, name: &str) -> bool {
        self.spans().any(|(_, code)| {
            let mut parts = code.splitn(2, ": ");
            let is_name = parts.next().is_some_and(|ty| has_word(ty, name));
            is_name && parts.next().is_some_and(|bound| bound.contains("serde"))
        })
    }

    /// Whether a code span is the path of this function: `Thing::<T>::open`.
    pub(crate) fn names_function(&self, name: &str) -> bool {
        self.spans().any(|(_, code)| code.strip_suffix(name).is_some_and(|path| path.ends_with("::")))
    }

    /// Returns each code span, with the text between it and the span before it.
    ///
    /// Each line has its own spans. So a backtick without a second one only spoils its own line.
    fn spans(&self) -> impl Iterator<Item = (&str, &str)> {
        self.text.lines().flat_map(|line| {
            let mut parts = line.split('`');
            std::iter::from_fn(move || Some((parts.next()?, parts.next()?)))
        })
    }
}

/// Splits `with(T = u8), constructor = fn open() -> Result<Self, Error>` at the comma.
pub(crate) fn split_options(options: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let mut before = ' ';
    let pieces = options.split(|letter| {
        match letter {
            '(' | '<' | '[' => depth += 1,
            '>' if before == '-' => {}
            ')' | '>' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        before = letter;
        letter == ',' && depth == 0
    });
    pieces.map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, Message, Place, split_options};

    fn kind(text: &str) -> Kind {
        Message { place: Place::Head, text: text.to_owned(), written: None }.kind(true)
    }

    #[test]
    fn a_remedy_is_an_option_or_a_type_to_write() {
        assert_eq!(kind("a `Thing` cannot go; write `#[concurrent_object(skip)]` on it"), Kind::LeadsOn);
        assert_eq!(kind("it has no size; take `&mut String`"), Kind::LeadsOn);
        assert_eq!(kind("it is too long; return a `Vec`"), Kind::LeadsOn);
        assert_eq!(kind("`Thing` cannot go; return an owned value"), Kind::LeadsNowhere);
        assert_eq!(kind("the caller would get a copy; `skip`, or `copy` to take one"), Kind::LeadsOn);
        assert_eq!(kind("`Thing` needs `serde::Serialize`, as `copy` asks"), Kind::LeadsNowhere);
    }

    #[test]
    fn options_that_can_be_copied_are_found() {
        let text = "choose it with `#[concurrent_object(with(P = PathBuf))]`, or `#[concurrent_object(rename = …)]`";
        let message = Message { place: Place::Head, text: text.to_owned(), written: None };
        assert_eq!(message.options().collect::<Vec<_>>(), ["with(P = PathBuf)"]);
    }

    #[test]
    fn options_are_split_at_their_commas() {
        let options =
            "with(T = (u8, u16)), constructor = fn open(a: u8, b: u8) -> Result<Self, Error>, error = \"text\"";
        let expected =
            ["with(T = (u8, u16))", "constructor = fn open(a: u8, b: u8) -> Result<Self, Error>", "error = \"text\""];
        assert_eq!(split_options(options), expected);
    }
}
