//! Spawns a child with the C library's `posix_spawn`, which also closes the other descriptors.
//!
//! Problem: a child must get no descriptor but its standard streams, and a defined signal mask.
//! `std::process::Command` can do neither. It would need a `pre_exec` hook, which runs code between
//! fork and exec, or a thread that prepares both (`close_on_exec`). Creating that thread takes
//! longer than all other work of the parent in a start. So this file calls `posix_spawn` itself.
//! glibc has the file action `addclosefrom_np` since 2.34. It is looked up at run time, so that the
//! program also starts with an older glibc. Other C libraries do not have it.
//!
//! Knows the C library's interface. Invariant: if a child cannot be spawned this way, nothing has
//! changed, and the caller spawns the child from the thread.
#![allow(unsafe_code)]

use std::collections::BTreeMap;
use std::ffi::{CString, OsString, c_char, c_int};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStringExt;
use std::ptr;

use libc::{posix_spawn_file_actions_t, posix_spawnattr_t};

use super::program::Program;
use super::signal_mask::Mask;
use super::{executable, few_descriptors, signals};
use crate::memory::once::Once;

/// The first descriptor that is not a standard stream.
const FIRST: RawFd = 3;

/// From this number of descriptors on, a thread that has few of them pays: they take 45 ns each,
/// and the thread takes 60 µs.
const MANY: RawFd = 1024;

// SAFETY: callers must pass initialised actions; `actions_for` does, with `Actions::new`.
type AddCloseFrom = unsafe extern "C" fn(*mut posix_spawn_file_actions_t, c_int) -> c_int;

/// The numbers of the child's three streams. `None`: the child inherits the parent's.
type Streams = [Option<RawFd>; 3];

/// Spawns the program and returns its process id, or `None` if this way is not possible.
pub(crate) fn spawn(program: &Program) -> Option<u32> {
    let streams = [Some(&program.stdin), program.streams.stdout.as_ref(), program.streams.stderr.as_ref()];
    // The kernel assigns the lowest free number, so this one tells how many are open.
    let has_many = program.stdin.as_raw_fd() >= MANY;
    let from_few = if has_many { spawn_with_few_descriptors(program, streams) } else { None };
    from_few.or_else(|| spawn_with(program, streams.map(|stream| stream.map(AsRawFd::as_raw_fd))))
}

/// Spawns the program from a thread that has only its streams.
fn spawn_with_few_descriptors(program: &Program, streams: [Option<&OwnedFd>; 3]) -> Option<u32> {
    let wanted: Vec<_> = streams.into_iter().flatten().map(AsFd::as_fd).collect();
    few_descriptors::with(&wanted, |copies| {
        let mut copies = copies.iter().map(AsRawFd::as_raw_fd);
        spawn_with(program, streams.map(|stream| stream.and_then(|_| copies.next())))
    })?
}

fn spawn_with(program: &Program, streams: Streams) -> Option<u32> {
    let actions = actions_for(streams, add_close_from()?)?;
    let attributes = attributes(program.leads_group)?;
    let arguments = program.arguments.iter().map(|text| CString::new(text.clone().into_vec()).ok());
    let (arguments, environment) = (arguments.collect::<Option<Vec<_>>>()?, variables(&program.environment)?);
    let (arguments, environment) = (pointers(&arguments), pointers(&environment));
    let path = CString::new(executable::SELF).ok()?;
    let mut pid = 0;
    // SAFETY: the path, the lists (which end with a null pointer) and what they point to live until
    // the call returns. `Actions::new` and `Attributes::new` initialised the actions and
    // attributes.
    let error = unsafe {
        libc::posix_spawn(
            &raw mut pid,
            path.as_ptr(),
            &raw const actions.0,
            &raw const attributes.0,
            arguments.as_ptr(),
            environment.as_ptr(),
        )
    };
    u32::try_from(pid).ok().filter(|_| error == 0)
}

