//! The lints that generated code allows.
//!
//! These lints are about the user's signatures, which generated code repeats. The compiler already
//! reports them on the user's impl block.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Type, parse_quote};

use super::guards::may_hide_lifetime;
use crate::model::{Argument, Function, Object, Passing, is_scalar, same};

/// The most arguments that clippy accepts by default, with the receiver.
const UNREMARKED_ARGUMENTS: usize = 7;

/// The most `bool` arguments that clippy accepts by default.
const UNREMARKED_BOOLS: usize = 3;

/// The most arguments with names of one letter that clippy accepts by default.
const UNREMARKED_LETTERS: usize = 4;

/// As many numbers leave the error of a push within the size that clippy accepts by default.
const FEW_SCALARS: usize = 2;

/// The most functions whose dispatcher stays within the 100 lines that clippy accepts by default.
const UNREMARKED_ARMS: usize = 8;

/// `#[allow(clippy::too_many_arguments)]`, or nothing
///
/// The generated functions have as many arguments as the user's.
pub(super) fn expand_allowed<'f>(functions: impl Iterator<Item = &'f Function> + Clone) -> Option<TokenStream> {
    let mut lints = Vec::new();
    let mut allow = |is_so: fn(&Function) -> bool, lint: TokenStream| {
        if functions.clone().any(is_so) {
            lints.push(lint);
        }
    };
    allow(|function| function.arguments.len() + 1 > UNREMARKED_ARGUMENTS, quote!(clippy::too_many_arguments));
    allow(has_many_bools, quote!(clippy::fn_params_excessive_bools));
    allow(has_many_letters, quote!(clippy::many_single_char_names));
    allow(takes_values, quote!(clippy::needless_pass_by_value));
    allow(gives_back_much, quote!(clippy::result_large_err, clippy::type_complexity));
    (!lints.is_empty()).then(|| quote!(#[allow(#(#lints),*)]))
}

/// `#[allow(clippy::needless_borrow)]` for the dispatcher
///
/// It borrows every argument in the same way, even where the argument already is a reference.
pub(super) fn expand_allowed_in_dispatcher(object: &Object) -> Option<TokenStream> {
    let mut lints = Vec::new();
    if object.called_functions().any(|function| function.arguments.iter().any(|argument| is_held(&argument.passing))) {
        lints.push(quote!(clippy::needless_borrow, clippy::needless_option_as_deref));
    }
    if object.called_functions().count() > UNREMARKED_ARMS {
        lints.push(quote!(clippy::too_many_lines));
    }
    if object.called_functions().any(has_many_letters) {
        lints.push(quote!(clippy::many_single_char_names));
    }
    (!lints.is_empty()).then(|| quote!(#[allow(#(#lints),*)]))
}

/// `, elided_lifetimes_in_paths`, if an argument or a result may have a lifetime that is not
/// written
pub(super) fn expand_hidden_lifetimes(object: &Object) -> Option<TokenStream> {
    let takes = |function: &Function| function.arguments.iter().any(|argument| argument.hides_lifetime);
    let hides = object.methods.iter().any(may_hide_lifetime) || object.functions().any(takes);
    hides.then(|| quote!(, elided_lifetimes_in_paths, mismatched_lifetime_syntaxes))
}

fn has_many_bools(function: &Function) -> bool {
    let is_bool = |ty: &Type| same(ty, &parse_quote!(bool));
    function.arguments.iter().filter(|argument| is_bool(&argument.ty)).count() > UNREMARKED_BOOLS
}

fn has_many_letters(function: &Function) -> bool {
    function.arguments.iter().filter(|argument| argument.text().chars().count() == 1).count() > UNREMARKED_LETTERS
}

/// Whether an argument that is passed by value is not a number, `bool` or `char`, which are copied.
fn takes_values(function: &Function) -> bool {
    let is_value =
        |argument: &&Argument| matches!(argument.passing, Passing::Value | Passing::Each(..) | Passing::Slices(..));
    function.arguments.iter().filter(is_value).any(|argument| !is_scalar(&argument.ty))
}

/// Whether the error of a push may be large: it holds the arguments that were passed by value.
fn gives_back_much(function: &Function) -> bool {
    let mut given_back = function.given_back();
    given_back.by_ref().take(FEW_SCALARS).any(|argument| !is_scalar(&argument.ty)) || given_back.next().is_some()
}

fn is_held(passing: &Passing) -> bool {
    matches!(passing, Passing::Held(_))
}
