//! The options of the builder: one entry for each of its functions except `start…`.
//!
//! Knows their names, parameters and docs. The checks of their values are in the runtime's builder.
//! Lines of docs have at most 88 columns, so that they fit into 100 where they are indented.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Object;

/// An option of the builder. The runtime's `Options` has a function of the same name.
pub(super) struct BuilderOption {
    pub(super) name: &'static str,
    pub(super) parameters: &'static [(&'static str, Parameter)],
    pub(super) docs: &'static str,
}

/// The kind of an option's parameter, which decides its type.
#[derive(Clone, Copy)]
pub(super) enum Parameter {
    Size,
    Count,
    Time,
    Path,
    Text,
    Name,
    Descriptor,
    Truth,
    OnPanic,
    Restart,
    Snapshots,
    Stream,
    DeathHook,
}

const MAX_INPUT_SIZE_DOCS: &str = "\
Sets the maximum size of one call's arguments: bytes, or text such as `\"4 MB\"`.

The default is 64 MiB plus 64 KiB.";

const MAX_OUTPUT_SIZE_DOCS: &str = "\
Sets the maximum size of one call's result: bytes, or text such as `\"4 MB\"`.

The default is 64 MiB plus 64 KiB.";

const MAX_DECODED_SIZE_DOCS: &str = "\
Sets how much memory the lists and maps of one decoded result may take in this
process.

The default is 16 times `max_output_size`. An element that takes one byte in a message
may take hundreds in memory. Each element counts with the size of its type; the
contents of its boxes do not count. A result beyond the limit is a
`CallError::Decode`.";

const STACK_SIZE_DOCS: &str = "\
Sets the stack size of constructor and methods: bytes, or text such as `\"64 MiB\"`.

The default is the stack of the child's main thread (`ulimit -s`). With this option
the object runs on another thread of the child. The kernel allocates the memory as the
stack grows. A stack overflow ends the process, with and without this option.";

const GRACE_DOCS: &str = "\
Sets how long the child may take to exit before the parent kills it.

The default is five seconds.";

const BACKING_DIR_DOCS: &str = "\
Backs the shared memory with unnamed files in this directory, instead of with memory.

Needs `max_input_size` and `max_output_size`.";

const PREFAULT_DOCS: &str = "\
Sets whether the memory of all slots is allocated at the start, instead of at its
first use.

Needs `max_input_size` and `max_output_size`.";

const TIMEOUT_DOCS: &str = "\
Sets how long a method may run, from its start. There is no limit by default.";

const QUEUE_TIMEOUT_DOCS: &str = "\
Sets how long a call may wait for its start. There is no limit by default.";

const CANCEL_GRACE_DOCS: &str = "\
Sets how long a method may run on after cancellation was requested.

Then the parent kills the child. The default is one second.";

const READY_TIMEOUT_DOCS: &str = "\
Sets how long the constructor may take. Then the parent kills the child.

There is no limit by default.";

const INHERIT_FD_DOCS: &str = "\
Passes an open descriptor to the child, which takes it with `take_inherited_fd(name)`.

A child inherits no other descriptors. The parent keeps this one open, for restarts
too, until the proxy and the builder are dropped. There can be at most 64, with
distinct names.";

const ON_DEATH_DOCS: &str = "\
Sets a function that is called once if the object's process dies unexpectedly.

It is called for a death during construction too, and also while the program does not
use the object. The thread that notices the death calls it. That is a thread that
waits for the object or checks it at that time. If there is none, the one thread that
calls the hooks of all objects calls it, one hook after another. No other thread waits
for the function. The function may use the object, and wait for its next process. A
panic in it is caught, and traced.";

const SNAPSHOTS_DOCS: &str = "\
Sets when the object's state is saved for its next process.

By default it is saved after each call, if there is a `restart` policy.";

