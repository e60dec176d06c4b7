//! The sealed files that this process has mapped, each of them once.
//!
//! Problem: the same file arrives many times, under another descriptor each time, and slices of it
//! are passed as plain `&[T]`. Mapping it each time would take a descriptor and address space each
//! time, and a slice could not be traced back to its file.
//!
//! Way: *interning*, in a table of weak handles. One key is the inode, which finds a file that
//! arrives again. The other key is the address of the mapping, which finds the file of a slice.
//!
//! Forks: a forked copy inherits the table, but not the thread that may hold its lock. So threads
//! lock the table only while forks are held back, and a copy never uses a file's list of
//! recipients.
//!
//! Knows descriptors and mappings; must not know calls.
//!
//! Invariant: a file is in the table while a handle to it exists in this process. When the last
//! handle is dropped, each recipient is notified once.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use crate::descriptor::{AsFd, BorrowedFd, OwnedFd};
use crate::memory::fork::{self, Origin};
use crate::memory::sealed::{Sealed, check_stored, identity_of_file};

/// A sealed file, mapped.
#[derive(Debug)]
pub(crate) struct SharedFile {
    /// The number of the file in this process. No number is used twice.
    id: u64,
    inode: Inode,
    descriptor: OwnedFd,
    content: Sealed,
    origin: Origin,
    recipients: Mutex<Vec<Weak<dyn Recipient>>>,
}

/// Device and inode. While a file is open, no other file has the same pair.
type Inode = (u64, u64);

/// A part of this process that sent the file to another process. It receives a notification when
/// the last handle in this process is dropped.
pub(crate) trait Recipient: std::fmt::Debug + Send + Sync {
    /// Notifies the recipient that this process has no handle to the file any more.
    fn notify_dropped(&self, id: u64);
}

/// The files that are mapped.
struct FileTable {
    by_address: BTreeMap<usize, Weak<SharedFile>>,
    by_inode: BTreeMap<Inode, Weak<SharedFile>>,
}

/// The one table of the process. It is locked only while forks are held back. So a forked copy
/// finds it unlocked, with the files that it inherited.
static TABLE: RwLock<FileTable> = RwLock::new(FileTable { by_address: BTreeMap::new(), by_inode: BTreeMap::new() });

/// The number of files in the table. Most programs have none, and so skip the lookup.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Maps the file, unless this process has it mapped already. The maker of the file is not trusted,
/// so [`Sealed::map`] checks it.
pub(crate) fn open(descriptor: OwnedFd) -> io::Result<Arc<SharedFile>> {
    open_checked(descriptor, |_| Ok(()))
}

/// Does the same for a file that a child has made, which may have holes.
pub(crate) fn open_from_child(descriptor: OwnedFd) -> io::Result<Arc<SharedFile>> {
    open_checked(descriptor, |descriptor| check_stored(descriptor))
}

fn open_checked(descriptor: OwnedFd, check: impl FnOnce(&OwnedFd) -> io::Result<()>) -> io::Result<Arc<SharedFile>> {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let inode = identity_of_file(&descriptor)?;
    let _held = fork::hold_forks_back();
    let mut table = TABLE.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = table.by_inode.get(&inode).and_then(Weak::upgrade) {
        return Ok(file);
    }
    let content = Sealed::map(&descriptor)?;
    // After the seals, which keep the result true.
    check(&descriptor)?;
    let id = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    let (origin, recipients) = (Origin::here()?, Mutex::default());
    let file = Arc::new(SharedFile { id, inode, descriptor, content, origin, recipients });
    table.by_inode.insert(inode, Arc::downgrade(&file));
    table.by_address.insert(file.address(), Arc::downgrade(&file));
    COUNT.fetch_add(1, Ordering::Relaxed);
    Ok(file)
}

/// Returns the file in whose mapping these bytes lie, and their offset in it. If there is one, the
/// caller borrows the bytes from a handle to it, so it stays mapped during the call.
#[inline]
pub(crate) fn find(bytes: &[u8]) -> Option<(Arc<SharedFile>, usize)> {
    // Relaxed is enough: a thread that got its handle from another thread has synchronised with
    // that thread, and so sees the handle's file counted.
    if COUNT.load(Ordering::Relaxed) == 0 { None } else { find_in_table(bytes) }
}

