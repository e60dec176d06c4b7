//! Checks that a run leaves no process, descriptor, mapping, thread or file.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};
use std::{fs, thread};

use concurrent_object::{block_on, wait_any};
use concurrent_object_tests::census::{Census, entries, is_running};

use crate::life::Life;
use crate::limits::Limits;
use crate::plan::{Birth, Room, Way};
use crate::report::must;
use crate::restored::Saving;

/// An environment variable that marks the processes of this run, whatever their parent is now.
const MARK: &str = "STRESS_MARK";

pub struct Before(Census);

/// Takes a census after one object was started and ended. The first object creates what stays until
/// the program exits, such as thread-local buffers and the supervisor thread.
pub fn before(home: &Path) -> Before {
    let birth = Birth {
        way: Way::New,
        slots: 2,
        grace: Duration::from_secs(5),
        ends_on_panic: false,
        limits: Limits::timed(),
        saving: Saving::AfterCalls(1),
        room: Room::default(),
    };
    let life = Life::start("first".to_owned(), home, birth).expect("the first starts");
    let proxy = life.take_proxy().expect("it is there");
    proxy.nothing(1).wait().expect("it answers");
    // This thread gets its eventfd, with which it waits for several objects.
    let idle = wait_any(&[&*proxy], Some(Duration::from_millis(1)));
    must!(idle.is_none(), "something was pushed");
    // This starts the reactor thread: the call is pending when it is polled.
    let mut pause = proxy.pause(2, Duration::from_millis(50));
    let is_pending = Pin::new(&mut pause).poll(&mut Context::from_waker(Waker::noop())).is_pending();
    must!(is_pending, "the call has an outcome already");
    pause.wait().expect("it answers");
    block_on(proxy.futures().terminate()).expect("it ends");
    fs::remove_file(&life.notes).expect("its side file");
    drop((proxy, life));
    Before(Census::take_without_objects())
}

impl Before {
    /// Compares with the census. Waits, because programs that were left behind sleep for a while.
    pub fn compare(&self, home: &Path) {
        let mark = home.to_string_lossy().into_owned();
        wait_until(|| {
            let left = marked(&mark);
            (left.is_empty(), format!("processes are left: {left:?}"))
        });
        wait_until(|| {
            let now = Census::take();
            (now == self.0, format!("there was {:?}\nand there is {now:?}", self.0))
        });
        must!(entries(home).is_empty(), "files are left: {:?}", entries(home));
    }
}

fn wait_until(look: impl Fn() -> (bool, String)) {
    let begin = Instant::now();
    loop {
        let (holds, found) = look();
        if holds {
            return;
        }
        must!(begin.elapsed() < Duration::from_secs(20), "{found}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Returns the variable that every object of this run has in its environment, and that its children
/// inherit.
pub fn mark_of(home: &Path) -> (&'static str, String) {
    (MARK, home.to_string_lossy().into_owned())
}

/// Whether this is a process of this run.
pub fn is_marked(pid: u32, mark: &str) -> bool {
    let line = format!("{MARK}={mark}").into_bytes();
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    environment.split(|&byte| byte == 0).any(|variable| variable == line)
}

fn marked(mark: &str) -> Vec<u32> {
    let pids = entries("/proc").into_iter().filter_map(|name| name.parse::<u32>().ok());
    pids.filter(|&pid| is_marked(pid, mark) && is_running(pid)).collect()
}
