//! The types whose objects stay in the child.

use super::Block;
use crate::lasting::{lasting, lifetimes};
use crate::stand_in::has_word;
use crate::written::type_at_start;

impl Block {
    /// Lists a type whose objects stay in the child. Returns `false` if it is listed.
    pub(crate) fn keep(&mut self, ty: &str, is_opaque: bool) -> bool {
        let is_new = !self.stays(ty);
        if is_new {
            if is_opaque { &mut self.opaque } else { &mut self.handles }.push(ty.to_owned());
        }
        is_new
    }

    /// Keeps the objects of a type in the child, and adds a method that makes one unless a method
    /// returns them. Returns `false` if the type is listed.
    pub(crate) fn keep_made(&mut self, ty: &str) -> bool {
        let mut results = self.functions.iter().filter_map(|edited| edited.function.result.as_ref());
        let is_returned = results.any(|result| result.contains(ty));
        let is_new = self.keep(ty, true);
        if is_new && !is_returned {
            self.made.push(ty.to_owned());
        }
        is_new
    }

    /// Returns the methods that make objects.
    pub(super) fn makers(&self) -> String {
        let maker = |(number, ty)| format!("pub fn make_{number}(&self) -> {ty} {{ unimplemented!() }} ");
        self.made.iter().enumerate().filter(|_| !self.is_lost).map(maker).collect()
    }

    /// Returns the type that the file has at a place; lines and columns count from 1.
    pub(crate) fn type_at(&self, line: usize, column: usize) -> Option<String> {
        let text = self.text();
        let rest: String = text.lines().nth(line.checked_sub(1)?)?.chars().skip(column.checked_sub(1)?).collect();
        // The attribute reads the lifetimes of the block so.
        let own = lifetimes(&self.lines[self.item.start]);
        type_at_start(&own.iter().fold(rest, |rest, lifetime| lasting(&rest, lifetime)))
    }

    /// Whether objects of this type stay in the child.
    pub(crate) fn stays(&self, ty: &str) -> bool {
        let is_same = |listed: &String| {
            listed == ty || listed.split('<').next() == Some(ty) || (listed == "Self" && ty == self.object)
        };
        self.handles.iter().chain(&self.opaque).any(is_same)
    }

    pub(crate) fn has_receiver(&self, number: usize) -> bool {
        self.functions[number].function.has_receiver
    }

    /// Whether a method returns this type, also inside another one. A method that lends it counts
    /// if it can be cloned.
    pub(crate) fn is_returned(&self, name: &str, is_clone: bool) -> bool {
        let methods = self.functions.iter().filter(|edited| edited.function.has_receiver);
        let mut results = methods.filter_map(|edited| edited.function.result.as_ref());
        results.any(|result| has_word(result, name) && (is_clone || !result.contains('&')))
    }

    /// Returns a generic type as a method writes it, unless it borrows.
    pub(crate) fn written(&self, name: &str) -> Option<String> {
        let mut results = self.functions.iter().filter_map(|edited| edited.function.result.as_ref());
        results.find_map(|result| {
            let at = result.find(&format!("{name}<"))?;
            let mut depth = 0_usize;
            let end = result[at..].find(|letter| {
                depth += usize::from(letter == '<');
                depth -= usize::from(letter == '>');
                letter == '>' && depth == 0
            })?;
            let written = result[at..=at + end].to_owned();
            (!written.contains('\'')).then_some(written)
        })
    }

    /// Returns the types with those in place of the parameters that were chosen for the block and
    /// for a function. `None` if one has no choice.
    pub(crate) fn chosen_types(&self, number: usize, types: &[String]) -> Option<Vec<String>> {
        let of_block = self.options.iter().filter_map(|option| option.strip_prefix("with(")?.strip_suffix(')'));
        let function = &self.functions[number];
        let all: Vec<_> = of_block.chain(function.with.iter().map(String::as_str)).collect();
        let choices: Vec<_> = all.iter().filter_map(|choice| choice.split_once(" = ")).collect();
        let of_function = self.lines[function.function.head].split('(').next().unwrap_or_default();
        let declared = [self.lines[self.item.start].as_str(), of_function].map(declared).concat();
        let choose = |ty: &String| match choices.iter().find(|(name, _)| name == ty) {
            Some((_, chosen)) => Some((*chosen).to_owned()),
            None => declared.iter().all(|name| !has_word(ty, name)).then(|| ty.clone()),
        };
        types.iter().map(choose).collect()
    }

    /// Whether the block has type parameters that are not chosen.
    pub(crate) fn is_generic(&self) -> bool {
        !self.parameters().is_empty() && !self.is_concrete()
    }

    /// Whether types are chosen for the block's own parameters.
    pub(super) fn is_concrete(&self) -> bool {
        let parameters = self.parameters();
        let mut chosen = self.options.iter().filter_map(|option| option.strip_prefix("with(")?.split(" = ").next());
        chosen.any(|name| parameters.contains(&name))
    }

    /// `T` of `impl<'a, T: Read>`
    fn parameters(&self) -> Vec<&str> {
        let declared = self.lines[self.item.start].strip_prefix("impl<").and_then(|rest| rest.split('>').next());
        let parameters = declared.unwrap_or_default().split(',').map(str::trim);
        let names = parameters.filter_map(|one| one.split(':').next());
        names.filter(|name| !name.is_empty() && !name.starts_with('\'')).collect()
    }

    /// Returns the options of the attribute, one for each line that a user writes.
    pub(super) fn all_options(&self) -> Vec<String> {
        let list =
            |name: &str, types: &Vec<String>| (!types.is_empty()).then(|| format!("{name}({})", types.join(", ")));
        let lists = [list("handles", &self.handles), list("opaque", &self.opaque)];
        let is_left_out = self.is_settled && self.functions.iter().any(|edited| edited.is_left_out);
        let left_out = is_left_out.then(|| "skip_unsupported".to_owned());
        self.options.iter().cloned().chain(left_out).chain(lists.into_iter().flatten()).collect()
    }
}

/// Returns `R` of `impl<'a, R: Read> Archive<R>` and of `pub fn rows<R: Read>`.
fn declared(head: &str) -> Vec<String> {
    let parameters = head.split_once('<').map(|(_, rest)| rest.split('>').next().unwrap_or_default());
    let names = parameters.unwrap_or_default().split(',').filter_map(|one| one.split(':').next());
    names.map(str::trim).filter(|name| !name.is_empty() && !name.starts_with('\'')).map(str::to_owned).collect()
}

/// Returns `Thing` of `impl<T> inner::Thing<T> {`.
pub(super) fn object(head: &str) -> String {
    let mut depth = 0_usize;
    let plain: String = head
        .chars()
        .filter(|letter| {
            depth += usize::from(*letter == '<');
            let is_outside = depth == 0;
            depth -= usize::from(*letter == '>' && depth > 0);
            is_outside
        })
        .collect();
    let path = plain.trim_start_matches("impl").trim().split([' ', '{']).next().unwrap_or_default().to_owned();
    path.rsplit("::").next().unwrap_or_default().to_owned()
}
