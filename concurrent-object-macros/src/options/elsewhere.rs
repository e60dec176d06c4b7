//! Parses `constructor = fn new(path: &Path) -> Result<Self, E>`: a constructor that is not in this
//! impl block.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, Generics, Ident, Path, PathSegment, Signature, Token, Visibility, parenthesized};

/// A constructor that is defined in another impl block or in a trait.
#[derive(Clone)]
pub(crate) struct Elsewhere {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    /// `Open` of `fn Open::open(…)`: the trait that declares it.
    pub(crate) of_trait: Option<Path>,
}

/// Parses `/// Docs.`, `pub`, `async`, then `fn path::name<'a>(…) -> Self`.
impl Parse for Elsewhere {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let asyncness = input.parse()?;
        let fn_token = input.parse::<Token![fn]>()?;
        let (of_trait, ident) = split_path(input.call(Path::parse_mod_style)?)
            .ok_or_else(|| input.error("expected the function's name"))?;
        let mut generics = input.parse::<Generics>()?;
        let content;
        let paren_token = parenthesized!(content in input);
        let inputs = Punctuated::<FnArg, Token![,]>::parse_terminated(&content)?;
        let output = input.parse()?;
        generics.where_clause = input.parse()?;
        let sig = Signature {
            constness: None,
            asyncness,
            safety: syn::Safety::Default,
            abi: None,
            fn_token,
            ident,
            generics,
            paren_token,
            inputs,
            variadic: None,
            output,
        };
        Ok(Self { attrs, vis, sig, of_trait })
    }
}

/// `a::Open::open` -> `a::Open` and `open`
fn split_path(path: Path) -> Option<(Option<Path>, Ident)> {
    let Path { leading_colon, mut segments } = path;
    let PathSegment { ident, .. } = segments.pop()?;
    segments.pop_punct();
    let of_trait = (!segments.is_empty()).then_some(Path { leading_colon, segments });
    Some((of_trait, ident))
}
