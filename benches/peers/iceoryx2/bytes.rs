//! Bytes that are copied into shared memory, and a number back.

use std::sync::atomic::{AtomicBool, Ordering};

use iceoryx2::node::Node;
use iceoryx2::port::client::Client as Port;
use iceoryx2::prelude::{PortFactory as _, ipc};
use iceoryx2::service::port_factory::request_response::PortFactory;
use rustix::process::Pid;

use super::bell::Bell;
use super::{Peer, Setup, node, wait_for};
use crate::outcome::Outcome;
use crate::partner::Partner;
use crate::work::{Answer, Request, ends};

type Service = PortFactory<ipc::Service, [u8], (), u64, ()>;

pub(super) struct Client {
    port: Port<ipc::Service, [u8], (), u64, ()>,
    bell: Bell,
    restless: Option<Pid>,
    _node: Node<ipc::Service>,
    _partner: Partner,
}

impl Client {
    pub(super) fn start(setup: &Setup, longest: usize, partner: Partner) -> Outcome<Self> {
        let node = node()?;
        let service = service(&node, setup)?;
        let bell = Bell::of_client(&node, setup)?;
        wait_for(|| service.dynamic_config().number_of_servers() > 0)?;
        let port = service.client_builder().initial_max_slice_len(longest).create()?;
        let restless = partner.pid().filter(|_| !setup.sleeps);
        Ok(Self { port, bell, restless, _node: node, _partner: partner })
    }
}

impl Peer for Client {
    fn call(&mut self, request: &Request) -> Outcome<Answer> {
        let Request::Take(bytes) = request else { return Err("it was started for bytes".into()) };
        let pending = self.port.loan_slice_uninit(bytes.len())?.write_from_slice(bytes).send()?;
        self.bell.ring()?;
        loop {
            if let Some(response) = pending.receive()? {
                return Ok(Answer::Number(*response));
            }
            self.bell.wait()?;
        }
    }

    fn restless(&self) -> Option<Pid> {
        self.restless
    }
}

pub(super) fn serve(setup: &Setup, told: &AtomicBool) -> Outcome {
    let node = node()?;
    let service = service(&node, setup)?;
    let bell = Bell::of_server(&node, setup)?;
    let server = service.server_builder().create()?;
    while !told.load(Ordering::Relaxed) {
        match server.receive()? {
            Some(request) => {
                request.send_copy(ends(request.payload()))?;
                bell.ring()?;
            }
            None => bell.wait()?,
        }
    }
    Ok(())
}

fn service(node: &Node<ipc::Service>, setup: &Setup) -> Outcome<Service> {
    let name = setup.name.as_str().try_into()?;
    Ok(node.service_builder(&name).request_response::<[u8], u64>().open_or_create()?)
}
