//! Counts the processes that the kernel's out-of-memory killer has ended, in this process's control
//! group or on the machine.
//!
//! Knows the kernel's counters: the one of this process's memory control group, or that of the
//! whole machine if there is no group. A child lives in its parent's group. The counters show a
//! coincidence, not a proof: the counter has grown during the child's lifetime, and the child died
//! of SIGKILL.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::memory::once::Once;

/// The file that contains the counter.
struct Counter {
    file: File,
    /// For the machine's counter, the last value read. To read the counter takes 40 µs, too long
    /// for each start. So at each start the parent uses the last value.
    last: Option<AtomicU64>,
}

/// The count when a child was started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before(Option<u64>);

impl Before {
    /// Returns the count now, for a later comparison.
    pub(crate) fn now() -> Self {
        Self(counter().and_then(|counter| {
            counter.last.as_ref().map_or_else(|| counter.read(), |last| Some(last.load(Ordering::Relaxed)))
        }))
    }

    /// Whether the count has grown since.
    pub(crate) fn has_grown(self) -> bool {
        let Some(counter) = counter() else { return false };
        let now = counter.read();
        if let (Some(last), Some(now)) = (&counter.last, now) {
            last.store(now, Ordering::Relaxed);
        }
        self.0.zip(now).is_some_and(|(before, now)| now > before)
    }
}

impl Counter {
    fn of_group() -> Option<Self> {
        let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
        let file = places(&groups).iter().find_map(|path| File::open(path).ok())?;
        let counter = Self { file, last: None };
        counter.read().map(|_| counter)
    }

    fn of_machine() -> Option<Self> {
        let counter = Self { file: File::open("/proc/vmstat").ok()?, last: Some(AtomicU64::new(0)) };
        let now = counter.read()?;
        Some(Self { last: Some(AtomicU64::new(now)), ..counter })
    }

    fn read(&self) -> Option<u64> {
        // The machine's file has hundreds of lines, a group's has ten.
        let mut text = vec![0; if self.last.is_some() { 32 << 10 } else { 1 << 10 }];
        let read = self.file.read_at(&mut text, 0).ok()?;
        count_in(&String::from_utf8_lossy(&text[..read]))
    }
}

/// Returns the counter, which is looked up once. A process that is moved to another group later
/// keeps the counter of its first group.
fn counter() -> Option<&'static Counter> {
    // Not a `OnceLock`: in a process forked while another thread filled it, a reader would block
    // without end.
    static COUNTER: Once<Option<Counter>> = Once::new();
    COUNTER.get_or_make(|| Counter::of_group().or_else(Counter::of_machine)).as_ref()
}

/// Returns the files that may contain the counter, for the groups named in `/proc/self/cgroup`. A
/// group may belong to the hierarchy of version 2 or of version 1.
fn places(groups: &str) -> Vec<String> {
    let places = groups.lines().filter_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next()?, fields.next()?.trim_end_matches('/'));
        match controllers {
            "" => Some(format!("/sys/fs/cgroup{path}/memory.events")),
            _ if controllers.split(',').any(|name| name == "memory") => {
                Some(format!("/sys/fs/cgroup/memory{path}/memory.oom_control"))
            }
            _ => None,
        }
    });
    places.collect()
}

fn count_in(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_is_found_in_both_versions_of_control_groups() {
        assert_eq!(places("0::/user.slice/a:b\n"), ["/sys/fs/cgroup/user.slice/a:b/memory.events"]);
        assert_eq!(places("0::/\n"), ["/sys/fs/cgroup/memory.events"]);
        let mixed = places("4:cpu,memory:/job\n2:pids:/\n0::/\n");
        assert_eq!(mixed, ["/sys/fs/cgroup/memory/job/memory.oom_control", "/sys/fs/cgroup/memory.events"]);
        assert!(places("nonsense").is_empty());
    }

    #[test]
    fn the_count_is_read_among_other_lines() {
        assert_eq!(count_in("low 0\noom 3\noom_kill 2\noom_group_kill 0\n"), Some(2));
        assert_eq!(count_in("oom_kill_disable 0\nunder_oom 0\noom_kill 7\n"), Some(7));
        assert_eq!(count_in("oom_kill_disable 0\n"), None);
    }
}
