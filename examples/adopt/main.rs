//! Types of other crates, which do not know this library, in child processes: a database
//! connection, patterns, pictures, a decoder, an archive and a table.
//!
//! Each is a newtype with the methods of the type whose arguments and results can be sent. Each
//! answer of a child is compared with that of the same object in this process.
//!
//! Run it: `cargo run --release --example adopt -- DIR` with a folder of pictures, or without `DIR`
//! on some that it draws.

mod archive;
mod database;
mod patterns;
mod pictures;
mod tables;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs, iter};

use anyhow::{Context, Result, ensure};
use concurrent_object::{RemoteError, StartError};
use image::ImageFormat;
use tempfile::TempDir;

fn main() -> Result<()> {
    concurrent_object::init();
    let folder = TempDir::new()?;
    let paths = match env::args_os().nth(1) {
        Some(dir) => pictures_in(dir.as_ref())?,
        None => {
            pictures::draw_samples(folder.path())?;
            pictures_in(folder.path())?
        }
    };
    let thumbnails = pictures::shrink(&paths, folder.path())?;
    ensure!(!thumbnails.is_empty(), "no picture could be read");
    let names = paths.iter().map(|path| format!("{}\n", path.file_name().unwrap_or_default().display()));
    patterns::search(&names.collect::<String>())?;
    database::keep(&thumbnails, folder.path())?;
    archive::unpack(&thumbnails, folder.path())?;
    tables::read(&thumbnails, folder.path())?;
    println!(
        "adopted: 7 (DynamicImage, dyn ImageDecoder, Regex, RegexSet, rusqlite::Connection, ZipArchive<R>, csv::Reader<R>)"
    );
    Ok(())
}

fn pictures_in(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).with_context(|| format!("{} cannot be read", dir.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| ImageFormat::from_path(path).is_ok_and(|format| format.reading_enabled()));
    paths.sort();
    Ok(paths)
}

/// Checks that the messages are the same, from the error to the last of its sources.
fn assert_told(there: &RemoteError, here: &(dyn Error + 'static)) {
    assert!(words(there).eq(words(here)), "{there:?}, but here {here:?}");
}

/// Checks the same for a constructor.
fn assert_not_made(there: &StartError, here: &(dyn Error + 'static)) {
    let StartError::Constructor { message, chain, .. } = there else { panic!("{there}") };
    assert!(iter::once(message).chain(chain).cloned().eq(words(here)), "{there:?}, but here {here:?}");
}

fn words<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = String> + use<'e> {
    iter::successors(Some(error), |&error| error.source()).map(ToString::to_string)
}
