//! A program with an object that runs, and that lacks a resource when it starts another one. The
//! argument says which. It prints the outcome of each attempt, and what the first object answers
//! meanwhile.
#![allow(unsafe_code)]

use std::ffi::{CString, c_int};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use concurrent_object::{RestartPolicy, StartError, concurrent_object};
use concurrent_object_tests::fate::send;
use concurrent_object_tests::seccomp::{Argument, deny_argument};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

struct Victim;

#[concurrent_object]
impl Victim {
    pub fn new() -> Self {
        Self
    }

    pub fn reverse(&self, bytes: &[u8]) -> Vec<u8> {
        bytes.iter().rev().copied().collect()
    }
}

fn main() {
    concurrent_object::init();
    match env::args().nth(1).as_deref() {
        Some("descriptors") => descriptors(),
        Some("data") => data(),
        Some("processes") => processes(),
        Some("file-size") => file_size(),
        Some("full-directory") => full_directory(),
        Some("seals") => seals(),
        other => panic!("what is {other:?}?"),
    }
}

fn builder(name: &str) -> VictimProxyBuilder {
    let policy = RestartPolicy::on_death().max(1000);
    VictimProxy::builder(name).slots(2).max_input_size("1 MB").max_output_size("1 MB").restart(policy)
}

fn started() -> VictimProxy {
    let victim = builder("older").start().expect("starts");
    victim.wait_until_ready().expect("ready");
    check(&victim, "before");
    victim
}

/// Prints whether the object that runs answers, with small and with large arguments.
fn check(victim: &VictimProxy, when: &str) {
    let large: Vec<u8> = (0..900_000).map(|n| n as u8).collect();
    let reversed = victim.reverse(&large).wait().map(|bytes| bytes.iter().rev().eq(&large));
    println!("{when}: {:?} {reversed:?}", victim.reverse(&[1, 2]).wait());
}

/// Prints the outcome of a start in one line.
fn attempt(what: &str, start: Result<VictimProxy, StartError>) -> bool {
    let outcome = start.and_then(|victim| victim.wait_until_ready());
    match &outcome {
        Ok(()) => println!("{what}: started"),
        Err(error) => println!("{what}: {}", format!("{error:?}").replace('\n', ";")),
    }
    outcome.is_ok()
}

fn set_limit(resource: Resource, current: u64) {
    let maximum = getrlimit(resource).maximum;
    setrlimit(resource, Rlimit { current: Some(current), maximum }).expect("a limit may be lowered");
}

/// Leaves no descriptor, then one more each time, until there are enough.
fn descriptors() {
    let older = started();
    for limit in 3..300 {
        set_limit(Resource::Nofile, limit);
        let is_enough = attempt("start", builder("younger").start());
        check(&older, "meanwhile");
        if is_enough {
            break;
        }
    }
}

/// Leaves no private memory, so that no thread gets a stack. What this program itself allocates
/// comes from memory that it keeps.
fn data() {
    // SAFETY: these options only decide what the allocator keeps.
    let is_kept = unsafe { libc::mallopt(libc::M_TRIM_THRESHOLD, c_int::MAX) };
    // SAFETY: as above.
    let is_on_heap = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, 32 << 20) };
    assert_eq!((is_kept, is_on_heap), (1, 1));
    // Without a policy and limits, this object needs no thread.
    let older = VictimProxy::builder("older").slots(2).max_input_size("1 MB").max_output_size("1 MB");
    let older = older.start().expect("starts");
    check(&older, "before");
    drop(std::hint::black_box(vec![1_u8; 24 << 20]));
    set_limit(Resource::Data, 1 << 20);
    attempt("start", builder("younger").start());
    check(&older, "meanwhile");
}

/// Becomes a user who may have no process more. Root has no such limit.
fn processes() {
    let alone = 2_000_000 + std::process::id();
    // SAFETY: `setuid` has no precondition.
    assert_eq!(unsafe { libc::setuid(alone) }, 0);
    let older = started();
    set_limit(Resource::Nproc, 1);
    attempt("start", builder("younger").start());
    check(&older, "meanwhile");
    set_limit(Resource::Nproc, getrlimit(Resource::Nproc).maximum.unwrap_or(u64::MAX));
    attempt("later", builder("younger").start());
}

fn file_size() {
    let older = started();
    set_limit(Resource::Fsize, 1 << 20);
    attempt("start", builder("younger").start());
    check(&older, "meanwhile");
    attempt("small", builder("small").max_input_size("10 KB").max_output_size("10 KB").start());
}

/// Mounts a file system that has room for one object, for this process alone.
fn mount_small(folder: &Path) -> io::Result<()> {
    // SAFETY: `unshare` touches no memory of this process.
    if unsafe { libc::unshare(libc::CLONE_NEWNS) } != 0 {
        return Err(io::Error::last_os_error());
    }
    mount("none", Path::new("/"), "", libc::MS_REC | libc::MS_PRIVATE, "")?;
    mount("tmpfs", folder, "tmpfs", 0, "size=8m")
}

fn mount(source: &str, target: &Path, kind: &str, flags: libc::c_ulong, options: &str) -> io::Result<()> {
    let target = target.to_str().expect("text");
    let [source, target, kind, options] = [source, target, kind, options].map(|text| CString::new(text).expect("text"));
    let (from, to) = (source.as_ptr(), target.as_ptr());
    // SAFETY: the texts are valid during the call.
    let mounted = unsafe { libc::mount(from, to, kind.as_ptr(), flags, options.as_ptr().cast()) };
    if mounted == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn full_directory() {
    let disk = PathBuf::from(env::args().nth(2).expect("a folder"));
    if let Err(error) = mount_small(&disk) {
        return println!("not possible here: {error}");
    }
    let older = builder("older").slots(1).backing_dir(&disk).start().expect("starts");
    check(&older, "before");
    attempt("start", builder("younger").backing_dir(&disk).start());
    let rest = disk.join("rest");
    let mut file = fs::File::create(&rest).expect("created");
    let written = io::copy(&mut io::repeat(7), &mut file).expect_err("it is full");
    println!("full: {:?}", written.kind());
    check(&older, "meanwhile");
    // The next process gets the same files.
    send(older.handle().pid(), libc::SIGKILL);
    while older.reverse(&[1]).wait().is_err() {}
    check(&older, "restarted");
    drop((file, fs::remove_file(&rest), older));
    attempt("later", builder("younger").slots(1).backing_dir(&disk).start());
}

/// A kernel, or what emulates one, without sealed memory files.
fn seals() {
    let older = started();
    let (seal, sealable) = (libc::F_ADD_SEALS.unsigned_abs(), libc::MFD_ALLOW_SEALING);
    match env::args().nth(2).as_deref() {
        Some("fcntl") => deny_argument(libc::SYS_fcntl, Argument { at: 1, mask: u32::MAX, value: seal }, libc::EINVAL),
        _ => deny_argument(libc::SYS_memfd_create, Argument { at: 1, mask: sealable, value: sealable }, libc::EINVAL),
    }
    attempt("start", builder("younger").start());
    check(&older, "meanwhile");
}
