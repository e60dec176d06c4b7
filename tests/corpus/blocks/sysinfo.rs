//! `sysinfo` 0.40.4, `System`.
//! Its processes, processors and what to refresh stand in; most of them can only be serialized.

use std::collections::HashMap;
use std::error;
use std::ffi::OsStr;
use std::fmt;
use std::io;

use concurrent_object::concurrent_object;
use serde::Serialize;

#[derive(Debug)]
pub enum Error {
    Unsupported,
    Io(io::Error),
    Other(Box<dyn error::Error + Send + Sync + 'static>),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not known")
    }
}

impl error::Error for Error {}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UpdateKind {
    #[default]
    Never,
    Always,
    OnlyIfNotSet,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CpuRefreshKind {
    usage: bool,
    frequency: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryRefreshKind {
    ram: bool,
    swap: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessRefreshKind {
    cpu: bool,
    user: UpdateKind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RefreshKind {
    processes: Option<ProcessRefreshKind>,
    memory: Option<MemoryRefreshKind>,
    cpu: Option<CpuRefreshKind>,
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Pid(u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessesToUpdate<'a> {
    All,
    Some(&'a [Pid]),
}

#[derive(Debug, Serialize)]
pub struct Process {
    pid: Pid,
}

#[derive(Debug, Serialize)]
pub struct Cpu {
    usage: f32,
}

#[derive(Default, Debug, Clone, Serialize)]
pub struct CGroupLimits {
    pub total_memory: u64,
    pub free_memory: u64,
}

#[derive(Default, Debug, Clone, Serialize)]
pub struct LoadAvg {
    pub one: f64,
    pub five: f64,
    pub fifteen: f64,
}

#[derive(Debug, Serialize)]
pub struct System {
    processes: HashMap<Pid, Process>,
}

#[concurrent_object]
impl System {
    pub fn new() -> Result<Self, Error> {
        unimplemented!()
    }

    pub fn new_all() -> Result<Self, Error> {
        unimplemented!()
    }

    pub fn new_with_specifics(refreshes: RefreshKind) -> Result<Self, Error> {
        unimplemented!()
    }

    pub fn refresh_specifics(&mut self, refreshes: RefreshKind) {
        unimplemented!()
    }

    pub fn refresh_all(&mut self) {
        unimplemented!()
    }

    pub fn refresh_memory(&mut self) {
        unimplemented!()
    }

    pub fn refresh_memory_specifics(&mut self, refresh_kind: MemoryRefreshKind) {
        unimplemented!()
    }

    pub fn refresh_cpu_usage(&mut self) {
        unimplemented!()
    }

    pub fn refresh_cpu_frequency(&mut self) {
        unimplemented!()
    }

    pub fn refresh_cpu_list(&mut self, refresh_kind: CpuRefreshKind) {
        unimplemented!()
    }

    pub fn refresh_cpu_all(&mut self) {
        unimplemented!()
    }

    pub fn refresh_cpu_specifics(&mut self, refresh_kind: CpuRefreshKind) {
        unimplemented!()
    }

    pub fn refresh_processes(
        &mut self,
        processes_to_update: ProcessesToUpdate<'_>,
        remove_dead_processes: bool,
    ) -> usize {
        unimplemented!()
    }

    pub fn refresh_processes_specifics(
        &mut self,
        processes_to_update: ProcessesToUpdate<'_>,
        remove_dead_processes: bool,
        refresh_kind: ProcessRefreshKind,
    ) -> usize {
        unimplemented!()
    }

    pub fn processes(&self) -> &HashMap<Pid, Process> {
        unimplemented!()
    }

    pub fn process(&self, pid: Pid) -> Option<&Process> {
        unimplemented!()
    }

    pub fn processes_by_name<'a: 'b, 'b>(&'a self, name: &'b OsStr) -> impl Iterator<Item = &'a Process> + 'b {
        std::iter::empty()
    }

    pub fn processes_by_exact_name<'a: 'b, 'b>(&'a self, name: &'b OsStr) -> impl Iterator<Item = &'a Process> + 'b {
        std::iter::empty()
    }

    pub fn global_cpu_usage(&self) -> f32 {
        unimplemented!()
    }

    pub fn cpus(&self) -> &[Cpu] {
        unimplemented!()
    }

    pub fn total_memory(&self) -> u64 {
        unimplemented!()
    }

    pub fn free_memory(&self) -> u64 {
        unimplemented!()
    }

    pub fn available_memory(&self) -> u64 {
        unimplemented!()
    }

    pub fn used_memory(&self) -> u64 {
        unimplemented!()
    }

    pub fn total_swap(&self) -> u64 {
        unimplemented!()
    }

    pub fn free_swap(&self) -> u64 {
        unimplemented!()
    }

    pub fn used_swap(&self) -> u64 {
        unimplemented!()
    }

    pub fn cgroup_limits(&self) -> Option<CGroupLimits> {
        unimplemented!()
    }

    pub fn uptime() -> Result<u64, Error> {
        unimplemented!()
    }

    pub fn boot_time() -> Result<u64, Error> {
        unimplemented!()
    }

    pub fn load_average() -> Result<LoadAvg, Error> {
        unimplemented!()
    }

    pub fn name() -> Result<String, Error> {
        unimplemented!()
    }

    pub fn kernel_version() -> Result<String, Error> {
        unimplemented!()
    }

    pub fn os_version() -> Result<String, Error> {
        unimplemented!()
    }

    pub fn long_os_version() -> Result<String, Error> {
        unimplemented!()
    }

    pub fn distribution_id() -> String {
        unimplemented!()
    }

    pub fn distribution_id_like() -> Vec<String> {
        unimplemented!()
    }

    pub fn kernel_long_version() -> Result<String, Error> {
        unimplemented!()
    }

    pub fn host_name() -> Result<String, Error> {
        unimplemented!()
    }

    pub fn cpu_arch() -> String {
        unimplemented!()
    }

    pub fn physical_core_count() -> Result<usize, Error> {
        unimplemented!()
    }

    pub fn open_files_limit() -> Result<usize, Error> {
        unimplemented!()
    }
}
