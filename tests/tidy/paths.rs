//! Which modules a file imports, as whole paths from the root of its crate: for the rules about
//! circles and folders.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree};

use super::sources::Source;

/// A module, by its path from the crate's root; nothing for the root itself.
pub type Module = Vec<String>;

/// The modules of a crate, and which of them each one imports. Code that is compiled for tests only
/// is left out.
pub fn graph(sources: &[Source]) -> BTreeMap<Module, BTreeSet<Module>> {
    let owned = |source: &Source| source.module_path().into_iter().map(str::to_owned).collect::<Module>();
    let modules: BTreeSet<_> = sources.iter().map(owned).collect();
    let code = sources.iter().filter(|source| !source.is_test());
    code.map(|source| (owned(source), imports_of(source, &owned(source), &modules))).collect()
}

/// The folders of a graph in which modules import each other in a circle, with the modules of one
/// circle each.
pub fn circles(graph: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<(Module, BTreeSet<String>)> {
    let folders: BTreeSet<_> = graph.keys().filter_map(|module| Some(module.split_last()?.1.to_vec())).collect();
    let found = folders.into_iter().map(|folder| {
        let circle = circle_in(&siblings(graph, &folder));
        (folder, circle)
    });
    found.filter(|(_, circle)| !circle.is_empty()).collect()
}

/// The imports between the modules of one folder; what lies below a module counts as that module.
fn siblings(graph: &BTreeMap<Module, BTreeSet<Module>>, folder: &[String]) -> BTreeMap<String, BTreeSet<String>> {
    let within = |module: &Module| module.strip_prefix(folder)?.first().cloned();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, imports) in graph {
        let Some(from) = within(module) else { continue };
        let others = imports.iter().filter_map(within).filter(|to| *to != from);
        found.entry(from.clone()).or_default().extend(others);
    }
    found
}

/// Returns the modules of a circle. Removes, repeatedly, each module that imports no other one and
/// each module that no other one imports; the modules of a circle remain.
fn circle_in(graph: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let mut left: BTreeSet<_> = graph.keys().cloned().collect();
    loop {
        let imports = |from: &String| graph.get(from).into_iter().flatten().any(|to| left.contains(to));
        let is_imported = |to: &String| left.iter().any(|from| graph.get(from).is_some_and(|all| all.contains(to)));
        let kept: BTreeSet<_> = left.iter().filter(|module| imports(module) && is_imported(module)).cloned().collect();
        if kept.len() == left.len() {
            return kept;
        }
        left = kept;
    }
}

fn imports_of(source: &Source, own: &[String], modules: &BTreeSet<Module>) -> BTreeSet<Module> {
    let file = syn::parse_file(&source.text).expect("it compiles");
    let mut paths = Paths { own, depth: 0, found: Vec::new() };
    paths.visit_file(&file);
    let module_of = |path: &Vec<String>| {
        (0..=path.len()).rev().map(|len| &path[..len]).find(|part| modules.contains(*part)).map(<[_]>::to_vec)
    };
    paths.found.iter().filter_map(module_of).filter(|module| module != own && !module.is_empty()).collect()
}

/// Collects what begins with `crate`, `super` or `self`, from the root.
struct Paths<'p> {
    own: &'p [String],
    /// How many inline modules are around.
    depth: usize,
    found: Vec<Vec<String>>,
}

impl Paths<'_> {
    fn note(&mut self, path: &[String]) {
        let above = path.iter().take_while(|part| *part == "super").count();
        let base = match path.first().map(String::as_str) {
            Some("crate") => return self.found.push(path[1..].to_vec()),
            Some("self") => 0,
            Some("super") => above.saturating_sub(self.depth),
            // The name of a child module, or of something outside.
            Some(_) => return self.found.push(self.own.iter().chain(path).cloned().collect()),
            None => return,
        };
        let rest = &path[above.max(1)..];
        let own = &self.own[..self.own.len().saturating_sub(base)];
        self.found.push(own.iter().chain(rest).cloned().collect());
    }

    fn note_tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: &dyn ToString| before.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.note_tree(&with(&path.ident), &path.tree),
            UseTree::Name(name) => self.note(&with(&name.ident)),
            UseTree::Rename(rename) => self.note(&with(&rename.ident)),
            UseTree::Glob(_) => self.note(before),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.note_tree(before, tree)),
        }
    }
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes_of(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.note_tree(&[], &item.tree);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.depth += 1;
        visit::visit_item_mod(self, item);
        self.depth -= 1;
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if ["crate", "super", "self"].contains(&&*names[0]) && names.len() > 1 {
            self.note(&names);
        }
        visit::visit_path(self, path);
    }
}

fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_cfg = attribute.path().is_ident("cfg");
        is_cfg && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string().starts_with("test"))
    })
}
