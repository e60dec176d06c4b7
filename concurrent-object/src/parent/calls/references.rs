//! What the arguments of a call refer to: kept until the call is settled.
//!
//! Knows areas and files. Most calls refer to nothing, so what is there is in a box.

use std::fmt::Debug;
use std::sync::Arc;

use crate::shared::file::SharedFile;
use crate::shared::referred::Referred;

/// A region on loan, kept from being written as long as this lives.
pub(crate) trait Retained: Debug + Send + Sync {}

/// Regions on loan, and shared files.
#[derive(Debug, Default)]
pub(crate) struct References(Option<Box<Content>>);

#[derive(Debug, Default)]
struct Content {
    lent: Vec<Arc<dyn Retained>>,
    files: Referred,
}

impl References {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Holds on to a region.
    pub(crate) fn hold(&mut self, region: Arc<dyn Retained>) {
        let lent = &mut self.0.get_or_insert_default().lent;
        let address = |region: &Arc<dyn Retained>| Arc::as_ptr(region).addr();
        if !lent.iter().any(|other| address(other) == address(&region)) {
            lent.push(region);
        }
    }

    /// Holds on to a file. Its position among the files.
    pub(crate) fn hold_file(&mut self, file: Arc<SharedFile>) -> Option<u16> {
        self.0.get_or_insert_default().files.position_of(file)
    }

    /// The files, by their positions.
    #[inline]
    pub(crate) fn files(&self) -> &[Arc<SharedFile>] {
        self.0.as_ref().map_or(&[], |content| content.files.files())
    }

    /// How many files there are.
    #[inline]
    pub(crate) fn count(&self) -> u16 {
        self.0.as_ref().map_or(0, |content| content.files.count())
    }
}
