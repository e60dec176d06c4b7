//! Copies the user's documentation of a function to a generated function.
//!
//! Invariant: rustdoc runs no code of a copy. It runs the user's examples where the user wrote
//! them.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta, MetaNameValue};

/// Returns the documentation without its section of examples, and with `ignore` at other code.
///
/// A link to the user's function, whose path is `origin`, replaces the section of examples. It also
/// replaces text that the macro cannot read, such as `include_str!(…)`.
pub(super) fn copied_docs(docs: &[Attribute], origin: &str) -> Vec<TokenStream> {
    let mut copier = Copier { is_after_blank: true, ..Copier::default() };
    let mut copies = Vec::new();
    let mut needs_link = false;
    for attribute in docs {
        match (text_of(attribute), &attribute.meta) {
            (Some(text), _) => {
                let copied = copier.copy(&text.value());
                copies.extend(copied.map(|copied| with_text(attribute, &LitStr::new(&copied, text.span()))));
            }
            (None, Meta::List(list)) if !list.path.is_ident("cfg_attr") => copies.push(attribute.to_token_stream()),
            (None, _) => needs_link = true,
        }
    }
    if needs_link || copier.has_left_out {
        let link = format!(" See [`{origin}`]({origin}).");
        copies.push(quote!(#[doc = ""]));
        copies.push(quote!(#[doc = #link]));
    }
    copies
}

/// The text of `#[doc = "text"]` and of `#[cfg_attr(predicate, doc = "text")]`.
fn text_of(attribute: &Attribute) -> Option<LitStr> {
    match &attribute.meta {
        Meta::NameValue(MetaNameValue { value: Expr::Lit(ExprLit { lit: Lit::Str(text), .. }), .. }) => {
            Some(text.clone())
        }
        Meta::List(list) if list.path.is_ident("cfg_attr") => {
            let (_, inner) = split_at_comma(list.tokens.clone());
            let parser = |input: syn::parse::ParseStream<'_>| input.parse::<MetaNameValue>();
            match parser.parse2(inner).ok()?.value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Returns the attribute with another text.
fn with_text(attribute: &Attribute, text: &LitStr) -> TokenStream {
    match &attribute.meta {
        Meta::List(list) => {
            let (predicate, _) = split_at_comma(list.tokens.clone());
            quote!(#[cfg_attr(#predicate, doc = #text)])
        }
        _ => quote!(#[doc = #text]),
    }
}

fn split_at_comma(tokens: TokenStream) -> (TokenStream, TokenStream) {
    let mut trees = tokens.into_iter();
    let is_comma = |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ',');
    let first = trees.by_ref().take_while(|tree| !is_comma(tree)).collect();
    (first, trees.collect())
}

/// Goes through the lines of a documentation.
#[derive(Default)]
struct Copier {
    /// The fence of the code block that is open.
    fence: Option<String>,
    is_after_list: bool,
    is_after_blank: bool,
    /// The level of the heading whose section is left out.
    left_out: Option<usize>,
    has_left_out: bool,
}

impl Copier {
    /// Returns the lines that are copied, or `None` if there are none.
    fn copy(&mut self, text: &str) -> Option<String> {
        let lines: Vec<_> = text.split('\n').filter_map(|line| self.copy_line(line)).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    fn copy_line(&mut self, line: &str) -> Option<String> {
        let text = line.trim();
        let mark = text.chars().next().filter(|first| "`~".contains(*first));
        let fence: String =
            mark.map(|mark| text.chars().take_while(|other| *other == mark).collect()).unwrap_or_default();
        if let Some(open) = &self.fence {
            if fence.starts_with(open.as_str()) && text.len() == fence.len() {
                self.fence = None;
            }
            return self.kept(line.to_owned());
        }
        let is_after_blank = std::mem::replace(&mut self.is_after_blank, text.is_empty());
        if fence.len() >= 3 {
            let info = &text[fence.len()..];
            let copied = if is_run(info) { marked(line, info) } else { line.to_owned() };
            self.fence = Some(fence);
            return self.kept(copied);
        }
        let level = text.chars().take_while(|letter| *letter == '#').count();
        let title = text[level..].trim_start().to_ascii_lowercase();
        if level > 0 && self.left_out.is_none_or(|left_out| level <= left_out) {
            self.left_out = title.starts_with("example").then_some(level);
        }
        self.is_after_list |= begins_list(text);
        // Indented code, which rustdoc runs too. It cannot be marked, so the rest is left out.
        if is_after_blank && !self.is_after_list && !text.is_empty() && line.starts_with("     ") {
            self.left_out = Some(0);
        }
        self.kept(line.to_owned())
    }

    fn kept(&mut self, line: String) -> Option<String> {
        self.has_left_out |= self.left_out.is_some();
        self.left_out.is_none().then_some(line)
    }
}

fn begins_list(text: &str) -> bool {
    let rest = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    ["- ", "* ", "+ "].iter().any(|mark| text.starts_with(mark))
        || (rest.len() < text.len() && rest.starts_with(['.', ')']))
}

/// Whether rustdoc runs a code block with these words behind its fence.
fn is_run(info: &str) -> bool {
    let words = || info.split([',', ' ', '\t']).filter(|word| !word.is_empty());
    let is_code =
        |word: &str| word.len() == 5 && word.starts_with('E') && word[1..].bytes().all(|byte| byte.is_ascii_digit());
    let is_rust = |word: &str| RUST.contains(&word) || word.starts_with("edition") || is_code(word);
    let is_ignored = words().any(|word| word.starts_with("ignore"));
    !is_ignored && (words().next().is_none() || words().any(is_rust))
}

/// The words that make a code block an example in Rust.
const RUST: [&str; 6] = ["rust", "should_panic", "no_run", "compile_fail", "test_harness", "standalone_crate"];

/// ```` ```no_run ```` -> ```` ```no_run,ignore ````
fn marked(line: &str, info: &str) -> String {
    let separator = if info.trim().is_empty() { "" } else { "," };
    format!("{}{separator}ignore", line.trim_end())
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::Attribute;
    use syn::parse::Parser;

    use super::copied_docs;

    fn copied(docs: proc_macro2::TokenStream) -> Vec<String> {
        let docs = Attribute::parse_outer.parse2(docs).expect("attributes");
        let strip = |copy: proc_macro2::TokenStream| {
            let text = copy.to_string();
            text.trim_start_matches("# [doc = \"").trim_end_matches("\"]").to_owned()
        };
        copied_docs(&docs, "Thing::f").into_iter().map(strip).collect()
    }

    #[test]
    fn examples_are_ignored_and_other_blocks_stay() {
        let docs = quote!(
            #[doc = " Text."]
            #[doc = " ```"]
            #[doc = " run()"]
            #[doc = " ```"]
            #[doc = " ```no_run"]
            #[doc = " ```"]
            #[doc = " ~~~ rust, edition2021"]
            #[doc = " ```"]
            #[doc = " ~~~"]
            #[doc = " ```text"]
            #[doc = " ```"]
            #[doc = " ```ignore"]
            #[doc = " ```"]
            #[doc = " # Errors\n ```E0277\n ```"]
        );
        let expected = [
            " Text.",
            " ```ignore",
            " run()",
            " ```",
            " ```no_run,ignore",
            " ```",
            " ~~~ rust, edition2021,ignore",
            " ```",
            " ~~~",
            " ```text",
            " ```",
            " ```ignore",
            " ```",
            " # Errors\\n ```E0277,ignore\\n ```",
        ];
        assert_eq!(copied(docs), expected);
    }

    #[test]
    fn section_of_examples_becomes_a_link() {
        let docs = quote!(
            #[doc = " Text.\n\n ## Example\n"]
            #[doc = " ```"]
            #[doc = " # let hidden = 1;"]
            #[doc = " ```"]
            #[doc = " ### Another"]
            #[doc = " ```"]
            #[doc = " ```"]
            #[doc = " # Errors"]
            #[doc = " None."]
        );
        assert_eq!(copied(docs), [" Text.\\n", " # Errors", " None.", "", " See [`Thing::f`](Thing::f)."]);
    }

    #[test]
    fn included_text_and_indented_code_become_a_link() {
        assert_eq!(
            copied(quote!(#[doc = " Text."] #[doc = include_str!("f.md")] #[doc(alias = "g")])),
            [" Text.", "# [doc (alias = \"g", "", " See [`Thing::f`](Thing::f)."].map(|text| match text {
                "# [doc (alias = \"g" => "# [doc (alias = \"g\")]".to_owned(),
                other => other.to_owned(),
            })
        );
        assert_eq!(
            copied(quote!(#[doc = " Text."] #[doc = ""] #[doc = "     run()"] #[doc = " More."])),
            [" Text.", "", "", " See [`Thing::f`](Thing::f)."]
        );
        assert_eq!(copied(quote!(#[doc = " - a"] #[doc = ""] #[doc = "     more of a"])).len(), 3);
    }

    #[test]
    fn conditional_text_stays_conditional() {
        let docs = quote!(#[cfg_attr(feature = "x", doc = "```")]);
        assert_eq!(copied(docs), ["# [cfg_attr (feature = \"x\" , doc = \"```ignore\")]"]);
    }
}
