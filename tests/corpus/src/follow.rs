//! Follows the messages of the compiler, as a user would who knows nothing but them.
//!
//! The compiler reports errors of its later phases only when those of the earlier ones are gone. So
//! there are rounds: all errors of a round are answered with edits before the next one. An option
//! or a choice of types that a message spells out is taken from it. Where that did not help, or a
//! message spells out none, its function is skipped. A block whose errors lead to no new edit is
//! lost.

use std::collections::BTreeSet;

use crate::block::Block;
use crate::figures::{Acceptance, Figures};
use crate::implementors::{by_items, choose};
use crate::message::{Kind, Message, Place, split_options};
use crate::scratch::{Finding, Scratch};
use crate::settle::settle;
use crate::travel::{self, Round};

/// A function is edited three times at most, and a block has few options. So more rounds are a
/// fault of this crate.
const MAX_ROUNDS: usize = 60;

/// Compiles the blocks, edits them until they compile, and returns their figures. `show` gets each
/// message as one paragraph, with the name of its block.
///
/// # Panics
/// If the compiler fails, or if there is no end.
pub fn follow(scratch: &Scratch, blocks: &mut [Block], mut show: impl FnMut(&str, &str)) -> Vec<Figures> {
    let mut all: Vec<_> = blocks.iter().map(unmeasured).collect();
    for round in 1..=MAX_ROUNDS {
        let modules: Vec<_> = blocks.iter().map(|block| (block.name.as_str(), block.text())).collect();
        let findings = scratch.check(&modules);
        if findings.is_empty() {
            finish(scratch, blocks, &mut all, show);
            return all;
        }
        for (block, figures) in blocks.iter_mut().zip(&mut all) {
            let messages = messages_about(block, &findings);
            count(block, &messages, figures, |text| show(&block.name, &format!("round {round}, {text}")));
            if !messages.is_empty() && !answer(block, &messages) {
                block.is_lost = true;
            }
        }
    }
    panic!("errors are left after {MAX_ROUNDS} rounds");
}

impl Scratch {
    /// Compiles the blocks without the attribute, and returns the errors.
    ///
    /// # Panics
    /// If cargo fails before it compiles them.
    #[must_use]
    pub fn errors_without_the_attribute(&self, blocks: &[Block]) -> Vec<String> {
        let modules: Vec<_> = blocks.iter().map(|block| (block.name.as_str(), block.plain_text())).collect();
        let place = |finding: &Finding| {
            finding.places.first().map(|place| format!("{}.rs:{}: ", place.module, place.line)).unwrap_or_default()
        };
        self.check(&modules).iter().map(|finding| format!("{}{}", place(finding), finding.text)).collect()
    }
}

fn unmeasured(block: &Block) -> Figures {
    Figures {
        name: block.name.clone(),
        acceptance: Acceptance::Lost,
        methods: block.methods(),
        on_the_proxy: 0,
        edits: 0,
        leads_on: 0,
        repeats: 0,
        leads_nowhere: 0,
        cascades: 0,
    }
}

fn finish(scratch: &Scratch, blocks: &mut [Block], all: &mut [Figures], mut show: impl FnMut(&str, &str)) {
    let lost = settle(scratch, blocks);
    for ((block, figures), lost) in blocks.iter().zip(all).zip(lost) {
        show(&block.name, &format!("lost at the end: {}", lost.join(", ")));
        figures.edits = block.edits();
        figures.on_the_proxy = figures.methods - lost.len();
        figures.acceptance = match block.edits() {
            _ if block.is_lost => Acceptance::Lost,
            0 => Acceptance::AsItIs,
            _ => Acceptance::Edited,
        };
    }
}

/// Returns the messages that point into a block, each at the first such place.
fn messages_about(block: &Block, findings: &[Finding]) -> Vec<Message> {
    let message = |finding: &Finding| {
        let position = finding.places.first().filter(|position| position.module == block.name)?;
        let (line, column) = (position.line, position.column);
        let (text, written) = (finding.text.clone(), block.type_at(line, column));
        Some(Message { place: block.place(line, column), text, written })
    };
    findings.iter().filter_map(message).collect()
}

