//! A method that streams, and the worker that reads its items: to the end, half-way, or awaited.

use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use concurrent_object::{CallError, CallId, Items, block_on};
use concurrent_object_tests::fate::Fate;
use futures_core::Stream;

use crate::calls::Caller;
use crate::content::{self, Content as _, word};
use crate::keepsake::Notebook;
use crate::ledger::{Expected, Seen};
use crate::object::{BEGAN, ENDED};
use crate::plan::Streaming;
use crate::report::must;

/// The items of one call, in the object.
pub struct Source {
    notebook: Rc<Notebook>,
    id: u64,
    seed: u64,
    at: u64,
    count: u64,
    /// The item at which the process dies, and how.
    fate: Option<(u64, Fate)>,
}

impl Source {
    pub fn new(notebook: Rc<Notebook>, id: u64, seed: u64, count: u64, fate: Option<(u64, Fate)>) -> Self {
        notebook.note(id, BEGAN);
        Self { notebook, id, seed, at: 0, count, fate }
    }
}

impl Iterator for Source {
    type Item = Vec<u64>;

    fn next(&mut self) -> Option<Vec<u64>> {
        if let Some((at, fate)) = self.fate
            && at == self.at
        {
            fate.meet();
        }
        let item = (self.at < self.count).then(|| item(self.seed, self.at));
        self.at += 1;
        item
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.notebook.note(self.id, ENDED);
    }
}

/// Returns one item: mostly short, sometimes larger than what the parent copies at once.
fn item(seed: u64, at: u64) -> Vec<u64> {
    let seed = word(seed, at);
    let len = if seed.is_multiple_of(97) { seed % 40_000 } else { seed % 9 };
    content::words(seed, len as usize)
}

fn digest(seed: u64, count: u64) -> u64 {
    (0..count).fold(seed, |sum, at| word(sum, item(seed, at).digest()))
}

impl Caller<'_, '_> {
    /// Makes a call that streams, and reads its items.
    pub fn stream(&mut self, Streaming { count, taken, fate, is_awaited }: Streaming) -> bool {
        let seed = self.worker.rng.u64(..);
        let expected = if fate.is_some() { Expected::NoResult } else { Expected::Result(digest(seed, count)) };
        let id = self.announce(|_| expected, false);
        if let Some((_, fate)) = fate {
            self.life.will_die(fate);
        }
        let mut items = self.proxy.items(id, seed, count, fate);
        self.life.ledger.accepted(id, items.id().map_or(0, CallId::get));
        if self.life.birth.limits.of_calls && self.worker.rng.u32(..10) == 0 {
            items = items.with_timeout(Duration::from_micros(self.worker.rng.u64(..20_000)));
        }
        if self.life.birth.limits.of_calls && self.worker.rng.u32(..10) == 0 {
            items.cancel();
        }
        let read = || if is_awaited { block_on(await_items(items, seed, taken)) } else { read(items, seed, taken) };
        match self.worker.wait("the items of a call", self.life, read) {
            Ok(None) => {
                self.worker.seats.tally.count("streams dropped half-way");
                self.worker.saw(self.life, id, Seen::StreamDropped);
            }
            Ok(Some(digest)) => {
                self.worker.seats.tally.count("streams read to the end");
                self.worker.settle(self.life, id, Ok((id, digest)));
            }
            Err(error) => self.worker.settle::<(u64, u64)>(self.life, id, Err(error)),
        }
        true
    }
}

/// Reads items, at most `taken`. Returns their digest if they have ended.
fn read(mut items: Items<Vec<u64>>, seed: u64, taken: u64) -> Result<Option<u64>, CallError> {
    let mut reading = Reading { seed, at: 0, sum: seed };
    while reading.at < taken {
        match items.next() {
            Some(item) => reading.check(&item?),
            None => return Ok(Some(reading.sum)),
        }
    }
    Ok(None)
}

/// Does the same as a task.
async fn await_items(items: Items<Vec<u64>>, seed: u64, taken: u64) -> Result<Option<u64>, CallError> {
    let (mut items, mut reading) = (items.into_stream(), Reading { seed, at: 0, sum: seed });
    while reading.at < taken {
        match poll_fn(|context| Pin::new(&mut items).poll_next(context)).await {
            Some(item) => reading.check(&item?),
            None => return Ok(Some(reading.sum)),
        }
    }
    Ok(None)
}

struct Reading {
    seed: u64,
    at: u64,
    sum: u64,
}

impl Reading {
    fn check(&mut self, found: &Vec<u64>) {
        must!(*found == item(self.seed, self.at), "item {} of a stream differs", self.at);
        self.sum = word(self.sum, found.digest());
        self.at += 1;
    }
}
