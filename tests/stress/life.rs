//! The record of one object: what the workers did to it, and so which ends and errors are possible.
//!
//! Invariant: an action on an object is recorded before it is performed.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use concurrent_object::{CallError, Death, Exit, Handle, OnPanic, StartError, Started, State};
use concurrent_object_tests::census::children_of;
use concurrent_object_tests::fate::Fate;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::ledger::{Ledger, Seen};
use crate::leftovers::{is_marked, mark_of};
use crate::nested;
use crate::object::{PLANNED, VictimProxy};
use crate::plan::{Birth, Way};
use crate::report::must;
use crate::restored::SAVED;

/// The largest argument or result of a call, in bytes.
pub const MAX_SIZE: usize = 4 << 20;

#[derive(Debug)]
pub struct Life {
    pub name: String,
    proxy: Mutex<Option<Arc<VictimProxy>>>,
    pub handle: Handle,
    /// Signals to this descriptor reach this process, and no later one with the same id. `None` if
    /// the process was gone before it could be opened.
    pidfd: Option<OwnedFd>,
    pub ledger: Ledger,
    pub notes: PathBuf,
    pub birth: Birth,
    begin: Instant,
    /// The time of the first kill, in nanoseconds after `begin`; 0 if it was not killed.
    killed_at: AtomicU64,
    /// A worker has asked for its end.
    asked: AtomicBool,
    /// Something other than a request to close was done to it.
    pub disturbed: AtomicBool,
    pub closed: AtomicBool,
    /// A method has panicked or will panic.
    pub panics: AtomicBool,
    fates: Mutex<Vec<Fate>>,
    /// Its nested object was killed.
    inner_hurt: AtomicBool,
    /// The exits that the builder's `on_death` hook reported.
    deaths: Arc<Mutex<Vec<Exit>>>,
}

impl Life {
    pub fn start(name: String, directory: &Path, birth: Birth) -> Result<Self, StartError> {
        let notes = directory.join(&name);
        File::create(&notes).expect("a side file");
        if matches!(birth.way, Way::Nesting) {
            File::create(nested::notes_beside(&notes)).expect("a second side file");
        }
        let (mark, here) = mark_of(directory);
        let deaths: Arc<Mutex<Vec<Exit>>> = Arc::default();
        let reported = deaths.clone();
        let builder = VictimProxy::builder(&name)
            .env(mark, here)
            .max_input_size(MAX_SIZE + 4096)
            .max_output_size(MAX_SIZE + 4096)
            .slots(birth.slots)
            .grace(birth.grace)
            .snapshots(birth.saving.policy())
            .env(SAVED, birth.saving.variable())
            .prefault(birth.room.prefault)
            .on_death(move |death| {
                must!(death.unsaved.is_none(), "its state was not saved: {death}");
                reported.lock().unwrap_or_else(PoisonError::into_inner).push(death.exit);
            })
            .on_panic(if birth.ends_on_panic { OnPanic::Terminate } else { OnPanic::Continue });
        let builder = if birth.room.on_disk { builder.backing_dir(directory) } else { builder };
        let begin = Instant::now();
        let proxy = birth.way.start(birth.limits.apply(builder), &notes)?;
        let is_limited = birth.limits.concern_calls() || birth.limits.ready_timeout.is_some();
        // Another thread may have reaped the process, but so recently that its id has not been
        // reused.
        let pid = i32::try_from(proxy.handle().pid()).ok().and_then(Pid::from_raw).expect("a process id");
        let pidfd = pidfd_open(pid, PidfdFlags::empty()).ok();
        Ok(Self {
            name,
            handle: proxy.handle(),
            proxy: Mutex::new(Some(Arc::new(proxy))),
            pidfd,
            ledger: Ledger::default(),
            notes,
            birth,
            begin,
            killed_at: AtomicU64::new(0),
            asked: AtomicBool::new(false),
            disturbed: AtomicBool::new(is_limited),
            closed: AtomicBool::new(false),
            panics: AtomicBool::new(false),
            fates: Mutex::default(),
            inner_hurt: AtomicBool::new(false),
            deaths,
        })
    }

