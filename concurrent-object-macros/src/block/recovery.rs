//! Skips an item of an impl block that cannot be parsed, up to the next item.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::token::{Bracket, Paren};
use syn::{Attribute, Ident, Lit, Meta, Token};

use super::{Member, is_ours};
use crate::errors::Errors;
use crate::options::FunctionOptions;

/// Skips an item, and reports it unless the user wrote `skip` on it.
///
/// What follows a reported item and is no item either belongs to it, and is not reported again.
pub(super) fn skip_member(
    input: ParseStream<'_>,
    error: syn::Error,
    members: &mut Vec<Member>,
    errors: &mut Errors,
) -> syn::Result<()> {
    let mut tokens = TokenStream::new();
    let is_left_out = take_attributes(input, &mut tokens, errors);
    skip_to_next(input, &mut tokens)?;
    if let Some(Member::Unread(before)) = members.last_mut() {
        before.extend(tokens);
        return Ok(());
    }
    if !is_left_out {
        let message = format!(
            "{error}; this item cannot be read and is not on the proxy: correct it, or write `#[concurrent_object(skip)]` \
             on it"
        );
        errors.push(syn::Error::new(error.span(), message));
    }
    members.push(Member::Unread(tokens));
    Ok(())
}

/// Moves the user's attributes to `tokens`, without the macro's own. Returns whether `skip` is one
/// of those.
fn take_attributes(input: ParseStream<'_>, tokens: &mut TokenStream, errors: &mut Errors) -> bool {
    let ahead = input.fork();
    let Ok(attributes) = ahead.call(Attribute::parse_outer) else { return false };
    input.advance_to(&ahead);
    let (own, others): (Vec<_>, Vec<_>) = attributes.into_iter().partition(|one| is_ours(one.path()));
    tokens.append_all(others);
    let mut options = FunctionOptions::default();
    for attribute in own {
        if let Meta::List(list) = attribute.meta {
            options.parse_into(list.tokens, errors);
        }
    }
    options.skip
}

/// Moves everything to `tokens` that stands before the next item.
fn skip_to_next(input: ParseStream<'_>, tokens: &mut TokenStream) -> syn::Result<()> {
    skip_keywords(input, tokens)?;
    while !input.is_empty() && !begins_item(input) {
        let tree = input.parse::<TokenTree>()?;
        let is_end = match &tree {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            _ => false,
        };
        tree.to_tokens(tokens);
        if is_end {
            break;
        }
    }
    Ok(())
}

/// Skips `pub(crate) const unsafe extern "C" fn`, or at least one token.
fn skip_keywords(input: ParseStream<'_>, tokens: &mut TokenStream) -> syn::Result<()> {
    let mut skip = || input.parse::<TokenTree>().map(|tree| tree.to_tokens(tokens));
    if input.peek(Token![pub]) {
        skip()?;
        if input.peek(Paren) {
            skip()?;
        }
    }
    while !input.peek(Token![fn]) && (input.peek(Ident::peek_any) || input.peek(Lit)) {
        skip()?;
    }
    if input.is_empty() { Ok(()) } else { skip() }
}

fn begins_item(input: ParseStream<'_>) -> bool {
    let is_qualified = input.peek(Token![const]) || input.peek(Token![async]) || input.peek(Token![unsafe]);
    input.peek(Token![pub])
        || (input.peek(Token![#]) && input.peek2(Bracket))
        || (input.peek(Token![fn]) && input.peek2(Ident))
        || (is_qualified && input.peek2(Token![fn]))
}
