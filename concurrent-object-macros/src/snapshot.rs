//! Compares the pretty-printed output of the macro with recorded expansions.
//!
//! The inputs and the recorded outputs are in `tests/expand`. To record the outputs again, run
//! `RECORD_EXPANSIONS=1 cargo test -p concurrent-object-macros`.

use std::path::{Path, PathBuf};
use std::{env, fs};

use quote::{ToTokens, quote};
use syn::{File, Item, Meta};

use crate::expand_attribute;

#[test]
fn counter_expands_to_the_recorded_code() {
    assert_expansion("counter");
}

/// People read it with `cargo expand`.
#[test]
fn the_smallest_object_expands_to_at_most_121_lines_beside_its_own() {
    const MOST: usize = 121;
    let read = |name: &str| fs::read_to_string(folder().join(name)).expect("a readable file");
    let own = read("counter.rs").lines().filter(|line| !line.is_empty() && *line != "#[concurrent_object]").count();
    let added = read("counter.expanded.rs").lines().count() - own;
    assert!(added <= MOST, "{added} lines");
}

#[test]
fn detector_expands_with_every_form_of_argument_and_every_copied_attribute() {
    assert_expansion("detector");
}

#[test]
fn grid_expands_with_the_needed_parameters_and_bounds() {
    assert_expansion("grid");
}

#[test]
fn views_expand_to_closures_that_are_generic_over_their_lifetime() {
    assert_expansion("views");
}

fn assert_expansion(name: &str) {
    let input = fs::read_to_string(folder().join(format!("{name}.rs"))).expect("the input is a readable file");
    let expanded = expand_file(&syn::parse_file(&input).expect("the input is Rust"));
    let path = folder().join(format!("{name}.expanded.rs"));
    if env::var_os("RECORD_EXPANSIONS").is_some() {
        fs::write(&path, &expanded).expect("the output can be written");
    }
    let expected = fs::read_to_string(&path).expect("the expected output is a readable file");
    assert!(expanded == expected, "{} differs from the expansion, which is:\n{expanded}", path.display());
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand")
}

/// Expands the attribute on every impl block of the file, and copies the other items.
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
