//! The builder: the options of the runtime, then one `start…` for each constructor.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::allowed::expand_allowed;
use super::arguments::{expand_parameters, expand_writer};
use super::bounds::{constructor_bounds, expand_marker_field, expand_marker_value, expand_where, is_generic};
use super::docs::{docs, docs_after};
use super::refused;
use crate::model::{Constructor, Object, Verdict};
use crate::names;

/// `pub struct DetectorProxyBuilder { options: Options }`
pub(super) fn expand_struct(object: &Object) -> TokenStream {
    let (krate, vis, builder, marker) = (object.krate(), object.vis(), object.builder(), expand_marker_field(object));
    let (generics, clause, cfgs) = (&object.generics, &object.generics.where_clause, &object.cfgs);
    let docs = docs(&format!("Starts a [`{}`]: options, then one of `start…`.", object.proxy()));
    let derived = (!is_generic(object)).then(|| quote!(#[derive(::core::clone::Clone, ::core::fmt::Debug)]));
    quote! {
        #docs
        #(#cfgs)*
        #derived
        #[must_use = "nothing is started before one of `start…`"]
        #vis struct #builder #generics #clause {
            options: #krate::private::Options,
            #marker
        }
    }
}

/// `impl Clone for …` and `impl Debug for …`, where deriving them would ask something of the type parameters
pub(super) fn expand_derives(object: &Object) -> TokenStream {
    if !is_generic(object) {
        return TokenStream::new();
    }
    let (builder, marker) = (object.builder(), expand_marker_value(object));
    let (generics, types, clause) = object.generics.split_for_impl();
    let name = builder.to_string();
    quote! {
        #[automatically_derived]
        impl #generics ::core::clone::Clone for #builder #types #clause {
            fn clone(&self) -> Self {
                Self { options: ::core::clone::Clone::clone(&self.options), #marker }
            }
        }

        #[automatically_derived]
        impl #generics ::core::fmt::Debug for #builder #types #clause {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __formatter.debug_struct(#name).field("options", &self.options).finish()
            }
        }
    }
}

/// `impl DetectorProxyBuilder { pub fn slots(…) …  pub fn start(…) … }`
pub(super) fn expand_functions(object: &Object) -> TokenStream {
    let builder = object.builder();
    let (generics, types, clause) = object.generics.split_for_impl();
    let snapshots = Some(&SNAPSHOTS).filter(|_| !object.savers.is_empty());
    let options = OPTIONS.iter().chain(snapshots).map(|option| expand_option(object, option));
    let starts = object.named_constructors().map(|constructor| match constructor.function.verdict {
        Verdict::Sound => expand_start(object, constructor),
        _ => refused::expand_constructor(object, constructor),
    });
    let allowed = expand_allowed(object.named_constructors().map(|constructor| &constructor.function));
    quote! {
        #allowed
        impl #generics #builder #types #clause {
            #(#options)*
            #(#starts)*
        }
    }
}

/// An option of the builder, which is one of the runtime's `Options` too.
struct BuilderOption {
    name: &'static str,
    parameters: &'static [(&'static str, Parameter)],
    docs: &'static str,
}

