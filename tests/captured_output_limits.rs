//! A child that prints without end neither blocks nor fills the parent's memory. In a test binary
//! of its own, because it measures memory.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use concurrent_object::{ChildStdio, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};

concurrent_object::init_before_main!();

const MEGABYTE: u64 = 1_000_000;
const FLOOD: u64 = 200 * MEGABYTE;

/// The most memory that may be added: the queues of two streams, the allocator, and the calls.
const MOST_GROWTH: u64 = 16 << 20;

static PRINTED: AtomicU64 = AtomicU64::new(0);

pub struct Spring;

#[concurrent_object]
impl Spring {
    pub fn new() -> Self {
        Self
    }

    /// Prints so much on both streams, from a thread of its own.
    pub fn flow(&self, chunk: Vec<u8>, size: u64) {
        thread::spawn(move || {
            let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
            while PRINTED.load(Ordering::Relaxed) < size {
                out.write_all(&chunk).expect("standard output takes it");
                err.write_all(&chunk).expect("standard error takes it");
                PRINTED.fetch_add(2 * chunk.len() as u64, Ordering::Relaxed);
            }
        });
    }

    pub fn printed(&self) -> u64 {
        PRINTED.load(Ordering::Relaxed)
    }
}

/// Counts the events, slowly.
struct Slow;

static EVENTS: AtomicUsize = AtomicUsize::new(0);
static LEFT_OUT: AtomicUsize = AtomicUsize::new(0);
static CUT: AtomicUsize = AtomicUsize::new(0);

impl io::Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        assert!(text.len() < 20_000, "longer than a line may be");
        EVENTS.fetch_add(1, Ordering::Relaxed);
        LEFT_OUT.fetch_add(usize::from(text.contains("left out")), Ordering::Relaxed);
        CUT.fetch_add(usize::from(text.contains("was cut")), Ordering::Relaxed);
        // As slow as a subscriber that sends events over a network.
        thread::sleep(Duration::from_micros(200));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the resident memory of this process, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("text");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a size");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}

/// Checks that calls are served and memory does not grow while the child prints.
fn flood(chunk: &[u8]) {
    let builder = SpringProxy::builder("spring").stdout(ChildStdio::Lines).stderr(ChildStdio::Lines);
    let spring = builder.start().expect("starts");
    spring.wait_until_ready().expect("ready");
    let before = resident();
    spring.flow(chunk.to_vec(), FLOOD).wait().expect("it begins");
    let mut most = before;
    while spring.printed().wait().expect("calls go on") < FLOOD {
        most = most.max(resident());
        thread::sleep(Duration::from_millis(1));
    }
    spring.terminate().expect("terminated");
    let growth = most.max(resident()) - before;
    assert!(growth < MOST_GROWTH, "{growth} bytes more than before");
}

#[test]
fn two_hundred_megabytes_of_output_neither_block_nor_fill_memory() {
    within(SOON * 3, || {
        tracing_subscriber::fmt().with_ansi(false).with_writer(|| Slow).init();

        flood(&[b'~'; 1000]);
        assert_eq!(EVENTS.load(Ordering::Relaxed), 4, "each stream: a line, and that it was cut");
        assert_eq!(CUT.load(Ordering::Relaxed), 2);

        let mut lines = [b'~'; 1000];
        for end in [99, 300, 301, 999] {
            lines[end] = b'\n';
        }
        flood(&lines);
        assert!(EVENTS.load(Ordering::Relaxed) > 100, "lines are reported");
        // The reader reports omitted lines after the object has ended, if the subscriber takes
        // longer than the end may wait.
        wait_for("that some were left out", || LEFT_OUT.load(Ordering::Relaxed) >= 2);
    });
}