/// Returns the file actions that give the child its streams and nothing else. `None` if a stream
/// has the number of a standard stream: it might be overwritten before it is copied.
fn actions_for(streams: Streams, add_close_from: AddCloseFrom) -> Option<Actions> {
    let mut actions = Actions::new()?;
    for (number, stream) in (0..).zip(streams) {
        let Some(stream) = stream else { continue };
        if stream < FIRST || !actions.copy(stream, number) {
            return None;
        }
    }
    // SAFETY: `Actions::new` initialised the actions; every glibc that has the function has it with
    // this signature.
    (unsafe { add_close_from(&raw mut actions.0, FIRST) } == 0).then_some(actions)
}

/// Returns the attributes that set the child's signal mask. SIGPIPE gets its default action, as
/// with `Command`.
fn attributes(leads_group: bool) -> Option<Attributes> {
    let mut attributes = Attributes::new()?;
    let (mask, defaults) = (signals::mask_of_children(), Mask::of(&[libc::SIGPIPE]));
    // The group of a new leader is 0 in new attributes: its own.
    let group = if leads_group { libc::POSIX_SPAWN_SETPGROUP } else { 0 };
    let flags = (libc::POSIX_SPAWN_SETSIGMASK | libc::POSIX_SPAWN_SETSIGDEF | group) as libc::c_short;
    // SAFETY: `Attributes::new` initialised the attributes; the mask is an initialised set.
    let has_mask = unsafe { libc::posix_spawnattr_setsigmask(&raw mut attributes.0, mask.as_raw()) } == 0;
    // SAFETY: as above.
    let has_defaults = unsafe { libc::posix_spawnattr_setsigdefault(&raw mut attributes.0, defaults.as_raw()) } == 0;
    // SAFETY: `Attributes::new` initialised the attributes.
    let has_flags = unsafe { libc::posix_spawnattr_setflags(&raw mut attributes.0, flags) } == 0;
    (has_mask && has_defaults && has_flags).then_some(attributes)
}

/// Returns `NAME=value` for each variable. `None` if one contains a zero byte.
fn variables(environment: &BTreeMap<OsString, OsString>) -> Option<Vec<CString>> {
    let variables = environment.iter().map(|(name, value)| {
        let mut variable = name.clone();
        variable.push("=");
        variable.push(value);
        CString::new(variable.into_vec()).ok()
    });
    variables.collect()
}

fn pointers(texts: &[CString]) -> Vec<*mut c_char> {
    texts.iter().map(|text| text.as_ptr().cast_mut()).chain([ptr::null_mut()]).collect()
}

struct Actions(posix_spawn_file_actions_t);

impl Actions {
    fn new() -> Option<Self> {
        let mut room = MaybeUninit::uninit();
        // SAFETY: there is room for the actions, which the call initialises.
        let error = unsafe { libc::posix_spawn_file_actions_init(room.as_mut_ptr()) };
        // SAFETY: the call above returned 0, so it initialised the actions.
        (error == 0).then(|| Self(unsafe { room.assume_init() }))
    }

    fn copy(&mut self, from: RawFd, to: RawFd) -> bool {
        // SAFETY: `new` initialised the actions.
        unsafe { libc::posix_spawn_file_actions_adddup2(&raw mut self.0, from, to) == 0 }
    }
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: `new` initialised the actions, and they are not used afterwards.
        unsafe { libc::posix_spawn_file_actions_destroy(&raw mut self.0) };
    }
}

struct Attributes(posix_spawnattr_t);

impl Attributes {
    fn new() -> Option<Self> {
        let mut room = MaybeUninit::uninit();
        // SAFETY: there is room for the attributes, which the call initialises.
        let error = unsafe { libc::posix_spawnattr_init(room.as_mut_ptr()) };
        // SAFETY: the call above returned 0, so it initialised the attributes.
        (error == 0).then(|| Self(unsafe { room.assume_init() }))
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: `new` initialised the attributes, and they are not used afterwards.
        unsafe { libc::posix_spawnattr_destroy(&raw mut self.0) };
    }
}

/// Returns the function, if the C library has it.
fn add_close_from() -> Option<AddCloseFrom> {
    static FOUND: Once<Option<AddCloseFrom>> = Once::new();
    *FOUND.get_or_make(find_add_close_from)
}

