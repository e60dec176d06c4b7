//! The attribute macro of `concurrent-object`. Use it through that crate, which re-exports it.
//!
//! The macro works in three steps, on a `block` whose bodies it does not look into:
//! - `model` reads the impl block. The model keeps the user's tokens.
//! - `check` applies the rules. It reports all violations at once, each on the user's tokens.
//! - `expand` writes the proxy, its builder, its output enum and the dispatcher.
//!
//! `options` reports options that are wrong, `model` those that are in a wrong place. `expand`
//! cannot fail: it leaves out what was rejected, or writes a stub for it.

#![deny(missing_docs)]
#![warn(unreachable_pub)]

mod block;
mod check;
mod errors;
mod expand;
mod model;
mod names;
mod options;
mod printed;
#[cfg(test)]
mod snapshot;

use proc_macro2::TokenStream;
use quote::quote;

use crate::block::Block;
use crate::errors::Errors;
use crate::model::Object;
use crate::options::ObjectOptions;

/// Makes the type of this impl block usable from another process.
///
/// The impl block stays as it is. For a struct `Detector` the macro adds
/// - `DetectorProxy`, whose methods submit calls to the child;
/// - `DetectorProxyBuilder`, which starts the child;
/// - `DetectorOutput`, an enum with one variant for each method that can be pushed;
/// - the dispatcher, which calls the functions of the impl block in the child.
///
/// Every method with a receiver and any `pub` is on the proxy, under its own name and as `push_…`.
/// Every associated function with any `pub` that returns the object is on the builder: `new` as
/// `start`, and `open` as `start_open`. All other functions of the block can only be called in the
/// child.
///
/// The guide of the crate shows each option with an example. It also lists what the macro rejects,
/// with a remedy for each case.
///
/// # Options
///
/// On the impl block:
/// - `crate = path`: the path of the crate `concurrent_object`, if it was renamed.
/// - `proxy = Name`, `output = Name`, `builder = Name`: the names of the generated types.
/// - `output_derive(Trait, …)`: the traits that the output enum derives.
/// - `vis = "pub(crate)"`: the visibility of the generated types. The default is the widest
///   visibility of a function in the block.
/// - `constructor = fn new() -> Self`: a constructor that is defined in another impl block or in a
///   trait. May be repeated.
/// - `with(R = BufReader<File>)`: the types of the block's own parameters. The proxy is then
///   concrete. A name that the block does not declare stands for the functions' parameters of this
///   name.
/// - `copy`, `result(Rows<'_> = impl Iterator<Item = Row>)`: as on a method, for all methods that
///   return `&mut T`, or this type.
/// - `parts(eval, limits)`: the other attributed blocks of the type, each with `part = eval` and so
///   on.
/// - `part = eval`: makes this block a part of the object, whose constructors are in another block.
/// - `error = "value"`: errors of methods are sent as values, with `serde`. Otherwise only errors
///   that are data, such as `String`, are sent as values, and others as their messages.
/// - `error = "text"`: all errors of methods are sent as their messages.
/// - `skip_unsupported`: leaves out the functions that the macro rejects, and those with a type
///   that cannot be sent. The docs of the proxy list them.
/// - `carry(Foreign = u32, Config = config_as)`: the form in which a type without `serde` is sent:
///   a type with conversions in both directions, or a module with `serialize` and `deserialize`.
/// - `handle`: objects of this type stay in the child of another object. The macro writes a handle
///   type, whose methods call them there. The type may borrow from the object that returned it:
///   `impl Statement<'_>`.
/// - `handles(Channel, Statement = path::StatementHandle)`: the types of such objects, if methods
///   return or take them. `handles(Chunks<'_>)` also says that the type has a lifetime, where the
///   signatures do not write it.
/// - `opaque(Oid, Config)`: types of any crate whose objects stay in the child too. The parent gets
///   an `OpaqueHandle<Oid>` without methods, and passes it to methods that take such an object.
/// - `block_on = path`: the function that runs the future of an `async fn` to its end.
///
/// On a function in it:
/// - `#[concurrent_object(skip)]`: leaves the function out.
/// - `#[concurrent_object(rename = name)]`: its name on the proxy or the builder.
/// - `#[concurrent_object(with(P = PathBuf))]`: the types that a generic function is called with.
///   With `with(T = f64), with(T = &str, rename = write_str)` it becomes two functions.
///   Where its bounds decide them, as `P: AsRef<Path>` does, the option is not needed.
/// - `#[concurrent_object(error = "value")]`, or `"text"`: as on the impl block, for this method.
/// - `#[concurrent_object(copy)]`: the caller gets a copy of what a returned `&mut T` refers to.
/// - `#[concurrent_object(carry(mode = u32, return = u32))]`: as on the impl block, for this
///   function; an argument's name and `return` are possible too.
/// - `#[concurrent_object(result = "text")]`: sends the result as its text.
/// - `#[concurrent_object(result = impl Iterator<Item = T>)]`: sends the items of a result that is
///   an iterator, such as `Lines<'_>`, as a `Vec`.
/// - `#[concurrent_object(timeout = "2s")]`: how long this method may run. A constant `Duration` is
///   possible too: `timeout = LIMIT`.
/// - `#[concurrent_object(idempotent)]`: if the object's process dies during a call of this method,
///   the next process runs the call again.
/// - `#[concurrent_object(snapshot)]`: this method returns the state of the object, to be saved. It
///   need not be `pub`.
/// - `#[concurrent_object(restore)]`: this constructor makes the object from a saved state after
///   the object's process died. It need not be `pub`.
#[proc_macro_attribute]
pub fn concurrent_object(options: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_attribute(options.into(), item.into()).into()
}

/// Expands the attribute over `proc_macro2` tokens, so that tests can run it outside the compiler.
fn expand_attribute(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = ObjectOptions::parse(options, &mut errors);
    let block = match Block::parse(item.clone(), &mut errors) {
        Ok(block) => block,
        Err(other) => {
            check::check_impl_block(*other, &mut errors);
            return quote!(#item #errors);
        }
    };
    let mut object = Object::read(block, options, &mut errors);
    check::check(&mut object, &mut errors);
    let expanded = expand::expand(&object);
    quote!(#expanded #errors)
}
