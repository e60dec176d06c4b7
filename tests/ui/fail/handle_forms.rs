use std::collections::HashMap;
use std::process::Command;

use concurrent_object::concurrent_object;

pub struct Channel;

#[concurrent_object(handle)]
impl Channel {
    #[concurrent_object(timeout = "2s")]
    pub fn send(&mut self, bytes: &[u8]) {
        let _ = bytes;
    }

    #[concurrent_object(idempotent)]
    pub fn handle(&self) -> u32 {
        0
    }
}

pub struct Cell<T>(T);

#[concurrent_object(handle)]
impl<T> Cell<T> {
    pub fn get(&self) -> u32 {
        0
    }
}

pub struct Session;

pub struct NotClone;

#[concurrent_object(handles(Channel), opaque(Command, NotClone))]
impl Session {
    pub fn new() -> Self {
        Self
    }

    pub fn channels(&self) -> HashMap<u32, Channel> {
        HashMap::new()
    }

    pub fn channel(&self) -> &Channel {
        &Channel
    }

    pub fn by_key(&self) -> HashMap<u32, Command> {
        HashMap::new()
    }

    pub fn run(&self, commands: Vec<Command>) -> usize {
        commands.len()
    }

    pub fn lent(&self) -> &NotClone {
        &NotClone
    }

    pub fn attach(&self, channels: &[Channel]) -> usize {
        channels.len()
    }
}

fn main() {}
