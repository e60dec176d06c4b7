//! What the arguments of a call refer to: lent regions and shared files, kept until the call is
//! settled.
//!
//! Knows regions and files. Most calls refer to nothing, so the content is behind an optional box.

use std::fmt::Debug;
use std::sync::Arc;

use crate::shared::file::SharedFile;
use crate::shared::referred::Referred;

/// A lent region. It is not written while this value exists.
pub(crate) trait Retained: Debug + Send + Sync {}

/// The lent regions and shared files that a call refers to.
#[derive(Debug, Default)]
pub(crate) struct References(Option<Box<Content>>);

#[derive(Debug, Default)]
struct Content {
    lent: Vec<Arc<dyn Retained>>,
    files: Referred,
    /// Whether the arguments name something that only this object has.
    is_pinned: bool,
}

impl References {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Keeps a region until the call is settled. Each region is kept once.
    pub(crate) fn hold(&mut self, region: Arc<dyn Retained>) {
        let lent = &mut self.0.get_or_insert_default().lent;
        let address = |region: &Arc<dyn Retained>| Arc::as_ptr(region).addr();
        if !lent.iter().any(|other| address(other) == address(&region)) {
            lent.push(region);
        }
    }

    /// Notes that the arguments name something that only this object has, such as a handle.
    pub(crate) fn pin(&mut self) {
        self.0.get_or_insert_default().is_pinned = true;
    }

    /// Whether another object could serve the call: it refers to nothing of this one.
    pub(crate) fn may_move(&self) -> bool {
        self.0.as_ref().is_none_or(|content| content.lent.is_empty() && !content.is_pinned)
    }

    /// Keeps a file until the call is settled, and returns its position among the call's files.
    pub(crate) fn hold_file(&mut self, file: Arc<SharedFile>) -> Option<u16> {
        self.0.get_or_insert_default().files.position_of(file)
    }

    /// Returns the files in the order of their positions.
    #[inline]
    pub(crate) fn files(&self) -> &[Arc<SharedFile>] {
        self.0.as_ref().map_or(&[], |content| content.files.files())
    }

    /// Returns the number of files.
    #[inline]
    pub(crate) fn count(&self) -> u16 {
        self.0.as_ref().map_or(0, |content| content.files.count())
    }
}
