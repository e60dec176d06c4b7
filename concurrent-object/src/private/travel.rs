//! The traits that generated code requires of the types in a user's signatures.
//!
//! Problem: a type that cannot be sent must be reported once, at the user's own tokens, and with
//! the remedy. A plain bound `T: Serialize` is reported at every place in generated code that needs
//! it.
//!
//! Way: generated code writes each type, with the user's tokens, before `as Argument`, `as
//! Returned` or another of these traits. Nothing else in generated code has a bound on the type. So
//! every report is the same report at the same place, and the compiler shows it once. The parameter
//! `Method` is an empty type with the name of the function, so that the report names the function.
//! Their lifetime parameter lets a where clause begin with `for<'m>`, which
//! [`conditional`](super::conditional) needs.
//!
//! Knows encoders and decoders by their methods; must not know how they work.

mod adapter;
mod argument;
mod carried;
mod conversion;
mod generic;
mod in_out;
mod judged;
mod lent;
mod returned;

pub use self::adapter::{BorrowingLeaf, Known, Leaf, Never, NoAdapter, Otherwise, Pick, borrowing_leaf, leaf};
pub use self::argument::{Argument, Borrowed, Element};
pub use self::carried::TypeCarrier;
pub use self::conversion::{Cloning, Conversion, Converts};
pub use self::generic::{Travels, TravelsTo};
pub use self::in_out::InOut;
pub use self::judged::{Judged, JudgedPart};
pub use self::lent::{Lent, Unwritable, Writable};
pub use self::returned::{Fallible, Returned, ReturnedError, ReturnedResult, ReturnedValue};
