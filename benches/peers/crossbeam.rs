//! A thread behind `crossbeam-channel`: the alternative without isolation.

use std::hint::black_box;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::Peer;
use crate::measure::Contender;
use crate::outcome::Outcome;
use crate::work::{Answer, Request, Worker};

/// As many as the object has slots when its calls are pipelined.
const ROOM: usize = 64;

/// As many numbers as a stream of the object is ahead at most.
const STREAM_ROOM: usize = 1 << 16;

struct Thread {
    ends: Option<(Sender<Request>, Receiver<Answer>)>,
    thread: Option<JoinHandle<()>>,
}

pub(super) fn start(_request: &Request) -> Outcome<Option<Box<dyn Peer>>> {
    Ok(Some(Box::new(Thread::start())))
}

/// Sends requests without waiting for each.
pub(crate) fn pipeline() -> Contender<'static> {
    let thread = Thread::start();
    Contender::batch(super::CROSSBEAM, move |calls| {
        let (requests, answers) = thread.ends.as_ref().ok_or("it has not ended")?;
        let (mut sent, mut received) = (0, 0);
        while received < calls {
            while sent < calls && sent - received < ROOM as u32 {
                requests.send(Request::Add(sent.into(), 1))?;
                sent += 1;
            }
            answers.recv()?;
            received += 1 + answers.try_iter().count() as u32;
        }
        Ok(())
    })
}

/// Receives numbers from a thread that sends them through a bounded channel.
pub(crate) fn stream() -> Contender<'static> {
    Contender::batch(super::CROSSBEAM, move |count| {
        let (numbers, received) = bounded(STREAM_ROOM);
        let sending = std::thread::spawn(move || (0..count).all(|number| numbers.send(u64::from(number)).is_ok()));
        let sum: u64 = received.iter().sum();
        black_box(sum);
        sending.join().map(drop).map_err(|_| "the sending thread panicked".into())
    })
}

impl Thread {
    fn start() -> Self {
        let (requests, of_requests) = bounded::<Request>(ROOM);
        let (of_answers, answers) = bounded(ROOM);
        let thread = std::thread::spawn(move || {
            let worker = Worker::default();
            for request in of_requests {
                if of_answers.send(worker.answer(&request)).is_err() {
                    return;
                }
            }
        });
        Self { ends: Some((requests, answers)), thread: Some(thread) }
    }
}

impl Peer for Thread {
    fn call(&mut self, request: &Request) -> Outcome<Answer> {
        let (requests, answers) = self.ends.as_ref().ok_or("it has not ended")?;
        requests.send(request.clone())?;
        Ok(answers.recv()?)
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        drop(self.ends.take());
        let _ended = self.thread.take().map(JoinHandle::join);
    }
}
