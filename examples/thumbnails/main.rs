//! Scales every picture in a folder, each in a child process. A bad picture costs only its own
//! file, whatever it does to the decoder.
//!
//! Run it: `cargo run --release --example thumbnails -- DIR`, or without `DIR` on a sample set, bad
//! files included.

mod crew;
mod samples;
mod text;
mod thumbnailer;
mod whole;

use std::fs;
use std::num::NonZero;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use image::ImageFormat;
use indicatif::{ProgressBar, ProgressStyle};

use crate::crew::{Crew, Summary};
use crate::text::plain;

/// Makes a thumbnail of every picture in a folder (PNG, JPEG, GIF, WebP, BMP), without subfolders.
///
/// Pictures are decoded in child processes. A picture that cannot be read, or that makes its
/// process panic, hang or die, is reported at the end. The others are still processed. The exit
/// code is 1 if a picture has no thumbnail in the end. The sample set's bad pictures do not count.
#[derive(Parser)]
#[command(name = "thumbnails")]
struct Arguments {
    /// The folder with the pictures. Without it a sample set is drawn and used, bad files included
    dir: Option<PathBuf>,
    /// The folder for the thumbnails, created if it does not exist. They have the names and formats
    /// of their pictures, and replace files of the same names
    #[arg(long, default_value = "thumbnails", value_name = "DIR")]
    output: PathBuf,
    /// The longest side of a thumbnail, in pixels. Pictures that are smaller keep their size
    #[arg(long, default_value_t = 256, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(1..=2048))]
    size: u32,
    /// How long a picture may take before its process is killed
    #[arg(long, default_value = "5", value_name = "SECONDS", value_parser = parse_seconds)]
    time_limit: Duration,
    /// How many child processes there are at a time [default: one for each core]
    #[arg(long)]
    jobs: Option<NonZero<usize>>,
}

fn main() -> Result<ExitCode> {
    // Code before `init` also runs in the children, which do not return from `init`. The summary
    // reports each panic; the default hook's output would only break the progress bar.
    panic::set_hook(Box::new(|_| {}));
    concurrent_object::init();
    drop(panic::take_hook());
    run(&Arguments::parse())
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    let samples;
    let dir = match &arguments.dir {
        Some(dir) => dir.as_path(),
        None => {
            samples = samples::draw().context("the sample set could not be drawn")?;
            samples.path()
        }
    };
    let (pictures, skipped) = pictures_in(dir).with_context(|| format!("{} cannot be read", dir.display()))?;
    ensure!(!pictures.is_empty(), "there are no pictures in {}", dir.display());
    make_output_folder(&arguments.output, dir)?;

    let jobs = arguments.jobs.map_or_else(thread::available_parallelism, Ok)?;
    let Arguments { size, time_limit, .. } = *arguments;
    let crew = Crew { jobs, size, time_limit, output: &arguments.output };
    let progress = ProgressBar::new(pictures.len() as u64)
        .with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {wide_msg}")?);
    let begin = Instant::now();
    let summary = crew.work(&pictures, &progress);
    progress.finish_and_clear();

    print(&summary, skipped, &arguments.output, begin.elapsed());
    let counts = |picture: &Path| arguments.dir.is_some() || !samples::is_bad(picture);
    let has_failed = summary.failures.iter().any(|(picture, _)| counts(picture));
    Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn print(summary: &Summary, skipped: usize, output: &Path, took: Duration) {
    let Summary { made, processes, failures } = summary;
    println!("made: {made}, in {} (child processes: {processes}, time: {took:.1?})", plain(output.display()));
    println!("skipped: {skipped} (subfolders, and files without the extension of a picture)");
    println!("failed: {}", failures.len());
    for (picture, reason) in failures {
        println!(
            "  {}: {}",
            plain(picture.file_name().unwrap_or_default().display()),
            plain(format_args!("{reason:#}"))
        );
    }
}

/// Returns the files with the extension of a known format, in the order of their names, and the
/// number of other entries.
fn pictures_in(dir: &Path) -> Result<(Vec<PathBuf>, usize)> {
    let (mut pictures, mut skipped) = (Vec::new(), 0);
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let is_picture = ImageFormat::from_path(&path).is_ok_and(|format| format.reading_enabled());
        if is_picture && path.is_file() {
            pictures.push(path);
        } else {
            skipped += 1;
        }
    }
    pictures.sort();
    Ok((pictures, skipped))
}

fn make_output_folder(output: &Path, dir: &Path) -> Result<()> {
    fs::create_dir_all(output).with_context(|| format!("{} cannot be made", output.display()))?;
    if fs::canonicalize(output)? == fs::canonicalize(dir)? {
        bail!("the thumbnails would replace the pictures: give another folder as `--output`");
    }
    Ok(())
}

fn parse_seconds(text: &str) -> Result<Duration> {
    let limit = Duration::try_from_secs_f64(text.parse()?)?;
    ensure!(!limit.is_zero(), "no picture is done in no time");
    Ok(limit)
}
