//! `ipc-channel` between two processes: values through `serde`, and arrays in an `IpcSharedMemory`.

use std::fmt;

use ipc_channel::ipc::{IpcOneShotServer, IpcReceiver, IpcSender, IpcSharedMemory, channel};
use serde::{Deserialize, Serialize};

use super::Peer;
use crate::outcome::Outcome;
use crate::partner::{Partner, Role, exit_when_input_closes};
use crate::work::{Answer, Request, Worker, ends, fill, sum};

/// A request: as it is, or its numbers in shared memory.
#[derive(Serialize, Deserialize)]
enum Message {
    Plain(Request),
    Sum(IpcSharedMemory),
    Take(IpcSharedMemory),
    Fill(usize),
}

/// A reply.
#[derive(Serialize, Deserialize)]
enum Reply {
    Plain(Answer),
    Values(IpcSharedMemory),
}

type Ends = (IpcSender<Message>, IpcReceiver<Reply>);

struct Channel {
    ends: Option<Ends>,
    shared: bool,
    _partner: Partner,
}

pub(super) fn start_serde(_request: &Request) -> Outcome<Option<Box<dyn Peer>>> {
    start(false)
}

pub(super) fn start_shared(request: &Request) -> Outcome<Option<Box<dyn Peer>>> {
    if matches!(request, Request::Sum(_) | Request::Fill(_) | Request::Take(_)) { start(true) } else { Ok(None) }
}

fn start(shared: bool) -> Outcome<Option<Box<dyn Peer>>> {
    let (server, name) = IpcOneShotServer::<Ends>::new()?;
    let partner = Partner::start(&Server(name))?;
    let (_, ends) = server.accept().map_err(told)?;
    Ok(Some(Box::new(Channel { ends: Some(ends), shared, _partner: partner })))
}

impl Peer for Channel {
    fn call(&mut self, request: &Request) -> Outcome<Answer> {
        let (messages, replies) = self.ends.as_ref().ok_or("it has not ended")?;
        messages
            .send(match request {
                Request::Sum(values) if self.shared => {
                    Message::Sum(IpcSharedMemory::from_bytes(bytemuck::cast_slice(values)))
                }
                Request::Take(bytes) if self.shared => Message::Take(IpcSharedMemory::from_bytes(bytes)),
                Request::Fill(count) if self.shared => Message::Fill(*count),
                request => Message::Plain(request.clone()),
            })
            .map_err(told)?;
        Ok(match replies.recv().map_err(told)? {
            Reply::Plain(answer) => answer,
            Reply::Values(values) => Answer::Values(bytemuck::cast_slice(&values).to_vec()),
        })
    }
}

/// A partner that connects to the server of this name, and answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Server(String);

impl Role for Server {
    const NAME: &'static str = "ipc-channel";

    fn play(self) -> Outcome {
        serve(self.0)
    }
}

/// Runs in the partner.
fn serve(name: String) -> Outcome {
    exit_when_input_closes();
    let (messages, of_messages) = channel::<Message>()?;
    let (of_replies, replies) = channel::<Reply>()?;
    IpcSender::<Ends>::connect(name)?.send((messages, replies)).map_err(told)?;
    let worker = Worker::default();
    // The channel ends when the client is gone.
    while let Ok(message) = of_messages.recv() {
        let reply = match message {
            Message::Plain(request) => Reply::Plain(worker.answer(&request)),
            Message::Sum(values) => Reply::Plain(Answer::Sum(sum(bytemuck::cast_slice(&values)))),
            Message::Take(bytes) => Reply::Plain(Answer::Number(ends(&bytes))),
            Message::Fill(count) => Reply::Values(IpcSharedMemory::from_bytes(bytemuck::cast_slice(&fill(count)))),
        };
        of_replies.send(reply).map_err(told)?;
    }
    Ok(())
}

fn told(error: impl fmt::Display) -> String {
    error.to_string()
}
