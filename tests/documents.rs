//! What the documents show is what is in the repository.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn readme_shows_the_counter_example_in_25_lines() {
    let example = read("examples/counter.rs");
    assert!(example.lines().count() <= 25);
    let (_doc, code) = example.split_once('\n').expect("more than its doc line");
    assert!(read("README.md").contains(&format!("```rust\n{code}```")));
}

#[test]
fn architecture_shows_what_the_attribute_writes() {
    let expansion = read("tests/expand/counter.expanded.rs");
    assert!(read("ARCHITECTURE.md").contains(expansion.trim()));
}

#[test]
fn readme_names_tests_that_exist() {
    let readme = read("README.md");
    let (_, table) = readme.split_once("## What is guaranteed").expect("the section");
    let (table, _) = table.split_once("\n## ").expect("a section after it");
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| ") && line.contains('`')).collect();
    assert!(rows.len() > 10);
    for row in rows.iter().filter(|row| !row.contains("in the crate")) {
        let tests = row.trim_end_matches('|').rsplit('|').next().expect("a last column");
        for name in tests.split(',').map(|name| name.trim().trim_matches('`')) {
            assert!(root().join("tests").join(name).with_extension("rs").exists(), "{name} in {row}");
        }
    }
}

#[test]
fn readme_is_the_documentation_of_the_crate() {
    let link = fs::read_link(root().join("concurrent-object/README.md")).expect("a symbolic link");
    assert_eq!(link, Path::new("../README.md"));
}

#[test]
fn gate_runs_the_test_command_of_the_readme() {
    assert!(read(".ci/run").contains("grep -m1 '^cargo test' README.md"));
    assert_eq!(read("README.md").lines().filter(|line| line.starts_with("cargo test")).count(), 1);
}
