//! `ipc-channel` for bytes: its channel that does not use `serde`.

use ipc_channel::ipc::{IpcBytesSender, IpcOneShotServer, IpcReceiver, IpcSender, bytes_channel, channel};
use serde::{Deserialize, Serialize};

use super::Peer;
use crate::outcome::Outcome;
use crate::partner::{Partner, Role, exit_when_input_closes};
use crate::work::{Answer, Request, ends};

type Ends = (IpcBytesSender, IpcReceiver<u64>);

struct Client {
    ends: Ends,
    _partner: Partner,
}

pub(super) fn start(_request: &Request) -> Outcome<Option<Box<dyn Peer>>> {
    let (server, name) = IpcOneShotServer::<Ends>::new()?;
    let partner = Partner::start(&BytesServer(name))?;
    let (_, ends) = server.accept().map_err(|error| error.to_string())?;
    Ok(Some(Box::new(Client { ends, _partner: partner })))
}

impl Peer for Client {
    fn call(&mut self, request: &Request) -> Outcome<Answer> {
        let Request::Take(bytes) = request else { return Err("it was started for bytes".into()) };
        let (to, from) = &self.ends;
        to.send(bytes)?;
        Ok(Answer::Number(from.recv().map_err(|error| error.to_string())?))
    }
}

/// A partner that connects to the server of this name, and answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct BytesServer(String);

impl Role for BytesServer {
    const NAME: &'static str = "ipc-channel for bytes";

    fn play(self) -> Outcome {
        exit_when_input_closes();
        let (to, of_bytes) = bytes_channel()?;
        let (of_answers, answers) = channel()?;
        let connected = IpcSender::<Ends>::connect(self.0)?;
        connected.send((to, answers)).map_err(|error| error.to_string())?;
        // The channel ends when the client is gone.
        while let Ok(bytes) = of_bytes.recv() {
            of_answers.send(ends(&bytes)).map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}
