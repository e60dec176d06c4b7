//! The options of an object, and their checks.
//!
//! The public builder forwards to it. Invariant: no option is checked before `start`, so that
//! the builder's methods can be chained without errors in between.

mod debug;
pub(crate) mod env;
pub(crate) mod in_thread;
pub(crate) mod inherit;
pub(crate) mod setters;
pub(crate) mod size;
#[cfg(test)]
mod tests;
pub(crate) mod time;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

pub use self::size::IntoSize;
use self::size::Size;
pub use self::time::IntoTime;
use self::time::Times;
use crate::error::{Death, StartError};
use crate::memory::segment::Backing;
use crate::parent::calls::timing::Limits;
use crate::parent::life::on_drop::OnDrop;
use crate::parent::life::report::DeathHook;
use crate::parent::life::restart_policy::RestartPolicy;
use crate::process::inherited::Inherited;
use crate::process::output::{ChildStdio, Wanted};
use crate::protocol::on_panic::OnPanic;
use crate::protocol::snapshot_policy::SnapshotPolicy;
use crate::transport::layout::Layout;

/// The default size of a call's arguments and of its result. Regions are sparse, so this costs only
/// address space. Windows counts all memory of a program at once, so the default is smaller there.
/// The 64 KiB are for other arguments and for headers beside the numbers.
const DEFAULT_SIZE: usize = (if cfg!(windows) { 4 << 20 } else { 64 << 20 }) + (64 << 10);
const DEFAULT_SLOTS: usize = 16;
const MAX_NAME_SIZE: usize = 255;

/// The library's code in the child needs this much to decode arguments and encode results.
const MIN_STACK_SIZE: usize = 256 << 10;
const MAX_STACK_SIZE: usize = 1 << 40;

/// The options of an object that is not started yet.
#[derive(Clone)]
#[must_use]
#[doc(hidden)]
pub struct Options {
    name: String,
    max_input_size: Option<Size>,
    max_output_size: Option<Size>,
    max_decoded_size: Option<Size>,
    slots: usize,
    stack_size: Option<Size>,
    times: Times,
    backing_dir: Option<PathBuf>,
    prefault: bool,
    restart: RestartPolicy,
    snapshots: SnapshotPolicy,
    env: Vec<(OsString, OsString)>,
    inherited: Inherited,
    on_panic: OnPanic,
    on_drop: OnDrop,
    streams: Wanted,
    on_death: Option<DeathHook>,
    in_thread: bool,
}

/// The checked options.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) name: String,
    pub(crate) layout: Layout,
    pub(crate) backing: Backing,
    pub(crate) grace: Duration,
    pub(crate) stack_size: Option<usize>,
    pub(crate) prefault: bool,
    pub(crate) limits: Limits,
    pub(crate) restart: RestartPolicy,
    pub(crate) snapshots: SnapshotPolicy,
    pub(crate) env: Vec<(OsString, OsString)>,
    pub(crate) inherited: Inherited,
    pub(crate) on_panic: OnPanic,
    pub(crate) on_drop: OnDrop,
    pub(crate) streams: Wanted,
    pub(crate) on_death: Option<DeathHook>,
}

