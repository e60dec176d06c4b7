//! What generated code may name: the complete list. It is no part of the public face and may change with any version.

pub use crate::builder::Options;
pub use crate::entry::init_early;
pub use crate::error::failure::Failure;
pub use crate::link::ArgumentWriter;
pub use crate::output::{Output, ResultReader};
pub use crate::proxy::Refused;
pub use crate::serve::{ArgumentReader, Reply};
pub use crate::wire::{Parameter, Slice};
pub use describe::{Chain, Described, Plain, Sources};
pub use travel::{Argument, Borrowed, Element, Returned, Sent};

mod describe;
mod travel;

use serde::de::DeserializeOwned;

use crate::call::{self, Call};
use crate::entry;
use crate::error::{CallId, StartError};
use crate::proxy::{self, Code, Proxy};
use crate::serve::ConcurrentObject;

/// Starts an object.
pub fn start<T: ConcurrentObject, O: Output>(
    options: Options,
    constructor: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
) -> Result<Proxy<O>, StartError> {
    let place = entry::place_of::<T, O>()?;
    proxy::start(options, Code { entry: place.offset, type_name: place.type_name }, constructor, write)
}

/// Makes a call whose result the `Call` gives.
#[inline]
pub fn call<O, T: DeserializeOwned>(
    proxy: &Proxy<O>,
    method: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
) -> Call<T> {
    call::make(&proxy.link, method, write)
}

/// Pushes a call whose result a pull gives.
#[inline]
pub fn push<O>(proxy: &Proxy<O>, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Result<CallId, Refused> {
    proxy::push(proxy, method, write)
}

/// Turns a constructor's error into a failure, with its sources if it has any to tell.
#[doc(hidden)]
#[macro_export]
macro_rules! __describe {
    ($error:expr) => {{
        #[allow(unused_imports)]
        use $crate::private::{Chain as _, Plain as _, Sources as _};
        match $crate::private::Described(&$error) {
            error => (&&&error).describe(),
        }
    }};
}
pub use crate::__describe as describe;