fn find_in_table(bytes: &[u8]) -> Option<(Arc<SharedFile>, usize)> {
    let address = bytes.as_ptr() as usize;
    let held = fork::hold_forks_back();
    let table = TABLE.read().unwrap_or_else(PoisonError::into_inner);
    let file = table.by_address.range(..=address).next_back()?.1.upgrade();
    // `file` may be the last handle by now, and dropping that locks the table.
    drop((table, held));
    let file = file?;
    let offset = address - file.address();
    (offset + bytes.len() <= file.bytes().len()).then_some((file, offset))
}

impl SharedFile {
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.content.bytes()
    }

    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }

    /// Adds a recipient, which is notified when the last handle in this process is dropped. Each
    /// recipient is in the list once.
    pub(crate) fn add_recipient(&self, recipient: Weak<dyn Recipient>) {
        if !self.origin.is_here() {
            // This process is a forked copy. It must not lock the list, because a thread that it
            // did not inherit may hold the lock. It needs no entry either, because its `drop` does
            // not read the list.
            return;
        }
        let mut recipients = self.recipients.lock().unwrap_or_else(PoisonError::into_inner);
        recipients.retain(|other| other.strong_count() > 0);
        if !recipients.iter().any(|other| std::ptr::addr_eq(other.as_ptr(), recipient.as_ptr())) {
            recipients.push(recipient);
        }
    }

    fn address(&self) -> usize {
        self.bytes().as_ptr() as usize
    }

    fn leave_table(&self) {
        let _held = fork::hold_forks_back();
        let mut table = TABLE.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have mapped the file again after the last handle was dropped.
        if table.by_inode.get(&self.inode).is_some_and(|file| std::ptr::eq(file.as_ptr(), self)) {
            table.by_inode.remove(&self.inode);
        }
        table.by_address.remove(&self.address());
        COUNT.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for SharedFile {
    fn drop(&mut self) {
        self.leave_table();
        if !self.origin.is_here() {
            // This process is a forked copy: the recipients belong to its parent.
            return;
        }
        let recipients = self.recipients.get_mut().unwrap_or_else(PoisonError::into_inner);
        recipients.iter().filter_map(Weak::upgrade).for_each(|recipient| recipient.notify_dropped(self.id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::Shared;

    #[test]
    fn a_file_is_found_by_its_bytes_and_by_its_inode_while_a_handle_exists() {
        let shared = Shared::<[u64]>::filled(1000, |numbers| numbers[999] = 7).expect("room");
        let whole = crate::memory::plain::bytes_of(&shared);
        let (file, offset) = find(&whole[80..]).expect("found");
        assert_eq!(offset, 80);
        let again = open(file.descriptor().try_clone_to_owned().expect("a descriptor")).expect("open");
        assert!(Arc::ptr_eq(&file, &again));
        drop((file, again));
        let (file, _) = find(&whole[..0]).expect("an empty part of it");
        let (id, address) = (file.id(), file.address());
        drop((file, shared));
        let gone = TABLE.read().expect("sound").by_address.get(&address).and_then(Weak::upgrade);
        assert!(gone.is_none_or(|other| other.id() != id));
        assert!(find(&[0; 100]).is_none());
    }

    #[test]
    fn a_recipient_that_was_added_several_times_is_notified_once() {
        #[derive(Debug, Default)]
        struct Recorder(Mutex<Vec<u64>>);
        impl Recipient for Recorder {
            fn notify_dropped(&self, id: u64) {
                self.0.lock().expect("sound").push(id);
            }
        }
        let recorder = Arc::new(Recorder::default());
        let shared = Shared::<[u8]>::filled(100, |_| {}).expect("room");
        let (file, _) = find(&shared).expect("found");
        let id = file.id();
        let recipient: Arc<dyn Recipient> = recorder.clone();
        // Each next instance of an object adds its recipient again.
        (0..3).for_each(|_| file.add_recipient(Arc::downgrade(&recipient)));
        assert_eq!(file.recipients.lock().expect("sound").len(), 1);
        drop(file);
        assert!(recorder.0.lock().expect("sound").is_empty());
        drop(shared);
        assert_eq!(*recorder.0.lock().expect("sound"), [id]);
    }
}
