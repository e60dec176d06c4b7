//! Plays the child, in the memory that a real child would map.
//!
//! The process only sleeps, so that it can be killed and reaped like any other. Knows the transport
//! from the child's side. Invariant: no process outlives its test.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::clock::Moment;
use crate::error::{CallError, Exit};
use crate::memory::fork::Origin;
use crate::memory::segment::Backing;
use crate::parent::calls::key::{CallKey, WaitKey};
use crate::parent::calls::table::Owner;
use crate::parent::calls::timing::Limits;
use crate::parent::life::backend::Backend;
use crate::parent::life::instance::Instance;
use crate::parent::life::on_drop::OnDrop;
use crate::parent::life::phase::Summary;
use crate::parent::life::report::{DeathHook, Report};
use crate::parent::life::restart_policy::RestartPolicy;
use crate::parent::life::shared_files::SentFiles;
use crate::parent::object::short::TakenReply;
use crate::parent::object::state::ObjectState;
use crate::parent::object::{Identity, Kept, Object};
use crate::process::child::Child;
use crate::process::confinement::Confinement;
use crate::process::handshake::control_socket;
use crate::process::oom::Before;
use crate::process::output::Captured;
use crate::protocol::notice::READY;
use crate::protocol::tag::VALUE;
use crate::proxy::call::read::OutcomeReader;
use crate::transport::header::{Body, Header, Inline};
use crate::transport::layout::Layout;
use crate::transport::mapped::{Channel, Lease};
use crate::transport::ring::{Consumer, Entry, InlinePayload, NOTICE, Producer};
use crate::transport::{Bell, SlotLease, Transport};

/// The number of slots of the object under test.
pub(crate) const SLOTS: usize = 4;

/// The size limit of a result, in bytes.
pub(crate) const OUTPUT_LIMIT: usize = 64 * 1024;

/// A generous limit for work that takes milliseconds.
pub(crate) const SOON: Duration = Duration::from_secs(60);

/// Both ends: the object, and the child's ends of the channel and the socket.
pub(crate) struct Player {
    pub(crate) object: Arc<Object>,
    pub(crate) channel: Channel,
    leases: Vec<Lease>,
    requests: Consumer,
    replies: Producer,
    /// The child's end of the control socket.
    pub(crate) socket: OwnedFd,
    /// The process; the object has a handle of it too.
    pub(crate) child: Child,
    /// The deaths that were reported to the hook.
    pub(crate) deaths: Arc<Mutex<Vec<Exit>>>,
}

impl Player {
    /// A child that has published nothing yet.
    pub(crate) fn starting() -> Self {
        Self::with_limits(Limits::default())
    }

    fn with_limits(limits: Limits) -> Self {
        let layout = Layout::new(SLOTS, 1024, OUTPUT_LIMIT).expect("small");
        let (channel, files, leases) = Channel::create(layout, &Backing::Memory).expect("files");
        let again = |fd: &dyn AsFd| fd.as_fd().try_clone_to_owned().expect("a descriptor");
        let bell = again(&channel.reply_bell);
        let (childs_channel, mut childs_leases) = Channel::attach(layout, &files, bell).expect("mapped again");
        childs_leases.sort_by_key(Lease::slot);
        let deaths = Arc::new(Mutex::new(Vec::new()));
        let recorded = deaths.clone();
        let on_death = DeathHook::new(move |death| recorded.lock().expect("sound").push(death.exit));
        let identity = Identity {
            name: "rogue".into(),
            methods: &["first", "second"],
            grace: Duration::from_millis(50),
            limits,
            restart: RestartPolicy::never(),
            on_drop: OnDrop::Wait,
            idempotent: &[],
            report: Report { on_death: Some(on_death) },
            uses_handles: false,
            confinement: Confinement::default(),
            remote: None,
        };
        let origin = Origin::here().expect("a page");
        let (ours, socket) = control_socket().expect("a socket");
        let files = SentFiles::new(ours, origin, &[]);
        let kept = Kept { arguments: nothing(), files: Vec::new() };
        let child = sleeper();
        let instance = Instance {
            child: Child::watched(child.pid()).expect("watched"),
            streams: Captured::default(),
            oom_kills: Before::now(),
        };
        let object = Object::new(identity, Backend::process(instance), origin, (channel, leases), files, (kept, None));
        let (requests, replies) = (Consumer::default(), Producer::default());
        Self { object, channel: childs_channel, leases: childs_leases, requests, replies, socket, child, deaths }
    }

    /// A child that is ready to serve.
    pub(crate) fn ready() -> Self {
        Self::limited(Limits::default())
    }

    /// A child that is ready to serve, within these limits.
    pub(crate) fn limited(limits: Limits) -> Self {
        let mut player = Self::with_limits(limits);
        player.notice(READY);
        player.wait_for_state("ready", |phase| matches!(phase, Summary::Ready));
        player
    }

    /// Parent: submits a call with this argument.
    pub(crate) fn call(&self, argument: u64) -> CallKey {
        self.object.submit(0, Owner::Call, |writer| writer.put("argument", &argument)).expect("accepted")
    }

    /// Parent: waits for the outcome of a call.
    pub(crate) fn outcome<T: DeserializeOwned>(&self, key: CallKey) -> Result<T, CallError> {
        let deadline = Some(Moment::after(SOON));
        let mut payload = InlinePayload::default();
        let look = |state: &mut ObjectState| self.object.receive_and_take(state, key, &mut payload);
        let reader = OutcomeReader(&self.object);
        match self.object.wait_looking(WaitKey::Call(key), deadline, look).expect("settled in time") {
            TakenReply::Short(taken) => reader.read_short(taken, key.call, &payload, |result| result.take()),
            TakenReply::Whole(taken) => reader.read(taken, |result| result.take()),
        }
    }