fn count(block: &Block, messages: &[Message], figures: &mut Figures, mut show: impl FnMut(&str)) {
    let mut seen = BTreeSet::new();
    for message in messages {
        let kind = message.kind(seen.insert(message.place));
        show(&format!("{}, {kind:?}: {}", block.describe(message.place), message.text));
        *match kind {
            Kind::LeadsOn => &mut figures.leads_on,
            Kind::Repeats => &mut figures.repeats,
            Kind::LeadsNowhere => &mut figures.leads_nowhere,
            Kind::Cascade => &mut figures.cascades,
            Kind::Derives => continue,
        } += 1;
    }
}

/// Edits the block as its messages say. Returns `false` if no message led to an edit.
fn answer(block: &mut Block, messages: &[Message]) -> bool {
    let before = block.clone();
    let round = Round { before: &before, messages };
    let mut skipped = BTreeSet::new();
    for message in messages {
        match message.place {
            // The reader follows the other message about the function.
            Place::Function(_) if message.is_about_hidden_lifetimes() && round.has_another(message) => {}
            Place::Function(number) if !answer_at_function(block, &round, number, message) => {
                skipped.insert(number);
            }
            Place::Function(_) => {}
            Place::StandIn(number) => travel::answer_at_stand_in(block, number, message),
            Place::Head => answer_at_head(block, message),
            Place::Attribute | Place::Outside => {}
        }
    }
    // Not `any`: all of them are skipped.
    let is_skipped = skipped.into_iter().filter(|number| block.skip(*number)).count() > 0;
    is_skipped || block.text() != before.text() || skip_named_functions(block, messages)
}

/// Skips the functions that messages name which point at no function.
fn skip_named_functions(block: &mut Block, messages: &[Message]) -> bool {
    let elsewhere = messages.iter().filter(|message| !matches!(message.place, Place::Function(_)));
    let named: Vec<_> = elsewhere.flat_map(|message| block.functions_named_in(message)).collect();
    named.into_iter().filter(|number| block.skip(*number)).count() > 0
}

/// Takes what the message spells out, a choice of types or an option of the block. Returns `false`
/// if there is nothing of the kind, or if it is there since an earlier round and did not help.
fn answer_at_function(block: &mut Block, round: &Round<'_>, number: usize, message: &Message) -> bool {
    let before = round.before;
    if !message.is_removed_by_options() {
        return false;
    }
    if travel::answer(block, round, message) || answer_with_own_words(block, round, number, message) {
        return true;
    }
    for options in message.options() {
        if let Some(choice) = options.strip_prefix("with(").and_then(|rest| rest.strip_suffix(')')) {
            let is_new = !before.has_choice(number, choice);
            if is_new {
                block.choose(number, choice);
            }
            return is_new;
        }
        if options == "copy" && !before.is_copied(number) {
            block.copy(number);
            return true;
        }
        let is_for_the_block = ["error = ", "block_on = "].iter().any(|start| options.starts_with(start))
            && message.text.contains("the impl block");
        let option = options.replace("block_on = path", "block_on = crate::block_on");
        if is_for_the_block && !before.has_option(&option) {
            block.add_option(&option);
            return true;
        }
    }
    false
}

/// Takes an option of which the message leaves a part open: a type, or a name.
fn answer_with_own_words(block: &mut Block, round: &Round<'_>, number: usize, message: &Message) -> bool {
    let chosen = message.open_choices().find_map(|open| choose(block.lines(), open, &message.text));
    if let Some(chosen) = chosen {
        let is_new = !block.has_choice(number, &chosen);
        block.choose(number, &chosen);
        return is_new;
    }
    if message.spells("#[concurrent_object(rename = …)]") {
        let name = block.describe(Place::Function(number)).to_owned();
        return block.give(number, &format!("rename = {name}_it"));
    }
    if message.spells("#[concurrent_object(result = impl Iterator<Item = T>)]") {
        let result = block.result(number).and_then(|result| by_items(block.lines(), result));
        if let Some(result) = result {
            return block.give(number, &format!("result = {result}"));
        }
    }
    travel::answer_view(block, round, number, message)
}

