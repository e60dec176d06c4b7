//! A remote that notes what it gets. The test plays the other program.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use concurrent_object::StartError;
use concurrent_object::bridge::{Carrier, EndKind, Events, Message, Remote, RemoteStart};

/// Notes the start and the calls, and does nothing.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Recorded>>);

#[derive(Default)]
pub struct Recorded {
    pub start: Option<(RemoteStart, Events)>,
    pub sent: Vec<(u64, Message)>,
    pub ends: Vec<EndKind>,
}

impl Remote for Recorder {
    fn start(&self, start: RemoteStart, events: Events) -> Result<Box<dyn Carrier>, StartError> {
        self.0.lock().expect("no panic").start = Some((start, events));
        Ok(Box::new(self.clone()))
    }
}

impl Carrier for Recorder {
    fn send(&self, call: u64, message: Message) {
        self.0.lock().expect("no panic").sent.push((call, message));
    }

    fn cancel(&self, _call: u64, _grace: Option<Duration>) {}

    fn end(&self, how: EndKind) {
        self.0.lock().expect("no panic").ends.push(how);
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

impl Recorder {
    pub fn wait_for<T>(&self, found: impl Fn(&Recorded) -> Option<T>) -> T {
        loop {
            if let Some(found) = found(&self.0.lock().expect("no panic")) {
                return found;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    pub fn events(&self) -> Events {
        self.wait_for(|recorded| recorded.start.as_ref().map(|(_, events)| events.clone()))
    }

    pub fn sent(&self, count: usize) -> Vec<(u64, Message)> {
        self.wait_for(|recorded| (recorded.sent.len() >= count).then(|| recorded.sent.clone()))
    }
}
