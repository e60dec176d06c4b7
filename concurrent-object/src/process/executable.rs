//! The running executable: which file it is, and which addresses belong to it.
//!
//! Knows nothing of entries. Invariant: parent and child run the same file. So an offset from the
//! load address names the same object in both, wherever the kernel loaded the file.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::OnceLock;

use libc::{c_void, dl_phdr_info};

use crate::error::refused::{Naming, take_apart};
use crate::memory::fork::PerProcess;
use crate::memory::once::Once;

/// The file that a child executes: the running file, even if it was replaced or deleted on disk.
pub(crate) const SELF: &str = "/proc/self/exe";

/// What the parent was doing when this module returned an error, for the error's message.
pub(crate) const EXAMINING: &str = "examining the program's own file through /proc/self/exe";

/// Returns device and inode of the running executable.
pub(crate) fn identity() -> io::Result<(u64, u64)> {
    let stat = rustix::fs::stat(SELF).naming("newfstatat").map_err(with_remedy)?;
    Ok((stat.st_dev, stat.st_ino))
}

/// Whether processes that the calling thread spawns would be in another process id namespace than
/// this process. False if `/proc` does not show it.
pub(crate) fn children_are_elsewhere() -> bool {
    /// A process stays in its namespace, so it is looked up once.
    static OWN: PerProcess<OnceLock<Option<(u64, u64)>>> = PerProcess::new();
    let own = OWN.get().get_or_init(|| rustix::fs::stat("/proc/self/ns/pid").ok().map(|own| (own.st_dev, own.st_ino)));
    let Some(own) = *own else { return false };
    // Not `/proc/self`, which shows the namespace of the main thread.
    match rustix::fs::stat("/proc/thread-self/ns/pid_for_children") {
        Ok(theirs) => own != (theirs.st_dev, theirs.st_ino),
        // The new namespace has no process yet.
        Err(error) => error == rustix::io::Errno::NOENT,
    }
}

/// Returns the offset of this object in the executable, or `None` if it lies elsewhere. A shared
/// library is elsewhere: its address differs from process to process.
pub(crate) fn offset_of<T>(object: &'static T) -> io::Result<Option<usize>> {
    let address = std::ptr::from_ref(object).addr();
    let Some(image) = image()? else { return Ok(None) };
    Ok(image.contains(address, size_of::<T>()).then(|| address.wrapping_sub(image.base)))
}

/// Returns the address at this offset, if an object of this size and alignment can lie there in the
/// executable.
pub(crate) fn address_of<T>(offset: usize) -> io::Result<Option<*const T>> {
    let Some(image) = image()? else { return Ok(None) };
    let address = image.base.wrapping_add(offset);
    let fits = address.is_multiple_of(align_of::<T>()) && image.contains(address, size_of::<T>());
    Ok(fits.then(|| std::ptr::with_exposed_provenance(address)))
}

/// Returns the offset of the code at this address in the executable, or `None` if it lies
/// elsewhere.
pub(crate) fn code_offset(address: usize) -> io::Result<Option<usize>> {
    let Some(image) = image()? else { return Ok(None) };
    Ok(image.is_code(address).then(|| address.wrapping_sub(image.base)))
}

/// Returns the address of the code at this offset, if there is code of the executable.
pub(crate) fn code_at(offset: usize) -> io::Result<Option<usize>> {
    let Some(image) = image()? else { return Ok(None) };
    let address = image.base.wrapping_add(offset);
    Ok(image.is_code(address).then_some(address))
}

/// The executable's segments in memory.
#[derive(Debug)]
struct Image {
    base: usize,
    segments: Vec<Range<usize>>,
    code: Vec<Range<usize>>,
    headers: Vec<ElfHeader>,
}

/// A program header: the kind of segment, and its place in the file and in memory.
#[derive(Debug, PartialEq, Eq)]
struct ElfHeader {
    kind: u32,
    in_file: u64,
    in_memory: u64,
    size: u64,
}

impl Image {
    fn is_code(&self, address: usize) -> bool {
        self.code.iter().any(|segment| segment.contains(&address))
    }

    fn contains(&self, address: usize, size: usize) -> bool {
        let Some(end) = address.checked_add(size) else { return false };
        self.segments.iter().any(|segment| segment.start <= address && end <= segment.end)
    }
}

/// Returns the running image, or `None` if it is not the file that a child would execute. After an
/// error this is unknown, so an error is not cached.
fn image() -> io::Result<Option<&'static Image>> {
    static IS_EXECUTED: Once<bool> = Once::new();
    let Some(image) = loaded() else { return Ok(None) };
    if let Some(&known) = IS_EXECUTED.get() {
        return Ok(known.then_some(image));
    }
    let found = is_executed(image)?;
    Ok(IS_EXECUTED.get_or_make(|| found).then_some(image))
}

/// Looks up the executable's segments. `init()` calls this while the process has one thread: a
/// forked copy inherits the lock of `dl_iterate_phdr` locked if another thread holds it.
pub(crate) fn prepare() {
    let _image = loaded();
}

/// Returns the segments of the executable in memory.
fn loaded() -> Option<&'static Image> {
    static LOADED: Once<Option<Image>> = Once::new();
    let find = || {
        let mut found: Option<Image> = None;
        // SAFETY: `first_object` has the required signature, and gets the address of `found`,
        // which outlives the call.
        unsafe { libc::dl_iterate_phdr(Some(first_object), (&raw mut found).cast()) };
        found
    };
    LOADED.get_or_make(find).as_ref()
}

