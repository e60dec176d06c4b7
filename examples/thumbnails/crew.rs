//! Distributes the pictures among the objects. The library replaces an object that dies or hangs.

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Error, Result, anyhow};
use concurrent_object::{CallError, RestartPolicy, StartError};
use indicatif::ProgressBar;

use crate::text::plain;
use crate::thumbnailer::ThumbnailerProxy;

/// How the pictures are processed.
pub(crate) struct Crew<'a> {
    pub(crate) jobs: NonZero<usize>,
    pub(crate) size: u32,
    pub(crate) time_limit: Duration,
    pub(crate) output: &'a Path,
}

/// The results for all pictures.
#[derive(Default)]
pub(crate) struct Summary {
    pub(crate) made: usize,
    /// The number of child processes, including those that were replaced.
    pub(crate) processes: u64,
    /// In the order of the pictures.
    pub(crate) failures: Vec<(PathBuf, Error)>,
}

impl Crew<'_> {
    /// Makes the thumbnails. Each worker is a thread with an object of its own, and takes the next
    /// picture when it has finished one.
    pub(crate) fn work(&self, pictures: &[PathBuf], progress: &ProgressBar) -> Summary {
        let next = AtomicUsize::new(0);
        let jobs = self.jobs.get().min(pictures.len());
        let mut total = Summary::default();
        thread::scope(|scope| {
            let begin = |number| Worker { number, crew: self, object: None, summary: Summary::default() };
            let next = &next;
            let threads: Vec<_> =
                (1..=jobs).map(|number| scope.spawn(move || begin(number).work(pictures, next, progress))).collect();
            for thread in threads {
                let summary = thread.join().expect("no picture is decoded on these threads");
                total.made += summary.made;
                total.processes += summary.processes;
                total.failures.extend(summary.failures);
            }
        });
        total.failures.sort_by(|(left, _), (right, _)| left.cmp(right));
        total
    }
}

struct Worker<'a> {
    number: usize,
    crew: &'a Crew<'a>,
    /// Started with the first picture.
    object: Option<ThumbnailerProxy>,
    summary: Summary,
}

impl Worker<'_> {
    fn work(mut self, pictures: &[PathBuf], next: &AtomicUsize, progress: &ProgressBar) -> Summary {
        while let Some(picture) = pictures.get(next.fetch_add(1, Ordering::Relaxed)) {
            progress.set_message(plain(picture.display()));
            match self.make_thumbnail(picture) {
                Ok(()) => self.summary.made += 1,
                Err(reason) => self.summary.failures.push((picture.clone(), reason)),
            }
            progress.inc(1);
        }
        self.summary.processes = self.object.map_or(0, |object| object.handle().incarnation());
        self.summary
    }

    fn make_thumbnail(&mut self, picture: &Path) -> Result<()> {
        let thumbnail = self.shrink(picture)?;
        let target = self.crew.output.join(picture.file_name().context("it has no name")?);
        fs::write(&target, thumbnail).with_context(|| format!("{} cannot be written", target.display()))
    }

    /// An object that crashes or hangs loses its picture. The next instance serves the next
    /// picture.
    fn shrink(&mut self, picture: &Path) -> Result<Vec<u8>> {
        let object = match &self.object {
            Some(object) => object,
            None => self.object.insert(self.crew.start(self.number)?),
        };
        object.shrink(picture).wait().map_err(explain)?.map_err(Error::msg)
    }
}

impl Crew<'_> {
    /// Starts an object with room for a path as input and a thumbnail as output, one call at a
    /// time. The time limit applies to each picture, from its start.
    fn start(&self, number: usize) -> Result<ThumbnailerProxy, StartError> {
        let always = RestartPolicy::on_death().max(u32::MAX).backoff(Duration::ZERO..Duration::ZERO);
        ThumbnailerProxy::builder(format!("thumbnailer {number}"))
            .max_input_size("64 KiB")
            .max_output_size("64 MiB")
            .slots(1)
            .timeout(self.time_limit)
            .cancel_grace(Duration::ZERO)
            .restart(always)
            .start(self.size)
    }
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
