//! Follows the messages about types that cannot travel. A user derives serde's traits for a type
//! with contents. Objects that methods return stay in the child: the parent has handles to them.

use crate::block::Block;
use crate::message::{Message, Place};
use crate::stand_in::has_word;
use crate::written::{behind_alias, type_at_start};

/// The messages of one round, and the block before they are answered.
pub(crate) struct Round<'m> {
    pub(crate) before: &'m Block,
    pub(crate) messages: &'m [Message],
}

impl Round<'_> {
    /// Whether there is another message about the same place.
    pub(crate) fn has_another(&self, message: &Message) -> bool {
        let mut others = self.messages.iter().filter(|other| !other.is_about_hidden_lifetimes());
        others.any(|other| other.place == message.place)
    }

    /// Whether derives of this round's file do not compile. Then functions are not judged yet.
    fn is_about_derives(&self) -> bool {
        self.messages.iter().any(|message| matches!(message.place, Place::StandIn(_)))
    }
}

/// Edits the block so that the types of the message travel, or stay in the child. Returns `false`
/// if there is nothing new to do for one of them.
pub(crate) fn answer(block: &mut Block, round: &Round<'_>, message: &Message) -> bool {
    answer_for_names(block, round, message)
        || keep_aliased(block, round, message)
        || keep_written(block, round, message)
}

/// Keeps objects of the type at the message's place in the child. A user does that if the type
/// cannot have derives, so that no message about them is left.
fn keep_written(block: &mut Block, round: &Round<'_>, message: &Message) -> bool {
    let Some(ty) = message.written.as_ref().filter(|_| message.proposes_a_maker()) else { return false };
    let has_hidden_lifetime = block.stand_ins.iter().any(|one| one.name == *ty && one.is_generic);
    // A constructor has no object that could have made its argument.
    let Place::Function(number) = message.place else { return false };
    if has_hidden_lifetime || !block.has_receiver(number) {
        return false;
    }
    block.keep_made(ty) || !round.before.stays(ty)
}

/// Names the type behind an alias that a method returns, and keeps its objects in the child.
fn keep_aliased(block: &mut Block, round: &Round<'_>, message: &Message) -> bool {
    let Place::Function(number) = message.place else { return false };
    let result = block.result(number).filter(|_| message.spells("result(Alias = Type)"));
    let Some(whole) = result.and_then(|alias| behind_alias(block.lines(), alias)) else { return false };
    let Some(kept) = type_at_start(whole.strip_prefix("Result<").unwrap_or(&whole)) else { return false };
    block.keep(&kept, true);
    block.give(number, &format!("result = {whole}")) || !round.before.stays(&kept)
}

fn answer_for_names(block: &mut Block, round: &Round<'_>, message: &Message) -> bool {
    let Some(ty) = message.untravelled() else { return false };
    let names: Vec<String> = block.stand_ins.iter().map(|one| one.name.clone()).collect();
    let mut names: Vec<_> = names.into_iter().filter(|name| has_word(ty, name)).collect();
    // The outer type of `ZeroCopy<Vec<Name>>` is first.
    names.sort_by_key(|name| ty.find(name.as_str()));
    if names.is_empty() {
        return false;
    }
    // The parts of a tuple are judged each for itself. The parent has no handle inside a generic
    // type, apart from the lists that the messages name.
    let is_tuple = ty.contains('(');
    let is_possible = ["Map<", "Set<", "Arc<", "Rc<", "Box<"].iter().all(|outer| !ty.contains(outer));
    for (at, name) in names.iter().enumerate() {
        let may_stay = is_possible && (at == 0 || is_tuple);
        if may_stay && message.proposes_views() && ty.contains(&format!("{name}<'")) {
            match keep_hidden_view(block, round, name, ty) {
                true if is_tuple => continue,
                is_new => return is_new,
            }
        }
        match answer_for(block, round, name, may_stay && message.proposes_handles()) {
            Answer::Travels => {}
            Answer::Stays if is_tuple => {}
            Answer::Stays => return true,
            Answer::Nothing => return false,
        }
    }
    true
}

/// Gives the caller handles to what a function returns and borrows from the object. Returns `false`
/// if that is not possible, or was done before.
pub(crate) fn answer_view(block: &mut Block, round: &Round<'_>, number: usize, message: &Message) -> bool {
    let Some(result) = block.result(number).filter(|_| message.spells("handles(Type)")).map(str::to_owned) else {
        return false;
    };
    let views = (0..block.stand_ins.len()).filter(|at| {
        let one = &block.stand_ins[*at];
        one.is_view() && has_word(&result, &one.name)
    });
    let mut is_new = false;
    for at in views.collect::<Vec<_>>() {
        let name = block.stand_ins[at].name.clone();
        let Some(types) = block.chosen_types(number, &types_of(&result, &name)) else { continue };
        block.stand_ins[at].make_handle(types);
        block.keep(&name, false);
        is_new |= !round.before.stays(&name);
    }
    is_new
}

