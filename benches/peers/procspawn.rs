//! A `procspawn` pool with one process.

use procspawn::Pool;

use super::Peer;
use crate::outcome::Outcome;
use crate::work::{Answer, Request, Worker};

struct Spawned {
    pool: Pool,
}

pub(super) fn start(_request: &Request) -> Outcome<Option<Box<dyn Peer>>> {
    Ok(Some(Box::new(Spawned { pool: Pool::new(1)? })))
}

impl Peer for Spawned {
    fn call(&mut self, request: &Request) -> Outcome<Answer> {
        Ok(self.pool.spawn(request.clone(), answer).join()?)
    }
}

/// Runs in the other process, which keeps its worker.
fn answer(request: Request) -> Answer {
    thread_local!(static WORKER: Worker = Worker::default());
    WORKER.with(|worker| worker.answer(&request))
}
