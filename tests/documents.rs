//! The documents agree with the files of the repository.

#[path = "documents/refusals.rs"]
mod refusals;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the targets of the Markdown links in a text.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

/// Returns the files of a folder with this ending, as paths below the root.
fn files_in(folder: &str, ending: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text"));
    let found: Vec<_> = names.filter(|name| name.ends_with(ending)).map(|name| format!("{folder}/{name}")).collect();
    assert!(!found.is_empty(), "no {ending} in {folder}");
    found
}

#[test]
fn readme_shows_the_counter_example_in_25_lines() {
    let example = read("examples/counter.rs");
    assert!(example.lines().count() <= 25);
    let (_doc, code) = example.split_once('\n').expect("more than its doc line");
    assert!(read("README.md").contains(&format!("```rust\n{code}```")));
}

#[test]
fn readme_has_at_most_900_words() {
    let words = read("README.md").split_whitespace().count();
    assert!(words <= 900, "{words} words");
}

#[test]
fn architecture_shows_what_the_attribute_writes() {
    let expansion = read("concurrent-object-macros/tests/expand/counter.expanded.rs");
    assert!(read("ARCHITECTURE.md").contains(expansion.trim()));
}

#[test]
fn guarantees_name_tests_that_exist() {
    let document = read("docs/guarantees.md");
    let rows: Vec<_> = document.lines().filter(|line| line.starts_with("| ") && line.contains('`')).collect();
    assert!(rows.len() > 10);
    for row in rows {
        let tests = row.trim_end_matches('|').rsplit('|').next().expect("a last column");
        let names = tests.split(',').map(str::trim).filter(|name| name.starts_with('`'));
        for name in names.map(|name| name.trim_matches('`')) {
            assert!(root().join("tests").join(name).with_extension("rs").exists(), "{name} in {row}");
        }
    }
}

#[test]
fn links_within_the_repository_have_targets() {
    let documents = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "examples/README.md"].map(str::to_owned);
    for document in documents.into_iter().chain(files_in("docs", ".md")) {
        let text = read(&document);
        let folder = root().join(&document).parent().expect("a folder").to_owned();
        let is_local = |link: &&str| !link.contains("://") && !link.starts_with('#');
        for link in links(&text).filter(is_local) {
            let path = link.split('#').next().expect("a first part");
            assert!(folder.join(path).exists(), "{document}: {link}");
        }
    }
}

#[test]
fn links_of_the_readme_to_its_own_project_have_targets() {
    const FILES: [&str; 2] = [
        "https://github.com/concurrent-object/concurrent-object/blob/main/",
        "https://raw.githubusercontent.com/concurrent-object/concurrent-object/main/",
    ];
    const CHAPTERS: &str = "https://docs.rs/concurrent-object/latest/concurrent_object/guide/";
    let readme = read("README.md");
    let (mut files, mut chapters) = (0, 0);
    for link in links(&readme) {
        for path in FILES.iter().filter_map(|start| link.strip_prefix(start)) {
            assert!(root().join(path).exists(), "{link}");
            files += 1;
        }
        if let Some(chapter) = link.strip_prefix(CHAPTERS).map(|rest| rest.trim_end_matches('/'))
            && !chapter.is_empty()
        {
            let path = root().join("concurrent-object/docs/guide").join(chapter).with_extension("md");
            assert!(path.exists(), "{link}");
            chapters += 1;
        }
    }
    assert!(files >= 5 && chapters >= 8, "{files} files, {chapters} chapters");
}

#[test]
fn every_chapter_of_the_guide_is_a_module_and_is_in_its_index() {
    let (modules, index) = (read("concurrent-object/src/guide.rs"), read("concurrent-object/docs/guide/index.md"));
    for path in files_in("concurrent-object/docs/guide", ".md") {
        let name = Path::new(&path).file_stem().and_then(|name| name.to_str()).expect("text").to_owned();
        if name != "index" {
            assert!(modules.contains(&format!("    {name},\n")), "{name} is no module");
            assert!(index.contains(&format!("[`{name}`]")), "{name} is not in the index");
        }
    }
}

#[test]
fn every_example_is_in_the_list_of_examples() {
    let list = read("examples/README.md");
    let examples = files_in("examples", ".rs")
        .into_iter()
        .map(|path| Path::new(&path).file_stem().and_then(|name| name.to_str()).expect("text").to_owned());
    let packages = ["adopt", "fleet", "handles", "sandboxed", "select", "service", "thumbnails", "two_hosts"];
    for name in examples.chain(packages.map(str::to_owned)) {
        assert!(list.contains(&format!("| `{name}` |")), "{name}");
    }
}

#[test]
fn packages_contain_the_readme_and_the_licences() {
    for (link, file) in [
        ("concurrent-object/README.md", "../README.md"),
        ("concurrent-object/LICENSE-MIT", "../LICENSE-MIT"),
        ("concurrent-object/LICENSE-APACHE", "../LICENSE-APACHE"),
        ("concurrent-object-macros/LICENSE-MIT", "../LICENSE-MIT"),
        ("concurrent-object-macros/LICENSE-APACHE", "../LICENSE-APACHE"),
        ("concurrent-object-zenoh/LICENSE-MIT", "../LICENSE-MIT"),
        ("concurrent-object-zenoh/LICENSE-APACHE", "../LICENSE-APACHE"),
    ] {
        assert_eq!(fs::read_link(root().join(link)).expect(link), Path::new(file));
    }
}

#[test]
fn gate_runs_the_test_command_of_the_readme() {
    assert!(read(".ci/run").contains("grep -m1 '^cargo test' README.md"));
    assert_eq!(read("README.md").lines().filter(|line| line.starts_with("cargo test")).count(), 1);
}
