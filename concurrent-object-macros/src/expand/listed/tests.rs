//! Checks the lists in the docs of the proxy, as tokens.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, ExprLit, Item, Lit, Meta};

use crate::expand_attribute;

fn block() -> TokenStream {
    quote!(
        impl Detector {
            pub fn new(path: &Path, config: Config) -> Self {}
            pub fn detect(&self, frame: &[u8], name: &str) -> HashMap<String, Vec<Detection>> {}
            pub fn last(&self) -> Option<&Detection> {}
            pub fn between(&self, range: (Time, Time), of: &[Kind]) -> io::Result<Vec<Detection>> {}
            pub fn order(&self, by: Arc<Kind>) -> Vec<(Ordering, Rc<Kind>)> {}
            pub fn path(&self) -> PathBuf {}
            pub fn level(&self) -> u8 {}
            pub fn raw(&self) -> *const u8 {}
            #[concurrent_object(timeout = "2s")]
            pub fn set(&mut self, config: Config) {}
        }
    )
}

/// Returns the docs of a generated type, as they are written.
fn docs_of(options: TokenStream, block: TokenStream, name: &str) -> String {
    let file = syn::parse2::<syn::File>(expand_attribute(options, block)).expect("the output is Rust");
    let (attrs, _) = file
        .items
        .iter()
        .find_map(|item| match item {
            Item::Struct(one) if one.ident == name => Some((&one.attrs, ())),
            Item::Enum(one) if one.ident == name => Some((&one.attrs, ())),
            _ => None,
        })
        .expect("the type");
    let line = |meta: &Meta| match meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value() + "\n"),
            _ => None,
        },
        _ => None,
    };
    attrs.iter().filter_map(|attribute| line(&attribute.meta)).collect()
}

const LISTS: &str = "
 Not on the proxy:
 - `raw`. `*const u8`: a raw pointer means nothing in another process.

 On the proxy only if the types can be sent, that is, have `serde` or a form named with `carry`:

 - `new`: `Config`
 - `detect`, `last`: `Detection`
 - `between`: `Time`, `Kind`, `Detection`
 - `order`: `Kind`
";

#[test]
fn the_docs_of_the_proxy_list_what_is_left_out_and_what_the_compiler_decides() {
    let docs = docs_of(quote!(skip_unsupported), block(), "DetectorProxy");
    assert!(docs.ends_with(LISTS), "{docs}");
}

#[test]
fn a_generic_result_is_left_out_unless_it_is_an_argument_too() {
    let block = quote!(
        impl<R: Read> Archive<R> {
            pub fn new(from: R) -> Self {}
            pub fn entries(&mut self) -> io::Result<Entries<R>> {}
            pub fn first(&self) -> Option<Index<R>> {}
            pub fn get(&self, index: Index<R>) -> (Vec<R>, R::Item, Range<R>) {}
        }
    );
    let docs = docs_of(quote!(skip_unsupported), block, "ArchiveProxy");
    let reason = "whether it can be sent depends on `R`, which `with` on the impl block can choose.";
    assert!(docs.contains(&format!(" Not on the proxy:\n - `entries`. `Entries<R>`: {reason}\n\n")), "{docs}");
    assert!(docs.ends_with("\n - `first`: `Index<R>`\n - `get`: `Index<R>`, `R`, `R::Item`\n"), "{docs}");
}

#[test]
fn parts_and_handles_have_the_same_lists() {
    let part = docs_of(quote!(skip_unsupported, part = eval), block(), "DetectorEvalOutput");
    let handle = docs_of(quote!(skip_unsupported, handle), block(), "DetectorHandle");
    let without_constructor = LISTS.replace(" - `new`: `Config`\n", "");
    assert!(part.ends_with(&without_constructor), "{part}");
    assert!(handle.ends_with(&without_constructor), "{handle}");
}

#[test]
fn without_the_option_there_is_no_list() {
    let docs = docs_of(quote!(), block(), "DetectorProxy");
    assert!(!docs.contains("only if") && docs.ends_with("for the grace period at most.\n"), "{docs}");
}
