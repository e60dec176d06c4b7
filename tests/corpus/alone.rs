//! What `#[concurrent_object(skip_unsupported)]`, without any other edit, makes of impl blocks of
//! published crates. The recorded figures are in `expected_alone.txt`.

use std::fs;
use std::path::{Path, PathBuf};

use concurrent_object_corpus::{AloneTable, Scratch, measure_alone};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");
const TEMPORARY: &str = env!("CARGO_TARGET_TMPDIR");

#[test]
fn figures_with_skip_unsupported_alone_are_not_worse_than_the_recorded_ones() {
    let files = fs::read_dir(Path::new(FOLDER).join("blocks")).expect("the blocks");
    let mut paths: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    let shown = std::env::var("SHOW_CORPUS").unwrap_or_default();
    let scratch = Scratch::new("corpus-alone", Path::new(TEMPORARY));
    let figures = measure_alone(&scratch, &paths, |block, message| {
        if shown == block || shown == "all" {
            println!("{block}: {message}\n");
        }
    });
    let table = AloneTable::new(figures);
    println!("{table}");
    let recorded = Path::new(FOLDER).join("expected_alone.txt");
    if std::env::var_os("RECORD_CORPUS").is_some() {
        return fs::write(recorded, table.to_string()).expect("recorded");
    }
    let recorded = AloneTable::parse(&fs::read_to_string(recorded).expect("the recorded table"));
    let worse = table.worse_than(&recorded);
    assert!(worse.is_empty(), "worse than `tests/corpus/expected_alone.txt`:\n{}", worse.join("\n"));
}
