//! The mappings of a process: which file, and how much memory.

use std::fs;
use std::ops::Range;

/// One mapping. Its sizes are in bytes.
#[derive(Clone, Debug)]
pub struct Mapped {
    addresses: Range<usize>,
    /// The inode of the mapped file.
    pub inode: u64,
    /// The length of the mapping.
    pub size: usize,
    /// The part of the mapping that is in this process's page tables.
    pub resident: usize,
    /// This process's share of the memory, where processes that share a page divide it.
    pub proportional: usize,
}

impl Mapped {
    /// Whether `place` lies in the mapping.
    pub fn holds<T>(&self, place: *const T) -> bool {
        self.addresses.contains(&(place as usize))
    }
}

/// Returns the mappings of files whose name contains `name`; none if there is no such process.
///
/// # Panics
/// If `smaps` is not in the expected format.
#[must_use]
pub fn mapped(pid: u32, name: &str) -> Vec<Mapped> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps")).unwrap_or_default();
    let mut found: Vec<Mapped> = Vec::new();
    let mut wanted = false;
    for line in text.lines() {
        let Some((first, rest)) = line.split_once(' ') else { continue };
        if let Some((from, to)) = first.split_once('-') {
            wanted = rest.contains(name);
            found.extend(wanted.then(|| head(from, to, rest)));
        } else if wanted && let Some(mapped) = found.last_mut() {
            let bytes = || rest.trim().trim_end_matches(" kB").parse::<usize>().expect("a size") * 1024;
            match first {
                "Rss:" => mapped.resident = bytes(),
                "Pss:" => mapped.proportional = bytes(),
                _ => {}
            }
        }
    }
    found
}

fn head(from: &str, to: &str, rest: &str) -> Mapped {
    let address = |digits| usize::from_str_radix(digits, 16).expect("an address");
    let addresses = address(from)..address(to);
    // The fields after the addresses: rights, offset, device, inode, name.
    let inode = rest.split_whitespace().nth(3).and_then(|inode| inode.parse().ok()).expect("an inode");
    Mapped { inode, size: addresses.len(), addresses, resident: 0, proportional: 0 }
}