    /// Parent: takes the outcome of a call the short way, if that is possible.
    pub(crate) fn take_short(&self, key: CallKey) -> Option<u64> {
        let mut payload = InlinePayload::default();
        let taken = self.object.take_short(&mut self.object.lock(), key, &mut payload)?;
        let read = OutcomeReader(&self.object).read_short(taken, key.call, &payload, |result| result.take());
        Some(read.expect("a number"))
    }

    /// Parent: waits until the object's phase is as `is_so` demands.
    #[track_caller]
    pub(crate) fn wait_for_state(&self, what: &str, is_so: impl Fn(&Summary) -> bool) {
        let deadline = Some(Moment::after(SOON));
        let found = self.object.wait_until(WaitKey::State, deadline, |state| is_so(&state.summary()).then_some(()));
        assert!(found.is_some(), "not reached in time: {what}");
    }

    /// Child: takes the next request and its argument, without starting the call.
    pub(crate) fn take_request(&mut self) -> (Entry, u64) {
        self.find_request().expect("a request")
    }

    /// Child: does the same, if there is a request.
    pub(crate) fn find_request(&mut self) -> Option<(Entry, u64)> {
        let entry = self.requests.peek(self.channel.requests())?;
        let payload = self.requests.payload(self.channel.requests());
        self.requests.advance();
        let header = Header::from_words(&payload, 0).expect("a sound parent");
        let Body::Inline(inline) = header.body else { panic!("one number is short") };
        Some((entry, u64::from_ne_bytes(inline.bytes().try_into().expect("one number"))))
    }

    /// Child: takes the next request and starts it.
    pub(crate) fn start_next(&mut self) -> (Entry, u64) {
        let (entry, argument) = self.take_request();
        assert!(self.channel.state(entry.slot).start(entry.call), "not cancelled");
        (entry, argument)
    }

    /// Child: starts the next request, whatever its arguments are.
    pub(crate) fn start_any(&mut self) {
        let entry = self.requests.peek(self.channel.requests()).expect("a request");
        self.requests.advance();
        assert!(self.channel.state(entry.slot).start(entry.call), "not cancelled");
    }

    /// Child: takes the next request, and returns the first bytes of its slot.
    pub(crate) fn take_bytes(&mut self, len: usize) -> Vec<u8> {
        let entry = self.requests.peek(self.channel.requests()).expect("a request");
        self.requests.advance();
        self.channel.written(&self.leases[usize::from(entry.slot)], len).to_vec()
    }

    /// Child: serves the next request as a sound child would: a number, doubled.
    pub(crate) fn serve(&mut self) -> Entry {
        let (entry, argument) = self.start_next();
        self.answer(entry, short(VALUE, &(argument * 2).to_ne_bytes()));
        entry
    }

    /// Child: answers the call.
    pub(crate) fn answer(&mut self, entry: Entry, words: InlinePayload) {
        self.answer_unpublished(entry, words);
        self.prepare(words);
        self.publish(entry);
    }

    /// Child: answers the call without publishing an entry.
    pub(crate) fn answer_unpublished(&self, entry: Entry, words: InlinePayload) {
        for (word, value) in self.channel.answer(entry.slot).iter().zip(words) {
            word.store(value, Ordering::Relaxed);
        }
        assert!(self.channel.state(entry.slot).answer(entry.call), "it was running");
    }

    /// Child: writes the inline payload of the next entry.
    pub(crate) fn prepare(&self, words: InlinePayload) {
        self.replies.prepare(self.channel.replies(), &words);
    }

    /// Child: publishes any entry.
    pub(crate) fn publish(&mut self, entry: Entry) {
        self.publish_silently(entry);
        if self.channel.parent_sleep().must_ring() {
            self.channel.reply_bell.ring();
        }
    }

    /// Child: publishes any entry, and does not ring.
    pub(crate) fn publish_silently(&mut self, entry: Entry) {
        self.replies.publish(self.channel.replies(), entry);
    }

    /// Child: publishes a notice.
    pub(crate) fn notice(&mut self, notice: u64) {
        self.publish(Entry { slot: NOTICE, call: notice });
    }

    /// Child: writes into a slot's output region.
    pub(crate) fn write_output(&mut self, slot: u16, bytes: &[u8]) {
        self.write_output_at(slot, 0, bytes);
    }

    /// Child: writes at this offset of a slot's output region.
    pub(crate) fn write_output_at(&mut self, slot: u16, at: usize, bytes: &[u8]) {
        assert!(self.channel.output_region(&mut self.leases[usize::from(slot)]).write(at, bytes), "it fits");
    }

    /// Kills the process, without the knowledge of the object.
    pub(crate) fn die(&self) {
        self.child.kill();
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // The process and the descriptors must not outlive the test, even a failed one.
        self.object.kill().expect("the process ends");
    }
}

/// Returns the inline payload of an entry with a short message.
pub(crate) fn short(tag: u32, bytes: &[u8]) -> InlinePayload {
    Header { tag, files: 0, body: Body::Inline(Inline::new(bytes).expect("short")) }.to_words()
}

/// Returns the inline payload of an entry whose message lies in the slot.
pub(crate) fn long(tag: u32, offset: usize, len: usize) -> InlinePayload {
    Header { tag, files: 0, body: Body::InRegion { offset, len } }.to_words()
}

fn sleeper() -> Child {
    #[expect(clippy::zombie_processes, reason = "the object reaps it, as it does with a real child")]
    let spawned = Command::new("sleep").arg("1000").stdin(Stdio::null()).spawn().expect("a process");
    Child::watched(spawned.id()).expect("watched")
}

fn nothing() -> OwnedFd {
    File::open("/dev/null").expect("/dev/null").into()
}
