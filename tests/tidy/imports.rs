//! Which top-level modules a file names: in imports, in paths within code, and in what it hands to
//! macros.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The top-level modules that are named in the text of the module at this path. Its own is among
/// them only if it is reached from further up.
pub fn of(text: &str, path: &[&str]) -> BTreeSet<String> {
    let tokens: TokenStream = text.parse().expect("it compiles, so it consists of tokens");
    let mut found = BTreeSet::new();
    let path: Vec<_> = path.iter().map(|&module| module.to_owned()).collect();
    look_into(tokens, &path, &mut found);
    found
}

fn look_into(tokens: TokenStream, path: &[String], found: &mut BTreeSet<String>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        if is_test_only(&tokens[at..]) {
            at = end_of_item(&tokens, at + 2);
            continue;
        }
        match &tokens[at] {
            TokenTree::Ident(word) if *word == "crate" => note(&tokens[at + 1..], &[], found),
            TokenTree::Ident(word) if *word == "super" && !continues_path(&tokens, at) => {
                at = note_from_above(&tokens, at, path, found);
                continue;
            }
            TokenTree::Group(group) => {
                let mut inner = path.to_vec();
                inner.extend(module_before(&tokens, at));
                look_into(group.stream(), &inner, found);
            }
            _ => {}
        }
        at += 1;
    }
}

/// `#[cfg(test)]` or `#[cfg(all(test, …))]` stands here.
fn is_test_only(tokens: &[TokenTree]) -> bool {
    let [TokenTree::Punct(hash), TokenTree::Group(attribute), ..] = tokens else { return false };
    let text = attribute.stream().to_string().replace(' ', "");
    hash.as_char() == '#' && (text == "cfg(test)" || text.starts_with("cfg(all(test,"))
}

fn end_of_item(tokens: &[TokenTree], from: usize) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    tokens[from..].iter().position(ends).map_or(tokens.len(), |end| from + end + 1)
}

/// The name of the inline module whose body stands here.
fn module_before(tokens: &[TokenTree], at: usize) -> Option<String> {
    let [TokenTree::Ident(keyword), TokenTree::Ident(name)] = tokens.get(at.checked_sub(2)?..at)? else { return None };
    (*keyword == "mod").then(|| name.to_string())
}

/// Whether a path goes on here: `super` in `super::super` and in `self::super`.
fn continues_path(tokens: &[TokenTree], at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| is_colon(tokens.get(before)))
}

fn is_colon(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':')
}

/// Follows `super::super::…`; where to go on.
fn note_from_above(tokens: &[TokenTree], start: usize, path: &[String], found: &mut BTreeSet<String>) -> usize {
    let is_super = |at: usize| matches!(tokens.get(at), Some(TokenTree::Ident(word)) if *word == "super");
    let (mut at, mut above) = (start, path);
    while is_super(at) && is_colon(tokens.get(at + 1)) {
        above = above.split_last().map_or(&[][..], |(_, rest)| rest);
        at += 3;
    }
    if at > start {
        // Behind the last `super` stand two colons, which `note` expects.
        note(&tokens[at - 2..], above, found);
    }
    at.max(start + 1)
}

/// What `tokens` name, `::a::b` or `::{a, b::c}`, below the module at this path.
fn note(tokens: &[TokenTree], path: &[String], found: &mut BTreeSet<String>) {
    let [first, second, named, ..] = tokens else { return };
    if !is_colon(Some(first)) || !is_colon(Some(second)) {
        return;
    }
    if let Some(top) = path.first() {
        found.insert(top.clone());
        return;
    }
    match named {
        // A macro, which is found at the root wherever it stands.
        TokenTree::Ident(name) if name.to_string().starts_with("__") => {}
        TokenTree::Ident(name) => drop(found.insert(name.to_string())),
        TokenTree::Group(group) => {
            let mut begins = true;
            for token in group.stream() {
                if let TokenTree::Ident(name) = &token
                    && begins
                {
                    found.insert(name.to_string());
                }
                begins = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',');
            }
        }
        _ => {}
    }
}
