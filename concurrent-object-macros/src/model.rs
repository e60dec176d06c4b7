//! The model of an impl block: an object with its constructors and methods.
//!
//! Knows how to read an impl block. Must not know which functions are allowed: the model contains
//! all of them, with the user's tokens, on which [`check`](crate::check) reports errors. Invariant:
//! reading removes the macro's own attributes from the impl block, and changes nothing else in it.

mod adapter;
mod argument;
mod attributes;
mod conversion;
mod defaults;
mod fitting;
mod function;
mod generics;
mod handle;
mod hidden;
mod items;
mod known;
mod lifetimes;
mod method;
mod owned;
mod part;
mod progress;
mod read;
mod result;
mod scope;
mod types;
mod view;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Generics, Ident, Path, Type, Visibility, parse_quote};

pub(crate) use self::adapter::Adapter;
pub(crate) use self::argument::{Argument, Holder, Passing, Preparation};
pub(crate) use self::conversion::{Conversion, Keeping, Told};
pub(crate) use self::function::{Function, Verdict};
pub(crate) use self::generics::{bounded_name, generic_parts, mentions, named_parameters, parameters, restricted};
pub(crate) use self::handle::{HandleTypes, HandleUse};
pub(crate) use self::known::{is_known, is_scalar, is_std_container, is_std_data};
pub(crate) use self::lifetimes::{
    contains_lifetime, contains_this_lifetime, lifetimes_in, name_lifetimes, without_free_lifetimes,
};
pub(crate) use self::method::{Access, Method, Taking};
pub(crate) use self::part::Part;
pub(crate) use self::result::{Made, Returned, Sending};
pub(crate) use self::types::{
    all_arguments, as_iterator, as_mutable_reference, as_result, contains_impl, contains_mutable_reference,
    first_argument, is_closure_bound, is_ident, is_text, last_name, peel, same, same_name, second_argument,
    with_first_argument, without_std,
};
use crate::block::Block;
use crate::errors::Reason;
use crate::names;
use crate::options::ObjectOptions;

/// The object of one use of the attribute.
#[derive(Clone)]
pub(crate) struct Object {
    /// The user's impl block, without the macro's attributes on its functions.
    pub(crate) item: Block,
    /// The last name in the type's path: `Detector`.
    pub(crate) ident: Ident,
    /// The type as the user wrote it: `inner::Detector`.
    pub(crate) ty: Type,
    /// `Statement<'_>`, if this is the block of a handle whose type borrows from another object.
    pub(crate) view: Option<Type>,
    /// The type and const parameters of the impl, with their bounds.
    pub(crate) generics: Generics,
    /// The `cfg`s of the impl block.
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) options: ObjectOptions,
    pub(crate) constructors: Vec<Constructor>,
    pub(crate) methods: Vec<Method>,
    /// The methods that save the object's state. The rules allow one at most.
    ///
    /// A saver is on the proxy if it is among the methods too.
    pub(crate) savers: Vec<Method>,
    /// The constructors that make the object from a saved state and a constructor's arguments.
    ///
    /// A restorer is on the builder if it is among the constructors too.
    pub(crate) restorers: Vec<Constructor>,
    /// The first private function that returns the object, restorers excluded.
    pub(crate) private_constructor: Option<Constructor>,
    /// The types to whose objects the parent has handles.
    pub(crate) handles: HandleTypes,
    /// The other impl blocks of the object, in the order of their methods' numbers.
    pub(crate) parts: Vec<Part>,
    /// The functions that return the object inside another type, such as `Arc<Self>`, with it.
    pub(crate) near_constructors: Vec<(Ident, Type)>,
    /// The functions that the user wants to be left out, because a rule rejected them.
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) form: Form,
}

/// A function that is not on the proxy, with the reasons.
#[derive(Clone)]
pub(crate) struct LeftOut {
    pub(crate) name: Ident,
    pub(crate) reasons: Vec<Reason>,
}

