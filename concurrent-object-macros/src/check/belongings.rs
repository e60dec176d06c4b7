//! The rule for types that belong to one process: files, threads, channels, trait objects.
//!
//! Knows the tokens of a type only. A type of the user may have such a name, so a path that does
//! not lead into a well-known crate is accepted.

use syn::{GenericArgument, Path, PathArguments, Type};

use crate::model::{is_closure_bound, peel};

/// Names of types, the names of crates that have them, and the message.
const BELONGINGS: [(&[&str], &str); 3] = [
    (
        &["File", "TcpStream", "TcpListener", "UdpSocket", "UnixStream", "UnixListener", "UnixDatagram"],
        "an open file or socket belongs to the process that opened it; take or return its path or address and open it \
         in the child, or pass the descriptor with the builder's `inherit_fd` (if this is a type of your own, write its \
         path, such as `self::Name`)",
    ),
    (
        &["JoinHandle", "AbortHandle"],
        "a thread or task runs in one process; keep the handle in the object, and write a method that waits for it and \
         returns the result (if this is a type of your own, write its path, such as `self::Name`)",
    ),
    (
        &["Sender", "SyncSender", "Receiver", "UnboundedSender", "UnboundedReceiver"],
        "a channel connects the threads of one process; take or return the values, as a `Vec` or one in each call (if \
         this is a type of your own, write its path, such as `self::Name`)",
    ),
];

/// The crates whose types these are, if the path names a crate.
const CRATES: [&str; 9] =
    ["std", "core", "alloc", "tokio", "async_std", "smol", "futures", "crossbeam_channel", "flume"];

/// `File`, `JoinHandle<T>`, `Sender<T>`, `Box<dyn Trait>`
pub(super) fn check_belonging(ty: &Type) -> Option<&'static str> {
    let Type::Path(path) = ty else { return None };
    if path.qself.is_some() {
        return None;
    }
    check_boxed_trait(&path.path).or_else(|| check_name(&path.path))
}

fn check_name(path: &Path) -> Option<&'static str> {
    let (first, last) = (path.segments.first()?, path.segments.last()?);
    let is_plain = path.segments.len() == 1 || CRATES.iter().any(|name| first.ident == name);
    let (names, message) =
        BELONGINGS.iter().find(|(names, _)| is_plain && names.iter().any(|name| last.ident == name))?;
    // The files and sockets of the standard library have no parameters, and the others have some.
    let is_file = names.contains(&"File");
    (last.arguments.is_none() == is_file).then_some(*message)
}

/// `Box<dyn Policy>`
fn check_boxed_trait(path: &Path) -> Option<&'static str> {
    let last = path.segments.last().filter(|last| last.ident == "Box")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let is_trait = |ty: &Type| match peel(ty) {
        // A closure has a message of its own.
        Type::TraitObject(object) => !object.bounds.iter().any(is_closure_bound),
        _ => false,
    };
    let first = arguments.args.first();
    first.is_some_and(|argument| matches!(argument, GenericArgument::Type(ty) if is_trait(ty))).then_some(
        "the other process does not know which type is in the box; write the concrete type, or an enum of the possible \
         types, or list this one in `opaque(…)` on the impl block, so that it stays in the child and the parent has a \
         handle to it (if serde can send the trait object, as with `typetag`, give the type an alias)",
    )
}
