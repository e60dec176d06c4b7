//! A small set of pictures for a first try: one of each format, and one of each way to be bad.
//!
//! Real decoders do not abort or hang on demand. So three of the bad files are not pictures: they
//! start with a marker that the thumbnailer obeys, which stands for a fault in a decoder. The other
//! bad ones are for the decoders themselves.

use std::fs;
use std::path::Path;
use std::process;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use image::{DynamicImage, Rgb, RgbImage};
use tempfile::TempDir;

const MARKER: &[u8] = b"thumbnails sample, please ";

/// Whether a file of the set is meant to fail, and so has no thumbnail.
pub(crate) fn is_bad(picture: &Path) -> bool {
    picture.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"bad-"))
}

/// Does what a marked file requests, as a faulty decoder would.
pub(crate) fn misbehave_if_asked(content: &[u8]) {
    match content.strip_prefix(MARKER) {
        Some(b"panic") => panic!("as the sample asked"),
        Some(b"abort") => process::abort(),
        Some(b"hang") => loop {
            thread::sleep(Duration::from_secs(1));
        },
        _ => {}
    }
}

/// Draws the set into a folder that is removed when its handle is dropped.
pub(crate) fn draw() -> Result<TempDir> {
    let folder = TempDir::new()?;
    let dir = folder.path();
    let picture = DynamicImage::ImageRgb8(RgbImage::from_fn(640, 480, evening));
    for name in ["good.png", "good.jpg", "good.gif", "good.webp", "good.bmp"] {
        picture.save(dir.join(name))?;
    }
    picture.to_luma8().save(dir.join("good-grey.png"))?;
    picture.to_rgba16().save(dir.join("good-16-bit.png"))?;

    for request in ["panic", "abort", "hang"] {
        fs::write(dir.join(format!("bad-{request}.png")), [MARKER, request.as_bytes()].concat())?;
    }
    for name in ["good.png", "good.jpg", "good.webp"] {
        let content = fs::read(dir.join(name))?;
        fs::write(dir.join(name.replace("good", "bad-truncated")), &content[..content.len() / 20])?;
    }
    fs::write(dir.join("notes.txt"), "no picture, and does not say that it is one")?;
    fs::write(dir.join("bad-text.gif"), "no picture at all")?;
    fs::write(dir.join("bad-absurd.bmp"), enlarge(fs::read(dir.join("good.bmp"))?))?;
    Ok(folder)
}

/// A sun above the sea.
fn evening(x: u32, y: u32) -> Rgb<u8> {
    let is_sun = x.abs_diff(320).pow(2) + y.abs_diff(200).pow(2) < 80_u32.pow(2);
    match (is_sun, y < 300) {
        (true, true) => Rgb([255, 220, 120]),
        (false, true) => Rgb([u8::MAX, 90 + (y / 3) as u8, 60]),
        (_, false) => Rgb([20, 40 + (x / 16) as u8, 120 + (y % 16) as u8 * 4]),
    }
}

/// Returns the same bitmap, with a header that claims 60,000 × 60,000 pixels: 10.8 GB.
fn enlarge(mut bitmap: Vec<u8>) -> Vec<u8> {
    let side = 60_000_i32.to_le_bytes();
    bitmap[18..22].copy_from_slice(&side);
    bitmap[22..26].copy_from_slice(&side);
    bitmap
}