    /// Returns the proxy, or `None` if it was taken or dropped.
    pub fn proxy(&self) -> Option<Arc<VictimProxy>> {
        self.proxy.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn take_proxy(&self) -> Option<Arc<VictimProxy>> {
        self.proxy.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Records that a worker asks for the end. Returns whether another worker had asked before.
    pub fn will_end(&self) -> bool {
        self.asked.swap(true, Ordering::SeqCst)
    }

    pub fn will_die(&self, fate: Fate) {
        self.disturbed.store(true, Ordering::SeqCst);
        self.fates.lock().unwrap_or_else(PoisonError::into_inner).push(fate);
    }

    pub fn kill(&self) {
        self.disturbed.store(true, Ordering::SeqCst);
        let now = u64::try_from(self.begin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        // Only the time of the first kill counts.
        let _first = self.killed_at.compare_exchange(0, now, Ordering::SeqCst, Ordering::SeqCst);
        self.signal(Signal::KILL);
    }

    /// Sends a signal to the object's process, which may have ended already.
    pub fn signal(&self, signal: Signal) {
        if self.birth.limits.restarts.is_none() {
            let _gone = self.pidfd.as_ref().map(|pidfd| pidfd_send_signal(pidfd, signal));
            return;
        }
        self.signal_marked(self.handle.pid(), signal);
    }

    /// Kills the nested object, if there is one. Returns whether there was.
    pub fn hurt_inner(&self) -> bool {
        let inner = children_of(self.handle.pid()).into_iter().find(|&pid| nested::is_inner(pid));
        if inner.is_some() {
            self.inner_hurt.store(true, Ordering::SeqCst);
        }
        inner.into_iter().for_each(|pid| self.signal_marked(pid, Signal::KILL));
        inner.is_some()
    }

    fn signal_marked(&self, number: u32, signal: Signal) {
        let pid = i32::try_from(number).ok().and_then(Pid::from_raw).expect("a process id");
        let Ok(latest) = pidfd_open(pid, PidfdFlags::empty()) else { return };
        // Another process may have this id by now, but not one of this run.
        if is_marked(number, &mark_of(self.notes.parent().expect("a directory")).1) {
            let _gone = pidfd_send_signal(&latest, signal);
        }
    }

    /// Returns the time since the kill, or since `waiting` if that is later.
    pub fn since_kill(&self, waiting: Instant) -> Option<Duration> {
        let killed = Duration::from_nanos(self.killed_at.load(Ordering::SeqCst));
        (!killed.is_zero() && self.birth.limits.restarts.is_none())
            .then(|| (self.begin + killed).max(waiting).elapsed())
    }

    /// Returns what an error means for its call, or an error if it is impossible.
    pub fn judge(&self, error: &CallError) -> Result<Seen, String> {
        let wrong = || format!("{}: an impossible error: {error} ({error:?}): {self:?}", self.name);
        let asked = self.asked.load(Ordering::SeqCst);
        let may_be = match error {
            CallError::Panicked { panic, .. } if panic.message.starts_with(PLANNED) => return Ok(Seen::Panicked),
            CallError::TooLarge { .. } => return Ok(Seen::TooLarge),
            CallError::TimedOut { killed, .. } | CallError::Cancelled { killed, .. } => {
                let is_limited = self.birth.limits.concern_calls();
                let early = Seen::Early { started: error.started(), killed: *killed };
                return if is_limited { Ok(early) } else { Err(wrong()) };
            }
            CallError::RestartsExhausted { count, last, .. } => {
                let (lives, most) = (self.handle.incarnation(), u64::from(*count) + 1);
                let is_counted = lives == most || (self.birth.limits.within.is_some() && lives > most);
                let is_over = self.handle.state() == State::Ended && is_counted;
                self.birth.limits.restarts == Some(*count) && is_over && self.may_die_so(last)
            }
            CallError::Handle { .. } if error.started() == Started::No => return Ok(Seen::NoKeepsake),
            CallError::Ended { .. } => asked,
            CallError::Restarting { last, .. } => {
                self.birth.limits.fails_fast && error.started() == Started::No && self.may_die_so(last)
            }
            // When an object restarts, only the call that was running fails with `Died`.
            CallError::Died { death, .. } => {
                let is_final = asked || self.birth.limits.restarts.is_none();
                (is_final || error.started() == Started::Yes) && self.may_die_so(death)
            }
            CallError::NotConstructed { reason, .. } => self.may_fail_so(reason),
            _ => false,
        };
        if may_be { Ok(Seen::Gone(error.started())) } else { Err(wrong()) }
    }

    /// Whether this error can be the reason why the object is not ready.
    pub fn may_fail_so(&self, error: &StartError) -> bool {
        match error {
            StartError::Died { death, .. } => self.may_die_so(death),
            StartError::RestartsExhausted { count, last, .. } => {
                self.birth.limits.restarts == Some(*count) && self.may_die_so(last)
            }
            StartError::Ended => self.asked.load(Ordering::SeqCst),
            StartError::ConstructorTimedOut { limit, .. } => {
                self.birth.limits.ready_timeout == Some(*limit) && self.begin.elapsed() >= *limit
            }
            other => self.birth.way.may_fail_so(other),
        }
    }

    /// Checks an answer.
    pub fn check_result(&self, answer: (u64, u64)) -> Result<(), String> {
        if answer.1 == nested::DIED && !self.inner_hurt.load(Ordering::SeqCst) {
            return Err(format!("call {}: its nested object died, and was not killed", answer.0));
        }
        self.ledger.check_result(answer)
    }

    /// Returns the side file of the nested object, if there is one.
    pub fn inner_notes(&self) -> Option<PathBuf> {
        matches!(self.birth.way, Way::Nesting).then(|| nested::notes_beside(&self.notes))
    }

    /// Returns the exits that the hook has reported so far.
    pub fn deaths(&self) -> Vec<Exit> {
        self.deaths.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn may_die_so(&self, death: &Death) -> bool {
        let may_be_killed = self.killed_at.load(Ordering::SeqCst) != 0 || self.birth.limits.may_kill();
        let killed = may_be_killed && death.exit.signal_name() == Some("SIGKILL");
        let panicked = self.birth.ends_on_panic && self.panics.load(Ordering::SeqCst) && death.exit == Exit::Code(101);
        let fates = self.fates.lock().unwrap_or_else(PoisonError::into_inner);
        killed || panicked || self.birth.way.fate().into_iter().chain(fates.iter().copied()).any(|f| f.is(death.exit))
    }
}
