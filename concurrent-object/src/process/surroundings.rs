//! What a child has around it, other than its limits: the parent decides it when it spawns the
//! child.

/// The surroundings of a child.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Surroundings {
    /// Whether its environment begins empty.
    pub(crate) clears_environment: bool,
    /// Whether it leads a process group, which ends with it.
    pub(crate) has_group: bool,
}
