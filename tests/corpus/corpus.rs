//! `#[concurrent_object]` on impl blocks of published crates: what it takes of them, with which
//! edits, and where its messages lead. The recorded figures are in `expected.txt`.

use std::fs;
use std::path::Path;

use concurrent_object_corpus::{Block, Scratch, Table, follow};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");
const TEMPORARY: &str = env!("CARGO_TARGET_TMPDIR");

fn blocks() -> Vec<Block> {
    let files = fs::read_dir(Path::new(FOLDER).join("blocks")).expect("the blocks");
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    paths.iter().map(|path| Block::read(path)).collect()
}

#[test]
fn blocks_compile_without_the_attribute() {
    let scratch = Scratch::new("corpus-plain", Path::new(TEMPORARY));
    let errors = scratch.errors_without_the_attribute(&blocks());
    assert!(errors.is_empty(), "the corpus itself is wrong:\n{}", errors.join("\n"));
}

#[test]
fn figures_are_not_worse_than_the_recorded_ones() {
    let shown = std::env::var("SHOW_CORPUS").unwrap_or_default();
    let scratch = Scratch::new("corpus-attributed", Path::new(TEMPORARY));
    let figures = follow(&scratch, &mut blocks(), |block, message| {
        if shown == block || shown == "all" {
            println!("{block}: {message}\n");
        }
    });
    let table = Table::new(figures);
    println!("{table}");
    let recorded = Path::new(FOLDER).join("expected.txt");
    if std::env::var_os("RECORD_CORPUS").is_some() {
        return fs::write(recorded, table.to_string()).expect("recorded");
    }
    let recorded = Table::parse(&fs::read_to_string(recorded).expect("the recorded table"));
    let worse = table.worse_than(&recorded);
    assert!(
        worse.is_empty(),
        "worse than `tests/corpus/expected.txt`:\n{}\n\nIf that is meant, record it with `RECORD_CORPUS=1 cargo test \
         -p concurrent-object-corpus`, and read the difference.",
        worse.join("\n")
    );
    if table != recorded {
        println!("Nothing is worse than recorded, and something is better: record it, so that it stays.");
    }
}
