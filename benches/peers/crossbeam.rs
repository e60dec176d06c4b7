//! A thread behind `crossbeam-channel`: the alternative without isolation.

use std::hint::black_box;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::Peer;
use crate::crowd::together;
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

/// Requests of several threads to one thread. Each has a channel of its own for the answers.
pub(crate) fn shared_by(threads: u32) -> Contender<'static> {
    let (requests, of_requests) = bounded::<(Request, Sender<Answer>)>(ROOM);
    // Ends when the contender is dropped, which has the only sender that is kept.
    std::thread::spawn(move || {
        let worker = Worker::default();
        for (request, answers) in of_requests {
            let _caller_ended = answers.send(worker.answer(&request));
        }
    });
    Contender::timed(super::CROSSBEAM, move |calls| {
        together(threads, calls, |calls| {
            let (answers, received) = bounded(1);
            (0..calls).try_for_each(|number| {
                let request = (Request::Add(number.into(), 1), answers.clone());
                requests.send(request).map_err(|error| error.to_string())?;
                received.recv().map(|answer| drop(black_box(answer))).map_err(|error| error.to_string())
            })
        })
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
