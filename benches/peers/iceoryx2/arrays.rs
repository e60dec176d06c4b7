//! Arrays of numbers, in shared memory both ways: copied into it, or already there.
#![allow(unsafe_code)]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use iceoryx2::node::Node;
use iceoryx2::port::client::Client as Port;
use iceoryx2::prelude::{PortFactory as _, ipc};
use iceoryx2::service::port_factory::request_response::PortFactory;
use rustix::process::Pid;

use super::bell::Bell;
use super::{Kind, Peer, Setup, node, wait_for};
use crate::outcome::Outcome;
use crate::partner::Partner;
use crate::work::{Answer, Request, fill, sum};

type Service = PortFactory<ipc::Service, [f64], (), [f64], ()>;

pub(super) struct Client {
    port: Port<ipc::Service, [f64], (), [f64], ()>,
    bell: Bell,
    /// The addresses of the buffers that are filled already, if a buffer is to be filled only once.
    filled: Option<BTreeSet<usize>>,
    restless: Option<Pid>,
    _node: Node<ipc::Service>,
    _partner: Partner,
}

impl Client {
    pub(super) fn start(setup: &Setup, partner: Partner, filled_before: bool) -> Outcome<Self> {
        let node = node()?;
        let service = service(&node, setup)?;
        let bell = Bell::of_client(&node, setup)?;
        wait_for(|| service.dynamic_config().number_of_servers() > 0)?;
        let longest = if let Kind::Sum(count) = setup.kind { count } else { 1 };
        let port = service.client_builder().initial_max_slice_len(longest).create()?;
        let filled = filled_before.then(BTreeSet::new);
        let restless = partner.pid().filter(|_| !setup.sleeps);
        Ok(Self { port, bell, filled, restless, _node: node, _partner: partner })
    }

    fn ask(&mut self, values: &[f64]) -> Outcome<Vec<f64>> {
        let request = self.port.loan_slice_uninit(values.len())?;
        let is_filled = match &mut self.filled {
            Some(filled) => !filled.insert(request.payload().as_ptr().addr()),
            None => false,
        };
        let request = if is_filled {
            // SAFETY: numbers were written to these addresses before. The memory stays mapped, and
            // only this side writes it.
            unsafe { request.assume_init() }
        } else {
            request.write_from_slice(values)
        };
        let pending = request.send()?;
        self.bell.ring()?;
        loop {
            if let Some(response) = pending.receive()? {
                return Ok(response.to_vec());
            }
            self.bell.wait()?;
        }
    }
}

impl Peer for Client {
    fn call(&mut self, request: &Request) -> Outcome<Answer> {
        match request {
            Request::Sum(values) => Ok(Answer::Sum(self.ask(values)?.first().copied().ok_or("it has one number")?)),
            Request::Fill(count) => Ok(Answer::Values(self.ask(&[*count as f64])?)),
            _ => Err("it was started for arrays".into()),
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
    let longest = if let Kind::Fill(count) = setup.kind { count } else { 1 };
    let server = service.server_builder().initial_max_slice_len(longest).create()?;
    while !told.load(Ordering::Relaxed) {
        let Some(request) = server.receive()? else {
            bell.wait()?;
            continue;
        };
        let answer = match setup.kind {
            Kind::Fill(count) => fill(count),
            _ => vec![sum(request.payload())],
        };
        request.loan_slice_uninit(answer.len())?.write_from_slice(&answer).send()?;
        bell.ring()?;
    }
    Ok(())
}

fn service(node: &Node<ipc::Service>, setup: &Setup) -> Outcome<Service> {
    let name = setup.name.as_str().try_into()?;
    Ok(node.service_builder(&name).request_response::<[f64], [f64]>().open_or_create()?)
}
