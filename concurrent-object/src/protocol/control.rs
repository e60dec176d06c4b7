//! Control messages: what goes over the control socket from parent to child.

/// A letter to the child that comes with a file.
pub(crate) const KEEP: u64 = 1;

/// A letter to the child: nobody refers to this file any more.
pub(crate) const LET_GO: u64 = 2;

/// A letter to the child: this file takes the place of the input file, as the next call says.
pub(crate) const NEXT_INPUT: u64 = 3;

/// A letter to a child that is new: the state that it is to go on with.
pub(crate) const SNAPSHOT: u64 = 4;

/// A letter to a child that is new: a file to write its state into.
pub(crate) const SNAPSHOT_BUFFER: u64 = 5;

/// A letter to a child that is new: its working directory.
pub(crate) const DIRECTORY: u64 = 7;

/// A letter to a child that is new: a descriptor that its builder handed to it, by its position among them.
pub(crate) const INHERITED: u64 = 9;

/// A letter to the child: end at once. For a parent that may not kill it.
pub(crate) const DIE: u64 = 6;

/// The letter behind the last one of a greeting. A restarted child runs while it is greeted, and must not begin before this.
pub(crate) const GREETED: u64 = 8;
