//! An object in another program, as its proxy's program sees it: a thread that serves the object's
//! channel without decoding it.
//!
//! Problem: calls, limits, restarts and pools know a channel in shared memory, and an object
//! elsewhere has none. Naive way: a second kind of object, with its own calls. Way here: a thread
//! of this process takes the place of the child. It passes each request's bytes on, and writes the
//! bytes of the answer where a child writes its result (a *proxy server*).
//!
//! A call that was passed on may begin at any moment, so its state word says `PassedOn`, and the
//! parent can no longer withdraw it. It says `Running` once the other program says so.
//!
//! The other program is trusted no more than a child. An event that does not fit breaks the
//! protocol: this thread then publishes a notice that no child publishes, and the parent kills the
//! object. Knows the channel, and bytes. Invariant: each request is answered at most once.

mod ending;
mod facts;
mod server;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use self::ending::Ending;
pub(crate) use self::facts::BridgeFacts;
use self::server::Bridge;
use super::inbox::BridgeInbox;
use super::object_thread::ObjectThread;
use crate::descriptor::{BorrowedFd, OwnedFd};
use crate::error::{Exit, StartError};
use crate::parent::threads::supervised::Watched;
use crate::process::output::{Captured, Wanted};
use crate::protocol::remote::{Events, Message, Remote, RemoteStart};
use crate::protocol::thread_start::ThreadStart;
use crate::transport::SlotLease;
use crate::transport::mapped::Lease;

/// What is needed to start an object in another program, once or more often.
#[derive(Debug)]
pub(crate) struct RemoteRecipe {
    pub(crate) remote: Arc<dyn Remote>,
    /// Everything but the arguments.
    pub(crate) start: RemoteStart,
    /// How long a method may go on after its cancellation was requested.
    pub(crate) cancel_grace: Duration,
    pub(crate) kept: Mutex<KeptLives>,
}

/// What one life of an object leaves to the next.
#[derive(Debug, Default)]
pub(crate) struct KeptLives {
    /// The number of lives so far.
    count: u64,
    /// The newest state.
    state: Option<Message>,
    /// Why the latest state of the present life is not saved.
    unsaved: Option<String>,
}

impl RemoteRecipe {
    /// Returns what the next life begins with.
    fn next(&self, arguments: Message) -> RemoteStart {
        let mut kept = self.lock();
        (kept.count, kept.unsaved) = (kept.count + 1, None);
        RemoteStart { arguments, state: kept.state.clone(), life: kept.count, ..self.start.clone() }
    }

    /// Keeps a state for the next life.
    fn keep(&self, state: Message) {
        // What a transport received in pieces may hold more memory than its bytes.
        let Ok(raw) = state.raw.into_vec() else { return };
        let state = Message::new(state.tag, state.counted, state.structured, raw);
        let mut kept = self.lock();
        (kept.state, kept.unsaved) = (Some(state), None);
    }

    /// Returns why the latest state of the present life is not saved, if that has failed.
    pub(crate) fn unsaved(&self) -> Option<String> {
        self.lock().unsaved.clone()
    }

    fn lock(&self) -> MutexGuard<'_, KeptLives> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An object in another program, with the thread that serves its channel here.
#[derive(Debug)]
pub(crate) struct BridgedObject {
    pub(crate) thread: ObjectThread,
    pub(crate) inbox: Arc<BridgeInbox>,
    pub(crate) facts: Arc<BridgeFacts>,
    /// The streams that are reported here.
    pub(crate) streams: Arc<Option<Captured>>,
}

impl BridgedObject {
    /// Creates the thread, which waits for its parts.
    pub(crate) fn spawn(
        name: &str,
        slots: usize,
        socket: OwnedFd,
        recipe: Arc<RemoteRecipe>,
        wanted: &Wanted,
    ) -> io::Result<Self> {
        let streams = Arc::new(Captured::fed(name, std::process::id(), wanted)?);
        // An answer has more bytes than what counts against the limit.
        let largest = (recipe.start.max_output_size as usize).saturating_mul(2);
        let (inbox, facts) = (Arc::new(BridgeInbox::new(slots, largest)?), Arc::<BridgeFacts>::default());
        let ends = BridgeEnds { inbox: inbox.clone(), facts: facts.clone(), streams: streams.clone() };
        let thread = ObjectThread::spawn(name, None, socket, move |start| run(&recipe, &ends, start))?;
        Ok(Self { thread, inbox, facts, streams })
    }
}

/// What the bridge's thread shares with the object.
struct BridgeEnds {
    inbox: Arc<BridgeInbox>,
    facts: Arc<BridgeFacts>,
    streams: Arc<Option<Captured>>,
}

impl BridgeEnds {
    /// Reports what the object has printed there.
    fn print(&self, printed: &[(bool, Vec<u8>)], left_out: usize) {
        let Some(streams) = &*self.streams else { return };
        printed.iter().for_each(|(is_error, bytes)| streams.feed(*is_error, bytes));
        if left_out > 0 {
            let note = format!("\n({left_out} bytes of the output were left out: there were too many at once)\n");
            streams.feed(true, note.as_bytes());
        }
    }
}

impl Watched for BridgedObject {
    fn pidfd(&self) -> Option<BorrowedFd<'_>> {
        Some(self.thread.ended())
    }
}

/// Starts the object in the other program, and serves its channel until it has ended there.
fn run(recipe: &RemoteRecipe, ends: &BridgeEnds, start: ThreadStart) -> Exit {
    let ThreadStart { hello, channel, mut leases, arguments, socket: _socket } = start;
    leases.sort_by_key(Lease::slot);
    let (raw, structured) = arguments.bytes().split_at(hello.structured_offset);
    let arguments = Message::new(0, 0, structured.to_vec(), raw.to_vec());
    let (facts, events) = (&*ends.facts, ends.inbox.clone());
    let events = Events::new(move |event| events.put(event));
    match recipe.remote.start(recipe.next(arguments), events) {
        Ok(carrier) => match Bridge::new((channel, leases), carrier, ends, recipe).serve() {
            Ending::Exited(exit) => exit,
            Ending::Refused(error) => refuse(recipe, facts, error),
            Ending::Lost(reason) => {
                facts.note_loss(recipe.remote.name(), reason);
                Exit::Unknown
            }
        },
        Err(error) => refuse(recipe, facts, error),
    }
}

fn refuse(recipe: &RemoteRecipe, facts: &BridgeFacts, error: StartError) -> Exit {
    facts.note_refusal(recipe.remote.name(), error);
    Exit::Unknown
}
