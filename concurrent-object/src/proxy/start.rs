//! Starts an object: creates its files and spawns its child, without waiting for it.
//!
//! Knows the checked options and the number of the constructor; knows nothing of calls. Invariant:
//! if a step fails, no process is left.

mod elsewhere;
mod saving;

use std::io;
use std::sync::Arc;

#[cfg(feature = "bridge")]
pub(crate) use self::elsewhere::store_message;
use self::elsewhere::{check_goes_elsewhere, recipe_for_bridge};
use super::Proxy;
use super::builder::{Options, Settings};
use crate::child::entry::{self, EntryPlace};
use crate::child::{ConcurrentObject, in_thread};
use crate::error::StartError;
use crate::memory::fork::{Origin, watch_forks};
use crate::memory::sealed::Unsealed;
use crate::memory::segment::Backing;
use crate::parent::calls::arguments::ArgumentWriter;
use crate::parent::calls::timing::Limits;
use crate::parent::life::on_drop::OnDrop;
use crate::parent::life::report::Report;
use crate::parent::life::restart_policy::RestartPolicy;
use crate::parent::life::shared_files::SentFiles;
use crate::parent::life::spawn_spec::{Recipe, RestartContext, SpawnSpec};
use crate::parent::object::submit::LEAST_SHARED_SIZE;
use crate::parent::object::{Identity, Kept, Object};
use crate::parent::threads::supervisor::ensure as ensure_supervisor;
use crate::process::executable;
use crate::protocol::hello::{Hello, PROTOCOL};
use crate::protocol::methods::Methods;
use crate::protocol::snapshot_policy::SnapshotPolicy;
use crate::protocol::thread_start::RunInThread;
use crate::shared::referred::Referred;
use crate::transport::mapped::{self, Channel, Lease};
use crate::wire::{self, ExternalRef, Holder, RawSink};

/// The object's code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code {
    /// Returns where a child process finds it.
    pub(crate) place: fn() -> Result<EntryPlace, StartError>,
    /// Runs it in a thread.
    pub(crate) run_in_thread: RunInThread,
    /// Whether the object can save its state, and be constructed from it.
    pub(crate) saves: bool,
    /// Returns the name by which another program knows it.
    pub(crate) type_name: fn() -> &'static str,
}

impl Code {
    /// Returns the code of this type.
    pub(crate) fn of<T: ConcurrentObject, O: Methods>() -> Self {
        Self {
            place: entry::place_of::<T, O>,
            run_in_thread: |start| in_thread::run::<T>(start, O::METHODS),
            saves: T::SAVES,
            type_name: std::any::type_name::<T>,
        }
    }
}

/// Starts an object with the constructor of this number.
pub(crate) fn start<O: Methods>(
    options: Options,
    code: Code,
    constructor: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
) -> Result<Proxy<O>, StartError> {
    let has_process = !options.lives_in_thread() && !options.lives_elsewhere();
    let place = if has_process { Some((code.place)()?) } else { None };
    let settings = options.check()?;
    if settings.remote.is_some() {
        check_goes_elsewhere::<O>()?;
    }
    let arguments = |copies| store_arguments(copies, write);
    start_object::<O>(settings, code, place, constructor, arguments).map(Proxy::new)
}

/// Starts an object with these options, in this process, another one, or another program.
/// `arguments` stores the constructor's arguments. It copies shared memory if it gets true.
pub(crate) fn start_object<O: Methods>(
    settings: Settings,
    code: Code,
    place: Option<EntryPlace>,
    constructor: u32,
    arguments: impl FnOnce(bool) -> Result<(Kept, usize), StartError>,
) -> Result<Arc<Object>, StartError> {
    if place.is_some() && executable::children_are_elsewhere() {
        return Err(StartError::OtherPidNamespace);
    }
    let patience = settings.remote.as_ref().map(|remote| remote.patience()).unwrap_or_default();
    // A relayed call brings the limit of its method along.
    let of_methods = if settings.is_relayed { &[] } else { O::TIMEOUTS };
    let limits = Limits { of_methods, patience, leaves_cancelled: settings.is_relayed, ..settings.limits.clone() };
    let ends_in_background = settings.on_drop == OnDrop::Background;
    if limits.are_set() || !settings.restart.is_never() || settings.on_death.is_some() || ends_in_background {
        ensure_supervisor().map_err(StartError::system("creating the supervisor thread for limits and deaths"))?;
    }
    let origin = Origin::here().map_err(StartError::system("mapping the page that detects a forked copy"))?;
    let (kept, structured_offset) = arguments(settings.remote.is_some())?;
    let (channel, files, leases) = create_channel(&settings)?;
    let snapshots = saving::policy_of(&settings, code);
    let snapshot_buffers = saving::create_files(&settings, snapshots)?;
    let hello = hello(&settings, place, (constructor, structured_offset), snapshots, &kept)?;
    let recipe = match (place, &settings.remote) {
        (Some(_), _) => Recipe::Process(encode(&hello)?),
        (None, None) => recipe_for_thread(hello, code.run_in_thread),
        (None, Some(remote)) => recipe_for_bridge::<O>(hello, remote.clone(), &settings, code),
    };
    let mut spawn_spec =
        SpawnSpec::new(settings.name.clone(), settings.env, settings.streams, recipe, files, snapshot_buffers);
    (spawn_spec.inherited, spawn_spec.surroundings) = (settings.inherited, settings.surroundings);
    spawn_spec.next = next_processes(&settings.restart, origin)?;
    let (backend, socket) = spawn_spec.make(&channel, &kept.arguments, &kept.files)?;
    tracing::debug!(target: "concurrent_object::life", name = settings.name, pid = backend.pid(), "object starts");
    let is_needed = !settings.restart.is_never() || spawn_spec.saves;
    let spawn_spec = is_needed.then_some(spawn_spec);
    let identity = Identity {
        name: settings.name.into(),
        methods: O::METHODS,
        grace: settings.grace,
        limits,
        restart: settings.restart,
        on_drop: settings.on_drop,
        idempotent: O::IDEMPOTENT,
        report: Report { on_death: settings.on_death },
        uses_handles: O::HANDLES,
        confinement: settings.confinement,
        remote: settings.remote,
    };
    let post = SentFiles::new(socket, origin, &kept.files);
    let object = Object::new(identity, backend, origin, (channel, leases), post, (kept, spawn_spec));
    if let Err(error) = object.watch_first() {
        object.drop_proxy();
        return Err(StartError::system("watching the object's process")(error));
    }
    Ok(object)
}

