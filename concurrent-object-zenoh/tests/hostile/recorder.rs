//! Has the library encode a start and calls, without an object that gets them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use concurrent_object::StartError;
use concurrent_object::bridge::{Carrier, EndKind, Event, Events, Message, Remote, RemoteStart};

use super::vault::VaultProxy;

#[derive(Clone, Debug, Default)]
struct Recorder(Arc<Mutex<(Option<RemoteStart>, Vec<Message>)>>);

impl Remote for Recorder {
    fn start(&self, start: RemoteStart, events: Events) -> Result<Box<dyn Carrier>, StartError> {
        self.0.lock().expect("no panic").0 = Some(start);
        events.put(Event::Ready { pid: 1, host: "here".to_owned() });
        Ok(Box::new(self.clone()))
    }
}

impl Carrier for Recorder {
    fn send(&self, _call: u64, message: Message) {
        self.0.lock().expect("no panic").1.push(message);
    }
    fn cancel(&self, _call: u64, _grace: Option<Duration>) {}
    fn end(&self, _how: EndKind) {}
}

/// A start, and calls of all methods.
pub fn record() -> (RemoteStart, Vec<Message>) {
    let recorder = Recorder::default();
    let vault = VaultProxy::builder("vault").on(Arc::new(recorder.clone()) as Arc<dyn Remote>);
    let vault = vault.start(&[1; 30]).expect("starts");
    let _calls = (vault.echo(&[2; 3000]), vault.keep("text", vec![3; 200], Some(7)), vault.kept());
    let begin = std::time::Instant::now();
    loop {
        let recorded = recorder.0.lock().expect("no panic").clone();
        if let (Some(start), 3) = (recorded.0, recorded.1.len()) {
            drop(vault.futures().kill());
            return (start, recorded.1);
        }
        assert!(begin.elapsed() < super::SOON, "the calls are sent");
        std::thread::sleep(Duration::from_millis(1));
    }
}
