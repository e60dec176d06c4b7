//! Builds every generated identifier.
//!
//! Invariant: a generated identifier has the location of the user's identifier that it comes from,
//! and the hygiene of the macro. So errors point at the user's code, and the lints for hand-written
//! code do not apply to the identifier.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};
use syn::Ident;
use syn::ext::IdentExt;

/// The names of the functions that all proxies have. A method of the user cannot have one of these
/// names.
pub(crate) const RESERVED: [&str; 14] = [
    "builder",
    "status",
    "pull",
    "wait_pull",
    "wait_pull_timeout",
    "drain",
    "wait_until_ready",
    "wait_until_ready_timeout",
    "close",
    "terminate",
    "kill",
    "loan",
    "handle",
    "deref",
];

/// The names of the functions that all handles have.
pub(crate) const RESERVED_ON_HANDLES: [&str; 5] = ["handle", "as_ref", "clone", "serialize", "deserialize"];

/// `Detector` -> `DetectorProxy`
pub(crate) fn proxy(object: &Ident) -> Ident {
    derived(object, &format!("{}Proxy", object.unraw()))
}

/// `Detector` -> `DetectorOutput`
pub(crate) fn output(object: &Ident) -> Ident {
    derived(object, &format!("{}Output", object.unraw()))
}

/// `Script` and `eval` -> `ScriptEvalOutput`, the output enum of a part
pub(crate) fn part_output(object: &Ident, part: &Ident) -> Ident {
    derived(object, &format!("{}{}Output", object.unraw(), variant(part)))
}

/// `Channel` -> `ChannelHandle`
pub(crate) fn handle(object: &Ident) -> Ident {
    derived(object, &format!("{}Handle", object.unraw()))
}

/// `DetectorProxy` -> `DetectorProxyStart`
pub(crate) fn starter(proxy: &Ident) -> Ident {
    derived(proxy, &format!("{}Start", proxy.unraw()))
}

/// `DetectorProxy` -> `DetectorProxyBuilder`
pub(crate) fn builder(proxy: &Ident) -> Ident {
    derived(proxy, &format!("{}Builder", proxy.unraw()))
}

/// `detect` -> `detect`, with the hygiene of the macro
pub(crate) fn call(method: &Ident) -> Ident {
    let span = generated(method.span());
    let text = method.to_string();
    // In the user's edition these may be names, but in the macro's edition they are keywords. The
    // compiler reads a token with the macro's hygiene in the macro's edition, so the name must be
    // raw.
    if ["async", "await", "dyn", "gen", "try"].contains(&text.as_str()) {
        return Ident::new_raw(&text, span);
    }
    let mut name = method.clone();
    name.set_span(span);
    name
}

/// `detect` -> `push_detect`
pub(crate) fn push(method: &Ident) -> Ident {
    derived(method, &format!("push_{}", method.unraw()))
}

/// `detect_all` -> `DetectAll`
pub(crate) fn variant(method: &Ident) -> Ident {
    let mut camel = String::new();
    for word in method.unraw().to_string().split('_') {
        let mut letters = word.chars();
        camel.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        camel.push_str(letters.as_str());
    }
    if camel == "Self" {
        camel.push('_');
    } else if !camel.starts_with(char::is_alphabetic) {
        camel.insert_str(0, "Call");
    }
    derived(method, &camel)
}

/// `new` -> `start`, `open` -> `start_open`
pub(crate) fn start(constructor: &Ident) -> Ident {
    let name = constructor.unraw().to_string();
    if name == "new" { derived(constructor, "start") } else { derived(constructor, &format!("start_{name}")) }
}

/// `__config_as_Config`, for the adapter that sends a `Config` with the functions of `config_as`
pub(crate) fn carrier(ty: impl ToTokens, path: impl ToTokens) -> Ident {
    let text = format!("__{}_{}", path.to_token_stream(), ty.to_token_stream());
    let letters = text.chars().filter(|letter| letter.is_alphanumeric() || *letter == '_');
    Ident::new(&letters.collect::<String>(), Span::call_site())
}

/// `argument_2`, for an argument whose pattern has no name
pub(crate) fn argument(prefix: &str, position: usize) -> Ident {
    format_ident!("{prefix}_{position}")
}

/// Returns `argument`, with underscores added until it occurs nowhere in the arguments.
pub(crate) fn free_prefix(arguments: impl ToTokens) -> String {
    let mut prefix = "argument".to_owned();
    let text = arguments.to_token_stream().to_string();
    while text.contains(&prefix) {
        prefix.push('_');
    }
    prefix
}

/// Returns the same tokens at the same locations, with the hygiene of the macro.
pub(crate) fn generated_tokens(tokens: impl ToTokens) -> TokenStream {
    let respanned = tokens.into_token_stream().into_iter().map(|mut tree| {
        if let TokenTree::Group(group) = &tree {
            let (span, inner) = (group.span(), generated_tokens(group.stream()));
            tree = Group::new(group.delimiter(), inner).into();
            tree.set_span(span);
        }
        tree.set_span(generated(tree.span()));
        tree
    });
    respanned.collect()
}

/// Returns the token, and all tokens inside it, with another span.
pub(crate) fn placed(mut tree: TokenTree, span: Span) -> TokenTree {
    if let TokenTree::Group(group) = &tree {
        let inner = group.stream().into_iter().map(|tree| placed(tree, span)).collect();
        tree = Group::new(group.delimiter(), inner).into();
    }
    tree.set_span(span);
    tree
}

/// Returns the token, and all tokens inside it, at another location. Each keeps its own hygiene.
pub(crate) fn moved(mut tree: TokenTree, span: Span) -> TokenTree {
    let place = tree.span().located_at(span);
    if let TokenTree::Group(group) = &tree {
        let inner = group.stream().into_iter().map(|tree| moved(tree, span)).collect();
        tree = Group::new(group.delimiter(), inner).into();
    }
    tree.set_span(place);
    tree
}

fn derived(from: &Ident, name: &str) -> Ident {
    Ident::new(name, generated(from.span()))
}

/// Returns the same location, with the hygiene of the macro.
pub(crate) fn generated(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use syn::Ident;

    use super::{push, start, variant};

    fn ident(name: &str) -> Ident {
        match name.strip_prefix("r#") {
            Some(raw) => Ident::new_raw(raw, Span::call_site()),
            None => Ident::new(name, Span::call_site()),
        }
    }

    #[test]
    fn variants_are_camel_case_and_always_identifiers() {
        let cases = [
            ("detect", "Detect"),
            ("detect_all", "DetectAll"),
            ("getX", "GetX"),
            ("r#type", "Type"),
            ("_2d", "Call2d"),
            ("__", "Call"),
            ("self_", "Self_"),
            ("über_alles", "ÜberAlles"),
        ];
        for (method, expected) in cases {
            assert_eq!(variant(&ident(method)), expected);
        }
    }

    #[test]
    fn prefixed_raw_identifiers_lose_their_r_mark() {
        assert_eq!(push(&ident("r#type")), "push_type");
        assert_eq!(start(&ident("r#in")), "start_in");
    }

    #[test]
    fn new_starts_without_a_suffix() {
        assert_eq!(start(&ident("new")), "start");
        assert_eq!(start(&ident("open")), "start_open");
    }
}
