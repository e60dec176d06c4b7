//! The argument through which a method reports its progress: `progress: &Progress<P>`.
//!
//! It is not sent: the child makes it, and the parent reads the values. The macro knows it by the
//! last segment of its path.

use syn::{Ident, PatType, Type};

use super::argument::pattern_name;
use super::types::{as_mutable_reference, as_reference, first_argument, is_named};
use crate::names;

/// `progress: &Progress<(u32, String)>`
#[derive(Clone)]
pub(crate) struct ProgressArgument {
    /// The user's tokens.
    pub(crate) original: PatType,
    pub(crate) name: Ident,
    /// `(u32, String)`
    pub(crate) value: Type,
    /// Its position among all arguments.
    pub(crate) at: usize,
}

impl ProgressArgument {
    /// Reads an argument. `resolved` is its type as it is written outside the impl block.
    pub(crate) fn read(original: &PatType, resolved: &Type, spare: &Ident, at: usize) -> Option<Self> {
        let inner = as_reference(resolved).filter(|_| as_mutable_reference(resolved).is_none())?;
        let value = first_argument(inner).filter(|_| is_named(inner, "Progress"))?.clone();
        let name = pattern_name(&original.pat).map_or_else(|| spare.clone(), |name| names::call(&name));
        Some(Self { original: original.clone(), name, value, at })
    }
}