impl Options {
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            max_input_size: None,
            max_output_size: None,
            max_decoded_size: None,
            slots: DEFAULT_SLOTS,
            stack_size: None,
            times: Times::default(),
            backing_dir: None,
            prefault: false,
            restart: RestartPolicy::never(),
            snapshots: SnapshotPolicy::default(),
            env: Vec::new(),
            inherited: Inherited::default(),
            on_panic: OnPanic::Continue,
            on_drop: OnDrop::Wait,
            streams: Wanted::default(),
            on_death: None,
            in_thread: false,
        }
    }

    pub fn max_input_size(self, size: impl IntoSize) -> Self {
        Self { max_input_size: Some(size.into_size()), ..self }
    }

    pub fn max_output_size(self, size: impl IntoSize) -> Self {
        Self { max_output_size: Some(size.into_size()), ..self }
    }

    pub fn max_decoded_size(self, size: impl IntoSize) -> Self {
        Self { max_decoded_size: Some(size.into_size()), ..self }
    }

    pub fn slots(self, slots: usize) -> Self {
        Self { slots, ..self }
    }

    pub fn stack_size(self, size: impl IntoSize) -> Self {
        Self { stack_size: Some(size.into_size()), ..self }
    }

    pub fn grace(mut self, period: impl IntoTime) -> Self {
        self.times.grace = Some(period.into_time());
        self
    }

    pub fn backing_dir(self, directory: impl Into<PathBuf>) -> Self {
        Self { backing_dir: Some(directory.into()), ..self }
    }

    pub fn prefault(self, prefault: bool) -> Self {
        Self { prefault, ..self }
    }

    pub fn timeout(mut self, time: impl IntoTime) -> Self {
        self.times.timeout = Some(time.into_time());
        self
    }

    pub fn queue_timeout(mut self, time: impl IntoTime) -> Self {
        self.times.queue_timeout = Some(time.into_time());
        self
    }

    pub fn cancel_grace(mut self, time: impl IntoTime) -> Self {
        self.times.cancel_grace = Some(time.into_time());
        self
    }

    pub fn ready_timeout(mut self, time: impl IntoTime) -> Self {
        self.times.ready_timeout = Some(time.into_time());
        self
    }

    pub fn restart(self, restart: RestartPolicy) -> Self {
        Self { restart, ..self }
    }

    pub fn snapshots(self, snapshots: SnapshotPolicy) -> Self {
        Self { snapshots, ..self }
    }

    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    #[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
    pub fn inherit_fd(mut self, name: impl Into<String>, descriptor: impl Into<std::os::fd::OwnedFd>) -> Self {
        self.inherited.add(name.into(), descriptor.into());
        self
    }

    pub fn on_panic(self, on_panic: OnPanic) -> Self {
        Self { on_panic, ..self }
    }

    pub fn on_drop(self, on_drop: OnDrop) -> Self {
        Self { on_drop, ..self }
    }

    pub fn stdout(mut self, stream: ChildStdio) -> Self {
        self.streams.stdout = stream;
        self
    }

    pub fn stderr(mut self, stream: ChildStdio) -> Self {
        self.streams.stderr = stream;
        self
    }

    pub fn on_death(self, hook: impl Fn(&Death) + Send + Sync + 'static) -> Self {
        Self { on_death: Some(DeathHook::new(hook)), ..self }
    }

    pub fn in_thread(self) -> Self {
        Self { in_thread: true, ..self }
    }

    /// Checks all options.
    pub(crate) fn check(self) -> Result<Settings, StartError> {
        let layout = self.layout()?;
        let (grace, limits) = (self.times.grace()?, self.times.limits()?);
        self.check_name()?;
        let decoded_size = self.max_decoded_size.as_ref().map(|size| size.bytes("max_decoded_size")).transpose()?;
        env::check(&self.env)?;
        inherit::check(&self.inherited)?;
        self.check_home()?;
        let stack_size = self.stack_size.as_ref().map(check_stack_size).transpose()?;
        let backing = self.backing_dir.map_or(Backing::Memory, Backing::Directory);
        let Self { name, prefault, restart, snapshots, env, inherited, on_panic, on_drop, streams, on_death, .. } =
            self;
        Ok(Settings {
            name,
            layout,
            backing,
            grace,
            stack_size,
            prefault,
            limits: Limits { max_decoded_size: decoded_size, ..limits },
            restart,
            snapshots,
            env,
            inherited,
            on_panic,
            on_drop,
            streams,
            on_death,
        })
    }

    fn layout(&self) -> Result<Layout, StartError> {
        let given = (&self.max_input_size, &self.max_output_size);
        if (self.backing_dir.is_some() || self.prefault) && matches!(given, (None, _) | (_, None)) {
            return Err(StartError::SizesNeeded);
        }
        let size = |size: &Option<Size>, option| size.as_ref().map_or(Ok(DEFAULT_SIZE), |size| size.bytes(option));
        let input_size = size(&self.max_input_size, "max_input_size")?;
        let output_size = size(&self.max_output_size, "max_output_size")?;
        let reason = "use 1 to 4094 slots, whose regions together fit into 32 TiB";
        Layout::new(self.slots, input_size, output_size).ok_or(StartError::InvalidLayout {
            slots: self.slots,
            input_size,
            output_size,
            reason,
        })
    }

    fn check_name(&self) -> Result<(), StartError> {
        let reason = match self.name.as_str() {
            "" => "it is empty",
            name if name.len() > MAX_NAME_SIZE => "it is longer than 255 bytes",
            name if name.contains('\0') => "it contains a NUL byte",
            _ => return Ok(()),
        };
        Err(StartError::InvalidName { name: self.name.clone(), reason })
    }
}

fn check_stack_size(size: &Size) -> Result<usize, StartError> {
    let size = size.bytes("stack_size")?;
    let reason = match size {
        ..MIN_STACK_SIZE => "it must be at least 256 KiB",
        MIN_STACK_SIZE..=MAX_STACK_SIZE => return Ok(size),
        _ => "it must be at most 1 TiB",
    };
    Err(StartError::InvalidStackSize { size, reason })
}