/// A program with objects in threads need not call `init()`, so this prepares what that would.
fn recipe_for_thread(hello: Hello, run: RunInThread) -> Recipe {
    watch_forks();
    wire::prepare();
    Recipe::Thread(Box::new(hello), run)
}

/// The first message of each of the object's processes. `place` is `None` for a thread.
fn hello(
    settings: &Settings,
    place: Option<EntryPlace>,
    (constructor, structured_offset): (u32, usize),
    snapshots: Option<SnapshotPolicy>,
    kept: &Kept,
) -> Result<Hello, StartError> {
    let identity = place.map(|_| executable::identity()).transpose();
    Ok(Hello {
        protocol: PROTOCOL,
        executable: identity.map_err(StartError::system(executable::EXAMINING))?.unwrap_or_default(),
        entry: place.map_or(0, EntryPlace::offset),
        type_name: place.map_or("", EntryPlace::type_name).to_owned(),
        name: settings.name.clone(),
        layout: settings.layout,
        on_panic: settings.on_panic,
        snapshots,
        constructor,
        structured_offset,
        stack_size: settings.stack_size,
        prefault: settings.prefault,
        files: kept.files.iter().map(|file| file.id()).collect(),
        inherited: settings.inherited.names(),
        stderr_has_reader: settings.streams.has_reader(),
        confinement: settings.confinement.clone(),
        is_relayed: settings.is_relayed,
    })
}

/// Creates what the next processes need, if the policy allows restarts.
fn next_processes(policy: &RestartPolicy, origin: Origin) -> Result<Option<RestartContext>, StartError> {
    let next = (!policy.is_never()).then(|| RestartContext::note(origin)).transpose();
    next.map_err(StartError::system("creating the spawner thread that restarts the object"))
}

fn encode(hello: &Hello) -> Result<Vec<u8>, StartError> {
    let message = wire::to_bytes(hello).map_err(io::Error::other);
    message.map_err(StartError::system("encoding the first message to the child"))
}

fn create_channel(settings: &Settings) -> Result<(Channel, mapped::Files, Vec<Lease>), StartError> {
    let created = Channel::create(settings.layout, &settings.backing).and_then(|created| {
        if settings.prefault {
            created.0.populate_as_parent()?;
        }
        Ok(created)
    });
    created.map_err(|source| match &settings.backing {
        Backing::Directory(directory) if is_lack_of_room(&source) => StartError::NoRoom {
            directory: directory.clone(),
            needed: settings.layout.control_file_size() + settings.layout.input_file_size(),
            source: Arc::new(source),
        },
        Backing::Directory(_) => StartError::system("creating the files in the backing directory")(source),
        Backing::Memory => StartError::system("creating the object's memory files")(source),
    })
}

fn is_lack_of_room(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// Writes the constructor's arguments into a sealed file of their own. Also returns the offset of
/// their structured part.
fn store_arguments(copies: bool, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Result<(Kept, usize), StartError> {
    let failed = || StartError::system("storing the constructor's arguments");
    let file = Unsealed::new("concurrent-object:arguments").map_err(failed())?;
    let mut sink = FileSink { file, files: Referred::default(), failed: None, copies };
    let mut structured = Vec::new();
    let mut writer = ArgumentWriter::new(&mut structured, &mut sink, 0);
    write(&mut writer);
    let extent = writer.finish().map_err(|(argument, error)| StartError::Argument {
        argument: argument.to_owned(),
        reason: error.to_string(),
    })?;
    let FileSink { file, files, failed: None, .. } = sink else {
        return Err(failed()(sink.failed.unwrap_or_else(|| io::ErrorKind::Other.into())));
    };
    file.write(extent.raw_end, &structured).map_err(failed())?;
    let arguments = file.seal().map_err(failed())?;
    Ok((Kept { arguments, files: files.into_files() }, extent.raw_end))
}

/// Writes raw regions into the file, and remembers the first failure.
struct FileSink {
    file: Unsealed,
    files: Referred,
    failed: Option<io::Error>,
    /// Whether it copies shared memory instead of referring to it.
    copies: bool,
}

impl RawSink for FileSink {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        if self.failed.is_none() {
            self.failed = self.file.write(offset, bytes).err();
        }
    }

    fn external_ref(&mut self, bytes: &[u8], shared: bool) -> Option<ExternalRef> {
        if self.copies || (!shared && bytes.len() < LEAST_SHARED_SIZE) {
            return None;
        }
        let (position, offset) = self.files.place_of(bytes)?;
        Some(ExternalRef { holder: Holder::File(position), offset })
    }
}
