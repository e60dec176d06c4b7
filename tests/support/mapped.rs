//! What a process has mapped of which file, and how much memory that is.

use std::fs;
use std::ops::Range;

/// A mapping, its sizes in bytes.
#[derive(Clone, Debug)]
pub struct Mapped {
    addresses: Range<usize>,
    /// Of the file.
    pub inode: u64,
    /// Of the mapping.
    pub size: usize,
    /// What of it is in front of this process.
    pub resident: usize,
    /// What of it is this process's share.
    pub proportional: usize,
}

impl Mapped {
    /// Whether this place lies in it.
    pub fn holds<T>(&self, place: *const T) -> bool {
        self.addresses.contains(&(place as usize))
    }
}

/// The mappings of files with this in their name; none if there is no such process.
///
/// # Panics
/// If `/proc` shows something else than it did.
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
    // Behind the addresses: rights, offset, device, inode, name.
    let inode = rest.split_whitespace().nth(3).and_then(|inode| inode.parse().ok()).expect("an inode");
    Mapped { inode, size: addresses.len(), addresses, resident: 0, proportional: 0 }
}
