//! The object: turns one picture at a time into a small one. A failure in here costs one picture.

use std::fs;
use std::io::{self, Cursor};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use concurrent_object::concurrent_object;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::{samples, whole};

/// The memory that a decoder may request. Some ignore it; then the limit of the process applies.
const DECODER_MEMORY_SIZE: u64 = 512 << 20;
const PROCESS_MEMORY_SIZE: u64 = 1 << 30;

pub(crate) struct Thumbnailer {
    size: u32,
}

#[concurrent_object]
impl Thumbnailer {
    /// Makes thumbnails of this size, in a process whose memory is limited from now on.
    pub(crate) fn new(size: u32) -> io::Result<Self> {
        let limit = Some(PROCESS_MEMORY_SIZE);
        setrlimit(Resource::As, Rlimit { current: limit, maximum: limit })?;
        Ok(Self { size })
    }

    /// Returns the content of a file with the small picture, in the format of the large one, or the
    /// reason why there is none.
    pub(crate) fn shrink(&self, picture: &Path) -> Result<Vec<u8>, String> {
        // An `anyhow::Error` cannot be sent to another process, but its text can.
        self.try_shrink(picture).map_err(|error| format!("{error:#}"))
    }

    fn try_shrink(&self, picture: &Path) -> Result<Vec<u8>> {
        let content = fs::read(picture)?;
        samples::misbehave_if_asked(&content);
        let mut reader = ImageReader::new(Cursor::new(&content)).with_guessed_format()?;
        let format = reader.format().context("the content is of no known format")?;
        ensure!(!whole::is_cut_off(format, &content), "the content is cut off");
        let mut limits = Limits::default();
        limits.max_alloc = Some(DECODER_MEMORY_SIZE);
        reader.limits(limits.clone());
        let mut decoder = reader.into_decoder()?;
        limits.reserve(decoder.total_bytes())?;
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);

        let mut image = DynamicImage::from_decoder(decoder)?;
        if image.width().max(image.height()) > self.size {
            image = image.thumbnail(self.size, self.size);
        }
        image.apply_orientation(orientation);
        let mut small = Cursor::new(Vec::new());
        image.write_to(&mut small, format)?;
        Ok(small.into_inner())
    }
}
