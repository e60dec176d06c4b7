//! `tarpc` over a Unix socket, client and server in two processes, each in a runtime of one thread.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use serde::{Deserialize, Serialize};
use tarpc::client::Config;
use tarpc::context::{self, Context};
use tarpc::serde_transport::unix;
use tarpc::server::{BaseChannel, Channel};
use tarpc::tokio_serde::formats::Bincode;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::Peer;
use crate::outcome::Outcome;
use crate::partner::{Partner, Role, exit_when_input_closes};
use crate::work::{Answer, Request, Worker};

/// tarpc limits the length of a message, by default to less than an array here.
const LONGEST: usize = 1 << 30;

#[tarpc::service]
trait Answering {
    async fn answer(request: Request) -> Answer;
}

struct Remote {
    runtime: Runtime,
    client: AnsweringClient,
    _partner: Partner,
    _directory: TempDir,
}

pub(super) fn start(_request: &Request) -> Outcome<Option<Box<dyn Peer>>> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("socket");
    let partner = Partner::start(&Socket(path.clone()))?;
    let runtime = runtime()?;
    let client = runtime.block_on(async {
        let connect = async {
            loop {
                let mut connecting = unix::connect(&path, Bincode::default);
                connecting.config_mut().max_frame_length(LONGEST);
                match connecting.await {
                    Ok(transport) => return transport,
                    // The server does not listen yet.
                    Err(_) => tokio::time::sleep(Duration::from_micros(100)).await,
                }
            }
        };
        let transport = tokio::time::timeout(Duration::from_secs(10), connect).await?;
        Outcome::Ok(AnsweringClient::new(Config::default(), transport).spawn())
    })?;
    Ok(Some(Box::new(Remote { runtime, client, _partner: partner, _directory: directory })))
}

impl Peer for Remote {
    fn call(&mut self, request: &Request) -> Outcome<Answer> {
        Ok(self.runtime.block_on(self.client.answer(context::current(), request.clone()))?)
    }
}

/// A partner that listens at this path, and answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Socket(PathBuf);

impl Role for Socket {
    const NAME: &'static str = "tarpc";

    fn play(self) -> Outcome {
        serve(&self.0)
    }
}

/// Runs in the partner.
fn serve(path: &Path) -> Outcome {
    exit_when_input_closes();
    runtime()?.block_on(async {
        let mut incoming = unix::listen(path, Bincode::default).await?;
        incoming.config_mut().max_frame_length(LONGEST);
        let transport = incoming.next().await.ok_or("no client connected")??;
        let server = Server(Arc::new(Worker::default()));
        let answers = BaseChannel::with_defaults(transport).execute(server.serve());
        answers.for_each(|answer| async { drop(tokio::spawn(answer)) }).await;
        Ok(())
    })
}

fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

#[derive(Clone)]
struct Server(Arc<Worker>);

impl Answering for Server {
    async fn answer(self, _context: Context, request: Request) -> Answer {
        self.0.answer(&request)
    }
}
