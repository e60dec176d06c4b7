//! Two objects as a pipeline: a camera makes frames, and a detector looks for the bright spot in
//! each. The next frame is made while the last one is looked at.
//!
//! Frames are `Shared` memory: the camera's process fills it, and the detector's process reads it.
//! Nothing is copied, and nothing passes through this process but a descriptor.
//!
//! Run it: `cargo run --release --example frames -- --frames 2000`

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use concurrent_object::{Shared, SharedError, concurrent_object};
use indicatif::{ProgressBar, ProgressStyle};

const WIDTH: usize = 1920;
const HEIGHT: usize = 1080;
const SPOT_SIDE: usize = 33;

/// Stands for a camera: its frames are grey noise, with one bright square that moves.
struct Camera {
    number: usize,
}

#[concurrent_object]
impl Camera {
    pub fn new() -> Self {
        Self { number: 0 }
    }

    /// Returns the next frame: a byte for each pixel, row after row.
    pub fn next_frame(&mut self) -> Result<Shared<[u8]>, SharedError> {
        let (left, top) = spot_of(self.number);
        self.number += 1;
        Shared::filled(WIDTH * HEIGHT, |pixels| {
            fastrand::fill(pixels);
            pixels.iter_mut().for_each(|pixel| *pixel /= 2);
            for row in pixels.chunks_exact_mut(WIDTH).skip(top).take(SPOT_SIDE) {
                row[left..left + SPOT_SIDE].fill(u8::MAX);
            }
        })
    }
}

/// Returns the left and the top of the bright square of a frame.
fn spot_of(number: usize) -> (usize, usize) {
    (number * 7 % (WIDTH - SPOT_SIDE), number * 5 % (HEIGHT - SPOT_SIDE))
}

fn centre_of(number: usize) -> (usize, usize) {
    let (left, top) = spot_of(number);
    (left + SPOT_SIDE / 2, top + SPOT_SIDE / 2)
}

struct Detector;

#[concurrent_object]
impl Detector {
    pub fn new() -> Self {
        Self
    }

    /// Returns the column and the row of the centre of all bright pixels.
    pub fn find_spot(&self, pixels: &[u8]) -> Option<(usize, usize)> {
        let (mut count, mut columns, mut rows) = (0_usize, 0, 0);
        for (row, pixels) in pixels.chunks_exact(WIDTH).enumerate() {
            for (column, _) in pixels.iter().enumerate().filter(|&(_, &pixel)| pixel > 200) {
                count += 1;
                columns += column;
                rows += row;
            }
        }
        (count > 0).then(|| (columns / count, rows / count))
    }
}

/// Makes frames in one process, and looks at them in another one.
#[derive(Parser)]
struct Arguments {
    /// How many frames
    #[arg(long, default_value_t = 500)]
    frames: usize,
}

fn main() -> Result<()> {
    concurrent_object::init();
    let Arguments { frames } = Arguments::parse();
    let camera = CameraProxy::builder("camera").start()?;
    let detector = DetectorProxy::builder("detector").start()?;
    let progress = ProgressBar::new(frames as u64)
        .with_style(ProgressStyle::with_template("{bar:40} {pos}/{len}, {per_sec}, {msg}")?);

    let begin = Instant::now();
    let mut next = camera.next_frame();
    for number in 0..frames {
        let frame = next.wait()?.context("there is no memory for a frame")?;
        next = camera.next_frame(); // it is made from now on
        let spot = detector.find_spot(&frame).wait()?; // while this one is looked at
        ensure!(spot == Some(centre_of(number)), "frame {number}: the detector found {spot:?}");
        progress.inc(1);
    }
    progress.finish_and_clear();

    let took = begin.elapsed();
    println!("frames: {frames}, time: {took:.1?}, frames per second: {:.0}", frames as f64 / took.as_secs_f64());
    Ok(())
}
