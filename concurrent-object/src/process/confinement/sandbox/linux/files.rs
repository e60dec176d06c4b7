//! The rules for files, by Landlock.
//!
//! Problem: before Linux 7.0 Landlock restricts the calling thread, and the threads that it creates
//! later. So the rules are applied before the constructor, and before the process has another
//! thread.
//!
//! Knows paths and rights. Invariant: a path that is not named cannot be opened.

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};

use super::not_closed::NotClosed;
use crate::process::confinement::sandbox::{FileRules, Sandbox};

/// The first release whose rules suffice for reading, and that for writing: before it, a file that
/// can only be read can be truncated.
const FOR_READING: ABI = ABI::V1;
const FOR_WRITING: ABI = ABI::V3;

/// The newest release of the rules that is used if the kernel has it.
const NEWEST: ABI = ABI::V7;

/// Applies the rules to this thread and to those that it creates.
pub(super) fn restrict(rules: &FileRules, sandbox: &Sandbox) -> Result<(), NotClosed> {
    let needed = if rules.write.is_empty() { FOR_READING } else { FOR_WRITING };
    let told = |error: RulesetError| unsupported(needed, &error.to_string());
    let mut created = ruleset(sandbox, needed).and_then(Ruleset::create).map_err(told)?;
    let program = if sandbox.spawn { AccessFs::Execute.into() } else { BitFlags::empty() };
    let to_read = AccessFs::ReadFile | AccessFs::ReadDir | program;
    let to_write = (AccessFs::from_all(NEWEST) & !BitFlags::from(AccessFs::Execute)) | program;
    let paths = rules.read.iter().map(|path| (path, to_read));
    for (path, access) in paths.chain(rules.write.iter().map(|path| (path, to_write))) {
        let opened = PathFd::new(path).map_err(|error| NotClosed::Refused(error.to_string()))?;
        // A file that is no directory can have only rights of files.
        let access = if path.is_dir() { access } else { access & AccessFs::from_file(NEWEST) };
        created = created.add_rule(PathBeneath::new(opened, access)).map_err(told)?;
    }
    match created.restrict_self().map_err(told)?.ruleset {
        RulesetStatus::NotEnforced => Err(unsupported(needed, "the kernel has none")),
        RulesetStatus::PartiallyEnforced | RulesetStatus::FullyEnforced => Ok(()),
    }
}

/// Returns what the rules are about: everything that the kernel knows, and at least what is needed.
fn ruleset(sandbox: &Sandbox, needed: ABI) -> Result<Ruleset, RulesetError> {
    let level = if sandbox.best_effort { CompatLevel::BestEffort } else { CompatLevel::HardRequirement };
    let ruleset = Ruleset::default().set_compatibility(level).handle_access(AccessFs::from_all(needed))?;
    let ruleset = ruleset.set_compatibility(CompatLevel::BestEffort).handle_access(AccessFs::from_all(NEWEST))?;
    if sandbox.network {
        return Ok(ruleset);
    }
    ruleset.handle_access(AccessNet::from_all(NEWEST))?.scope(Scope::from_all(NEWEST))
}

fn unsupported(needed: ABI, reason: &str) -> NotClosed {
    NotClosed::Unsupported(format!(
        "a `sandbox` with rules for files needs Landlock ({needed:?}; {reason}); enable it, or use `best_effort()`: it"
    ))
}
