//! The variables that a builder adds to the environment of a child.
//!
//! Knows what the kernel accepts as a variable. Invariant: a name or a value that the child would
//! read differently is refused.

use std::ffi::{OsStr, OsString};

use crate::error::StartError;
use crate::protocol::marker::MARKER;

/// Refuses names and values that cannot be part of an environment.
pub(crate) fn check(variables: &[(OsString, OsString)]) -> Result<(), StartError> {
    variables.iter().try_for_each(|(name, value)| match what_is_wrong(name, value) {
        Some(reason) => Err(StartError::InvalidVariable { name: name.clone(), reason }),
        None => Ok(()),
    })
}

fn what_is_wrong(name: &OsStr, value: &OsStr) -> Option<&'static str> {
    let has = |text: &OsStr, byte| text.as_encoded_bytes().contains(&byte);
    match name {
        _ if name.is_empty() => Some("its name is empty"),
        _ if has(name, b'=') => Some("its name contains `=`, which separates the name from the value"),
        _ if has(name, 0) => Some("its name contains a NUL byte"),
        _ if name == MARKER.variable => Some("this library uses it to mark child processes"),
        _ if has(value, 0) => Some("its value contains a NUL byte"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impossible_variable_is_refused_by_its_name() {
        let check = |name: &str, value: &str| check(&[("FINE".into(), "x=y".into()), (name.into(), value.into())]);
        for (name, value) in [("", "x"), ("A=B", "x"), ("A\0B", "x"), ("A", "x\0y"), (MARKER.variable, "x")] {
            let error = check(name, value).expect_err("no variable");
            assert!(matches!(&error, StartError::InvalidVariable { name: refused, .. } if refused == name), "{error}");
            assert!(error.to_string().contains(&format!("{name:?}")), "{error}");
        }
        for (name, value) in [("A", ""), ("a b", "x"), ("A", "=")] {
            check(name, value).expect("odd, and possible");
        }
    }
}
