//! The limits: what two processes need at least to tell each other something.
//!
//! The partner is this binary, executed again with a word in its environment; it is no object.
#![allow(unsafe_code)]

use std::error::Error;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::{MmapOptions, MmapRaw};
use rustix::event::{EventfdFlags, eventfd};
use rustix::process::{Pid, Signal, kill_process};

const VARIABLE: &str = "LIMIT_PARTNER";
const STOP: u64 = u64::MAX;
const LINE: usize = 64;

/// A partner that answers by writing a word, and looks for work by reading one, all the time.
pub(crate) struct SpinPartner {
    words: MmapRaw,
    child: Child,
}

/// A partner that sleeps on an eventfd and answers on another.
pub(crate) struct EventfdPartner {
    to: OwnedFd,
    from: OwnedFd,
    child: Child,
}

/// If this process is a partner: be one, and end.
pub(crate) fn become_partner_if_told() {
    let Ok(told) = std::env::var(VARIABLE) else { return };
    let numbers: Vec<i32> = told.split(' ').skip(1).filter_map(|word| word.parse().ok()).collect();
    // SAFETY: the parent made these descriptors inheritable for this process and names each once.
    let mut fds = numbers.into_iter().map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
    let answered = match (told.split(' ').next(), fds.next(), fds.next()) {
        (Some("spin"), Some(fd), _) => map(&fd).map(|words| answer_spinning(&words)),
        (Some("eventfd"), Some(to), Some(from)) => answer_sleeping(&to, &from).map_err(Into::into),
        _ => Err("a partner of no kind".into()),
    };
    std::process::exit(if answered.is_ok() { 0 } else { 1 });
}

impl SpinPartner {
    pub(crate) fn start() -> Result<Self, Box<dyn Error>> {
        let fd = rustix::fs::memfd_create("limit", rustix::fs::MemfdFlags::empty())?;
        rustix::fs::ftruncate(&fd, 2 * LINE as u64)?;
        let child = partner(&format!("spin {}", fd.as_raw_fd()))?;
        Ok(Self { words: map(&fd)?, child })
    }

    /// The partner runs meanwhile, and at no other time: it would take a core from whoever else is measured.
    pub(crate) fn run(&self, repetitions: u32) -> Result<(), Box<dyn Error>> {
        let (to, from) = words(&self.words);
        self.signal(Signal::CONT)?;
        for _ in 0..repetitions {
            let number = to.load(Ordering::Relaxed) + 1;
            to.store(number, Ordering::Release);
            while from.load(Ordering::Acquire) != number {
                std::hint::spin_loop();
            }
        }
        self.signal(Signal::STOP)
    }

    fn signal(&self, signal: Signal) -> Result<(), Box<dyn Error>> {
        let pid = Pid::from_raw(self.child.id().try_into()?).ok_or("a partner has a process id")?;
        Ok(kill_process(pid, signal)?)
    }
}

impl EventfdPartner {
    pub(crate) fn start() -> Result<Self, Box<dyn Error>> {
        let (to, from) = (eventfd(0, EventfdFlags::empty())?, eventfd(0, EventfdFlags::empty())?);
        let child = partner(&format!("eventfd {} {}", to.as_raw_fd(), from.as_raw_fd()))?;
        Ok(Self { to, from, child })
    }

    pub(crate) fn run(&self, repetitions: u32) -> Result<(), Box<dyn Error>> {
        for _ in 0..repetitions {
            rustix::io::write(&self.to, &1_u64.to_ne_bytes())?;
            rustix::io::read(&self.from, &mut [0; 8])?;
        }
        Ok(())
    }
}

impl Drop for SpinPartner {
    fn drop(&mut self) {
        words(&self.words).0.store(STOP, Ordering::Release);
        let _ended_already = self.signal(Signal::CONT);
        let _ended = self.child.wait();
    }
}

impl Drop for EventfdPartner {
    fn drop(&mut self) {
        let _told = rustix::io::write(&self.to, &(STOP - 1).to_ne_bytes());
        let _ended = self.child.wait();
    }
}

fn answer_spinning(mapping: &MmapRaw) {
    let (to, from) = words(mapping);
    let mut last = 0;
    loop {
        let number = to.load(Ordering::Acquire);
        if number == STOP {
            return;
        }
        if number != last {
            last = number;
            from.store(number, Ordering::Release);
        }
        std::hint::spin_loop();
    }
}

fn answer_sleeping(to: &OwnedFd, from: &OwnedFd) -> rustix::io::Result<()> {
    loop {
        let mut count = [0; 8];
        rustix::io::read(to, &mut count)?;
        if u64::from_ne_bytes(count) == STOP - 1 {
            return Ok(());
        }
        rustix::io::write(from, &1_u64.to_ne_bytes())?;
    }
}

fn partner(word: &str) -> Result<Child, Box<dyn Error>> {
    Ok(Command::new("/proc/self/exe").env(VARIABLE, word).spawn()?)
}

fn map(fd: impl AsFd) -> Result<MmapRaw, Box<dyn Error>> {
    Ok(MmapOptions::new().len(2 * LINE).map_raw(fd.as_fd().as_raw_fd())?)
}

/// Two words, each in a line of its own.
fn words(mapping: &MmapRaw) -> (&AtomicU64, &AtomicU64) {
    // SAFETY: the mapping is two lines long, aligned as pages are, and lives as long as the result; others write atomics only.
    let to = unsafe { &*mapping.as_mut_ptr().cast::<AtomicU64>() };
    // SAFETY: as above; the second line begins within the mapping.
    let from = unsafe { &*mapping.as_mut_ptr().wrapping_add(LINE).cast::<AtomicU64>() };
    (to, from)
}
