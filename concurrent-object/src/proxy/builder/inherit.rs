//! The descriptors that a builder passes to the child.
//!
//! Knows their names. Invariant: the names of a checked list are distinct.

use crate::error::StartError;
use crate::process::inherited::Inherited;

/// The largest number of inherited descriptors. More would not fit into the child's socket,
/// together with the other descriptors of the first message.
const MAX_COUNT: usize = 64;

/// Refuses names that do not identify one descriptor.
pub(crate) fn check(inherited: &Inherited) -> Result<(), StartError> {
    let names = inherited.names();
    let wrong = names.iter().enumerate().find_map(|(at, name)| match name.as_str() {
        "" => Some((name, "its name is empty")),
        _ if names[..at].contains(name) => Some((name, "another descriptor has the same name")),
        _ if at == MAX_COUNT => Some((name, "an object inherits at most 64 descriptors")),
        _ => None,
    });
    wrong.map_or(Ok(()), |(name, reason)| Err(StartError::InvalidDescriptor { name: name.clone(), reason }))
}

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
#[cfg(test)]
mod tests {
    use super::*;

    fn inherited(names: impl IntoIterator<Item = String>) -> Inherited {
        let mut inherited = Inherited::default();
        for name in names {
            inherited.add(name, std::io::pipe().expect("a pipe").0.into());
        }
        inherited
    }

    #[test]
    fn names_that_do_not_identify_one_descriptor_are_refused() {
        let check = |names: &[&str]| super::check(&inherited(names.iter().map(|&name| name.to_owned())));
        check(&["log", "data"]).expect("two names");
        for names in [&[""][..], &["log", "data", "log"]] {
            let error = check(names).expect_err("no good names");
            let refused = names[names.len() - 1];
            assert!(matches!(&error, StartError::InvalidDescriptor { name, .. } if name == refused), "{error}");
        }
        super::check(&inherited((0..MAX_COUNT).map(|n| n.to_string()))).expect("the largest number");
        super::check(&inherited((0..=MAX_COUNT).map(|n| n.to_string()))).expect_err("one more");
    }
}
