//! Parses `carry(TermMode = u32, Config = config_as)`: how foreign types are sent.

use syn::parse::ParseStream;
use syn::{Ident, Path, PathArguments, Token, Type};

/// A type that is sent in another form.
#[derive(Clone)]
pub(crate) struct Carry {
    pub(crate) of: Carried,
    pub(crate) form: CarriedForm,
}

/// What is sent in another form.
#[derive(Clone)]
pub(crate) enum Carried {
    /// `TermMode`: values of this type. On a function, it can also be the name of an argument.
    Named(Box<Type>),
    /// `return`: the result of the function.
    Returned(Token![return]),
}

/// The form in which a value is sent.
#[derive(Clone)]
pub(crate) enum CarriedForm {
    /// `u32`: converted into this type and back.
    Type(Type),
    /// `config_as`: with the functions `serialize` and `deserialize` at this path.
    Functions(Path),
}

pub(super) fn parse_carry(input: ParseStream<'_>) -> syn::Result<Carry> {
    let of = match input.parse::<Option<Token![return]>>()? {
        Some(token) => Carried::Returned(token),
        None => Carried::Named(Box::new(input.parse()?)),
    };
    input.parse::<Token![=]>()?;
    Ok(Carry { of, form: CarriedForm::of(input.parse()?) })
}

/// Returns the entries that name a type, without `return = …`.
pub(crate) fn types_in(carry: &[Carry]) -> Vec<Carry> {
    carry.iter().filter(|entry| matches!(entry.of, Carried::Named(_))).cloned().collect()
}

impl CarriedForm {
    /// Decides by the name: modules have names in lower case, and so have primitive types and those
    /// of C. A type in parentheses is always a type. A path with `::<…>` has functions.
    fn of(given: Type) -> Self {
        match given {
            Type::Paren(inner) => Self::Type(*inner.elem),
            Type::Path(path) if path.qself.is_none() && has_functions(&path.path) => Self::Functions(path.path),
            other => Self::Type(other),
        }
    }
}

fn has_functions(path: &Path) -> bool {
    let Some(last) = path.segments.last() else { return false };
    match &last.arguments {
        PathArguments::None => is_module_name(&last.ident),
        PathArguments::AngleBracketed(arguments) => arguments.colon2_token.is_some(),
        PathArguments::Parenthesized(_) => false,
    }
}

fn is_module_name(name: &Ident) -> bool {
    let name = name.to_string();
    name.starts_with(|first: char| first.is_lowercase() || first == '_')
        && !PRIMITIVES.contains(&name.as_str())
        && !name.starts_with("c_")
        && !name.ends_with("_t")
}

#[rustfmt::skip]
const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
    "str",
];
