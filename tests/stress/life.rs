//! One object from its start to its end: what was done to it, and so which ends and errors are right.
//!
//! Invariant: what is done to an object is written down before it is done.

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

/// The most that a call of the storm carries, either way.
pub const MAX_SIZE: usize = 4 << 20;

#[derive(Debug)]
pub struct Life {
    pub name: String,
    proxy: Mutex<Option<Arc<VictimProxy>>>,
    pub handle: Handle,
    /// Signals go to this process and to no later one with its number. None if it was gone before anybody looked.
    pidfd: Option<OwnedFd>,
    pub ledger: Ledger,
    pub notes: PathBuf,
    pub birth: Birth,
    begin: Instant,
    /// When it was killed, in nanoseconds of its life; 0 if it was not.
    killed_at: AtomicU64,
    /// Somebody asked for its end.
    asked: AtomicBool,
    /// Something other than a request to close befell it.
    pub disturbed: AtomicBool,
    pub closed: AtomicBool,
    /// A method panicked, or will.
    pub panics: AtomicBool,
    fates: Mutex<Vec<Fate>>,
    /// Its own object was killed.
    inner_hurt: AtomicBool,
    /// What the builder's hook was told.
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
        let told = deaths.clone();
        let builder = VictimProxy::builder(&name)
            .env(mark, here)
            .max_input_size(MAX_SIZE + 4096)
            .max_output_size(MAX_SIZE + 4096)
            .slots(birth.slots)
            .grace(birth.grace)
            .snapshots(birth.saving.policy())
            .env(SAVED, birth.saving.told())
            .prefault(birth.room.prefault)
            .on_death(move |death| {
                must!(death.unsaved.is_none(), "its state was not saved: {death}");
                told.lock().unwrap_or_else(PoisonError::into_inner).push(death.exit);
            })
            .on_panic(if birth.ends_on_panic { OnPanic::Terminate } else { OnPanic::Continue });
        let builder = if birth.room.on_disk { builder.backing_dir(directory) } else { builder };
        let begin = Instant::now();
        let proxy = birth.way.start(birth.limits.apply(builder), &notes)?;
        let is_limited = birth.limits.concern_calls() || birth.limits.ready_timeout.is_some();
        // Whoever reaped it meanwhile did so just now: the number is nobody else's yet.
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

    /// Nothing if it was taken, or dropped.
    pub fn proxy(&self) -> Option<Arc<VictimProxy>> {
        self.proxy.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn take_proxy(&self) -> Option<Arc<VictimProxy>> {
        self.proxy.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Somebody asks for its end. Whether somebody else had.
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
        // The first is what counts.
        let _first = self.killed_at.compare_exchange(0, now, Ordering::SeqCst, Ordering::SeqCst);
        self.signal(Signal::KILL);
    }

    /// It may have ended already.
    pub fn signal(&self, signal: Signal) {
        if self.birth.limits.restarts.is_none() {
            let _gone = self.pidfd.as_ref().map(|pidfd| pidfd_send_signal(pidfd, signal));
            return;
        }
        self.signal_marked(self.handle.pid(), signal);
    }

    /// Kills the object's own object, if it has one. Whether it has.
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
        // The number may be somebody else's by now, but not one of this run's.
        if is_marked(number, &mark_of(self.notes.parent().expect("a directory")).1) {
            let _gone = pidfd_send_signal(&latest, signal);
        }
    }

    /// How long somebody waited since the kill who began to wait then.
    pub fn since_kill(&self, waiting: Instant) -> Option<Duration> {
        let killed = Duration::from_nanos(self.killed_at.load(Ordering::SeqCst));
        (!killed.is_zero() && self.birth.limits.restarts.is_none())
            .then(|| (self.begin + killed).max(waiting).elapsed())
    }

    /// What an error says came of a call, if it is one that may be.
    pub fn judge(&self, error: &CallError) -> Result<Seen, String> {
        let wrong = || format!("{}: this cannot be: {error} ({error:?}): {self:?}", self.name);
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
            CallError::Ended { .. } => asked,
            CallError::Restarting { last, .. } => {
                self.birth.limits.fails_fast && error.started() == Started::No && self.may_die_so(last)
            }
            // Of one that is made anew, only what it was just doing fails.
            CallError::Died { death, .. } => {
                let is_final = asked || self.birth.limits.restarts.is_none();
                (is_final || error.started() == Started::Yes) && self.may_die_so(death)
            }
            CallError::NotConstructed { reason, .. } => self.may_fail_so(reason),
            _ => false,
        };
        if may_be { Ok(Seen::Gone(error.started())) } else { Err(wrong()) }
    }

    /// Whether this may be why it is not ready.
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

    /// This was answered to a call.
    pub fn check_result(&self, told: (u64, u64)) -> Result<(), String> {
        if told.1 == nested::DIED && !self.inner_hurt.load(Ordering::SeqCst) {
            return Err(format!("call {}: its own object died, and nobody has killed it", told.0));
        }
        self.ledger.check_result(told)
    }

    /// Where its own object, if it has one, takes notes.
    pub fn inner_notes(&self) -> Option<PathBuf> {
        matches!(self.birth.way, Way::Nesting).then(|| nested::notes_beside(&self.notes))
    }

    /// What its hook was told until now.
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