/// What an option's parameter takes.
#[derive(Clone, Copy)]
enum Parameter {
    Size,
    Count,
    Time,
    Path,
    Text,
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

const DECODED_DOCS: &str = "\
Sets how much memory the lists and maps of one result may take in this process, once they are read. The default is 16 times
`max_output_size`.

An element that takes one byte in a message may take hundreds in memory. Counted are the elements, each with the size of its type;
what a result holds in boxes is not. A result beyond it is `CallError::Decode`.";

const OPTIONS: [BuilderOption; 18] = [
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
const SNAPSHOTS: BuilderOption = BuilderOption {
    name: "snapshots",
    parameters: &[("when", Parameter::Snapshots)],
    docs: "Sets when the object's state is saved, for a process that has to take its place: by default after each call, if \
           there is a `restart` policy.",
};

/// `pub fn slots(self, count: usize) -> Self { Self { options: self.options.slots(count) } }`
fn expand_option(object: &Object, option: &BuilderOption) -> TokenStream {
    let vis = object.vis();
    let (docs, name) = (docs(option.docs), format_ident!("{}", option.name));
    let names: Vec<_> = option.parameters.iter().map(|(name, _)| format_ident!("{name}")).collect();
    let types = option.parameters.iter().map(|(_, parameter)| expand_parameter(object, *parameter));
    let marker = expand_marker_value(object);
    quote! {
        #docs
        #vis fn #name(self, #(#names: #types),*) -> Self {
            Self {
                options: self.options.#name(#(#names),*),
                #marker
            }
        }
    }
}

fn expand_parameter(object: &Object, parameter: Parameter) -> TokenStream {
    let krate = object.krate();
    match parameter {
        Parameter::Size => quote!(impl #krate::IntoSize),
        Parameter::Count => quote!(usize),
        Parameter::Time => quote!(impl #krate::IntoTime),
        Parameter::Path => quote!(impl ::core::convert::Into<::std::path::PathBuf>),
        Parameter::Text => quote!(impl ::core::convert::Into<::std::ffi::OsString>),
        Parameter::Truth => quote!(bool),
        Parameter::Restart => quote!(#krate::Restart),
        Parameter::Snapshots => quote!(#krate::Snapshots),
        Parameter::OnPanic => quote!(#krate::OnPanic),
        Parameter::Stream => quote!(#krate::ChildStream),
        Parameter::DeathHook => quote! {
            impl ::core::ops::Fn(&#krate::Death) + ::core::marker::Send + ::core::marker::Sync + 'static
        },
    }
}

/// `pub fn start(self, model: &Path) -> Result<DetectorProxy, StartError> { ::concurrent_object::private::start(…) }`
fn expand_start(object: &Object, constructor: &Constructor) -> TokenStream {
    let (krate, ty, function) = (object.krate(), &object.ty, &constructor.function);
    let (proxy, output, marker) = (object.proxy(), expand_output_type(object), expand_marker_value(object));
    let (_, types, _) = object.generics.split_for_impl();
    let (vis, index, start) = (&function.vis, function.number(), names::start(function.name()));
    let (cfgs, deprecated) = (&function.attributes.cfgs, &function.attributes.deprecated);
    let (parameters, writer) = (expand_parameters(function), expand_writer(object, function));
    let (docs, clause) = (start_docs(object, constructor), expand_start_clause(object, constructor));
    quote! {
        #docs
        #(#cfgs)*
        #(#deprecated)*
        #vis fn #start(self, #parameters) -> ::core::result::Result<#proxy #types, #krate::StartError> #clause {
            #krate::private::start::<#ty, #output>(self.options, #index, #writer)
                .map(|proxy| #proxy { proxy, #marker })
        }
    }
}

/// `GridOutput<T>`
fn expand_output_type(object: &Object) -> TokenStream {
    let (output, generics) = (object.output(), object.output_generics());
    let (_, types, _) = generics.split_for_impl();
    quote!(#output #types)
}

/// `where Grid<T, N>: ConcurrentObject, GridOutput<T>: Output, T: Travels` for a generic object
fn expand_start_clause(object: &Object, constructor: &Constructor) -> TokenStream {
    if !is_generic(object) {
        return TokenStream::new();
    }
    let (krate, ty, output) = (object.krate(), &object.ty, expand_output_type(object));
    let mut bounds = vec![quote!(#ty: #krate::ConcurrentObject), quote!(#output: #krate::private::Output)];
    bounds.extend(constructor_bounds(object, constructor));
    expand_where(None, &bounds)
}

fn start_docs(object: &Object, constructor: &Constructor) -> TokenStream {
    let function = &constructor.function;
    let text = format!(
        "Starts a child process and makes the object there, with `{}::{}`. Does not wait for it.\n\
         \n\
         # Errors\n\
         \n\
         An option makes no sense, the arguments cannot be encoded, or the system has no room for another process. A\n\
         constructor that fails is reported by `wait_until_ready` and by every call.",
        object.ident, function.sig.ident
    );
    docs_after(&function.attributes.docs, &text)
}