/// Whether this image is the file that a child would execute.
fn is_executed(image: &Image) -> io::Result<bool> {
    // If the user ran the dynamic linker with the program as its argument, a child would execute
    // the linker instead.
    match headers_of_file() {
        Ok(headers) => Ok(headers == image.headers),
        // A process may execute a file that it has no permission to read.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => starts_in(image),
        Err(error) => Err(with_remedy(error)),
    }
}

/// Whether the kernel itself loaded this image, and not the dynamic linker. If the kernel loaded
/// it, `/proc/self/stat` shows that the program's code begins in this image.
fn starts_in(image: &Image) -> io::Result<bool> {
    const STAT: &str = "/proc/self/stat";
    /// Field 26 of the manual page; the first field after the name is field 3.
    const START_CODE: usize = 26 - 3;
    let stat = std::fs::read(STAT).map_err(|error| io::Error::new(error.kind(), format!("reading {STAT}: {error}")))?;
    let text = String::from_utf8_lossy(&stat);
    let (_, fields) = text.rsplit_once(") ").unwrap_or_default();
    match fields.split(' ').nth(START_CODE).and_then(|field| field.parse().ok()) {
        // Kernels that hide the field show 0 or 1. Then the child checks whether it is the same
        // program.
        None | Some(0 | 1) => Ok(true),
        Some(start) => Ok(image.contains(start, 1)),
    }
}

/// Adds to an error what the user should do.
fn with_remedy(error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::NotFound {
        return error;
    }
    io::Error::new(error.kind(), format!("{}; objects need /proc to be mounted", take_apart(error).1))
}

/// Returns the program headers of the file that a child would execute.
fn headers_of_file() -> io::Result<Vec<ElfHeader>> {
    // Where an ELF file states the position and the number of its program headers.
    const PLACE: u64 = 32;
    const COUNT: u64 = 56;
    const SIZE: usize = size_of::<libc::Elf64_Phdr>();
    let file = File::open(SELF).naming("openat")?;
    let (mut place, mut count) = ([0; 8], [0; 2]);
    file.read_exact_at(&mut place, PLACE)?;
    file.read_exact_at(&mut count, COUNT)?;
    let mut bytes = vec![0; SIZE * usize::from(u16::from_ne_bytes(count))];
    file.read_exact_at(&mut bytes, u64::from_ne_bytes(place))?;
    let headers = bytes.as_chunks::<SIZE>().0.iter().map(|bytes| {
        let word = |at: usize| u64::from_ne_bytes(std::array::from_fn(|byte| bytes[at + byte]));
        let kind = u32::from_ne_bytes(std::array::from_fn(|byte| bytes[byte]));
        ElfHeader { kind, in_file: word(8), in_memory: word(16), size: word(40) }
    });
    Ok(headers.collect())
}

/// Called by the dynamic linker, which lists the executable first. The result 1 ends the iteration.
extern "C" fn first_object(info: *mut dl_phdr_info, _size: usize, found: *mut c_void) -> c_int {
    // SAFETY: the dynamic linker passes a record that is valid during the call.
    let info = unsafe { &*info };
    // SAFETY: the record's own count and pointer describe the program headers, which stay loaded.
    let headers = unsafe { std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()) };
    let base = info.dlpi_addr as usize;
    let segments = |flag| {
        let has_flag = move |header: &&libc::Elf64_Phdr| header.p_type == libc::PT_LOAD && header.p_flags & flag != 0;
        let place = headers.iter().filter(has_flag).map(|header| {
            let start = base.wrapping_add(header.p_vaddr as usize);
            start..start.wrapping_add(header.p_memsz as usize)
        });
        place.collect()
    };
    let described = headers.iter().map(|header| ElfHeader {
        kind: header.p_type,
        in_file: header.p_offset,
        in_memory: header.p_vaddr,
        size: header.p_memsz,
    });
    let (readable, code) = (segments(libc::PF_R), segments(libc::PF_X));
    let image = Image { base, segments: readable, code, headers: described.collect() };
    // SAFETY: `loaded` passed the address of its `Option<Image>`.
    unsafe { *found.cast::<Option<Image>>() = Some(image) };
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn static_lies_in_the_executable_and_heap_does_not() {
        static HERE: u64 = 7;
        let offset = offset_of(&HERE).expect("/proc").expect("a static of this executable");
        let address_of = |offset| address_of::<u64>(offset).expect("/proc");
        assert_eq!(address_of(offset), Some(std::ptr::from_ref(&HERE)));
        assert_eq!(offset_of(Box::leak(Box::new(7_u64))).expect("/proc"), None);
        assert_eq!(address_of(offset + 1), None);
        assert_eq!(address_of(usize::MAX - 7), None);
    }

    #[test]
    fn the_kernel_started_this_executable_and_nothing_else() {
        let image = image().expect("/proc").expect("it is executed");
        assert!(starts_in(image).expect("/proc"));
        let elsewhere = Image { base: 0, segments: Vec::new(), code: Vec::new(), headers: Vec::new() };
        assert!(!starts_in(&elsewhere).expect("/proc"));
    }
}
