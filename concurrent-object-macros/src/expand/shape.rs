//! The number by which two programs recognise that their blocks have the same functions.
//!
//! It is a hash (FNV-1a) of the names and the spelled types of all functions, in the order of their
//! numbers. Knows how the user spelled the types, not what they mean: a field that a type has more
//! does not change it. Invariant: spaces, comments, and names of arguments do not change it.

use proc_macro2::{Literal, TokenStream};
use quote::ToTokens;

use crate::model::{Function, Object};
use crate::printed::printed;

/// `0x1f2e_…`: the number of this block alone
pub(super) fn expand_own_shape(object: &Object) -> Literal {
    let digits = format!("{:016x}", hash(&spelled(object)));
    let groups = (0..digits.len()).step_by(4).map(|at| &digits[at..at + 4]);
    let number = format!("0x{}", groups.collect::<Vec<_>>().join("_"));
    number.parse().expect("it is a number")
}

/// `constructor new(f32) -> Self; method count(&self, &[f32]) -> usize;`
fn spelled(object: &Object) -> String {
    let constructors = object.constructors.iter().map(|constructor| ("constructor", &constructor.function));
    let methods = object.methods.iter().map(|method| ("method", &method.function));
    let savers = object.savers.iter().map(|saver| ("saver", &saver.function));
    let restorers = object.restorers.iter().map(|restorer| ("restorer", &restorer.function));
    let functions = constructors.chain(methods).chain(savers).chain(restorers);
    functions.map(|(kind, function)| format!("{kind} {};", spelled_function(function))).collect()
}

fn spelled_function(function: &Function) -> String {
    let receiver = function.sig.receiver().map(|receiver| printed(receiver.to_token_stream()));
    let arguments = function.arguments.iter().map(|argument| printed(argument.ty.to_token_stream()));
    let inputs: Vec<_> = receiver.into_iter().chain(arguments).collect();
    let output: TokenStream = function.sig.output.to_token_stream();
    // Types that were chosen for parameters can be in the result.
    let chosen = function.with.iter().map(|chosen| printed(chosen.argument.to_token_stream()));
    let chosen: Vec<_> = chosen.collect();
    format!("{}<{}>({}){}", function.sig.ident, chosen.join(", "), inputs.join(", "), printed(output))
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
