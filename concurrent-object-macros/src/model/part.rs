//! The other impl blocks of an object, which have attributes of their own.
//!
//! The macro sees one block at a time. So the block with the constructors names the others, and the
//! generated types of the others have names that follow from the object's name and theirs.

use quote::ToTokens;
use syn::{Ident, Path, PathArguments, Type};

use super::types::{last_name, peel};
use crate::names;
use crate::options::{ObjectOptions, PartName};

/// Another impl block of the object.
#[derive(Clone)]
pub(crate) struct Part {
    /// The name that both blocks use for it.
    pub(crate) name: Ident,
    /// The variant of the object's output enum that holds the outputs of this block.
    pub(crate) variant: Ident,
    /// The output enum of that block.
    pub(crate) output: Path,
}

impl Part {
    /// Returns the blocks that the options name.
    pub(super) fn of(options: &ObjectOptions, object: &Type) -> Vec<Self> {
        options.parts.iter().map(|part| Self::read(part, object)).collect()
    }

    fn read(part: &PartName, object: &Type) -> Self {
        let PartName { name, output } = part;
        let derived = || match (peel(object), last_name(object)) {
            (Type::Path(ty), Some(ident)) => beside(&ty.path, names::part_output(ident, name)),
            _ => name.clone().into(),
        };
        Self { name: name.clone(), variant: names::variant(name), output: output.clone().unwrap_or_else(derived) }
    }
}

/// `inner::Detector<u8>` and `DetectorProxy` -> `inner::DetectorProxy`
pub(crate) fn beside(path: &Path, name: Ident) -> Path {
    let mut path = path.clone();
    if let Some(last) = path.segments.last_mut() {
        last.ident = name;
        last.arguments = PathArguments::None;
    }
    syn::parse2(names::generated_tokens(path.to_token_stream())).unwrap_or(path)
}
