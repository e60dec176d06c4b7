//! The options that limit what a child may use, and their checks.
//!
//! Knows which values cannot be limits. The child sets them, and reports what its system refuses
//! (`process/confinement`). Invariant: memory that the parent reads from the child counts too.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Options;
use super::size::Size;
use super::time::Time;
use crate::error::{ConfinementError, LimitOption, StartError};
use crate::process::confinement::Confinement;
#[cfg(feature = "sandbox")]
use crate::process::confinement::sandbox::Sandbox;
use crate::transport::layout::Layout;

/// The library itself needs this many descriptors in the child.
const LEAST_OPEN_FILES: usize = 32;

/// The range of nice values.
const NICE: std::ops::RangeInclusive<i32> = -20..=19;

/// The largest number of a processor, and one more.
const MAX_CPUS: usize = 1024;

/// The limits as the builder got them.
#[derive(Clone, Debug, Default)]
pub(crate) struct LimitOptions {
    pub(super) memory: Option<Size>,
    pub(super) cpu_time: Option<Time>,
    pub(super) open_files: Option<usize>,
    pub(super) nice: Option<i32>,
    pub(super) cpus: Option<Vec<usize>>,
    pub(super) directory: Option<PathBuf>,
    #[cfg(feature = "sandbox")]
    pub(super) sandbox: Option<Sandbox>,
}

impl LimitOptions {
    /// Returns the options that are set, by name.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        let set = [
            (LimitOption::MemoryLimit, self.memory.is_some()),
            (LimitOption::CpuTimeLimit, self.cpu_time.is_some()),
            (LimitOption::OpenFilesLimit, self.open_files.is_some()),
            (LimitOption::Nice, self.nice.is_some()),
            (LimitOption::Cpus, self.cpus.is_some()),
            (LimitOption::CurrentDir, self.directory.is_some()),
            #[cfg(feature = "sandbox")]
            (LimitOption::Sandbox, self.sandbox.is_some()),
        ];
        set.into_iter().filter(|&(_, is_set)| is_set).map(|(option, _)| option.name())
    }

    /// Checks the limits.
    pub(super) fn check(&self) -> Result<Confinement, StartError> {
        Ok(Confinement {
            memory: self.memory()?,
            cpu_time: self.cpu_time()?,
            open_files: self.open_files()?,
            nice: self.nice.map(check_nice).transpose()?,
            cpus: self.cpus.as_deref().map(check_cpus).transpose()?.unwrap_or_default(),
            directory: self.directory.as_deref().map(check_directory).transpose()?,
            #[cfg(feature = "sandbox")]
            sandbox: self.sandbox.as_ref().map(|sandbox| sandbox.check().map(|()| sandbox.clone())).transpose()?,
        })
    }

    fn memory(&self) -> Result<Option<u64>, StartError> {
        let Some(size) = &self.memory else { return Ok(None) };
        let bytes = size.bytes(LimitOption::MemoryLimit.name())?;
        nonzero(bytes != 0, LimitOption::MemoryLimit, "give the bytes that the child may have, such as \"256 MiB\"")?;
        Ok(Some(bytes as u64))
    }

    fn cpu_time(&self) -> Result<Option<Duration>, StartError> {
        let Some(time) = &self.cpu_time else { return Ok(None) };
        let time = time.span(LimitOption::CpuTimeLimit.name())?;
        nonzero(!time.is_zero(), LimitOption::CpuTimeLimit, "give the time that the process may use, such as \"60s\"")?;
        Ok(Some(time))
    }

    fn open_files(&self) -> Result<Option<u64>, StartError> {
        match self.open_files {
            Some(count) if count < LEAST_OPEN_FILES => {
                let reason = format!("{count} descriptors are too few: the library needs {LEAST_OPEN_FILES} of them");
                Err(LimitOption::OpenFilesLimit.refused(reason).into())
            }
            count => Ok(count.map(|count| count as u64)),
        }
    }
}

fn nonzero(is_limit: bool, option: LimitOption, remedy: &str) -> Result<(), StartError> {
    if is_limit { Ok(()) } else { Err(option.refused(format!("zero is no limit; {remedy}")).into()) }
}

fn check_nice(increment: i32) -> Result<i32, StartError> {
    if NICE.contains(&increment) {
        return Ok(increment);
    }
    let reason = format!("{increment} is not between {} and {}", NICE.start(), NICE.end());
    Err(LimitOption::Nice.refused(reason).into())
}

fn check_cpus(cpus: &[usize]) -> Result<Vec<usize>, StartError> {
    let reason = match cpus.iter().find(|&&cpu| cpu >= MAX_CPUS) {
        _ if cpus.is_empty() => "the list is empty; name at least one processor".to_owned(),
        Some(cpu) => format!("there is no processor {cpu}"),
        None => return Ok(cpus.to_vec()),
    };
    Err(LimitOption::Cpus.refused(reason).into())
}

fn check_directory(directory: &Path) -> Result<PathBuf, StartError> {
    if directory.is_dir() {
        return Ok(directory.to_owned());
    }
    let reason = format!("{} is no directory; create it before the start", directory.display());
    Err(LimitOption::CurrentDir.refused(reason).into())
}

impl Options {
    /// Returns the `max_output_size` of a builder without one: the default, or what fits into the
    /// `memory_limit`.
    pub(super) fn default_output_size(&self, default: usize) -> Result<usize, StartError> {
        let Some(limit) = self.process_limits.memory()? else { return Ok(default) };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(Layout::output_limit_within(self.slots, limit).min(default))
    }

    /// Checks that the memory which the child can fill, but which does not count as its own, is
    /// within its `memory_limit`.
    pub(super) fn check_memory(&self, layout: Layout, stack_size: Option<usize>) -> Result<(), StartError> {
        let Some(limit) = self.process_limits.memory()? else { return Ok(()) };
        let too_little = |needed: usize, reason: &str| {
            let needed = needed as u64;
            let error = ConfinementError::TooLittleMemory { limit, needed, reason: reason.to_owned() };
            if needed > limit { Err(error.into()) } else { Ok(()) }
        };
        too_little(
            layout.control_file_size(),
            "the child can fill the shared memory of all results; lower `max_output_size` or `slots`, or raise the limit",
        )?;
        too_little(stack_size.unwrap_or(0), "its `stack_size` counts too; lower that, or raise the limit")
    }
}
