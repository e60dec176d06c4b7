//! One impl block of the corpus, and the edits made to it.
//!
//! Invariant: an edit never adds or removes a line. So a line of a message is a line of the file.

mod edited;
mod probes;
mod shared;
mod staying;

use std::fs;
use std::ops::Range;
use std::path::Path;

use self::edited::Edited;
use self::staying::object;
use crate::message::{Message, Place};
use crate::signature::functions;
use crate::stand_in::{StandIn, stand_ins};

const ATTRIBUTE: &str = "#[concurrent_object]";
/// What a user imports who takes a type from a message. Own names of the file come first.
const IMPORT: &str = " use crate::known::*;";
const CONSTRUCTOR: &str = "//! Constructor: `";

/// A file of `blocks`.
#[derive(Clone, Debug)]
pub struct Block {
    pub(crate) name: String,
    lines: Vec<String>,
    /// The line of the attribute.
    attribute: usize,
    /// The lines from `impl` to the closing bracket.
    item: Range<usize>,
    functions: Vec<Edited>,
    /// The constructor that the type has outside the block.
    elsewhere: Option<String>,
    /// The options that the attribute has got.
    options: Vec<String>,
    /// The name of the type.
    pub(crate) object: String,
    pub(crate) stand_ins: Vec<StandIn>,
    /// The types whose objects stay in the child, with methods.
    handles: Vec<String>,
    /// The same without methods.
    opaque: Vec<String>,
    /// The types of objects that a method was added for, which makes one.
    made: Vec<String>,
    /// Whether `skip_unsupported` leaves functions out, and no longer `skip` on each.
    pub(crate) is_settled: bool,
    /// Whether an error is left that no edit removes.
    pub(crate) is_lost: bool,
}

