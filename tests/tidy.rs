//! The rules that the sources themselves must keep: layers, where `unsafe` may stand, sizes, and
//! what is never said.
#![allow(missing_docs)]

#[path = "tidy/imports.rs"]
mod imports;
#[path = "tidy/paths.rs"]
mod paths;
#[path = "tidy/sources.rs"]
mod sources;
#[path = "tidy/structure.rs"]
mod structure;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sources::Source;

/// From the top to the bottom. A module may import what stands below it.
const LAYERS: [&[&str]; 14] = [
    &["lib"],
    &["bridge"],
    &["private"],
    &["proxy"],
    &["parent", "child"],
    &["protocol"],
    &["wire"],
    &["transport", "process"],
    &["shared"],
    &["memory"],
    &["descriptor"],
    &["sync"],
    &["clock"],
    &["error", "abort"],
];

/// These import nothing of ours, not even what stands below them.
const LEAVES: [&str; 4] = ["sync", "clock", "error", "abort"];

/// The files of the runtime that may contain unsafe code, and the folders.
const UNSAFE: [&str; 8] = [
    "transport/",
    "process/",
    "wire/raw.rs",
    "wire/raw/",
    "memory.rs",
    "memory/",
    "child/entry/linux.rs",
    "child/owner.rs",
];

const MAX_FILE: usize = 300;
const MAX_FUNCTION: usize = 60;
const MAX_QUOTE: usize = 25;

/// Fails with all that was found.
#[track_caller]
fn assert_none(rule: &str, found: impl IntoIterator<Item = String>) {
    let list = found.into_iter().fold(String::new(), |mut list, one| {
        writeln!(list, "  {one}").expect("text takes text");
        list
    });
    assert!(list.is_empty(), "{rule}:\n{list}");
}

fn layer_of(module: &str) -> usize {
    let layer = LAYERS.iter().position(|modules| modules.contains(&module));
    layer.unwrap_or_else(|| panic!("`{module}` has no layer: give it one in tests/tidy.rs"))
}

fn may_import(from: &str, to: &str) -> bool {
    from == to || (!LEAVES.contains(&from) && layer_of(from) < layer_of(to))
}

#[test]
fn imports_only_go_down() {
    let sources = sources::runtime();
    let found = sources.iter().filter(|source| !source.is_test()).flat_map(|source| {
        let from = source.top_module();
        let imports = imports::of(&source.text, &source.module_path());
        let wrong = imports.into_iter().filter(|to| !may_import(from, to)).collect::<BTreeSet<_>>();
        wrong.into_iter().map(|to| format!("{}: `{from}` imports `{to}`", source.path())).collect::<Vec<_>>()
    });
    assert_none("imports only go down", found);
}

#[test]
fn imports_are_found_in_whatever_form() {
    let text = "
        use crate::parent::{Key, slots::Table};
        use crate::{error::Exit, sync::{fence}};
        use super::super::wire::Raw;
        fn f() { crate::memory::read(); log!(super::super::proxy::X) }
        mod inner { use super::super::super::shared::Shared; use super::own; }
        #[cfg(test)]
        mod tests { use crate::child::init; }
    ";
    let found = imports::of(text, &["transport", "ring"]);
    let expected = ["error", "memory", "parent", "proxy", "shared", "sync", "transport", "wire"];
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    assert!(!may_import("wire", "parent") && !may_import("error", "sync") && !may_import("parent", "child"));
}

#[test]
fn unsafe_code_stands_where_it_may() {
    let sources = sources::runtime();
    let is_place =
        |source: &Source, place: &str| source.name == place || (place.ends_with('/') && source.name.starts_with(place));
    let may = |source: &Source| source.is_test() || UNSAFE.iter().any(|place| is_place(source, place));
    let unexpected = sources.iter().filter(|source| !may(source) && (source.has_unsafe() || source.allows_unsafe()));
    assert_none("unsafe code outside its places", unexpected.map(|source| source.path()));
    let needless = sources.iter().filter(|source| source.allows_unsafe() && !source.has_unsafe());
    assert_none("unsafe code is allowed where there is none", needless.map(|source| source.path()));
    let macros = sources::macros().into_iter().filter(|source| source.has_unsafe() || source.allows_unsafe());
    assert_none("unsafe code in the macro", macros.map(|source| source.path()));
}

#[test]
fn unsafe_code_gives_its_reason() {
    let found = sources::runtime().into_iter().flat_map(|source| source.unsafe_without_reason());
    assert_none("unsafe code without a SAFETY comment above it", found);
}

#[test]
fn files_say_what_they_are() {
    let found = sources::all().into_iter().filter(|source| !source.has_doc());
    assert_none("files without a `//!` paragraph", found.map(|source| source.path()));
}

#[test]
fn files_are_short() {
    let found = sources::all().into_iter().filter(|source| source.lines() > MAX_FILE);
    assert_none("files that are too long", found.map(|source| format!("{}: {} lines", source.path(), source.lines())));
}

#[test]
fn functions_are_short() {
    let sources = sources::all().into_iter();
    let found = sources.flat_map(|source| source.longer_than("fn", MAX_FUNCTION));
    assert_none("functions that are too long", found);
}

#[test]
fn quotations_are_short() {
    let found = sources::macros().into_iter().flat_map(|source| source.longer_than("quote", MAX_QUOTE));
    assert_none("`quote!`s that are too long", found);
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    let crates = sources::runtime().into_iter().chain(sources::macros());
    let found = crates.filter(|source| !source.is_test()).flat_map(|source| source.lines_with(".unwrap()"));
    assert_none("`unwrap` outside tests", found);
}

/// `rustix` unwraps what the kernel answers to it, and a sandbox may deny it: see
/// `memory/limits.rs`.
#[test]
fn limits_are_not_asked_in_a_way_that_panics() {
    let sources = sources::runtime();
    let others = sources.iter().filter(|source| !source.is_test() && source.name != "memory/limits.rs");
    assert_none("`getrlimit` outside memory/limits.rs", others.flat_map(|source| source.lines_with("getrlimit(")));
}

#[test]
fn nothing_tells_of_the_place_where_it_was_written() {
    let words = [["issue", " #"], ["/ho", "me/"], ["/ro", "ot/"]].map(|parts| parts.concat());
    let sources = sources::all();
    let found = sources.iter().flat_map(|source| words.iter().flat_map(|word| source.lines_with(word)));
    assert_none("numbers of issues, or paths of a machine", found);
}

#[test]
fn long_functions_and_quotations_are_found() {
    let body = "    let a = 1;\n".repeat(60);
    let source = |text| Source { folder: "src", name: "a.rs".into(), text };
    let text = format!("fn short() {{\n}}\n\nfn long(\n) {{\n{body}}}\n");
    assert_eq!(source(text).longer_than("fn", MAX_FUNCTION), ["src/a.rs:4: 63 lines"]);
    let text = format!("    quote! {{\n{}    }}\n    quote!(a)\n", "        x\n".repeat(24));
    assert_eq!(source(text).longer_than("quote", MAX_QUOTE), ["src/a.rs:1: 26 lines"]);
}
