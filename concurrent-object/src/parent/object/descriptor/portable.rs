//! Takes the place of the descriptor where a main loop cannot have one.

use crate::parent::object::Object;
use crate::parent::object::state::ObjectState;

/// No descriptor.
#[derive(Debug, Default)]
pub(crate) struct Descriptor(());

impl Object {
    /// Does nothing after a look of the user.
    pub(crate) fn after_look(&self, _state: &mut ObjectState) {}

    /// Does nothing when a driver leaves.
    pub(crate) fn ring_descriptor(&self) {}
}
