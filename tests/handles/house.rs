//! An object whose methods return rooms and keys, which stay in the child.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use concurrent_object::concurrent_object;

/// In the child: how many rooms exist.
static ROOMS: AtomicUsize = AtomicUsize::new(0);

/// Cannot leave its process: it has no serde, and a pointer.
#[derive(Debug)]
pub struct Room {
    name: String,
    guests: Vec<String>,
    stays: std::rc::Rc<()>,
}

impl Room {
    fn new(name: &str) -> Self {
        ROOMS.fetch_add(1, Ordering::Relaxed);
        Self { name: name.to_owned(), guests: Vec::new(), stays: std::rc::Rc::new(()) }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        ROOMS.fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Debug)]
pub struct Key(String);

#[concurrent_object(handle)]
impl Key {
    pub fn text(&self) -> &str {
        &self.0
    }
}

#[concurrent_object(handle, handles(Key, Room))]
impl Room {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn enter(&mut self, guest: &str) -> usize {
        self.guests.push(guest.to_owned());
        self.guests.len()
    }

    pub fn fill(&self, buffer: &mut Vec<String>) {
        buffer.extend(self.guests.iter().cloned());
    }

    pub fn key(&self) -> Key {
        Key(format!("key of {} ({})", self.name, std::rc::Rc::strong_count(&self.stays)))
    }

    pub fn swap(&mut self, other: &mut Room) {
        std::mem::swap(&mut self.guests, &mut other.guests);
    }

    pub fn fail(&self) -> Result<Key, Closed> {
        Err(Closed)
    }

    pub fn panic(&mut self) {
        panic!("the roof fell in");
    }

    /// Moves all guests into the other room, and closes this one.
    pub fn vacate(mut self, into: &mut Room) -> usize {
        into.guests.append(&mut self.guests);
        into.guests.len()
    }

    /// Closes the room, and returns the guests.
    pub fn close(mut self) -> Vec<String> {
        std::mem::take(&mut self.guests)
    }
}

#[derive(Debug)]
pub struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the room is closed")
    }
}

impl std::error::Error for Closed {}

#[derive(Debug)]
pub struct House;

#[concurrent_object(handles(Room, Key))]
impl House {
    pub fn new() -> Self {
        Self
    }

    pub fn room(&self, name: &str) -> Room {
        Room::new(name)
    }

    pub fn find(&self, name: &str) -> Result<Option<Room>, Closed> {
        match name {
            "closed" => Err(Closed),
            "none" => Ok(None),
            name => Ok(Some(Room::new(name))),
        }
    }

    pub fn suite(&self, names: &[&str]) -> (u32, Vec<Room>, Key) {
        let rooms: Vec<_> = names.iter().map(|name| Room::new(name)).collect();
        (names.len() as u32, rooms, Key("of the suite".to_owned()))
    }

    pub fn count(&self) -> usize {
        ROOMS.load(Ordering::Relaxed)
    }

    pub fn describe(&self, room: &Room, key: &Key) -> String {
        format!("{} {}", room.name, key.0)
    }

    pub fn rename(&mut self, room: &mut Room, name: String) {
        room.name = name;
    }

    pub fn merge(&self, into: &mut Room, other: &Room) {
        into.guests.extend(other.guests.iter().cloned());
    }

    pub fn replace(&mut self, old: Room, new: &Room) -> String {
        format!("{} by {}", old.name, new.name)
    }

    pub fn demolish(&mut self, room: Room, _reason: &str) -> usize {
        room.guests.len()
    }

    pub fn furnished(&self, size: usize) -> (Room, Vec<u8>) {
        (Room::new("furnished"), vec![0; size])
    }

    #[concurrent_object(timeout = "50ms")]
    pub fn late(&self) -> Room {
        std::thread::sleep(Duration::from_millis(200));
        Room::new("late")
    }

    pub fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }

    pub fn crash(&self) {
        std::process::abort();
    }
}

impl Default for House {
    fn default() -> Self {
        Self::new()
    }
}
