//! The attributes of one function: those that are copied to generated functions, and the macro's
//! own.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Path, Token, parse_quote};

use crate::block::is_ours;
use crate::errors::Errors;
use crate::options::FunctionOptions;

/// Copies of the attributes of a function, by kind.
#[derive(Clone, Default)]
pub(crate) struct Attributes {
    pub(crate) docs: Vec<Attribute>,
    /// `cfg`s, and the `cfg`s that have the effect of a conditional `skip`.
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) deprecated: Vec<Attribute>,
    pub(crate) must_use: Vec<Attribute>,
    pub(crate) options: FunctionOptions,
}

impl Attributes {
    /// Reads the attributes of a function, and removes the macro's own from it.
    pub(crate) fn take_from(attributes: &mut Vec<Attribute>, errors: &mut Errors) -> Self {
        let mut found = Self::default();
        attributes.retain_mut(|attribute| {
            if is_ours(attribute.path()) {
                found.read_options(&attribute.meta, errors);
                return false;
            }
            if attribute.path().is_ident("cfg_attr") {
                return found.read_conditional(attribute, errors);
            }
            found.carry(attribute.path(), attribute.clone());
            true
        });
        found
    }

    /// `skip` in `#[concurrent_object(skip)]`
    fn read_options(&mut self, meta: &Meta, errors: &mut Errors) {
        match meta {
            Meta::List(list) => self.options.parse_into(list.tokens.clone(), errors),
            _ => errors.at(meta, "this attribute does nothing here; write `#[concurrent_object(skip)]` or remove it"),
        }
    }

    /// Reads each attribute in `#[cfg_attr(predicate, …)]`.
    ///
    /// Returns whether any of them stays in the user's impl block.
    fn read_conditional(&mut self, attribute: &mut Attribute, errors: &mut Errors) -> bool {
        let Ok((predicate, mut inner)) = parse_conditional(attribute) else { return true };
        inner.retain(|meta| {
            if is_ours(meta.path()) {
                self.skip_if(&predicate, meta, errors);
                return false;
            }
            self.carry(meta.path(), parse_quote!(#[cfg_attr(#predicate, #meta)]));
            true
        });
        *attribute = parse_quote!(#[cfg_attr(#predicate, #(#inner),*)]);
        !inner.is_empty()
    }

    /// Reads `#[cfg_attr(predicate, concurrent_object(skip))]`.
    ///
    /// The function is in the output unless the predicate holds, so this is a
    /// `#[cfg(not(predicate))]`.
    fn skip_if(&mut self, predicate: &TokenStream, meta: &Meta, errors: &mut Errors) {
        let mut conditional = FunctionOptions::default();
        let before = errors.count();
        if let Meta::List(list) = meta {
            conditional.parse_into(list.tokens.clone(), errors);
        }
        if conditional.skip && conditional.is_only_skip() {
            self.cfgs.push(parse_quote!(#[cfg(not(#predicate))]));
        } else if errors.count() == before {
            errors.at(meta, "only `skip` can be conditional; write other options without `cfg_attr`");
        }
    }

    fn carry(&mut self, path: &Path, attribute: Attribute) {
        let kinds = [
            ("doc", &mut self.docs),
            ("cfg", &mut self.cfgs),
            ("deprecated", &mut self.deprecated),
            ("must_use", &mut self.must_use),
        ];
        if let Some((_, kind)) = kinds.into_iter().find(|(name, _)| path.is_ident(name)) {
            kind.push(attribute);
        }
    }
}

fn parse_conditional(attribute: &Attribute) -> syn::Result<(TokenStream, Vec<Meta>)> {
    let parser = |input: ParseStream<'_>| {
        let mut predicate = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            input.parse::<proc_macro2::TokenTree>()?.to_tokens(&mut predicate);
        }
        input.parse::<Token![,]>()?;
        let inner = Punctuated::<Meta, Token![,]>::parse_terminated(input)?;
        Ok((predicate, inner.into_iter().collect()))
    };
    parser.parse2(attribute.meta.require_list()?.tokens.clone())
}
