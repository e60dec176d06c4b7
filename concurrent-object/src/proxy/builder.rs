//! The options of an object, and their checks.
//!
//! The public builder forwards to it. Invariant: no option is checked before `start`, so that
//! the builder's methods can be chained without errors in between.

mod checks;
mod debug;
pub(crate) mod elsewhere;
pub(crate) mod env;
pub(crate) mod in_thread;
pub(crate) mod inherit;
mod limit_setters;
pub(crate) mod limits;
pub(crate) mod setters;
pub(crate) mod size;
#[cfg(test)]
mod tests;
pub(crate) mod time;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use self::checks::{DEFAULT_SLOTS, check_stack_size};
use self::limits::LimitOptions;
pub use self::size::IntoSize;
pub(crate) use self::size::Size;
pub use self::time::IntoTime;
use self::time::Times;
use crate::error::{Death, StartError};
use crate::memory::segment::Backing;
use crate::parent::calls::timing::Limits;
use crate::parent::life::on_drop::OnDrop;
use crate::parent::life::report::DeathHook;
use crate::parent::life::restart_policy::RestartPolicy;
use crate::process::confinement::Confinement;
use crate::process::inherited::Inherited;
use crate::process::output::{ChildStdio, Wanted};
use crate::process::surroundings::Surroundings;
use crate::protocol::on_panic::OnPanic;
use crate::protocol::remote::{Message, Remote};
use crate::protocol::snapshot_policy::SnapshotPolicy;
use crate::transport::layout::Layout;

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
    process_limits: LimitOptions,
    surroundings: Surroundings,
    remote: Option<Arc<dyn Remote>>,
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
    pub(crate) confinement: Confinement,
    pub(crate) surroundings: Surroundings,
    /// Where the object lives, if not here.
    pub(crate) remote: Option<Arc<dyn Remote>>,
    /// Whether the calls come from another program.
    pub(crate) is_relayed: bool,
    /// The state that an earlier life of a relayed object has left.
    pub(crate) earlier_state: Option<Message>,
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
            process_limits: LimitOptions::default(),
            surroundings: Surroundings::default(),
            remote: None,
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

    #[cfg(feature = "bridge")]
    pub(crate) fn on(self, remote: Arc<dyn Remote>) -> Self {
        Self { remote: Some(remote), ..self }
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
        self.check_elsewhere()?;
        let stack_size = self.stack_size.as_ref().map(check_stack_size).transpose()?;
        let confinement = self.process_limits.check()?;
        self.check_memory(layout, stack_size)?;
        let backing = self.backing_dir.map_or(Backing::Memory, Backing::Directory);
        let Self {
            name,
            prefault,
            restart,
            snapshots,
            env,
            inherited,
            on_panic,
            on_drop,
            streams,
            on_death,
            surroundings,
            remote,
            ..
        } = self;
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
            surroundings: Surroundings { memory: confinement.memory, ..surroundings },
            confinement,
            remote,
            is_relayed: false,
            earlier_state: None,
        })
    }
}
