//! `rodio` 0.21.1, `Sink`.
//! The mixer, the queue's output, the sources and the error of seeking stand in.
//! Constructor: `fn open() -> Self`.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use concurrent_object::concurrent_object;

pub trait FromSample<S> {
    fn from_sample(sample: S) -> Self;
}

impl FromSample<f32> for f32 {
    fn from_sample(sample: f32) -> Self {
        sample
    }
}

pub trait Source: Iterator<Item = f32> {
    fn current_span_len(&self) -> Option<usize>;
    fn channels(&self) -> u16;
    fn sample_rate(&self) -> u32;
    fn total_duration(&self) -> Option<Duration>;
}

#[derive(Clone)]
pub struct Mixer(Arc<()>);

pub mod queue {
    pub struct SourcesQueueOutput(());
}

#[derive(Debug)]
pub enum SeekError {
    NotSupported { underlying_source: &'static str },
    Other(Box<dyn Error + Send>),
}

impl fmt::Display for SeekError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot seek")
    }
}

impl Error for SeekError {}

pub struct Sink {
    detached: bool,
}

impl Sink {
    pub fn open() -> Self {
        unimplemented!()
    }
}

#[concurrent_object]
impl Sink {
    pub fn connect_new(mixer: &Mixer) -> Sink {
        unimplemented!()
    }

    pub fn new() -> (Sink, queue::SourcesQueueOutput) {
        unimplemented!()
    }

    pub fn append<S>(&self, source: S)
    where
        S: Source + Send + 'static,
        f32: FromSample<S::Item>,
    {
        unimplemented!()
    }

    pub fn volume(&self) -> f32 {
        unimplemented!()
    }

    pub fn set_volume(&self, value: f32) {
        unimplemented!()
    }

    pub fn speed(&self) -> f32 {
        unimplemented!()
    }

    pub fn set_speed(&self, value: f32) {
        unimplemented!()
    }

    pub fn play(&self) {
        unimplemented!()
    }

    pub fn try_seek(&self, pos: Duration) -> Result<(), SeekError> {
        unimplemented!()
    }

    pub fn pause(&self) {
        unimplemented!()
    }

    pub fn is_paused(&self) -> bool {
        unimplemented!()
    }

    pub fn clear(&self) {
        unimplemented!()
    }

    pub fn skip_one(&self) {
        unimplemented!()
    }

    pub fn stop(&self) {
        unimplemented!()
    }

    pub fn detach(mut self) {
        unimplemented!()
    }

    pub fn sleep_until_end(&self) {
        unimplemented!()
    }

    pub fn empty(&self) -> bool {
        unimplemented!()
    }

    pub fn len(&self) -> usize {
        unimplemented!()
    }

    pub fn get_pos(&self) -> Duration {
        unimplemented!()
    }
}
