use std::fs::File;
use std::sync::mpsc::{Receiver, Sender};
use std::thread::JoinHandle;

use concurrent_object::concurrent_object;

pub struct Server;

pub trait Policy {}

pub mod model {
    #[derive(serde::Serialize, serde::Deserialize)]
    pub struct File(pub u8);
}

#[concurrent_object]
impl Server {
    pub fn new(log: File) -> Self {
        let _ = log;
        Self
    }

    pub fn file(&self) -> std::io::Result<Option<File>> {
        Ok(None)
    }

    pub fn spawn(&self) -> JoinHandle<u8> {
        std::thread::spawn(|| 7)
    }

    pub fn listen(&self, replies: Vec<Sender<u8>>, requests: &Receiver<u8>) {
        let _ = (replies, requests);
    }

    pub fn set_policy(&mut self, policy: Box<dyn Policy>) {
        let _ = policy;
    }

    pub fn own(&self, file: &model::File) -> u8 {
        file.0
    }
}

fn main() {}
