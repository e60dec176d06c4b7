//! The modules that several test files share.

pub mod census;
pub mod deadline;
pub mod fate;
pub mod forked;
pub mod gate;
pub mod home;
pub mod mapped;
pub mod mortal;
pub mod processes;
pub mod random;
pub mod seccomp;
pub mod signals;
