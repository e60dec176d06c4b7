//! A child process, of which there is none.

use super::stopped::StopKind;
use crate::descriptor::BorrowedFd;

/// A type without values. Its functions are those of a child process.
#[derive(Debug)]
pub(crate) enum Child {}

impl Child {
    pub(crate) fn pid(&self) -> u32 {
        match *self {}
    }

    pub(crate) fn pidfd(&self) -> Option<BorrowedFd<'_>> {
        match *self {}
    }

    pub(crate) fn has_ended(&self) -> bool {
        match *self {}
    }

    pub(crate) fn kill(&self) -> bool {
        match *self {}
    }

    pub(crate) fn tracer(&self) -> Option<u32> {
        match *self {}
    }

    pub(crate) fn stop_kind(&self) -> Option<StopKind> {
        match *self {}
    }
}