#[cfg(all(target_env = "gnu", not(target_feature = "crt-static")))]
fn find_add_close_from() -> Option<AddCloseFrom> {
    // SAFETY: the name ends with a zero byte.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"posix_spawn_file_actions_addclosefrom_np".as_ptr()) };
    // SAFETY: the function of this name has this signature; an `Option` of a function pointer may
    // be null.
    unsafe { std::mem::transmute::<*mut libc::c_void, Option<AddCloseFrom>>(found) }
}

#[cfg(not(all(target_env = "gnu", not(target_feature = "crt-static"))))]
fn find_add_close_from() -> Option<AddCloseFrom> {
    None
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use rustix::io::FdFlags;

    use super::*;
    use crate::process::child::Child;
    use crate::process::executable::SELF;
    use crate::process::output::ForChild;
    use crate::process::reap;
    use crate::process::spawn::spawn_from_a_thread;

    const REPORTS: &str = "CONCURRENT_OBJECT_TEST_REPORTS";

    /// This test binary, which runs only `reports_what_it_inherited`.
    fn reporter() -> (Program, io::PipeReader) {
        let (reader, writer) = io::pipe().expect("a pipe");
        let arguments =
            ["reporter", "--exact", "process::posix_spawn::tests::reports_what_it_inherited", "--nocapture"];
        let (_ours, stdin) = crate::process::handshake::control_socket().expect("a socket");
        let program = Program {
            leads_group: false,
            arguments: arguments.map(OsString::from).to_vec(),
            environment: [(REPORTS.into(), "1".into())].into(),
            stdin,
            streams: ForChild { stdout: Some(writer.into()), stderr: None },
        };
        (program, reader)
    }

    /// Prints the descriptors that it inherited, the mask of its thread, and its environment.
    #[test]
    fn reports_what_it_inherited() {
        if std::env::var_os(REPORTS).is_none() {
            return;
        }
        let descriptors = (0..100).filter(|&number| {
            // SAFETY: asks for a flag, and touches nothing.
            let flags = unsafe { libc::fcntl(number, libc::F_GETFD) };
            flags == 0
        });
        let descriptors: Vec<i32> = descriptors.collect();
        let status = std::fs::read_to_string("/proc/thread-self/status").expect("readable");
        let mask = status.lines().find(|line| line.starts_with("SigBlk")).expect("a mask");
        let variables: Vec<_> = std::env::vars().collect();
        println!("reports {descriptors:?} {mask} {variables:?}");
    }

    fn report(spawn: impl FnOnce(Program) -> u32) -> String {
        let (program, mut reader) = reporter();
        let child = Child::watched(spawn(program)).expect("a child");
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("readable");
        reap::end(&child);
        let start = text.find("reports").unwrap_or_else(|| panic!("no report from {SELF}: {text}"));
        text[start..].lines().next().expect("a line").to_owned()
    }

    #[test]
    fn all_ways_give_a_child_the_same_mask_and_environment_and_only_the_standard_streams() {
        let (reader, _writer) = io::pipe().expect("a pipe");
        let inherited: OwnedFd = reader.into();
        rustix::io::fcntl_setfd(&inherited, FdFlags::empty()).expect("set");
        let from_a_thread = report(|program| {
            spawn_from_a_thread(crate::process::privilege::Execution::Plain, program).expect("a process")
        });
        assert!(from_a_thread.contains("reports [0, 1, 2] SigBlk:"), "{from_a_thread}");
        assert!(from_a_thread.contains("0000000004007"), "the interrupts are blocked: {from_a_thread}");
        if add_close_from().is_some() {
            assert_eq!(report(|program| spawn(&program).expect("a process")), from_a_thread);
            let with_few = report(|program| {
                let streams = [Some(&program.stdin), program.streams.stdout.as_ref(), None];
                spawn_with_few_descriptors(&program, streams).expect("a process")
            });
            assert_eq!(with_few, from_a_thread);
        }
    }

    #[test]
    fn a_program_that_the_c_library_rejects_is_left_to_the_thread() {
        let (mut program, _reader) = reporter();
        program.environment.insert("A".into(), "zero\0byte".into());
        assert_eq!(spawn(&program), None);
    }
}
