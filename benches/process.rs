//! Facts of the kernel about processes: processor time, memory, descriptors and threads.

use procfs::process::{MMapPath, Process};
use procfs::{Current, Meminfo};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::outcome::Outcome;

/// Raises the soft limit of descriptors to the hard limit.
pub(crate) fn allow_many_descriptors() -> Outcome {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    Ok(setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?)
}

/// What something takes of the limits of this process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    pub(crate) descriptors: u64,
    /// Processes and threads: the kernel counts both.
    pub(crate) processes: u64,
}

/// Returns how many things that each take `each` the limits of this process allow, if `spare` is
/// kept free; and the limit that decides.
pub(crate) fn room_for(each: Room, spare: Room) -> Outcome<(usize, String)> {
    let descriptors = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    // The limit is one of the user, whose processes cannot all be seen. The kernel refuses the
    // rest.
    let processes = getrlimit(Resource::Nproc).current.unwrap_or(u64::MAX);
    let of_system = procfs::sys::kernel::pid_max()?.try_into()?;
    let limits = [
        (descriptors.saturating_sub(spare.descriptors) / each.descriptors, "descriptors (`ulimit -n`)", descriptors),
        (processes.saturating_sub(spare.processes) / each.processes, "processes (`ulimit -u`)", processes),
        (u64::saturating_sub(of_system, spare.processes) / each.processes, "processes (`kernel.pid_max`)", of_system),
    ];
    let least = limits.into_iter().min_by_key(|(room, ..)| *room);
    let (room, what, limit) = least.ok_or("there are limits")?;
    Ok((room.try_into()?, format!("this process may have {limit} {what}")))
}

/// The resource use of a process so far, all its threads together.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Done {
    pub(crate) processor_nanoseconds: u64,
    /// How often its threads went to sleep, and so how often they were woken.
    pub(crate) sleeps: u64,
    /// How often its threads were preempted.
    pub(crate) displaced: u64,
}

impl Done {
    pub(crate) fn by(pid: u32) -> Outcome<Self> {
        let mut done = Self::default();
        for task in Process::new(pid.try_into()?)?.tasks()? {
            let task = task?;
            let status = task.status()?;
            done.processor_nanoseconds += task.schedstat()?.sum_exec_runtime;
            done.sleeps += status.voluntary_ctxt_switches.unwrap_or(0);
            done.displaced += status.nonvoluntary_ctxt_switches.unwrap_or(0);
        }
        Ok(done)
    }

    pub(crate) fn by_all(pids: impl IntoIterator<Item = u32>) -> Outcome<Self> {
        pids.into_iter().try_fold(Self::default(), |sum, pid| Ok(sum.plus(Self::by(pid)?)))
    }

    fn plus(self, other: Self) -> Self {
        Self {
            processor_nanoseconds: self.processor_nanoseconds + other.processor_nanoseconds,
            sleeps: self.sleeps + other.sleeps,
            displaced: self.displaced + other.displaced,
        }
    }

    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            processor_nanoseconds: self.processor_nanoseconds - before.processor_nanoseconds,
            sleeps: self.sleeps - before.sleeps,
            displaced: self.displaced - before.displaced,
        }
    }
}

/// Returns the memory of a process that no other process shares, in bytes.
pub(crate) fn private_memory(pid: u32) -> Outcome<u64> {
    rolled_up(pid, &["Private_Clean", "Private_Dirty"])
}

/// Returns the memory of a process, in bytes. Processes that share a page divide it.
pub(crate) fn proportional_memory(pid: u32) -> Outcome<u64> {
    rolled_up(pid, &["Pss"])
}

/// Returns the memory of the machine that is free, or that the kernel could free, in bytes.
pub(crate) fn available_memory() -> Outcome<u64> {
    Ok(Meminfo::current()?.mem_available.ok_or("the kernel reports it")?)
}

fn rolled_up(pid: u32, keys: &[&str]) -> Outcome<u64> {
    let rollup = Process::new(pid.try_into()?)?.smaps_rollup()?.memory_map_rollup;
    let all = rollup.iter().filter(|map| matches!(map.pathname, MMapPath::Rollup));
    Ok(all.flat_map(|map| keys.iter().filter_map(|&key| map.extension.map.get(key))).sum())
}

/// Returns the number of descriptors and threads of this process.
pub(crate) fn descriptors_and_threads() -> Outcome<(usize, usize)> {
    let here = Process::myself()?;
    Ok((here.fd_count()?, here.tasks()?.count()))
}

/// Whether the process sleeps.
pub(crate) fn is_asleep(pid: u32) -> Outcome<bool> {
    Ok(Process::new(pid.try_into()?)?.stat()?.state == 'S')
}
