//! The options of the builder: one entry for each function that the builder has before `start…`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Object;

/// An option of the builder, which is one of the runtime's `Options` too.
pub(super) struct BuilderOption {
    pub(super) name: &'static str,
    pub(super) parameters: &'static [(&'static str, Parameter)],
    pub(super) docs: &'static str,
}

/// What an option's parameter takes.
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

const DEATH_HOOK_DOCS: &str = "\
Sets what is called once if the object's process dies and nobody asked for that, also during construction.

Nobody need use the object for that. It is called by whichever thread notices the death: one that waits for the object or looks at it just
then, or else one thread that calls the hooks of all objects, one after the other. That thread, and nobody else, is held up while it
runs; it may use the object, and wait for its next process. A panic in it is caught, and traced.";

const STACK_SIZE_DOCS: &str = "\
Sets how much stack constructor and methods have: bytes, or text such as `\"64 MiB\"`. By default what the main thread has, `ulimit -s`.

With a size of its own the object runs on another thread than the child's main thread. Memory is taken as the stack grows. A
full stack ends the process, as it does by default.";

const INHERIT_DOCS: &str = "\
Hands an open descriptor to the child, which takes it with `take_inherited_fd(name)`. A child inherits no others.

The parent keeps it open, for restarts too, until the proxy and the builder are dropped. At most 64, each with a name of its own.";

const DECODED_DOCS: &str = "\
Sets how much memory the lists and maps of one result may take in this process, once they are read. The default is 16 times
`max_output_size`.

An element that takes one byte in a message may take hundreds in memory. Counted are the elements, each with the size of its type;
what a result holds in boxes is not. A result beyond it is `CallError::Decode`.";

pub(super) const OPTIONS: [BuilderOption; 19] = [
    BuilderOption {
        name: "max_input_size",
        parameters: &[("size", Parameter::Size)],
        docs: "Sets the room for the arguments of one call: bytes, or text such as `\"4 MB\"`. The default is 64 MiB and 64 KiB.",
    },
    BuilderOption {
        name: "max_output_size",
        parameters: &[("size", Parameter::Size)],
        docs: "Sets the room for the result of one call: bytes, or text such as `\"4 MB\"`. The default is 64 MiB and 64 KiB.",
    },
    BuilderOption { name: "max_decoded_size", parameters: &[("size", Parameter::Size)], docs: DECODED_DOCS },
    BuilderOption {
        name: "slots",
        parameters: &[("count", Parameter::Count)],
        docs: "Sets how many calls can be in flight. The default is 16.",
    },
    BuilderOption { name: "stack_size", parameters: &[("size", Parameter::Size)], docs: STACK_SIZE_DOCS },
    BuilderOption {
        name: "grace",
        parameters: &[("period", Parameter::Time)],
        docs: "Sets how long the child may take to end before it is killed. The default is five seconds.",
    },
    BuilderOption {
        name: "backing_dir",
        parameters: &[("dir", Parameter::Path)],
        docs: "Puts the shared memory into files in this directory, without a name, instead of memory.",
    },
    BuilderOption {
        name: "prefault",
        parameters: &[("pages", Parameter::Truth)],
        docs: "Takes the memory of all slots at the start, not when it is first used. The sizes must be given with it.",
    },
    BuilderOption {
        name: "timeout",
        parameters: &[("time", Parameter::Time)],
        docs: "Sets how long a method may run, from when it begins. By default as long as it likes.",
    },
    BuilderOption {
        name: "queue_timeout",
        parameters: &[("time", Parameter::Time)],
        docs: "Sets how long a call may wait until its method begins. By default as long as it takes.",
    },
    BuilderOption {
        name: "cancel_grace",
        parameters: &[("time", Parameter::Time)],
        docs: "Sets how long a method may go on that was told to end, before the child is killed. The default is one second.",
    },
    BuilderOption {
        name: "ready_timeout",
        parameters: &[("time", Parameter::Time)],
        docs: "Sets how long the constructor may take before the child is killed. By default as long as it likes.",
    },
    BuilderOption {
        name: "restart",
        parameters: &[("policy", Parameter::Restart)],
        docs: "Sets whether the object is made anew when its process dies. By default it is not.",
    },
    BuilderOption {
        name: "env",
        parameters: &[("name", Parameter::Text), ("value", Parameter::Text)],
        docs: "Adds a variable to the child's environment.",
    },
    BuilderOption {
        name: "inherit_fd",
        parameters: &[("name", Parameter::Name), ("descriptor", Parameter::Descriptor)],
        docs: INHERIT_DOCS,
    },
    BuilderOption {
        name: "on_panic",
        parameters: &[("reaction", Parameter::OnPanic)],
        docs: "Sets what a panic in a method means for the object. By default it lives on.",
    },
    BuilderOption {
        name: "stdout",
        parameters: &[("stream", Parameter::Stream)],
        docs: "Sets where the child's standard output goes: by default to where this process's goes.",
    },
    BuilderOption {
        name: "stderr",
        parameters: &[("stream", Parameter::Stream)],
        docs: "Sets where the child's standard error goes: by default to where this process's goes.",
    },
    BuilderOption { name: "on_death", parameters: &[("hook", Parameter::DeathHook)], docs: DEATH_HOOK_DOCS },
];

/// The option of objects that have a snapshot.
pub(super) const SNAPSHOTS: BuilderOption = BuilderOption {
    name: "snapshots",
    parameters: &[("when", Parameter::Snapshots)],
    docs: "Sets when the object's state is saved, for a process that has to take its place: by default after each call, if \
           there is a `restart` policy.",
};

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
