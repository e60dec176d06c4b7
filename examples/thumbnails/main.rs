//! Scales every picture in a folder, in a pool of child processes. A bad picture costs only its own
//! file, whatever it does to the decoder: the pool replaces a process that dies or hangs.
//!
//! Run it: `cargo run --release --example thumbnails -- DIR`, or without `DIR` on a sample set, bad
//! files included.

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

use anyhow::{Context, Error, Result, anyhow, bail, ensure};
use clap::Parser;
use concurrent_object::{CallError, Pool, StartError};
use image::ImageFormat;
use indicatif::{ProgressBar, ProgressStyle};

use crate::text::plain;
use crate::thumbnailer::ThumbnailerProxy;

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

    let processes = arguments.jobs.map_or_else(thread::available_parallelism, Ok)?.get().min(pictures.len());
    let Arguments { size, time_limit, .. } = *arguments;
    let pool = Pool::new(processes, move |index| start(index, size, time_limit))?;
    let progress = ProgressBar::new(pictures.len() as u64)
        .with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {wide_msg}")?);

    let begin = Instant::now();
    let mut failures = Vec::new();
    let thumbnails = pool.map(&pictures, |thumbnailer, picture| thumbnailer.shrink(picture));
    for (picture, thumbnail) in pictures.iter().zip(progress.wrap_iter(thumbnails)) {
        progress.set_message(plain(picture.display()));
        if let Err(reason) = save(thumbnail, picture, &arguments.output) {
            failures.push((picture, reason));
        }
    }
    progress.finish_and_clear();

    let (made, output) = (pictures.len() - failures.len(), plain(arguments.output.display()));
    let processes = processes as u64 + pool.statistics().replaced;
    println!("made: {made}, in {output} (child processes: {processes}, time: {:.1?})", begin.elapsed());
    println!("skipped: {skipped} (subfolders, and files without the extension of a picture)");
    println!("failed: {}", failures.len());
    for (picture, reason) in &failures {
        let name = picture.file_name().unwrap_or_default();
        println!("  {}: {}", plain(name.display()), plain(format_args!("{reason:#}")));
    }
    let counts = |picture: &Path| arguments.dir.is_some() || !samples::is_bad(picture);
    let has_failed = failures.iter().any(|(picture, _)| counts(picture));
    Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Starts an object with room for a path as input and a thumbnail as output. One call runs, and
/// another one waits. The time limit applies to each picture, from its start.
fn start(index: usize, size: u32, time_limit: Duration) -> Result<ThumbnailerProxy, StartError> {
    ThumbnailerProxy::builder(format!("thumbnailer {index}"))
        .max_input_size("64 KiB")
        .max_output_size("64 MiB")
        .slots(2)
        .timeout(time_limit)
        .cancel_grace(Duration::ZERO)
        .start(size)
}

fn save(thumbnail: Result<Result<Vec<u8>, String>, CallError>, picture: &Path, output: &Path) -> Result<()> {
    let thumbnail = thumbnail.map_err(explain)?.map_err(Error::msg)?;
    let target = output.join(picture.file_name().context("it has no name")?);
    fs::write(&target, thumbnail).with_context(|| format!("{} cannot be written", target.display()))
}

/// Returns the reason in terms of the picture.
fn explain(error: CallError) -> Error {
    match error {
        CallError::Panicked { panic, .. } => anyhow!("the decoder panicked: {panic}"),
        CallError::Died { death, .. } => anyhow!("its process died of {}", death.exit),
        CallError::TimedOut { ran_for, .. } => anyhow!("it took longer than {ran_for:.1?}, and its process was killed"),
        other => other.into(),
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
