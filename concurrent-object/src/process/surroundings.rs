//! What a child has around it, other than its limits: the parent decides it when it spawns the
//! child.

use std::collections::BTreeMap;
use std::ffi::OsString;

/// The surroundings of a child.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Surroundings {
    /// Whether its environment begins empty.
    pub(crate) clears_environment: bool,
    /// Whether it leads a process group, which ends with it.
    pub(crate) has_group: bool,
    /// The memory that it may have, in bytes.
    pub(crate) memory: Option<u64>,
}

/// With less memory than this, a child captures no backtraces: their names need tens of megabytes.
const ENOUGH_FOR_BACKTRACES: u64 = 256 << 20;

impl Surroundings {
    /// Sets the variables for backtraces in the environment of a child with limited memory.
    ///
    /// The Rust runtime prints a backtrace under a lock. If an allocation fails under that lock,
    /// the runtime wants to print a backtrace of this too, and waits for itself without end. So
    /// such a child prints none. A death report still has the backtrace of a panic, which is
    /// captured without that lock.
    pub(crate) fn limit_backtraces(self, environment: &mut BTreeMap<OsString, OsString>) {
        let Some(memory) = self.memory else { return };
        let printed = environment.insert(PRINTED.into(), "0".into());
        if memory < ENOUGH_FOR_BACKTRACES {
            environment.insert(CAPTURED.into(), "0".into());
        } else if let Some(printed) = printed {
            environment.entry(CAPTURED.into()).or_insert(printed);
        }
    }
}

const PRINTED: &str = "RUST_BACKTRACE";
const CAPTURED: &str = "RUST_LIB_BACKTRACE";

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(memory: Option<u64>, variables: &[(&str, &str)]) -> BTreeMap<OsString, OsString> {
        let mut environment = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        Surroundings { memory, ..Surroundings::default() }.limit_backtraces(&mut environment);
        environment
    }

    #[test]
    fn limited_child_prints_no_backtraces_and_captures_them_if_they_fit() {
        let value = |environment: &BTreeMap<OsString, OsString>, name: &str| {
            environment.get(&OsString::from(name)).map(|value| value.to_string_lossy().into_owned())
        };
        let free = environment(None, &[(PRINTED, "1")]);
        assert_eq!((value(&free, PRINTED), value(&free, CAPTURED)), (Some("1".into()), None));
        let small = environment(Some(1 << 20), &[(PRINTED, "1"), (CAPTURED, "1")]);
        assert_eq!((value(&small, PRINTED), value(&small, CAPTURED)), (Some("0".into()), Some("0".into())));
        let large = environment(Some(1 << 30), &[(PRINTED, "full")]);
        assert_eq!((value(&large, PRINTED), value(&large, CAPTURED)), (Some("0".into()), Some("full".into())));
        let chosen = environment(Some(1 << 30), &[(PRINTED, "1"), (CAPTURED, "0")]);
        assert_eq!(value(&chosen, CAPTURED), Some("0".into()));
        assert_eq!(value(&environment(Some(1 << 30), &[]), CAPTURED), None);
    }
}
