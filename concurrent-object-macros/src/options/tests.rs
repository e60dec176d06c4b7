//! Options as they are parsed, and the errors of wrong ones.

use quote::quote;

use super::{Errors, FunctionOptions, ObjectOptions};

fn object_errors(tokens: proc_macro2::TokenStream) -> Vec<String> {
    let mut errors = Errors::default();
    ObjectOptions::parse(tokens, &mut errors);
    errors.messages()
}

#[test]
fn known_options_are_read_and_a_trailing_comma_is_fine() {
    let mut errors = Errors::default();
    let options = ObjectOptions::parse(
        quote!(crate = ::other::path, proxy = P, output_derive(Debug, Clone), vis = "pub(crate)",),
        &mut errors,
    );
    assert_eq!(errors.messages(), [""; 0]);
    assert_eq!(options.proxy.map(|name| name.to_string()), Some("P".to_owned()));
    assert_eq!(options.output_derive.len(), 2);
    assert!(options.krate.is_some() && options.vis.is_some());
}

#[test]
fn every_wrong_option_is_reported_and_the_right_ones_are_kept() {
    let mut errors = Errors::default();
    let mut options = FunctionOptions::default();
    options.parse_into(quote!(renam = x, skip, skip, colour = "red"), &mut errors);
    assert!(options.skip);
    assert_eq!(
        errors.messages(),
        [
            "unknown option `renam`; did you mean `rename`?",
            "the option `skip` is given twice; remove one",
            "unknown option `colour`; expected one of `skip`, `rename`, `with`, `carry`, `error`, `result`, `copy`, `timeout`, `idempotent`, \
             `snapshot`, `restore`, `stream`",
        ]
    );
}

#[test]
fn option_without_a_value_refuses_one() {
    for option in ["skip", "idempotent", "snapshot", "restore"] {
        let name = proc_macro2::Ident::new(option, proc_macro2::Span::call_site());
        for tokens in [quote!(#name = false), quote!(#name(never))] {
            let mut errors = Errors::default();
            let mut options = FunctionOptions::default();
            options.parse_into(tokens, &mut errors);
            assert_eq!(errors.messages(), [format!("expected a comma; write `{option}`")]);
        }
    }
}

#[test]
fn constructors_from_elsewhere_may_repeat_and_may_name_their_trait() {
    let mut errors = Errors::default();
    let tokens = quote!(
        constructor = fn new(path: &Path, sizes: HashMap<u8, u16>) -> Result<Self, E>,
        constructor = pub fn a::Open::open<'a>(text: &'a str) -> Self,
    );
    let options = ObjectOptions::parse(tokens, &mut errors);
    assert_eq!(errors.messages(), [""; 0]);
    let found: Vec<_> =
        options.constructors.iter().map(|one| (one.sig.ident.to_string(), one.of_trait.is_some())).collect();
    assert_eq!(found, [("new".to_owned(), false), ("open".to_owned(), true)]);
    assert_eq!(options.constructors[0].sig.inputs.len(), 2);
}

#[test]
fn an_invalid_value_is_one_error() {
    assert_eq!(object_errors(quote!(vis = "public")).len(), 1);
    assert_eq!(object_errors(quote!(proxy, builder = B)).len(), 1);
    assert_eq!(object_errors(quote!(proxy = A B)).len(), 1);
    assert_eq!(object_errors(quote!(error = "texts")).len(), 1);
    assert_eq!(object_errors(quote!(constructor = new())).len(), 1);
    assert_eq!(
        object_errors(quote!(result = "text", copy = true)),
        ["expected parentheses; write `result(Type = \"text\")`", "expected a comma; write `copy`"]
    );
}
