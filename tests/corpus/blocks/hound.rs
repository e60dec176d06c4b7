//! `hound` 3.5.1, `WavWriter`.
//! The specification of a file, the writer that borrows, the samples and the error stand in.
//! Constructor: `fn create(filename: &Path, channels: u16, sample_rate: u32) -> Result<Self>`.

use std::error;
use std::fmt;
use std::io;
use std::mem::MaybeUninit;
use std::path::Path;
use std::result;

use concurrent_object::concurrent_object;

#[derive(Debug)]
pub enum Error {
    IoError(io::Error),
    FormatError(&'static str),
    TooWide,
    UnfinishedSample,
    Unsupported,
    InvalidSampleFormat,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not written")
    }
}

impl error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::IoError(error)
    }
}

pub type Result<T> = result::Result<T, Error>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleFormat {
    Float,
    Int,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WavSpec {
    pub channels: u16,
    pub sample_rate: u32,
    pub bits_per_sample: u16,
    pub sample_format: SampleFormat,
}

#[derive(Clone, Copy)]
pub struct WavSpecEx {
    pub spec: WavSpec,
    pub bytes_per_sample: u16,
}

pub trait Sample: Sized {
    fn write<W: io::Write>(self, writer: &mut W, bits: u16) -> Result<()>;
}

impl Sample for i16 {
    fn write<W: io::Write>(self, writer: &mut W, _bits: u16) -> Result<()> {
        Ok(writer.write_all(&self.to_le_bytes())?)
    }
}

pub struct SampleWriter16<'parent, W>
where
    W: io::Write + io::Seek + 'parent,
{
    writer: &'parent mut W,
    buffer: &'parent mut [MaybeUninit<u8>],
}

pub struct WavWriter<W>
where
    W: io::Write + io::Seek,
{
    spec: WavSpec,
    writer: W,
}

impl<W: io::Write + io::Seek> WavWriter<W> {
    pub fn create(filename: &Path, channels: u16, sample_rate: u32) -> Result<Self> {
        unimplemented!()
    }
}

#[concurrent_object]
impl<W> WavWriter<W>
where
    W: io::Write + io::Seek,
{
    pub fn new(writer: W, spec: WavSpec) -> Result<WavWriter<W>> {
        unimplemented!()
    }

    pub fn new_with_spec_ex(writer: W, spec_ex: WavSpecEx) -> Result<WavWriter<W>> {
        unimplemented!()
    }

    pub fn write_sample<S: Sample>(&mut self, sample: S) -> Result<()> {
        unimplemented!()
    }

    pub fn get_i16_writer<'s>(&'s mut self, num_samples: u32) -> SampleWriter16<'s, W> {
        unimplemented!()
    }

    pub fn flush(&mut self) -> Result<()> {
        unimplemented!()
    }

    pub fn finalize(mut self) -> Result<()> {
        unimplemented!()
    }

    pub fn spec(&self) -> WavSpec {
        unimplemented!()
    }

    pub fn duration(&self) -> u32 {
        unimplemented!()
    }

    pub fn len(&self) -> u32 {
        unimplemented!()
    }
}
