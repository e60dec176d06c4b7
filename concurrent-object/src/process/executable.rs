//! The running executable: which file it is, and which addresses belong to it.
//!
//! Knows nothing of entries. Invariant: parent and child run the same file, so an offset from its load address means the
//! same thing in both, wherever the kernel loaded it.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::OnceLock;

use libc::{c_void, dl_phdr_info};

/// What is executed: always the file that runs, even when it was replaced or deleted on disk since.
pub(crate) const SELF: &str = "/proc/self/exe";

/// Device and inode of the running executable.
pub(crate) fn identity() -> io::Result<(u64, u64)> {
    let stat = rustix::fs::stat(SELF)?;
    Ok((stat.st_dev, stat.st_ino))
}

/// The executable's file name, as the process list should show it.
pub(crate) fn program_name() -> String {
    let path = std::fs::read_link(SELF).unwrap_or_default();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.trim_end_matches(" (deleted)").to_owned()
}

/// Where in the executable this object lies, or nothing if it lies elsewhere: in a shared library, whose address is
/// another one in each process.
pub(crate) fn offset_of<T>(object: &'static T) -> Option<usize> {
    let address = std::ptr::from_ref(object).addr();
    let image = image()?;
    image.contains(address, size_of::<T>()).then(|| address.wrapping_sub(image.base))
}

/// The address at this offset, if an object of that size and alignment can lie there in the executable.
pub(crate) fn address_of<T>(offset: usize) -> Option<*const T> {
    let image = image()?;
    let address = image.base.wrapping_add(offset);
    let fits = address.is_multiple_of(align_of::<T>()) && image.contains(address, size_of::<T>());
    fits.then(|| std::ptr::with_exposed_provenance(address))
}

/// The executable's segments in memory.
#[derive(Debug)]
struct Image {
    base: usize,
    segments: Vec<Range<usize>>,
    headers: Vec<Header>,
}

/// A program header: what kind of segment, and where it lies in the file and in memory.
#[derive(Debug, PartialEq, Eq)]
struct Header {
    kind: u32,
    in_file: u64,
    in_memory: u64,
    size: u64,
}

impl Image {
    fn contains(&self, address: usize, size: usize) -> bool {
        let Some(end) = address.checked_add(size) else { return false };
        self.segments.iter().any(|segment| segment.start <= address && end <= segment.end)
    }
}

fn image() -> Option<&'static Image> {
    static IMAGE: OnceLock<Option<Image>> = OnceLock::new();
    IMAGE.get_or_init(find_image).as_ref()
}

fn find_image() -> Option<Image> {
    let mut found: Option<Image> = None;
    // SAFETY: `first_object` has the signature that is asked for, and gets the address of `found`, which outlives the call.
    unsafe { libc::dl_iterate_phdr(Some(first_object), (&raw mut found).cast()) };
    // A program that the dynamic linker was told to run is not what a child would execute.
    found.filter(|image| headers_of_file().is_ok_and(|headers| headers == image.headers))
}

/// The program headers that stand in the file that would be executed.
fn headers_of_file() -> io::Result<Vec<Header>> {
    // Where an ELF file says where they are, and how many.
    const PLACE: u64 = 32;
    const COUNT: u64 = 56;
    const SIZE: usize = size_of::<libc::Elf64_Phdr>();
    let file = File::open(SELF)?;
    let (mut place, mut count) = ([0; 8], [0; 2]);
    file.read_exact_at(&mut place, PLACE)?;
    file.read_exact_at(&mut count, COUNT)?;
    let mut bytes = vec![0; SIZE * usize::from(u16::from_ne_bytes(count))];
    file.read_exact_at(&mut bytes, u64::from_ne_bytes(place))?;
    let headers = bytes.as_chunks::<SIZE>().0.iter().map(|bytes| {
        let word = |at: usize| u64::from_ne_bytes(std::array::from_fn(|byte| bytes[at + byte]));
        let kind = u32::from_ne_bytes(std::array::from_fn(|byte| bytes[byte]));
        Header { kind, in_file: word(8), in_memory: word(16), size: word(40) }
    });
    Ok(headers.collect())
}

/// The dynamic linker names the executable first, then its libraries; the result 1 ends the walk.
extern "C" fn first_object(info: *mut dl_phdr_info, _size: usize, found: *mut c_void) -> c_int {
    // SAFETY: the dynamic linker passes a record that is valid during the call.
    let info = unsafe { &*info };
    // SAFETY: the record's own count and pointer describe the program headers, which stay loaded.
    let headers = unsafe { std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()) };
    let base = info.dlpi_addr as usize;
    let readable = |header: &&libc::Elf64_Phdr| header.p_type == libc::PT_LOAD && header.p_flags & libc::PF_R != 0;
    let segments = headers.iter().filter(readable).map(|header| {
        let start = base.wrapping_add(header.p_vaddr as usize);
        start..start.wrapping_add(header.p_memsz as usize)
    });
    let described = headers.iter().map(|header| Header {
        kind: header.p_type,
        in_file: header.p_offset,
        in_memory: header.p_vaddr,
        size: header.p_memsz,
    });
    let image = Image { base, segments: segments.collect(), headers: described.collect() };
    // SAFETY: `find_image` passed the address of its `Option<Image>`.
    unsafe { *found.cast::<Option<Image>>() = Some(image) };
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn static_lies_in_the_executable_and_heap_does_not() {
        static HERE: u64 = 7;
        let offset = offset_of(&HERE).expect("a static of this executable");
        assert_eq!(address_of::<u64>(offset), Some(std::ptr::from_ref(&HERE)));
        assert_eq!(offset_of(Box::leak(Box::new(7_u64))), None);
        assert_eq!(address_of::<u64>(offset + 1), None);
        assert_eq!(address_of::<u64>(usize::MAX - 7), None);
    }
}
