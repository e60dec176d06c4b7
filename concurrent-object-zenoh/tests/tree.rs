//! What the two crates depend on: Zenoh's tree is not the library's, and it does not grow unseen.
#![allow(missing_docs)]

use std::collections::BTreeSet;
use std::process::Command;

/// With TCP alone, Zenoh 1.10 has 218 crates of its own, and the library 20.
const MAX_WITH_TCP: usize = 245;
/// What this crate adds to the trees of Zenoh and of the library.
const MAX_OWN: usize = 10;

/// The crates that a package builds for this target, without tests.
fn tree(package: &str, flags: &[&str]) -> BTreeSet<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["tree", "--offline", "--locked", "--edges", "normal,build", "--prefix", "none", "--no-dedupe"]);
    let output = command.args(["--format", "{p}", "--package", package]).args(flags).output().expect("cargo is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    // "name v1.2.3 (proc-macro)": what stands in brackets does not count.
    text.lines().map(|line| line.split(" (").next().unwrap_or(line).to_owned()).collect()
}

#[test]
fn with_tcp_alone_the_tree_is_small() {
    let all = tree("concurrent-object-zenoh", &["--no-default-features"]);
    assert!(all.len() <= MAX_WITH_TCP, "{} crates", all.len());
    let tls = all.iter().filter(|name| ["rustls", "quinn", "ring v"].iter().any(|tls| name.starts_with(tls)));
    assert_eq!(tls.collect::<Vec<_>>(), [""; 0], "the feature `tls` is off");
}

#[test]
fn this_crate_adds_little_to_the_trees_of_zenoh_and_of_the_library() {
    let all = tree("concurrent-object-zenoh", &[]);
    let (zenoh, library) = (tree("zenoh", &[]), tree("concurrent-object", &["--features", "bridge"]));
    let own = all.iter().filter(|name| !zenoh.contains(*name) && !library.contains(*name)).collect::<Vec<_>>();
    assert!(own.len() <= MAX_OWN, "{own:?}");
}

#[test]
fn the_feature_bridge_adds_no_crate_to_the_library() {
    let (with, without) = (tree("concurrent-object", &["--features", "bridge"]), tree("concurrent-object", &[]));
    assert_eq!(with, without);
    assert!(!with.iter().any(|name| name.starts_with("zenoh") || name.starts_with("tokio")), "{with:?}");
}