/// Takes the options that the message spells out. A user has a constructor of their own in place of
/// the one in the example.
fn answer_at_head(block: &mut Block, message: &Message) {
    if message.text.contains("constructor = ") {
        block.declare_constructor();
    }
    let taken = ["with(", "error = ", "block_on = "];
    let options = message.options().flat_map(split_options);
    options
        .filter(|option| taken.iter().any(|start| option.starts_with(start)))
        .for_each(|option| block.add_option(option));
}

#[cfg(test)]
mod tests {
    use super::answer;
    use crate::block::Block;
    use crate::message::{Message, Place};

    const TEXT: &str = "//! Constructor: `fn open() -> Self`.\n\n#[concurrent_object]\nimpl Thing {\n    pub fn get(&self) \
                        {\n        1\n    }\n\n    pub fn put(&self) {\n        1\n    }\n}\n";

    const OPTION: &str = "write `#[concurrent_object(error = \"text\")]` on the method or on the impl block";

    fn thing() -> Block {
        Block::parse("thing".to_owned(), TEXT)
    }

    fn message(place: Place, text: &str) -> Message {
        Message { place, text: text.to_owned(), written: None }
    }

    #[test]
    fn one_option_answers_all_messages_of_a_round_that_spell_it() {
        let mut block = thing();
        let both = [0, 1].map(|number| message(Place::Function(number), OPTION));
        assert!(answer(&mut block, &both));
        assert_eq!((block.edits(), block.methods_left()), (1, 2));
        assert!(answer(&mut block, &both[..1]), "it did not help, so the function is skipped");
        assert_eq!((block.edits(), block.methods_left()), (2, 1));
    }

    #[test]
    fn a_choice_that_did_not_help_gives_way_to_skip() {
        let mut block = thing();
        let choose = [message(Place::Function(0), "choose it with `#[concurrent_object(with(P = PathBuf))]`")];
        assert!(answer(&mut block, &choose));
        assert_eq!(block.methods_left(), 2);
        assert!(answer(&mut block, &[message(Place::Function(0), "`PathBuf` does not fit")]));
        assert_eq!((block.edits(), block.methods_left()), (1, 1));
        let copy = [message(Place::Function(1), "write `#[concurrent_object(copy)]` on this one")];
        assert!(answer(&mut block, &copy) && block.methods_left() == 1);
        assert!(answer(&mut block, &copy) && block.methods_left() == 0);
    }

    #[test]
    fn a_function_with_a_message_without_remedy_is_skipped_at_once() {
        let mut block = thing();
        let both = [message(Place::Function(0), OPTION), message(Place::Function(0), "`Thing` cannot be sent")];
        assert!(answer(&mut block, &both));
        assert_eq!(block.methods_left(), 1);
    }

    #[test]
    fn messages_at_the_head_lead_to_options_or_to_nothing() {
        let mut block = thing();
        let generic = "`#[concurrent_object(with(R = File), constructor = fn open(path: &Path) -> Self)]`";
        assert!(answer(&mut block, &[message(Place::Head, generic)]));
        let options = "#[concurrent_object(constructor = fn open() -> Self, with(R = File))]";
        assert!(block.text().contains(options), "{}", block.text());
        assert!(!answer(&mut block, &[message(Place::Head, generic)]), "nothing is left to do");
        assert!(answer(&mut block, &[message(Place::Attribute, "required by a bound in `Thing::put`")]));
        assert_eq!(block.methods_left(), 1);
    }
}