impl Block {
    /// Reads a file.
    ///
    /// # Panics
    /// If the file does not have the form that `README.md` describes.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a file of the corpus");
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        Self::parse(name, &text)
    }

    pub(crate) fn parse(name: String, text: &str) -> Self {
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        let from = |first: usize, is: &dyn Fn(&str) -> bool| (first..lines.len()).find(|line| is(&lines[*line]));
        let attribute = from(0, &|line| line == ATTRIBUTE).unwrap_or_else(|| panic!("{name}: no attribute"));
        let open = from(attribute, &|line| line.ends_with('{')).expect("a block begins");
        let end = from(attribute, &|line| line == "}").expect("a block ends");
        let functions = functions(&lines, open + 1..end);
        let functions = functions.into_iter().map(Edited::new).collect();
        let elsewhere = lines.iter().find_map(|line| line.strip_prefix(CONSTRUCTOR)?.split('`').next());
        let elsewhere = elsewhere.map(str::to_owned);
        let item = attribute + 1..end + 1;
        Self {
            object: object(&lines[attribute + 1]),
            stand_ins: stand_ins(&lines),
            handles: Vec::new(),
            opaque: Vec::new(),
            made: Vec::new(),
            name,
            attribute,
            item,
            functions,
            elsewhere,
            options: Vec::new(),
            is_settled: false,
            is_lost: false,
            lines,
        }
    }

    /// Returns the file with its edits. A lost block has no attribute, so that it compiles.
    pub(crate) fn text(&self) -> String {
        let mut lines = self.lines.clone();
        lines[self.attribute] = match &*self.all_options().join(", ") {
            _ if self.is_lost => String::new(),
            "" => ATTRIBUTE.to_owned(),
            options => format!("#[concurrent_object({options})]"),
        };
        for edited in self.functions.iter().filter(|_| !self.is_lost) {
            let head = &mut lines[edited.function.head];
            head.insert_str(0, &edited.prefix(self.is_settled));
        }
        self.stand_ins.iter().filter(|_| !self.is_lost).for_each(|one| one.write(&mut lines));
        lines[self.item.end - 1].insert_str(0, &self.makers());
        lines[self.item.end - 1].push_str(IMPORT);
        lines.join("\n") + "\n"
    }

    /// Returns the file without the attribute.
    pub(crate) fn plain_text(&self) -> String {
        let mut lines = self.lines.clone();
        lines[self.attribute].clear();
        lines.join("\n") + "\n"
    }

    /// Returns what is at this place; lines and columns count from 1.
    pub(crate) fn place(&self, line: usize, column: usize) -> Place {
        let line = line.saturating_sub(1);
        if line == self.attribute {
            return if column == 1 { Place::Attribute } else { Place::Head };
        }
        match self.functions.iter().position(|edited| edited.function.lines.contains(&line)) {
            Some(number) => Place::Function(number),
            None if self.item.contains(&line) => Place::Head,
            None => {
                let edited = self.stand_ins.iter().position(|one| one.contains(line) && one.is_edited());
                edited.map_or(Place::Outside, Place::StandIn)
            }
        }
    }

    /// Returns what a reader calls this place.
    pub(crate) fn describe(&self, place: Place) -> &str {
        match place {
            Place::Function(number) => &self.functions[number].function.name,
            Place::Head => "the block",
            Place::Attribute => "the attribute",
            Place::StandIn(number) => &self.stand_ins[number].name,
            Place::Outside => "a stand-in",
        }
    }

    /// Leaves the function out. Returns `false` if that was done before.
    pub(crate) fn skip(&mut self, number: usize) -> bool {
        let function = &mut self.functions[number];
        let is_new = if self.is_settled { !function.is_skipped } else { !function.is_left_out };
        function.is_skipped = self.is_settled;
        if is_new && !self.is_settled {
            function.leave_out();
        }
        is_new
    }

    /// Gives a function an option. Returns `false` if it has one of this name.
    pub(crate) fn give(&mut self, number: usize, option: &str) -> bool {
        let name = |option: &str| option.split(' ').next().map(str::to_owned);
        let is_new = self.functions[number].options.iter().all(|other| name(other) != name(option));
        if is_new {
            self.functions[number].options.push(option.to_owned());
        }
        is_new
    }

    /// Returns the type that a function returns.
    pub(crate) fn result(&self, number: usize) -> Option<&str> {
        self.functions[number].function.result.as_deref()
    }

    /// Returns the lines of the file without the edits.
    pub(crate) fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Chooses a type, `P = PathBuf`, unless one was chosen for this parameter.
    pub(crate) fn choose(&mut self, number: usize, choice: &str) {
        if !self.has_choice(number, choice) {
            self.functions[number].with.push(choice.to_owned());
        }
    }

    /// Whether a type was chosen for the same parameter.
    pub(crate) fn has_choice(&self, number: usize, choice: &str) -> bool {
        let parameter = |choice: &str| choice.split('=').next().map(|name| name.trim().to_owned());
        self.functions[number].with.iter().any(|other| parameter(other) == parameter(choice))
    }

    /// Lets the function return a copy.
    pub(crate) fn copy(&mut self, number: usize) {
        self.functions[number].is_copied = true;
    }

    pub(crate) fn is_copied(&self, number: usize) -> bool {
        self.functions[number].is_copied
    }

    /// Gives the attribute an option, unless it has it.
    pub(crate) fn add_option(&mut self, option: &str) {
        if !self.has_option(option) {
            self.options.push(option.to_owned());
        }
    }

    pub(crate) fn has_option(&self, option: &str) -> bool {
        self.options.iter().any(|other| other == option)
    }

    /// Declares the constructor that the head of the file names. Returns `false` if there is none,
    /// or if it is declared.
    pub(crate) fn declare_constructor(&mut self) -> bool {
        let option = self.elsewhere.as_ref().map(|elsewhere| format!("constructor = {elsewhere}"));
        let option = option.filter(|option| !self.has_option(option));
        option.map(|option| self.add_option(&option)).is_some()
    }

    /// Returns the functions whose paths are in the message.
    pub(crate) fn functions_named_in(&self, message: &Message) -> Vec<usize> {
        let names = self.functions.iter().map(|edited| &edited.function.name);
        names.enumerate().filter(|(_, name)| message.names_function(name)).map(|(number, _)| number).collect()
    }

    pub(crate) fn methods(&self) -> usize {
        self.functions.iter().filter(|edited| edited.function.has_receiver).count()
    }

    /// Returns how many methods are not left out.
    #[cfg(test)]
    pub(crate) fn methods_left(&self) -> usize {
        let is_left = |edited: &&Edited| edited.function.has_receiver && !edited.is_skipped && !edited.is_left_out;
        self.functions.iter().filter(is_left).count()
    }

    /// Returns how many lines were edited.
    pub(crate) fn edits(&self) -> usize {
        let functions = self.functions.iter().filter(|edited| !edited.prefix(self.is_settled).is_empty()).count();
        let stand_ins = self.stand_ins.iter().filter(|one| one.is_edited()).count();
        self.all_options().len() + self.made.len() + functions + stand_ins
    }
}

#[cfg(test)]
mod tests {
    use super::Block;
    use crate::message::Place;

    const TEXT: &str = "//! Constructor: `fn open() -> Self`.\nstruct Thing;\n\n#[concurrent_object]\nimpl Thing {\n    \
                        pub fn get(&self) -> u8 {\n        1\n    }\n}\n";

    #[test]
    fn edits_keep_the_lines_of_a_block() {
        let mut block = Block::parse("thing".to_owned(), TEXT);
        assert!(block.declare_constructor() && !block.declare_constructor());
        ["P = u8", "P = u16", "Q = u8"].iter().for_each(|choice| block.choose(0, choice));
        assert_eq!(block.text().lines().count(), TEXT.lines().count());
        assert!(block.text().contains("#[concurrent_object(constructor = fn open() -> Self)]\nimpl"));
        assert!(block.text().contains("#[concurrent_object(with(P = u8, Q = u8))]     pub fn get"));
        assert!(block.skip(0) && !block.skip(0));
        assert!(block.text().contains("#[concurrent_object(skip)]     pub fn get"));
        assert_eq!((block.methods(), block.methods_left(), block.edits()), (1, 0, 2));
    }

    #[test]
    fn places_are_functions_the_head_the_attribute_or_outside() {
        let block = Block::parse("thing".to_owned(), TEXT);
        let places = [(2, 1), (4, 1), (4, 3), (5, 6), (6, 9)].map(|(line, column)| block.place(line, column));
        assert_eq!(places, [Place::Outside, Place::Attribute, Place::Head, Place::Head, Place::Function(0)]);
    }
}
