//! What generated code asks of the types in a user's signatures.
//!
//! Each of these types stands, on the user's own tokens, before `as Argument`, `as Returned` or one of the others, and
//! nothing else that generated code names has a bound on it. So the compiler's report on a type that cannot travel stands
//! at that type, and however often the type is used, it is the same report and is shown once. The parameter `Method` is an
//! empty type called like the function, for the report to name it.

mod argument;
mod generic;
mod in_out;
mod lent;
mod returned;

pub use self::argument::{Argument, Borrowed, Element};
pub use self::generic::{Travels, TravelsTo};
pub use self::in_out::InOut;
pub use self::lent::{Lent, Unwritable, Writable};
pub use self::returned::{Fallible, Returned, ReturnedError, ReturnedResult, ReturnedValue};
