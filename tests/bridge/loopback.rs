//! A remote in the same program: every message and event goes through bytes, and through a thread.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use concurrent_object::StartError;
use concurrent_object::bridge::{
    CallLimits, Carrier, EndKind, Event, Events, FarOptions, Message, Registry, Relayed, Remote, RemoteStart,
};

/// Starts objects in child processes of this program, as an agent elsewhere would.
pub struct Loopback {
    pub registry: Registry,
    /// The options that the other program sets.
    pub adjust: fn(FarOptions) -> FarOptions,
    /// Breaks the connection: the events so far are the last.
    cut: Arc<Mutex<Vec<Events>>>,
    /// How many objects were asked to end.
    pub asked_to_end: Arc<AtomicU32>,
}

impl Loopback {
    pub fn new(registry: Registry) -> Arc<Self> {
        Self::limiting(&registry, |options| options)
    }

    pub fn limiting(registry: &Registry, adjust: fn(FarOptions) -> FarOptions) -> Arc<Self> {
        Arc::new(Self { registry: registry.clone(), adjust, cut: Arc::default(), asked_to_end: Arc::default() })
    }

    /// Loses all connections.
    pub fn cut(&self) {
        for events in self.cut.lock().expect("no panic").drain(..) {
            events.put(Event::Lost("the cable was cut".into()));
        }
    }
}

impl Remote for Loopback {
    fn name(&self) -> String {
        "the loop".into()
    }

    fn start(&self, start: RemoteStart, events: Events) -> Result<Box<dyn Carrier>, StartError> {
        let start = rmp_serde::to_vec(&start).expect("encoded");
        let start = rmp_serde::from_slice(&start).expect("decoded");
        self.cut.lock().expect("no panic").push(events.clone());
        let (link, arrived) = channel::<Vec<u8>>();
        thread::spawn(move || {
            for bytes in arrived {
                events.put(rmp_serde::from_slice(&bytes).expect("decoded"));
            }
        });
        let link = Mutex::new(link);
        let relayed = self.registry.start(start, self.adjust, move |event| send(&link, &event))?;
        Ok(Box::new(Loop(relayed, self.asked_to_end.clone())))
    }
}

fn send(link: &Mutex<Sender<Vec<u8>>>, event: &Event) {
    // The receiver ends with the program.
    let _sent = link.lock().expect("no panic").send(rmp_serde::to_vec(event).expect("encoded"));
}

struct Loop(Relayed, Arc<AtomicU32>);

impl Carrier for Loop {
    fn send(&self, call: u64, message: Message) {
        let bytes = rmp_serde::to_vec(&message).expect("encoded");
        self.0.send(call, rmp_serde::from_slice(&bytes).expect("decoded"));
    }

    fn cancel(&self, call: u64, grace: Option<Duration>) {
        self.0.cancel(call, grace);
    }

    fn limit(&self, call: u64, limits: CallLimits) {
        self.0.limit(call, limits);
    }

    fn end(&self, how: EndKind) {
        self.0.end(how);
        self.1.fetch_add(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for Loopback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loopback").finish_non_exhaustive()
    }
}
