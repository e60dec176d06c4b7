//! The files that strangers have sent: four pictures, an attack, and a bomb.
//!
//! Real decoders cannot be taken over on demand. So the attack is no picture: it starts with a
//! marker that the decoder obeys, which stands for a fault in a decoder.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use image::{DynamicImage, Rgb, RgbImage};
use tempfile::TempDir;

pub(crate) const EXPLOIT: &[u8] = b"exploit: ";

/// Writes the files into a folder that is removed when its handle is dropped, and a secret beside
/// them. Returns the folder and the secret.
pub(crate) fn draw(attacker: SocketAddr) -> Result<(TempDir, String)> {
    let folder = TempDir::new()?;
    let dir = folder.path();
    let picture = DynamicImage::ImageRgb8(RgbImage::from_fn(320, 240, |x, y| Rgb([x as u8, y as u8, 120])));
    for name in ["picture.png", "picture.jpg", "picture.gif", "picture.webp"] {
        picture.save(dir.join(name))?;
    }
    let secret = "the program's secret".to_owned();
    let path = dir.join("secret.key");
    fs::write(&path, &secret)?;
    let request = format!("{} {attacker}", path.to_str().context("the path is no text")?);
    fs::write(dir.join("attack.png"), [EXPLOIT, request.as_bytes()].concat())?;
    fs::write(dir.join("bomb.gif"), bomb())?;
    Ok((folder, secret))
}

/// Returns the names and contents of the pictures in a folder, in the order of the names.
pub(crate) fn read(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).context("the name is no text")?;
        if image::ImageFormat::from_path(&path).is_ok() {
            files.push((name.to_owned(), fs::read(&path)?));
        }
    }
    files.sort();
    Ok(files)
}

/// Returns a valid picture of 35 bytes: one pixel on a canvas of 40,000 × 40,000 pixels. Decoded,
/// it needs 6.4 GB.
fn bomb() -> Vec<u8> {
    let side = 40_000_u16.to_le_bytes();
    let palette = [0, 0, 0, u8::MAX, u8::MAX, u8::MAX];
    let pixel = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b];
    [&b"GIF89a"[..], &side, &side, &[0x80, 0, 0], &palette, &pixel].concat()
}
