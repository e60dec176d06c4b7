//! The impls of a file: which types have a trait, and what an iterator yields.
//!
//! A user knows them. Where a message leaves a type open, this is where it comes from.

use crate::message::split_options;
use crate::stand_in::has_word;

/// Returns the choices `C = Type, D = Type` with a type of this file, or a number, in place of each
/// `Type`. `None` if the file has no type with one of the bounds.
///
/// `text` is the message: "where `Type` implements `Class`", "where `C: Class`, `D: Float`".
pub(crate) fn choose(lines: &[String], choices: &str, text: &str) -> Option<String> {
    let chosen = split_options(choices).into_iter().map(|choice| {
        let (name, value) = choice.split_once(" = ")?;
        // Inside a list there can be no handle.
        let is_listed = choices.split("Vec<").skip(1).any(|after| has_word(after, name));
        let value = if value == "Type" { fitting(lines, &bounds(text, name)?, is_listed)? } else { value.to_owned() };
        Some(format!("{name} = {value}"))
    });
    chosen.collect::<Option<Vec<_>>>().map(|chosen| chosen.join(", "))
}

fn bounds(text: &str, parameter: &str) -> Option<String> {
    let (_, after) = text.split_once("`, where ")?;
    let of_one = after.strip_prefix("`Type` implements `");
    let of_several = || after.split_once(&format!("`{parameter}: ")).map(|(_, after)| after);
    of_one.or_else(of_several)?.split('`').next().map(str::to_owned)
}

/// Returns a type that has all of these bounds.
fn fitting(lines: &[String], bounds: &str, is_listed: bool) -> Option<String> {
    // The derives of serde are written when a message asks for them.
    let is_serde = |bound: &str| ["Serialize", "Deserialize", "DeserializeOwned"].contains(&bound);
    let bounds = bounds.split(" + ").map(str::trim).filter(|bound| !bound.starts_with('\'') && !is_serde(bound));
    let implementors: Vec<_> = bounds.map(|bound| implementors(lines, bound)).collect();
    // A bound without an own impl is one of the standard library's, or has an impl for all types.
    let mut own = implementors.iter().filter(|types| !types.is_empty());
    let Some(first) = own.next() else { return own_type(lines) };
    let others: Vec<_> = own.collect();
    let is_stand_in = |ty: &str| {
        lines.iter().any(|line| line.contains(&format!("pub struct {ty}")) || line.contains(&format!("pub enum {ty}")))
    };
    let mut fitting: Vec<_> = first.iter().filter(|ty| others.iter().all(|types| types.contains(ty))).collect();
    fitting.sort_by_key(|ty| is_listed && is_stand_in(ty));
    fitting.first().map(|ty| (*ty).clone())
}

/// Returns the type of the file that is one of the crate's user.
fn own_type(lines: &[String]) -> Option<String> {
    let name = lines.iter().find_map(|line| line.strip_prefix("pub struct Own"))?;
    Some(format!("Own{}", name.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default()))
}

/// Returns the types with an impl of this trait: those of the file first, then function pointers if
/// closures have it, then references.
fn implementors(lines: &[String], of_trait: &str) -> Vec<String> {
    let name = of_trait.rsplit("::").next().unwrap_or(of_trait);
    let (mut types, mut pointers, mut references) = (Vec::new(), Vec::new(), Vec::new());
    for (at, line) in lines.iter().enumerate() {
        let Some((parameters, rest)) = line.trim().strip_prefix("impl").map(split_parameters) else { continue };
        let Some((of, ty)) = rest.split_once(" for ") else { continue };
        let ty = ty.trim_end_matches(" {}").trim_end_matches(" {");
        if of.trim().rsplit("::").next() != Some(name) || ty.contains('\'') {
            continue;
        }
        if parameters.is_empty() {
            if ty.contains('&') { &mut references } else { &mut types }.push(ty.to_owned());
        } else {
            let end = lines[at..].iter().position(|line| line.contains('{')).unwrap_or_default();
            pointers.extend(function_pointer(&lines[at..=at + end].join(" ")));
        }
    }
    types.into_iter().chain(pointers).chain(references).collect()
}

