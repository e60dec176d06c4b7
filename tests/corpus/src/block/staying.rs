//! The types whose objects stay in the child.

use super::Block;
use crate::stand_in::has_word;

impl Block {
    /// Lists a type whose objects stay in the child. Returns `false` if it is listed.
    pub(crate) fn keep(&mut self, ty: &str, is_opaque: bool) -> bool {
        let is_new = !self.stays(ty);
        if is_new {
            if is_opaque { &mut self.opaque } else { &mut self.handles }.push(ty.to_owned());
        }
        is_new
    }

    /// Whether objects of this type stay in the child.
    pub(crate) fn stays(&self, ty: &str) -> bool {
        let is_same = |listed: &String| {
            listed == ty || listed.split('<').next() == Some(ty) || (listed == "Self" && ty == self.object)
        };
        self.handles.iter().chain(&self.opaque).any(is_same)
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

    /// Whether the block has type parameters that are not chosen.
    pub(crate) fn is_generic(&self) -> bool {
        let declared = self.lines[self.item.start].strip_prefix("impl<").and_then(|rest| rest.split('>').next());
        let parameters = declared.unwrap_or_default().split(',').map(str::trim);
        let has_types = parameters.filter(|one| !one.is_empty() && !one.starts_with('\'')).count() > 0;
        has_types && !self.options.iter().any(|option| option.starts_with("with("))
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
