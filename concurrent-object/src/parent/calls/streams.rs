//! The calls of methods that stream, until their slots are free.
//!
//! Few objects have such calls, and none has many. So they are a list beside the table of calls: a
//! record of the table has no field for them, and a call of another method pays nothing.
//!
//! Knows slots and sources; must not know items. Invariants: a call in the list is not settled, or
//! its slot still holds unread items. The parent asks for one notice of each call at a time, so the
//! reply ring has room for it.

use std::sync::Arc;

use super::item_source::ItemSource;
use super::key::CallKey;

/// The calls of one object whose methods stream.
#[derive(Debug, Default)]
pub(crate) struct OpenStreams(Vec<OpenStream>);

/// A call whose method streams.
#[derive(Debug)]
pub(crate) struct OpenStream {
    pub(crate) key: CallKey,
    pub(crate) source: Arc<ItemSource>,
    /// Whether the call's `Items` have the source. Until then the call stays in the list, where
    /// they find it.
    pub(crate) has_reader: bool,
    /// Whether a notice is asked for and not received.
    is_asked: bool,
    /// Whether the parent abandoned the call and its process is not dead yet. That process may
    /// still write to the slot.
    pub(crate) is_abandoned: bool,
}

impl OpenStreams {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn open(&mut self, key: CallKey) -> &OpenStream {
        let source = Arc::default();
        self.0.push(OpenStream { key, source, has_reader: false, is_asked: false, is_abandoned: false });
        self.0.last().expect("it was just added")
    }

    /// Returns the call with this record.
    #[inline]
    pub(crate) fn find(&self, index: u32) -> Option<&OpenStream> {
        self.0.iter().find(|open| open.key.index() == index)
    }

    fn find_mut(&mut self, index: u32) -> Option<&mut OpenStream> {
        self.0.iter_mut().find(|open| open.key.index() == index)
    }

    /// Returns where the items of this call are, to the `Items` that read them.
    pub(crate) fn claim(&mut self, key: CallKey) -> Option<Arc<ItemSource>> {
        let open = self.find_mut(key.index()).filter(|open| open.key == key)?;
        open.has_reader = true;
        Some(open.source.clone())
    }

    #[inline]
    pub(crate) fn has(&self, index: u32) -> bool {
        self.find(index).is_some()
    }

    pub(crate) fn remove(&mut self, index: u32) -> Option<OpenStream> {
        let at = self.0.iter().position(|open| open.key.index() == index)?;
        Some(self.0.swap_remove(at))
    }

    /// Records that a call is in this slot, and that its first item is asked for.
    pub(crate) fn begin(&mut self, index: u32, slot: u16) {
        if let Some(open) = self.find_mut(index) {
            open.source.set_slot(Some(slot));
            open.is_asked = true;
        }
    }

    /// Whether the child must be asked for a notice now: not if one is on its way.
    pub(crate) fn must_ask(&mut self, index: u32) -> bool {
        self.find_mut(index).is_some_and(|open| !std::mem::replace(&mut open.is_asked, true))
    }

    /// Records that the notice of this call was received. `None` if it was not asked for.
    pub(crate) fn note_received(&mut self, call: u64) -> Option<CallKey> {
        let open = self.0.iter_mut().find(|open| open.key.call == call && open.is_asked)?;
        open.is_asked = false;
        Some(open.key)
    }

    /// Records that the parent has abandoned a call.
    pub(crate) fn abandon(&mut self, index: u32) {
        self.find_mut(index).into_iter().for_each(|open| open.is_abandoned = true);
    }

    /// Records that the process is dead.
    pub(crate) fn note_death(&mut self) {
        self.0.iter_mut().for_each(|open| open.is_abandoned = false);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &OpenStream> {
        self.0.iter()
    }
}
