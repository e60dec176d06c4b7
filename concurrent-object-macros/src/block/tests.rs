//! Impl blocks with invalid bodies or items, and how long a long block takes to parse.

use std::time::Instant;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Item, ItemImpl};

use super::{Block, Member};
use crate::errors::Errors;
use crate::expand_attribute;

fn parse(tokens: TokenStream) -> (Block, Vec<String>) {
    let mut errors = Errors::default();
    let block = Block::parse(tokens, &mut errors).unwrap_or_else(|_| panic!("an impl block"));
    (block, errors.messages())
}

/// Returns the tokens as text without spaces.
fn text(tokens: TokenStream) -> String {
    tokens.to_string().replace(' ', "")
}

#[test]
fn block_is_printed_as_it_was_written() {
    let tokens = quote!(
        #[allow(unused)]
        impl<'a, T: Into<u8>> Trait<'a> for Thing<T>
        where
            T: Copy,
        {
            #![allow(dead_code)]
            const N: usize = { 4 };
            type Item = u8;
            /// Docs.
            #[inline]
            pub(crate) const extern "C" fn f<const M: usize>(&self, at: [u8; { M }]) -> Foo<{ M }>
            where
                u8: Copy,
            {
                #![allow(unused)]
                at[0]
            }
            default async fn g(self: Box<Self>) {}
            make! { fn h() {} }
            fn i();
        }
    );
    let (block, messages) = parse(tokens.clone());
    assert_eq!(messages, [""; 0]);
    assert_eq!(text(block.to_token_stream()), text(tokens));
    assert_eq!(block.items.iter().filter(|item| matches!(item, Member::Fn(_))).count(), 2);
}

#[test]
fn half_typed_body_still_gives_the_whole_proxy() {
    let block = |body: TokenStream| {
        quote!(impl Thing {
            pub fn new() -> Self { Self }
            pub fn get(&self) -> u32 { #body }
            pub fn set(&mut self, to: u32) { let x = ; }
        })
    };
    let expanded = expand_attribute(quote!(), block(quote!(self.))).to_string();
    let whole = expand_attribute(quote!(), block(quote!(self.0))).to_string();
    assert_eq!(expanded.replace("self . }", "self . 0 }"), whole);
    assert!(expanded.contains("push_set") && !expanded.contains("compile_error"), "{expanded}");
}

#[test]
fn item_that_cannot_be_read_is_reported_and_the_others_are_on_the_proxy() {
    let tokens = quote!(impl Thing {
        pub fn new() -> Self { Self }
        pub fn half(&self, at: ) -> u32 { 1 }
        #[doc = "Docs."]
        pub fn get(&self) -> u32 { 2 }
        pub fn no_body(&self) -> u32
        pub const fn last(&self) -> u32 { 3 }
        #[concurrent_object(skip)]
        pub gen fn skipped(&self) {}
    });
    let (block, messages) = parse(tokens.clone());
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(messages[0].ends_with("correct it, or write `#[concurrent_object(skip)]` on it"), "{messages:?}");
    assert_eq!(block.items.len(), 6);
    assert_eq!(text(block.to_token_stream()), text(tokens.clone()).replace("#[concurrent_object(skip)]", ""));
    let expanded = expand_attribute(quote!(), tokens).to_string();
    assert!(["push_get", "push_last"].iter().all(|name| expanded.contains(name)), "{expanded}");
}

#[test]
fn other_items_are_returned_without_their_bodies() {
    let mut errors = Errors::default();
    let other = Block::parse(quote!(fn f() { let }), &mut errors);
    assert!(other.is_err_and(|other| matches!(*other, Ok(Item::Fn(_)))));
    let other = Block::parse(
        quote!(
            struct Thing;
        ),
        &mut errors,
    );
    assert!(other.is_err_and(|other| matches!(*other, Ok(Item::Struct(_)))));
    assert!(Block::parse(quote!(impl Thing), &mut errors).is_err_and(|other| other.is_err()));
}

/// Prints the time for 80 methods of 30 lines, with and without the bodies.
#[test]
#[ignore = "prints a measurement"]
fn time_of_a_long_block() {
    let method = |at: usize| {
        let name = quote::format_ident!("method_{at}");
        let line =
            quote!(let value = self.items.iter().filter(|item| item.0 > limit + 1).map(|item| item.1).sum::<u64>(););
        let lines = std::iter::repeat_n(line, 30);
        quote!(pub fn #name(&self, limit: u64, text: &str) -> Result<u64, String> { #(#lines)* Ok(value) })
    };
    let methods = (0..80).map(method);
    let tokens = quote!(impl Thing { #(#methods)* });
    let time = |parse: &dyn Fn(TokenStream)| {
        let times = (0..20).map(|_| {
            let tokens = tokens.clone();
            let begin = Instant::now();
            parse(tokens);
            begin.elapsed()
        });
        times.min().unwrap_or_default()
    };
    let with_bodies = time(&|tokens| drop(syn::parse2::<ItemImpl>(tokens).map(ToTokens::into_token_stream)));
    let without = time(&|tokens| drop(parse(tokens).0.into_token_stream()));
    println!("with bodies {with_bodies:?}, without {without:?}");
}