/// Splits `<T: Read> Trait for T {` behind the parameters.
fn split_parameters(text: &str) -> (&str, &str) {
    if text.starts_with('<') { text.split_at(arguments(text).unwrap_or_default()) } else { ("", text) }
}

/// `fn(&str) -> bool` of `impl<F: Fn(&str) -> bool + Send> Trait for F {`
fn function_pointer(head: &str) -> Option<String> {
    let at = ["Fn(", "FnMut(", "FnOnce("].iter().find_map(|name| Some(head.find(name)? + name.len() - 1))?;
    crate::written::type_at_start(&format!("fn{}", &head[at..]))
}

/// Returns the result type that a method has if its iterator is written by its items: `Rows<'_>`
/// -> `impl Iterator<Item = Row>`.
pub(crate) fn by_items(lines: &[String], result: &str) -> Option<String> {
    let iterators = lines.iter().enumerate().filter_map(|(at, line)| {
        let (_, of) = line.strip_prefix("impl")?.split_once("Iterator for ")?;
        let name: String = of.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
        let item = lines[at..].iter().find_map(|line| line.trim().strip_prefix("type Item = ")?.strip_suffix(';'))?;
        Some((name, item.to_owned()))
    });
    iterators.into_iter().find_map(|(name, item)| {
        let start = result.match_indices(&name).map(|(at, _)| at).find(|at| is_word(result, *at, &name))?;
        let after = &result[start + name.len()..];
        let end = if after.starts_with('<') { arguments(after)? } else { 0 };
        let item = without_lifetimes(&item);
        Some(format!("{}impl Iterator<Item = {item}>{}", &result[..start], &after[end..]))
    })
}

fn is_word(text: &str, at: usize, name: &str) -> bool {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    !text[..at].ends_with(is_letter) && !text[at + name.len()..].starts_with(is_letter)
}

/// Returns the length of `<'a, Vec<u8>>`.
fn arguments(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut before = ' ';
    text.char_indices().find_map(|(at, letter)| {
        match letter {
            '<' => depth += 1,
            '>' if before != '-' => depth -= 1,
            _ => {}
        }
        before = letter;
        (depth == 0).then_some(at + 1)
    })
}

/// `&'a str` -> `&str`
fn without_lifetimes(item: &str) -> String {
    let mut words = item.split("&'");
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, rest| format!("{text}&{}", rest.split_once(' ').map_or(rest, |(_, rest)| rest)))
}

#[cfg(test)]
mod tests {
    use super::{by_items, choose};

    fn lines() -> Vec<String> {
        let text = "impl Class for Point {}\nimpl Float for f32 {}\nimpl Data for f32 {}\nimpl Data for u8 {}\nimpl<'a> \
                    Iterator for Rows<'a> {\n    type Item = (&'a str, u8);\n}";
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_type_with_the_bounds_is_chosen() {
        let one = "choose it with `…`, where `Type` implements `Class`; or";
        assert_eq!(choose(&lines(), "C = Type", one), Some("C = Point".to_owned()));
        let two = "choose them with `…`, where `C: inner::Class`, `D: Data + Float`; or";
        assert_eq!(
            choose(&lines(), "C = Type, D = Type, E = Vec<D>", two),
            Some("C = Point, D = f32, E = Vec<D>".to_owned())
        );
        assert_eq!(choose(&lines(), "C = Type", "choose it with `…`, where `Type` implements `Other`"), None);
    }

    #[test]
    fn an_iterator_is_written_by_its_items() {
        let expected = Some("Result<impl Iterator<Item = (&str, u8)>, Error>".to_owned());
        assert_eq!(by_items(&lines(), "Result<Rows<'_>, Error>"), expected);
        assert_eq!(by_items(&lines(), "MyRows<'_>"), None);
    }
}
