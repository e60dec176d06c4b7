use std::sync::Arc;
use std::sync::mpsc::Receiver;

use concurrent_object::concurrent_object;

pub struct Server;

#[concurrent_object]
impl Server {
    pub fn shared() -> Arc<Self> {
        Arc::new(Self)
    }

    pub fn channel() -> (Server, Receiver<u8>) {
        (Self, std::sync::mpsc::channel().1)
    }

    pub fn serve(&self) -> u8 {
        7
    }
}

fn main() {}
