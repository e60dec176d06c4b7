//! The sealed files that this process has mapped: each once, and found again by an address in it, or by its inode.
//!
//! Knows descriptors and mappings. Invariant: a file is in the table for as long as somebody holds it, and those who passed it on
//! are told when nobody does any more.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use crate::error::refused::Naming;
use crate::memory::fork::{self, Origin};
use crate::memory::sealed::Sealed;

/// A sealed file, mapped.
#[derive(Debug)]
pub(crate) struct SharedFile {
    /// Its number in this process; none is used twice.
    id: u64,
    inode: Inode,
    descriptor: OwnedFd,
    content: Sealed,
    origin: Origin,
    recipients: Mutex<Vec<Weak<dyn Recipient>>>,
}

/// Device and inode: a file that is open is the only one that has them.
type Inode = (u64, u64);

/// Whoever passed the file on, and must know when nobody in this process holds it any more.
pub(crate) trait Recipient: std::fmt::Debug + Send + Sync {
    fn let_go(&self, id: u64);
}

/// What is mapped.
struct Table {
    by_address: BTreeMap<usize, Weak<SharedFile>>,
    by_inode: BTreeMap<Inode, Weak<SharedFile>>,
}

/// Locked only while forks are held back, so that a forked copy finds it unlocked, with the files that it inherited.
static TABLE: RwLock<Table> = RwLock::new(Table { by_address: BTreeMap::new(), by_inode: BTreeMap::new() });

/// How many there are: most programs have none, and need not look for any.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Maps the file, unless this process has it mapped already. Whoever made it is not relied on.
pub(crate) fn open(descriptor: OwnedFd) -> io::Result<Arc<SharedFile>> {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let stat = rustix::fs::fstat(&descriptor).naming("fstat")?;
    let inode = (stat.st_dev, stat.st_ino);
    let _held = fork::hold_forks_back();
    let mut table = TABLE.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = table.by_inode.get(&inode).and_then(Weak::upgrade) {
        return Ok(file);
    }
    let content = Sealed::map(&descriptor)?;
    let id = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    let (origin, recipients) = (Origin::here()?, Mutex::default());
    let file = Arc::new(SharedFile { id, inode, descriptor, content, origin, recipients });
    table.by_inode.insert(inode, Arc::downgrade(&file));
    table.by_address.insert(file.address(), Arc::downgrade(&file));
    COUNT.fetch_add(1, Ordering::Relaxed);
    Ok(file)
}

/// The file in whose mapping these bytes lie, and where. Whoever has the bytes borrows them from a handle, so the file is there.
#[inline]
pub(crate) fn find(bytes: &[u8]) -> Option<(Arc<SharedFile>, usize)> {
    // Whoever holds a handle that another thread made has synchronised with it.
    if COUNT.load(Ordering::Relaxed) == 0 { None } else { find_in_table(bytes) }
}

fn find_in_table(bytes: &[u8]) -> Option<(Arc<SharedFile>, usize)> {
    let address = bytes.as_ptr() as usize;
    let held = fork::hold_forks_back();
    let table = TABLE.read().unwrap_or_else(PoisonError::into_inner);
    let file = table.by_address.range(..=address).next_back()?.1.upgrade();
    // Dropping the last handle needs the table.
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

    /// Who is to be told when nobody in this process holds the file any more. Each once.
    pub(crate) fn passed_on_to(&self, recipient: Weak<dyn Recipient>) {
        if !self.origin.is_here() {
            // A forked copy inherited the file: the list may be locked by a thread that it does not have, and is not read on drop.
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
        // Another thread may have mapped the file anew since the last handle went.
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
            // A forked copy: the recipients are its parent's.
            return;
        }
        let recipients = self.recipients.get_mut().unwrap_or_else(PoisonError::into_inner);
        recipients.iter().filter_map(Weak::upgrade).for_each(|recipient| recipient.let_go(self.id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::Shared;

    #[test]
    fn a_file_is_found_by_its_bytes_and_by_its_inode_as_long_as_it_is_held() {
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
    fn recipients_are_told_once_though_it_was_passed_on_to_them_several_times() {
        #[derive(Debug, Default)]
        struct Told(Mutex<Vec<u64>>);
        impl Recipient for Told {
            fn let_go(&self, id: u64) {
                self.0.lock().expect("sound").push(id);
            }
        }
        let told = Arc::new(Told::default());
        let shared = Shared::<[u8]>::filled(100, |_| {}).expect("room");
        let (file, _) = find(&shared).expect("found");
        let id = file.id();
        let recipient: Arc<dyn Recipient> = told.clone();
        // As each next process of an object has it passed on.
        (0..3).for_each(|_| file.passed_on_to(Arc::downgrade(&recipient)));
        assert_eq!(file.recipients.lock().expect("sound").len(), 1);
        drop(file);
        assert!(told.0.lock().expect("sound").is_empty());
        drop(shared);
        assert_eq!(*told.0.lock().expect("sound"), [id]);
    }
}
