//! How much memory a process uses.
//!
//! Knows a file of `/proc`.

use std::fs;

use rustix::param::page_size;

/// Returns the resident set of a process in bytes; `None` if there is no such process.
pub(crate) fn resident_size(pid: u32) -> Option<usize> {
    let text = fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let pages: usize = text.split_ascii_whitespace().nth(1)?.parse().ok()?;
    pages.checked_mul(page_size())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_resident_size_grows_with_touched_memory() {
        let before = resident_size(std::process::id()).expect("it runs");
        let touched = vec![1_u8; 64 << 20];
        let after = resident_size(std::process::id()).expect("it runs");
        assert!(after >= before + (32 << 20), "{before} {after}");
        drop(touched);
        assert_eq!(resident_size(u32::MAX), None);
    }
}
