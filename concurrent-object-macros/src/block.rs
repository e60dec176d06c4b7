//! Parses an impl block, with the body of each function as one token.
//!
//! The parser does not read bodies: an editor expands the macro while the user is typing, and then
//! a body may be invalid. Parsing bodies also takes time. If the parser cannot read an item, it
//! reports that item and reads the others. Invariant: the output has the user's tokens, with their
//! spans.

mod recovery;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::token::Brace;
use syn::{
    Abi, AttrStyle, Attribute, Generics, ImplItem, ImplModifiers, Item, ItemImpl, Path, Signature, Token, Type,
    Visibility,
};

use crate::errors::Errors;

/// An impl block. Its fields are those of [`ItemImpl`].
#[derive(Clone)]
pub(crate) struct Block {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) modifiers: ImplModifiers,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) impl_token: Token![impl],
    pub(crate) generics: Generics,
    pub(crate) trait_: Option<(Path, Token![for])>,
    pub(crate) self_ty: Box<Type>,
    pub(crate) brace_token: Brace,
    pub(crate) items: Vec<Member>,
}

/// An item of an impl block.
#[derive(Clone)]
pub(crate) enum Member {
    Fn(Box<BlockFn>),
    /// A constant, a type or a macro call.
    Other(Box<ImplItem>),
    /// An item that cannot be parsed.
    Unread(TokenStream),
}

/// A function with its body.
#[derive(Clone)]
pub(crate) struct BlockFn {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) defaultness: Option<Token![default]>,
    pub(crate) sig: Signature,
    /// The group of the body, or an invisible group around it.
    pub(crate) body: TokenTree,
}

impl Block {
    /// Parses an impl block. If it is another item, returns that item with an empty body.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Result<Self, Box<syn::Result<Item>>> {
        let mut trees: Vec<_> = unwrapped(tokens).into_iter().collect();
        let body = trees.last_mut().and_then(take_body);
        let head = match syn::parse2(trees.into_iter().collect()) {
            Ok(Item::Impl(head)) => head,
            other => return Err(Box::new(other)),
        };
        let mut block = Self::of_head(head);
        let read = |input: ParseStream<'_>| {
            block.attrs.extend(input.call(Attribute::parse_inner)?);
            block.items = parse_members(input, errors)?;
            Ok(())
        };
        read.parse2(body.unwrap_or_default()).map_err(|error| Box::new(Err(error)))?;
        Ok(block)
    }

    fn of_head(head: ItemImpl) -> Self {
        let ItemImpl { attrs, modifiers, unsafety, impl_token, generics, trait_, self_ty, brace_token, .. } = head;
        Self { attrs, modifiers, unsafety, impl_token, generics, trait_, self_ty, brace_token, items: Vec::new() }
    }

    /// Whether it has an item that cannot be parsed.
    pub(crate) fn has_unread(&self) -> bool {
        self.items.iter().any(|item| matches!(item, Member::Unread(_)))
    }
}

/// Whether an attribute is the macro's own.
pub(crate) fn is_ours(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident == "concurrent_object")
}

/// Returns the tokens without the invisible groups around them.
fn unwrapped(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => unwrapped(group.stream()),
        _ => tokens,
    }
}

/// Empties the group of a block's body, and returns what was in it.
fn take_body(last: &mut TokenTree) -> Option<TokenStream> {
    let TokenTree::Group(group) = last else { return None };
    if group.delimiter() != Delimiter::Brace {
        return None;
    }
    let (body, span) = (group.stream(), group.span());
    *group = Group::new(Delimiter::Brace, TokenStream::new());
    group.set_span(span);
    Some(body)
}

fn parse_members(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Member>> {
    let mut members = Vec::new();
    while !input.is_empty() {
        let ahead = input.fork();
        match parse_member(&ahead) {
            Ok(member) => {
                input.advance_to(&ahead);
                members.push(member);
            }
            Err(error) => recovery::skip_member(input, error, &mut members, errors)?,
        }
    }
    Ok(members)
}

fn parse_member(input: ParseStream<'_>) -> syn::Result<Member> {
    let ahead = input.fork();
    let attrs = ahead.call(Attribute::parse_outer)?;
    let vis = ahead.parse()?;
    let is_default = ahead.peek(Token![default]) && !ahead.peek2(Token![!]);
    let defaultness = if is_default { Some(ahead.parse()?) } else { None };
    if !begins_function(&ahead) {
        return input.parse().map(|item| Member::Other(Box::new(item)));
    }
    let sig = ahead.parse()?;
    if ahead.peek(Token![;]) {
        return input.parse().map(|item| Member::Other(Box::new(item)));
    }
    if !ahead.peek(Brace) {
        return Err(ahead.error("expected the body of the function, `{ .. }`"));
    }
    let body = ahead.parse()?;
    input.advance_to(&ahead);
    Ok(Member::Fn(Box::new(BlockFn { attrs, vis, defaultness, sig, body })))
}

/// Whether `fn` follows, with or without `const`, `async`, `unsafe` and `extern` before it.
fn begins_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let qualifiers = |input: ParseStream<'_>| {
        input.parse::<Option<Token![const]>>()?;
        input.parse::<Option<Token![async]>>()?;
        input.parse::<Option<Token![unsafe]>>()?;
        input.parse::<Option<Abi>>()
    };
    qualifiers(&ahead).is_ok() && ahead.peek(Token![fn])
}

impl ToTokens for Block {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let of_style =
            |outer: bool| self.attrs.iter().filter(move |one| matches!(one.style, AttrStyle::Outer) == outer);
        tokens.append_all(of_style(true));
        self.modifiers.defaultness.to_tokens(tokens);
        self.unsafety.to_tokens(tokens);
        self.impl_token.to_tokens(tokens);
        self.generics.to_tokens(tokens);
        self.modifiers.polarity.to_tokens(tokens);
        if let Some((path, for_token)) = &self.trait_ {
            path.to_tokens(tokens);
            for_token.to_tokens(tokens);
        }
        self.self_ty.to_tokens(tokens);
        self.generics.where_clause.to_tokens(tokens);
        self.brace_token.surround(tokens, |tokens| {
            tokens.append_all(of_style(false));
            tokens.append_all(&self.items);
        });
    }
}

impl ToTokens for Member {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Fn(function) => function.to_tokens(tokens),
            Self::Other(item) => item.to_tokens(tokens),
            Self::Unread(unread) => unread.to_tokens(tokens),
        }
    }
}

impl ToTokens for BlockFn {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attrs);
        self.vis.to_tokens(tokens);
        self.defaultness.to_tokens(tokens);
        self.sig.to_tokens(tokens);
        self.body.to_tokens(tokens);
    }
}

#[cfg(test)]
mod tests;
