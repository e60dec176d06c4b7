//! A crate without a prelude, with a renamed dependency, whose types have the names of well-known
//! types. It denies and forbids all lints that it can.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub)]

extern crate concurrent_object as renamed;

use ::renamed::concurrent_object;

macro_rules! shadow {
    ($($name:ident),*) => {$(
        /// One of the user's.
        #[derive(::core::fmt::Debug, ::core::clone::Clone, ::serde::Serialize, ::serde::Deserialize)]
        pub struct $name(pub u8);
    )*};
}

shadow!(Result, Option, Vec, Box, String, Call, CallMut, Proxy, ClientBuilder, Output, Iterator, Infallible, Some, Ok, Err);

/// Has everything.
#[derive(::core::fmt::Debug)]
pub struct Client<T>(T);

#[concurrent_object(crate = renamed, error = "text", builder = ClientStarter, constructor = fn ::core::default::Default::default() -> Self)]
impl<T: ::core::clone::Clone> Client<T> {
    /// Makes it.
    pub fn new(value: T, result: Result) -> ::core::result::Result<Self, ::std::string::String> {
        let _ = result;
        ::core::result::Result::Ok(Self(value))
    }

    /// Takes them all.
    pub fn all(&self, option: Option, vec: &[Vec], boxed: &mut Box, string: String) -> Result {
        boxed.0 += 1;
        Result(option.0 + string.0 + vec[0].0)
    }

    /// Gives one back.
    pub fn call(&self, proxy: &Proxy, builder: ClientBuilder, output: Output) -> ::core::option::Option<&T> {
        let _ = (proxy, builder, output);
        ::core::option::Option::Some(&self.0)
    }

    /// Fails.
    pub fn fail(&self, call: Call, mutable: CallMut) -> ::std::io::Result<Iterator> {
        let _ = (call, mutable);
        ::core::result::Result::Ok(Iterator(1))
    }

    /// Goes through some.
    pub fn items(&self) -> impl ::core::iter::Iterator<Item = Infallible> {
        ::core::iter::once(Infallible(1))
    }

    /// Ends it.
    pub fn finish(self, some: Some, ok: Ok, err: Err) -> (Some, Ok, Err) {
        (some, ok, err)
    }
}

impl<T: ::core::clone::Clone> ::core::default::Default for Client<T> {
    fn default() -> Self {
        ::core::unimplemented!()
    }
}

fn main() {
    let refused = ClientProxy::<u8>::builder("client").start(1, Result(2));
    ::core::assert!(refused.is_err());
    let starter: ClientStarter<u8> = ClientProxy::builder("client");
    ::core::assert!(starter.start_default().is_err());
}
