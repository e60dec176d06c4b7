//! What the arguments of a call refer to: kept until the call is settled.
//!
//! Knows areas and files. Most calls refer to nothing, so what is there is in a box.

use std::sync::Arc;

use super::loans::Lent;
use crate::shared::file::SharedFile;
use crate::shared::referred::Referred;

/// Areas on loan, and shared files.
#[derive(Debug, Default)]
pub(super) struct Held(Option<Box<Content>>);

#[derive(Debug, Default)]
struct Content {
    lent: Vec<Arc<Lent>>,
    files: Referred,
}

impl Held {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Holds on to an area.
    pub(super) fn hold(&mut self, area: Arc<Lent>) {
        let lent = &mut self.0.get_or_insert_default().lent;
        if !lent.iter().any(|other| Arc::ptr_eq(other, &area)) {
            lent.push(area);
        }
    }

    /// Holds on to a file. Its position among the files.
    pub(super) fn hold_file(&mut self, file: Arc<SharedFile>) -> Option<u16> {
        self.0.get_or_insert_default().files.position_of(file)
    }

    /// The files, by their positions.
    #[inline]
    pub(super) fn files(&self) -> &[Arc<SharedFile>] {
        self.0.as_ref().map_or(&[], |content| content.files.files())
    }

    /// How many files there are.
    #[inline]
    pub(super) fn count(&self) -> u16 {
        self.0.as_ref().map_or(0, |content| content.files.count())
    }
}
