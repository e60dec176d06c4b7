//! The machine of a run.

use std::time::{Duration, SystemTime};

use procfs::{CpuInfo, CpuTime, Current, CurrentSI, KernelStats, Meminfo};
use serde::Serialize;

use crate::outcome::Outcome;

/// The facts about the machine that figures depend on.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) date: String,
    processor: String,
    pub(crate) cores: usize,
    memory_gib: u64,
    kernel: String,
    architecture: String,
    /// The share of processor time that other processes used just before and just after the run,
    /// when this one did nothing.
    busy_before: f64,
    pub(crate) busy_after: f64,
}

/// The duration of the measurement of other processes' load.
const LOOK: Duration = Duration::from_millis(300);

impl Machine {
    pub(crate) fn here() -> Outcome<Self> {
        let processor = CpuInfo::current()?.model_name(0).unwrap_or("unknown").to_owned();
        let kernel = rustix::system::uname();
        Ok(Self {
            date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            processor,
            cores: std::thread::available_parallelism()?.get(),
            memory_gib: Meminfo::current()?.mem_total >> 30,
            kernel: format!("{} {}", kernel.sysname().to_string_lossy(), kernel.release().to_string_lossy()),
            architecture: std::env::consts::ARCH.into(),
            busy_before: busy()?,
            busy_after: 0.0,
        })
    }

    /// Measures the load again, after the run.
    pub(crate) fn look_again(&mut self) -> Outcome {
        self.busy_after = busy()?;
        Ok(())
    }

    pub(crate) fn describe(&self) -> String {
        let Self { date, processor, cores, memory_gib, kernel, architecture, busy_before, busy_after } = self;
        let busy = [busy_before, busy_after].map(|part| format!("{:.0} %", part * 100.0));
        format!(
            "{processor}, {cores} cores, {memory_gib} GiB, {kernel} {architecture}, {date}; others took {} of it before, {} after",
            busy[0], busy[1]
        )
    }
}

/// Returns the share of processor time in which a core was busy, or was taken away by the host.
fn busy() -> Outcome<f64> {
    let idle = |time: &CpuTime| time.idle + time.iowait.unwrap_or(0);
    let all = |time: &CpuTime| {
        idle(time)
            + time.user
            + time.nice
            + time.system
            + time.irq.unwrap_or(0)
            + time.softirq.unwrap_or(0)
            + time.steal.unwrap_or(0)
    };
    let before = KernelStats::current()?.total;
    std::thread::sleep(LOOK);
    let after = KernelStats::current()?.total;
    let (passed, rested) = (all(&after) - all(&before), idle(&after).saturating_sub(idle(&before)));
    Ok(if passed == 0 { 0.0 } else { 1.0 - rested as f64 / passed as f64 })
}