pub(super) const OPTIONS: [BuilderOption; 19] = [
    BuilderOption { name: "max_input_size", parameters: &[("size", Parameter::Size)], docs: MAX_INPUT_SIZE_DOCS },
    BuilderOption { name: "max_output_size", parameters: &[("size", Parameter::Size)], docs: MAX_OUTPUT_SIZE_DOCS },
    BuilderOption { name: "max_decoded_size", parameters: &[("size", Parameter::Size)], docs: MAX_DECODED_SIZE_DOCS },
    BuilderOption {
        name: "slots",
        parameters: &[("count", Parameter::Count)],
        docs: "Sets how many calls can be in flight at once. The default is 16.",
    },
    BuilderOption { name: "stack_size", parameters: &[("size", Parameter::Size)], docs: STACK_SIZE_DOCS },
    BuilderOption { name: "grace", parameters: &[("period", Parameter::Time)], docs: GRACE_DOCS },
    BuilderOption { name: "backing_dir", parameters: &[("dir", Parameter::Path)], docs: BACKING_DIR_DOCS },
    BuilderOption { name: "prefault", parameters: &[("pages", Parameter::Truth)], docs: PREFAULT_DOCS },
    BuilderOption { name: "timeout", parameters: &[("time", Parameter::Time)], docs: TIMEOUT_DOCS },
    BuilderOption { name: "queue_timeout", parameters: &[("time", Parameter::Time)], docs: QUEUE_TIMEOUT_DOCS },
    BuilderOption { name: "cancel_grace", parameters: &[("time", Parameter::Time)], docs: CANCEL_GRACE_DOCS },
    BuilderOption { name: "ready_timeout", parameters: &[("time", Parameter::Time)], docs: READY_TIMEOUT_DOCS },
    BuilderOption {
        name: "restart",
        parameters: &[("policy", Parameter::Restart)],
        docs: "Sets whether a new process takes the place of a dead one. By default none does.",
    },
    BuilderOption {
        name: "env",
        parameters: &[("name", Parameter::Text), ("value", Parameter::Text)],
        docs: "Adds a variable to the child's environment.",
    },
    BuilderOption {
        name: "inherit_fd",
        parameters: &[("name", Parameter::Name), ("descriptor", Parameter::Descriptor)],
        docs: INHERIT_FD_DOCS,
    },
    BuilderOption {
        name: "on_panic",
        parameters: &[("reaction", Parameter::OnPanic)],
        docs: "Sets whether the object serves further calls after a panic. By default it does.",
    },
    BuilderOption {
        name: "stdout",
        parameters: &[("stream", Parameter::Stream)],
        docs: "Sets where the child's standard output goes. By default the child inherits it.",
    },
    BuilderOption {
        name: "stderr",
        parameters: &[("stream", Parameter::Stream)],
        docs: "Sets where the child's standard error goes. By default the child inherits it.",
    },
    BuilderOption { name: "on_death", parameters: &[("hook", Parameter::DeathHook)], docs: ON_DEATH_DOCS },
];

/// The option that only objects with a snapshot have.
pub(super) const SNAPSHOTS: BuilderOption =
    BuilderOption { name: "snapshots", parameters: &[("when", Parameter::Snapshots)], docs: SNAPSHOTS_DOCS };

pub(super) fn expand_parameter(object: &Object, parameter: Parameter) -> TokenStream {
    let krate = object.krate();
    match parameter {
        Parameter::Size => quote!(impl #krate::IntoSize),
        Parameter::Count => quote!(usize),
        Parameter::Time => quote!(impl #krate::IntoTime),
        Parameter::Path => quote!(impl ::core::convert::Into<::std::path::PathBuf>),
        Parameter::Text => quote!(impl ::core::convert::Into<::std::ffi::OsString>),
        Parameter::Name => quote!(impl ::core::convert::Into<::std::string::String>),
        Parameter::Descriptor => quote!(impl ::core::convert::Into<::std::os::fd::OwnedFd>),
        Parameter::Truth => quote!(bool),
        Parameter::Restart => quote!(#krate::RestartPolicy),
        Parameter::Snapshots => quote!(#krate::SnapshotPolicy),
        Parameter::OnPanic => quote!(#krate::OnPanic),
        Parameter::Stream => quote!(#krate::ChildStdio),
        Parameter::DeathHook => quote! {
            impl ::core::ops::Fn(&#krate::Death) + ::core::marker::Send + ::core::marker::Sync + 'static
        },
    }
}
