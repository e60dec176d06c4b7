//! The attribute macro of `concurrent-object`. Use it through that crate, which re-exports it.
//!
//! The work has three steps: `model` reads the impl block, `check` says what is wrong with it, all of it at once and
//! on the user's own tokens, and `expand` writes the proxy, its builder, its outputs and the dispatcher. Only `check`
//! and `options` refuse anything; `expand` cannot fail.

#![deny(missing_docs)]
#![warn(unreachable_pub)]

mod check;
mod errors;
mod expand;
mod model;
mod names;
mod options;
#[cfg(test)]
mod snapshot;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Item;

use crate::errors::Errors;
use crate::model::Object;
use crate::options::ObjectOptions;

/// Makes the struct of this impl block usable from a child process.
///
/// The impl block stays as it is. Beside it stand, for a struct `Detector`, a typed `DetectorProxy`, the
/// `DetectorProxyBuilder` that starts it, the enum `DetectorOutput` with one variant per method, and the dispatcher
/// that runs in the child. Every method with a receiver and any `pub` is on the proxy, as itself and as `push_…`; every
/// associated function with any `pub` that makes the object is on the builder, `new` as `start` and `open` as
/// `start_open`. Everything else in the block stays private to the child.
///
/// The guide of the crate shows each option with an example, and lists what is refused and what to do then.
///
/// # Options
///
/// On the impl block:
/// - `crate = path`: where the crate `concurrent_object` is found, if it was renamed.
/// - `proxy = Name`, `output = Name`, `builder = Name`: the names of the generated types.
/// - `output_derive(Trait, …)`: what the output enum derives.
/// - `vis = "pub(crate)"`: the visibility of the generated types; without it, the widest among the functions.
/// - `constructor = fn new() -> Self`: a constructor that stands elsewhere; may be given more than once.
/// - `error = "text"`: methods' errors are sent as what they say.
/// - `block_on = path`: what runs the future of an `async fn` to its end.
///
/// On a function in it:
/// - `#[concurrent_object(skip)]`: leave it alone.
/// - `#[concurrent_object(rename = name)]`: give it another name on the proxy or the builder.
/// - `#[concurrent_object(with(P = PathBuf))]`: the types for a generic function's parameters.
/// - `#[concurrent_object(error = "text")]`, or `"value"`: as on the impl block, for this method.
/// - `#[concurrent_object(timeout = "2s")]`: how long this method may run; or a constant `Duration`, such as `timeout = LIMIT`.
/// - `#[concurrent_object(idempotent)]`: run once more if the process dies meanwhile, and there will be another.
/// - `#[concurrent_object(snapshot)]`, `#[concurrent_object(restore)]`: the method that returns the object's state to be kept, and the
///   constructor that makes the object of it after a death. They need not be `pub`.
#[proc_macro_attribute]
pub fn concurrent_object(options: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_attribute(options.into(), item.into()).into()
}

/// The macro over `proc_macro2` tokens, so that it can also run outside the compiler.
fn expand_attribute(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = ObjectOptions::parse(options, &mut errors);
    let block = match syn::parse2(item.clone()) {
        Ok(Item::Impl(block)) => block,
        other => {
            check::check_impl_block(other, &mut errors);
            return quote!(#item #errors);
        }
    };
    let mut object = Object::read(block, options, &mut errors);
    check::check(&mut object, &mut errors);
    let expanded = expand::expand(&object);
    quote!(#expanded #errors)
}
