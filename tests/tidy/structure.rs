//! The rules about structure: no circles, one place for the object's methods, passive parts, names
//! that are used once.

use std::collections::BTreeMap;

use syn::{Item, ItemImpl, Type};

use super::assert_none;
use super::paths::{self, circles};
use super::sources::{self, Source};

/// Folders whose modules may import each other in a circle: reading and writing a value is
/// recursion over serde's traits.
const RECURSIVE: [&str; 1] = ["wire"];

/// The parts of the parent's side, from the top. A part may import what stands below it.
const PARTS_OF_PARENT: [&str; 6] = ["object", "life", "calls", "threads", "pauses", "handle_names"];

/// Type names that are used more than once, with the reason.
const SHARED_NAMES: [(&str, &str); 1] = [("Plain", "the public trait, and a probe that generated code imports as `_`")];

#[test]
fn modules_do_not_import_each_other_in_a_circle() {
    for (sources, exempt) in [(sources::runtime(), &RECURSIVE[..]), (sources::macros(), &[]), (sources::benches(), &[])]
    {
        let found =
            circles(&paths::graph(&sources)).into_iter().filter(|(folder, _)| !exempt.contains(&&*folder.join("/")));
        let text = found.map(|(folder, circle)| format!("{}: {circle:?}", folder.join("/")));
        assert_none("modules import each other in a circle", text);
    }
}

#[test]
fn circle_is_found_and_a_chain_is_none() {
    let source = |name: &str, text: &str| Source { folder: "src", name: name.into(), text: text.into() };
    let sources = |back: &str| {
        [
            source("lib.rs", "mod a; mod b;"),
            source("a.rs", "mod x;"),
            source("a/x.rs", "use crate::b::B;"),
            source("b.rs", back),
        ]
    };
    assert_eq!(circles(&paths::graph(&sources("pub struct B;"))), []);
    let found = circles(&paths::graph(&sources("fn f() { crate::a::x::f() }")));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1.iter().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(circles(&paths::graph(&sources("#[cfg(test)] mod tests { use super::super::a::X; }"))), []);
}

#[test]
fn parts_of_the_parent_import_downwards() {
    let graph = paths::graph(&sources::runtime());
    let part = |module: &paths::Module| {
        let [parent, part, ..] = &module[..] else { return None };
        (parent == "parent")
            .then(|| PARTS_OF_PARENT.iter().position(|name| name == part).expect("a part of the parent"))
    };
    let arrows = graph.iter().flat_map(|(from, imports)| imports.iter().map(move |to| (from, to)));
    let upward = arrows.filter(|(from, to)| matches!((part(from), part(to)), (Some(from), Some(to)) if from > to));
    assert_none(
        "imports that run upward in `parent`",
        upward.map(|(from, to)| format!("{} -> {}", from.join("/"), to.join("/"))),
    );
}

#[test]
fn only_its_own_folder_implements_the_object() {
    let sources = sources::runtime();
    let others = sources.iter().filter(|source| !source.is_test() && !source.name.starts_with("parent/object"));
    let found = others
        .filter(|source| items(source).iter().any(|item| matches!(item, Item::Impl(item) if is_of(item, "Object"))));
    assert_none("`impl Object` outside parent/object", found.map(|source| source.path()));
}

#[test]
fn passive_parts_do_not_name_the_object() {
    let sources = sources::runtime();
    let passive = |source: &&Source| {
        ["parent/calls", "parent/life", "parent/threads"].iter().any(|part| source.name.starts_with(part))
    };
    let found = sources.iter().filter(passive).flat_map(|source| source.code_with_word("Object"));
    assert_none("`Object` in a passive part", found);
}

#[test]
fn type_names_are_used_once() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut stand_ins = places.clone();
    for source in sources::runtime().iter().filter(|source| !source.is_test()) {
        // What `portable` has stands for something of the same name on Linux.
        let found = if source.module_path().contains(&"portable") { &mut stand_ins } else { &mut places };
        for name in items(source).iter().filter_map(name_of_type) {
            found.entry(name).or_default().push(source.name.clone());
        }
    }
    let twice = stand_ins.iter().filter(|(_, places)| places.len() > 1);
    assert_none(
        "names of `portable` that are used more than once",
        twice.map(|(name, places)| format!("{name}: {places:?}")),
    );
    let is_allowed = |name: &str| SHARED_NAMES.iter().any(|(shared, _)| *shared == name);
    let found = places.iter().filter(|(name, places)| places.len() > 1 && !is_allowed(name));
    assert_none("type names that are used more than once", found.map(|(name, places)| format!("{name}: {places:?}")));
    let needless = SHARED_NAMES.iter().filter(|(name, _)| places.get(*name).is_none_or(|places| places.len() < 2));
    assert_none("names that are allowed twice and used once", needless.map(|(name, _)| (*name).to_owned()));
}

#[test]
fn comments_are_at_most_100_columns_wide() {
    let found = sources::all().into_iter().flat_map(|source| source.wide_comments());
    assert_none("comments that are too wide", found);
}

fn items(source: &Source) -> Vec<Item> {
    syn::parse_file(&source.text).expect("it compiles").items
}

fn is_of(item: &ItemImpl, name: &str) -> bool {
    let Type::Path(path) = &*item.self_ty else { return false };
    item.trait_.is_none() && path.path.segments.last().is_some_and(|last| last.ident == name)
}

fn name_of_type(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        Item::Union(item) => Some(item.ident.to_string()),
        Item::Trait(item) => Some(item.ident.to_string()),
        Item::Type(item) => Some(item.ident.to_string()),
        _ => None,
    }
}