/// How much of the output is generated for an object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Everything, except functions that were rejected.
    Whole,
    /// Stubs, because the object itself was rejected.
    Stub,
    /// Stubs in a module of their own, because the block has no constructor. So they do not clash
    /// with the items of another block of the type that has the attribute too.
    Apart,
    /// Nothing, because its type has no name.
    Nothing,
}

/// An associated function that returns the object.
#[derive(Clone)]
pub(crate) struct Constructor {
    pub(crate) function: Function,
    pub(crate) made: Made,
}

impl Constructor {
    /// Whether both are the same function.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.function.sig.ident == other.function.sig.ident
    }

    /// Whether it takes a state, and then the arguments of the other one.
    fn restores(&self, other: &Self) -> bool {
        let Some((_state, rest)) = self.function.arguments.split_first() else { return false };
        let (mut rest, theirs) = (rest.iter(), &other.function.arguments);
        rest.len() == theirs.len() && theirs.iter().all(|theirs| rest.next().is_some_and(|ours| ours.ty == theirs.ty))
    }
}

impl Object {
    /// Returns the path of the runtime crate.
    pub(crate) fn krate(&self) -> Path {
        self.options.krate.clone().unwrap_or_else(|| parse_quote!(::concurrent_object))
    }

    /// Returns the name that the runtime's module for generated code has inside the anonymous
    /// constant.
    pub(crate) fn private(&self) -> Path {
        parse_quote!(__private)
    }

    /// Returns the path of that module, for items outside the constant.
    pub(crate) fn private_path(&self) -> Path {
        let krate = self.krate();
        parse_quote!(#krate::private)
    }

    /// `DetectorProxy`
    pub(crate) fn proxy(&self) -> Ident {
        self.options.proxy.clone().unwrap_or_else(|| names::proxy(&self.ident))
    }

    /// Whether this is the block of a type whose objects stay in the child of another object.
    pub(crate) fn is_handle(&self) -> bool {
        self.options.handle.is_some()
    }

    /// Whether a method returns objects that borrow from this one and stay in the child.
    pub(crate) fn lends(&self) -> bool {
        self.methods.iter().any(|method| method.function.verdict == Verdict::Sound && method.lends())
    }

    /// Returns the block as one whose objects stay in a child, if its own type is listed among
    /// those with handles: `fn add(&self, other: &Self) -> Self`.
    pub(crate) fn behind_handles(&self) -> Option<Self> {
        if self.is_of_another() || !self.handles.include(&self.ty) {
            return None;
        }
        let mut kept = self.clone();
        kept.options.handle = Some(kept.ident.clone());
        kept.options.proxy = None;
        // What such a method returns is the object that was started.
        kept.methods.retain(|method| !method.replaces);
        kept.methods.iter_mut().for_each(|method| method.has_push = false);
        Some(kept)
    }

    /// Whether this block makes no object that can be started: it is a part, or a handle.
    pub(crate) fn is_of_another(&self) -> bool {
        self.is_part() || self.is_handle()
    }

    /// `ChannelHandle`
    pub(crate) fn handle(&self) -> Ident {
        self.options.proxy.clone().unwrap_or_else(|| names::handle(&self.ident))
    }

    /// Whether this is a block with a `part` name, whose object is declared on another block.
    pub(crate) fn is_part(&self) -> bool {
        self.options.part.is_some()
    }

    /// `inner::DetectorProxy` for `impl inner::Detector`: the proxy's path at another block of the
    /// object.
    pub(crate) fn proxy_path(&self) -> Path {
        let proxy = if self.is_handle() { self.handle() } else { self.proxy() };
        match peel(&self.ty) {
            Type::Path(ty) if self.is_part() && self.options.proxy.is_none() => part::beside(&ty.path, proxy),
            _ => proxy.into(),
        }
    }

    /// `DetectorOutput`
    pub(crate) fn output(&self) -> Ident {
        let of_part = |part| names::part_output(&self.ident, part);
        let derived = || self.options.part.as_ref().map_or_else(|| names::output(&self.ident), of_part);
        self.options.output.clone().unwrap_or_else(derived)
    }

    /// `DetectorProxyStart`
    pub(crate) fn starter(&self) -> Ident {
        names::starter(&self.proxy())
    }

    /// `DetectorProxyBuilder`
    pub(crate) fn builder(&self) -> Ident {
        self.options.builder.clone().unwrap_or_else(|| names::builder(&self.proxy()))
    }

    /// Returns the visibility of the generated types: the user's choice, or else the widest
    /// visibility of a function.
    pub(crate) fn vis(&self) -> Visibility {
        let chosen = self.options.vis.as_ref();
        let widest = || self.functions().map(|function| &function.vis).max_by_key(|vis| width(vis));
        chosen.or_else(widest).cloned().unwrap_or(Visibility::Inherited)
    }

    /// Returns the names of its type and const parameters.
    pub(crate) fn parameters(&self) -> Vec<Ident> {
        parameters(&self.generics)
    }

    /// Returns the generics of the output enum: the parameters that its variants name.
    ///
    /// If a variant names `T::Item`, the parameters in the bounds of `T` are among them.
    pub(crate) fn output_generics(&self) -> Generics {
        let named: TokenStream = self.pushed_methods().map(|method| method.returned.owned.to_token_stream()).collect();
        let kept = named_parameters(&self.generics, named);
        restricted(&self.generics, |name| kept.contains(name))
    }

    /// Returns the methods that have a variant in the output enum.
    pub(crate) fn pushed_methods(&self) -> impl Iterator<Item = &Method> {
        self.named_methods().filter(|method| method.is_pushed())
    }

    /// Returns the constructors, and then the methods.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &Function> {
        let constructors = self.constructors.iter().map(|constructor| &constructor.function);
        constructors.chain(self.methods.iter().map(|method| &method.function))
    }

