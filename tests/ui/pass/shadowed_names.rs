//! The user's own types have the names of the standard library's and of ours.
#![deny(warnings)]

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

macro_rules! shadow {
    ($($name:ident),*) => {$(
        #[derive(Serialize, Deserialize)]
        pub struct $name(pub u8);
    )*};
}

shadow!(Result, Option, Vec, String, Box, Ok, Err, Some, None, Call, Proxy, Output, Failure, CallId, Debug, Clone, Into);

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new(result: Result, option: Option) -> Self {
        let _ = (result, option);
        Self
    }

    pub fn all(&self, vec: Vec, string: String, boxed: Box, ok: Ok, err: Err, some: Some, none: None) -> Result {
        Result(vec.0 + string.0 + boxed.0 + ok.0 + err.0 + some.0 + none.0)
    }

    pub fn ours(&self, call: &Call, proxy: &[Proxy], output: core::option::Option<&Output>, failure: &str) -> Call {
        let _ = (proxy, output, failure);
        Call(call.0)
    }

    pub fn rest(&self, id: CallId, debug: Debug, clone: Clone, into: Into) -> (Option, Vec) {
        (Option(id.0 + debug.0), Vec(clone.0 + into.0))
    }
}

fn main() {
    let refused = ThingProxy::builder("thing").start(Result(1), Option(2));
    assert!(refused.is_err());
}
