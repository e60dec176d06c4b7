//! An object, as the threads of the library see it.
//!
//! Knows the trait that these threads call, and forwards each method to the module that does the
//! work.

use std::sync::Arc;

use super::Object;
use crate::parent::pauses::Pauses;
use crate::parent::threads::supervised::Supervised;

impl Supervised for Object {
    fn enforce_limits(&self, pauses: &Pauses) {
        self.poll_limits(pauses);
    }

    fn notice_end(&self, number: u64) {
        self.notice_end_of(number);
    }

    fn report_left(&self) {
        self.report_left_events();
    }

    fn spawn_next(&self) {
        self.spawn_next_process();
    }

    fn notice_ring(&self) {
        self.react_to_ring();
    }

    fn notice_exit(&self) {
        self.react_to_exit();
    }

    fn release(self: Arc<Self>) -> Option<Arc<dyn Supervised>> {
        let last = Arc::into_inner(self)?;
        Some(Arc::new(last))
    }
}