/// Lists a view whose lifetime the signature does not write: `Chunks<'_>`. `ty` is the result as
/// the compiler spells it. Returns `false` if that was done before.
fn keep_hidden_view(block: &mut Block, round: &Round<'_>, name: &str, ty: &str) -> bool {
    let Some(one) = block.stand_ins.iter_mut().find(|one| one.name == name && one.is_view()) else { return false };
    one.make_handle(types_of(ty, name));
    let lifetimes = vec!["'_"; one.lifetimes].join(", ");
    if !block.stays(name) {
        block.keep(&format!("{name}<{lifetimes}>"), false);
    }
    !round.before.stays(name)
}

/// Returns the types that a type is given: `File` of `Option<Entries<'_, File>>`.
fn types_of(ty: &str, name: &str) -> Vec<String> {
    let Some((_, after)) = ty.split_once(&format!("{name}<")) else { return Vec::new() };
    let (mut types, mut depth) = (vec![String::new()], 0_usize);
    for letter in after.chars() {
        match letter {
            '>' if depth == 0 => break,
            ',' if depth == 0 => types.push(String::new()),
            _ => types.last_mut().expect("one").push(letter),
        }
        depth += usize::from(letter == '<');
        depth -= usize::from(letter == '>');
    }
    let types = types.into_iter().map(|one| one.trim().to_owned());
    types.filter(|one| !one.is_empty() && !one.starts_with('\'')).collect()
}

/// What was done for one type.
enum Answer {
    /// It got derives, so the types inside it need them too.
    Travels,
    /// It stays in the child, with all that is inside it.
    Stays,
    Nothing,
}

fn answer_for(block: &mut Block, round: &Round<'_>, name: &str, may_stay: bool) -> Answer {
    let Some(at) = block.stand_ins.iter().position(|one| one.name == name) else { return Answer::Nothing };
    if block.stays(name) {
        return if round.before.stays(name) { Answer::Nothing } else { Answer::Stays };
    }
    if block.stand_ins[at].is_derived() {
        let is_new = !round.before.stand_ins[at].is_derived() || round.is_about_derives();
        return if is_new { Answer::Travels } else { Answer::Nothing };
    }
    if name != block.object && block.stand_ins[at].derive() {
        return Answer::Travels;
    }
    if may_stay && keep(block, at) { Answer::Stays } else { Answer::Nothing }
}

/// Lists the type, so that its objects stay in the child. Returns `false` if no method returns one.
fn keep(block: &mut Block, at: usize) -> bool {
    let name = block.stand_ins[at].name.clone();
    if name == block.object {
        return block.keep("Self", block.is_generic());
    }
    if !block.is_returned(&name, block.stand_ins[at].is_clone) {
        return false;
    }
    let is_generic = block.stand_ins[at].is_generic;
    let listed = if is_generic { block.written(&name) } else { Some(name) };
    let is_kept = listed.is_some_and(|listed| block.keep(&listed, is_generic));
    if is_kept && !is_generic {
        block.stand_ins[at].make_handle(Vec::new());
    }
    is_kept
}

/// Answers an error at a stand-in that got derives: those of a type inside it are missing too, or
/// it can have none.
pub(crate) fn answer_at_stand_in(block: &mut Block, at: usize, message: &Message) {
    let (name, object) = (block.stand_ins[at].name.clone(), block.object.clone());
    let others = block.stand_ins.iter_mut().filter(|one| one.name != name && one.name != object);
    let mut inside = others.filter(|one| message.misses_serde(&one.name));
    let is_derived = inside.next().is_some_and(|one| one.is_derived() || one.derive());
    if !is_derived {
        block.stand_ins[at].refuse();
    }
}

#[cfg(test)]
mod tests {
    use super::types_of;

    #[test]
    fn the_types_of_a_view_are_found_inside_another_type() {
        let types = types_of("(Result<Rows<'_, BufReader<File>, u32>, E>, usize)", "Rows");
        assert_eq!(types, ["BufReader<File>", "u32"]);
        assert_eq!(types_of("Option<Rows<'_>>", "Rows"), [""; 0]);
        assert_eq!(types_of("Rows", "Rows"), [""; 0]);
    }
}
