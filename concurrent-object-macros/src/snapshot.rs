//! What the macro writes, pretty-printed and compared with what it is known to have written well.
//!
//! The inputs and outputs are in `tests/expand`. `RECORD_EXPANSIONS=1 cargo test -p concurrent-object-macros` writes the
//! outputs anew.

use std::path::{Path, PathBuf};
use std::{env, fs};

use quote::{ToTokens, quote};
use syn::{File, Item, Meta};

use crate::expand_attribute;

#[test]
fn counter_expands_to_what_somebody_would_write_by_hand() {
    assert_expansion("counter");
}

#[test]
fn detector_expands_with_every_way_of_passing_and_carrying_over() {
    assert_expansion("detector");
}

#[test]
fn grid_expands_with_the_parameters_and_bounds_that_are_needed() {
    assert_expansion("grid");
}

fn assert_expansion(name: &str) {
    let input = fs::read_to_string(folder().join(format!("{name}.rs"))).expect("the input is a readable file");
    let expanded = expand_file(&syn::parse_file(&input).expect("the input is Rust"));
    let path = folder().join(format!("{name}.expanded.rs"));
    if env::var_os("RECORD_EXPANSIONS").is_some() {
        fs::write(&path, &expanded).expect("the output can be written");
    }
    let expected = fs::read_to_string(&path).expect("the expected output is a readable file");
    assert!(expanded == expected, "{} is not what comes out now:\n{expanded}", path.display());
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand")
}

/// Expands our attribute wherever it stands and leaves everything else as it is.
fn expand_file(file: &File) -> String {
    let items = file.items.iter().map(|item| match item {
        Item::Impl(block) => {
            let mut block = block.clone();
            let attribute = block.attrs.remove(0);
            let options = match attribute.meta {
                Meta::List(list) => list.tokens,
                _ => quote!(),
            };
            expand_attribute(options, block.into_token_stream())
        }
        other => other.into_token_stream(),
    });
    let mut expanded = quote!(#(#items)*);
    expanded = file.attrs.iter().map(ToTokens::to_token_stream).chain([expanded]).collect();
    prettyplease::unparse(&syn::parse2(expanded).expect("the output is Rust"))
}
