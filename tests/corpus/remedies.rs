//! What the messages of `tests/ui/fail` say to write is written, and compiles.

use std::fs;
use std::path::Path;

use concurrent_object_corpus::{Remedies, Scratch};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn each_remedy_of_a_message_compiles() {
    let ui = Path::new(FOLDER).join("../ui");
    let remedies = Remedies::parse(&fs::read_to_string(ui.join("remedies.txt")).expect("the remedies"));
    let different = remedies.differences(&ui.join("fail"));
    assert!(different.is_empty(), "`tests/ui/remedies.txt` and `tests/ui/fail` differ in: {}", different.join(", "));
    let scratch = Scratch::new("remedies", Path::new(env!("CARGO_TARGET_TMPDIR")));
    let errors = remedies.errors(&scratch, &ui.join("fail"));
    assert!(errors.is_empty(), "the messages were followed, and these are left:\n{}", errors.join("\n\n"));
}
