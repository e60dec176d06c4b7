//! Async functions, with a `block_on` of the user.
#![deny(warnings)]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use concurrent_object::{Call, concurrent_object};

mod runtime {
    use super::*;

    pub fn run<F: Future>(future: F) -> F::Output {
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return output;
            }
        }
    }
}

pub struct Client(String);

#[concurrent_object(block_on = runtime::run)]
impl Client {
    pub async fn connect(address: &str) -> Result<Self, std::io::Error> {
        Ok(Self(address.to_owned()))
    }

    pub async fn send(&mut self, bytes: &[u8], log: &mut Vec<String>) -> usize {
        log.push(self.0.clone());
        bytes.len()
    }

    pub async fn address(&self) -> &str {
        &self.0
    }

    pub async fn hang_up(self) {}

    pub fn is_open(&self) -> bool {
        true
    }
}

pub fn types(client: &ClientProxy) {
    let _: Call<String> = client.address();
}

fn main() {
    assert!(ClientProxy::builder("client").start_connect("here").is_err());
}
