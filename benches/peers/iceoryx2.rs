//! `iceoryx2` request-response between two processes: busy polling, or woken by its events.

mod arrays;
mod bell;
mod bytes;
mod numbers;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use iceoryx2::node::{Node, NodeBuilder};
use iceoryx2::prelude::{LogLevel, SignalHandlingMode, ipc, set_log_level};
use serde::{Deserialize, Serialize};

use super::Peer;
use crate::outcome::Outcome;
use crate::partner::{Partner, Role, when_input_closes};
use crate::work::Request;

/// The settings that both processes share.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Setup {
    name: String,
    kind: Kind,
    /// Whether a side sleeps until an event, instead of polling.
    sleeps: bool,
}

/// The kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Kind {
    Add,
    /// The sum of so many numbers.
    Sum(usize),
    /// So many numbers.
    Fill(usize),
    /// So many bytes.
    Take(usize),
}

pub(super) fn start_busy(request: &Request) -> Outcome<Option<Box<dyn Peer>>> {
    start(request, false, false)
}

pub(super) fn start_event(request: &Request) -> Outcome<Option<Box<dyn Peer>>> {
    start(request, true, false)
}

/// Starts a server for numbers that are in its shared memory already.
pub(super) fn start_loan(request: &Request) -> Outcome<Option<Box<dyn Peer>>> {
    if matches!(request, Request::Sum(_)) { start(request, false, true) } else { Ok(None) }
}

fn start(request: &Request, sleeps: bool, filled_before: bool) -> Outcome<Option<Box<dyn Peer>>> {
    let kind = match request {
        Request::Add(..) => Kind::Add,
        Request::Sum(values) => Kind::Sum(values.len()),
        Request::Fill(count) => Kind::Fill(*count),
        Request::Take(bytes) => Kind::Take(bytes.len()),
        // Only plain memory can be sent.
        Request::Look(_) | Request::Show | Request::Describe(_) => return Ok(None),
    };
    // Peers that run at the same time need services with different names.
    static STARTED: AtomicU64 = AtomicU64::new(0);
    let number = STARTED.fetch_add(1, Ordering::Relaxed);
    let name = format!("concurrent-object-benches/{}/{number}", std::process::id());
    let setup = Setup { name, kind, sleeps };
    let partner = Partner::start(&setup)?;
    Ok(Some(match kind {
        Kind::Add => Box::new(numbers::Client::start(&setup, partner)?),
        Kind::Take(longest) => Box::new(bytes::Client::start(&setup, longest, partner)?),
        Kind::Sum(_) | Kind::Fill(_) => Box::new(arrays::Client::start(&setup, partner, filled_before)?),
    }))
}

impl Role for Setup {
    const NAME: &'static str = "iceoryx2";

    fn play(self) -> Outcome {
        serve(&self)
    }
}

/// Runs in the partner.
fn serve(setup: &Setup) -> Outcome {
    let told = Arc::new(AtomicBool::new(false));
    let told_there = told.clone();
    // The server returns from its loop. If it exited at once, its files would remain.
    when_input_closes(move || told_there.store(true, Ordering::Relaxed));
    match setup.kind {
        Kind::Add => numbers::serve(setup, &told),
        Kind::Take(_) => bytes::serve(setup, &told),
        Kind::Sum(_) | Kind::Fill(_) => arrays::serve(setup, &told),
    }
}

fn node() -> Outcome<Node<ipc::Service>> {
    set_log_level(LogLevel::Error);
    Ok(NodeBuilder::new().signal_handling_mode(SignalHandlingMode::Disabled).create()?)
}

/// Waits until the server is there: an earlier request would be lost.
fn wait_for(mut there: impl FnMut() -> bool) -> Outcome {
    for _ in 0..100_000 {
        if there() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    Err("its server did not come".into())
}