    /// Returns all functions that the child calls, also those that only save or restore.
    pub(crate) fn called_functions(&self) -> impl Iterator<Item = &Function> {
        let savers = self.savers.iter().map(|saver| &saver.function);
        let restorers = self.restorers.iter().map(|restorer| &restorer.function);
        self.functions().chain(savers.chain(restorers).filter(|function| !self.is_listed(function)))
    }

    /// Whether the function is among the constructors or methods.
    fn is_listed(&self, function: &Function) -> bool {
        self.functions().any(|other| other.sig.ident == function.sig.ident)
    }

    /// Returns the constructors that restore an object that `constructor` made.
    pub(crate) fn restorers_of(&self, constructor: &Constructor) -> impl Iterator<Item = &Constructor> {
        self.restorers.iter().filter(|restorer| restorer.is_like(constructor) || restorer.restores(constructor))
    }

    /// Returns the constructors that have a name on the builder.
    pub(crate) fn named_constructors(&self) -> impl Iterator<Item = &Constructor> + Clone {
        self.constructors.iter().filter(|constructor| constructor.function.verdict != Verdict::Nameless)
    }

    /// Returns the methods that have a name on the proxy.
    pub(crate) fn named_methods(&self) -> impl Iterator<Item = &Method> + Clone {
        self.methods.iter().filter(|method| method.function.verdict != Verdict::Nameless)
    }
}

fn width(vis: &Visibility) -> (u8, usize) {
    match vis {
        Visibility::Public(_) => (4, 0),
        Visibility::Restricted(restricted) if restricted.path.is_ident("crate") => (3, 0),
        Visibility::Restricted(restricted) if restricted.path.is_ident("self") => (1, 0),
        Visibility::Restricted(restricted) => {
            let path = restricted.path.to_token_stream().to_string();
            (2, if path.starts_with("crate") { usize::MAX - path.len() } else { path.len() })
        }
        Visibility::Inherited => (0, 0),
    }
}
