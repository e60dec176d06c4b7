//! The common part of constructors and methods.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::{FnArg, GenericArgument, GenericParam, Ident, Path, Signature, Type, TypePath, Visibility, WherePredicate};

use super::argument::{Argument, Passing};
use super::attributes::Attributes;
use super::fitting::{Fitting, Note, Undecided};
use super::generics::{mentions, only_bound};
use super::lifetimes::{contains_named_lifetime, without_names};
use super::progress::ProgressArgument;
use super::scope::Scope;
use super::types::contains_impl;
use crate::names;
use crate::options::{Carry, Chosen, ErrorForm, With};

/// A function of the object that has a name on the proxy or the builder.
#[derive(Clone)]
pub(crate) struct Function {
    /// Its number among the constructors, or among the methods. Messages contain it in place of the
    /// name.
    pub(crate) index: u32,
    pub(crate) vis: Visibility,
    /// The user's tokens.
    pub(crate) sig: Signature,
    /// Its name on the proxy or the builder, if the user chose another.
    pub(crate) rename: Option<Ident>,
    /// The types chosen for its type parameters, by the user or by their bounds.
    pub(crate) with: Vec<Chosen>,
    /// The position of this choice among those that the user made for the function.
    pub(crate) choice: usize,
    /// The choices that bounds decided.
    pub(crate) notes: Vec<Note>,
    /// The parameters for which neither the user nor a bound has chosen a type.
    pub(crate) undecided: Vec<Undecided>,
    pub(crate) attributes: Attributes,
    /// The arguments that are sent.
    pub(crate) arguments: Vec<Argument>,
    /// The arguments through which it reports its progress. A rule rejects a second one.
    pub(crate) progress: Vec<ProgressArgument>,
    /// The predicates of its `where` clause on type parameters of the impl block.
    pub(crate) predicates: Vec<WherePredicate>,
    /// How its error is sent, if it has one.
    pub(crate) error: ErrorForm,
    /// The trait that declares it.
    of_trait: Option<Path>,
    /// The parameters of the impl block whose type was chosen, and whose associated items are
    /// ambiguous.
    ambiguous: Vec<Ident>,
    /// The constants and types of the impl block, which `Self::Item` can name in an impl of a
    /// trait.
    items: Vec<Ident>,
    pub(crate) verdict: Verdict,
    /// Whether it is on the proxy only if the compiler finds that its types can be sent.
    pub(crate) is_conditional: bool,
}

/// What the output contains for a function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All of it, because no rule rejected it.
    Sound,
    /// A stub, because a rule rejected it. So a use of its names is not a second error.
    Refused,
    /// Nothing, because a rule rejected its name.
    Nameless,
}

/// A function as the user wrote it.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) of_trait: Option<Path>,
    pub(crate) attributes: Attributes,
    /// The position of its choice of types, if the user made several.
    pub(crate) choice: usize,
}

impl Source {
    /// Returns the function once for each choice of its types: each has a name on the proxy.
    pub(crate) fn choices(mut self) -> Vec<Self> {
        let with = std::mem::take(&mut self.attributes.options.with);
        if with.is_empty() {
            return vec![self];
        }
        let mut choices: Vec<_> = with.iter().map(|_| self.clone()).collect();
        for (position, (choice, with)) in choices.iter_mut().zip(with).enumerate() {
            choice.attributes.options.with = vec![with];
            choice.choice = position;
        }
        choices
    }
}

impl Function {
    /// Reads a function. Also returns its signature as it is written outside the impl block.
    pub(crate) fn read(source: Source, scope: &Scope, index: usize) -> (Self, Signature) {
        let Source { vis, mut sig, of_trait, mut attributes, choice } = source;
        scope.defaults.complete(&mut attributes.options, &mut sig);
        let With { chosen, rename } = attributes.options.with.pop().unwrap_or_default();
        let Fitting { sig: fitted, with, preparations, decided, notes, undecided } = fitting(&sig, chosen, scope);
        let with = scope.complete(&sig, &with);
        let resolved = scope.resolve(&fitted, &with);
        let free = names::free_prefix(&sig.inputs);
        let typed = || typed(&sig).zip(typed(&resolved)).enumerate();
        let progress: Vec<_> = typed()
            .filter_map(|(at, (original, resolved))| {
                ProgressArgument::read(original, &resolved.ty, &names::argument(&free, at), at)
            })
            .collect();
        let sent = typed().zip(preparations).filter(|((at, _), _)| progress.iter().all(|own| own.at != *at));
        let predicates = carried_predicates(&sig, &resolved, &decided, &scope.parameters);
        let own_carry = attributes.options.carry.clone();
        let carry: Vec<&Carry> = own_carry.iter().chain(&scope.carry).collect();
        let function = Self {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            vis,
            rename: rename.or_else(|| attributes.options.rename.take()),
            error: attributes.options.error.as_ref().map_or(scope.error, |(form, _)| *form),
            arguments: sent
                .map(|((at, (original, resolved)), preparation)| {
                    let shared = (&carry[..], &scope.handles);
                    Argument::read(original, &resolved.ty, &names::argument(&free, at), preparation, shared)
                })
                .collect(),
            progress,
            predicates,
            with,
            notes,
            undecided,
            attributes,
            of_trait,
            choice,
            items: scope.items.clone(),
            ambiguous: scope.ambiguous(),
            sig,
            verdict: Verdict::Sound,
            is_conditional: false,
        };
        (function, resolved)
    }

    /// Whether the user wrote no option on it.
    pub(crate) fn has_no_options(&self) -> bool {
        self.attributes.options.is_only_skip()
    }

    /// Returns its number as a token.
    pub(crate) fn number(&self) -> Literal {
        Literal::u32_unsuffixed(self.index)
    }

    /// Returns the name from which its generated names are built.
    pub(crate) fn name(&self) -> &Ident {
        self.rename.as_ref().unwrap_or(&self.sig.ident)
    }

    /// Returns the path by which the child calls it: `Self::open::<PathBuf>`,
    /// `<Self as Decoder>::decode`. For a `view` it is `<Statement<'_>>::step`.
    pub(crate) fn callee(&self, view: Option<&Type>) -> TokenStream {
        let name = &self.sig.ident;
        let chosen: Vec<_> = self.type_parameters().filter_map(|name| self.chosen_for(name)).collect();
        let turbofish = (!chosen.is_empty()).then(|| quote!(::<#(#chosen),*>));
        match &self.of_trait {
            Some(of_trait) => {
                let of_trait = without_names(of_trait);
                let object = view.map_or_else(|| quote!(Self), ToTokens::to_token_stream);
                quote!(<#object as #of_trait>::#name #turbofish)
            }
            None => {
                let object = view.map_or_else(|| quote!(Self), |view| quote!(<#view>));
                quote!(#object::#name #turbofish)
            }
        }
    }

    /// Returns its type and const parameters.
    pub(crate) fn type_parameters(&self) -> impl Iterator<Item = &Ident> {
        self.sig.generics.params.iter().filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
            GenericParam::Lifetime(_) => None,
        })
    }

    /// Returns the names for which a type can be chosen: its parameters, and arguments with
    /// `impl Trait`.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &Ident> {
        self.type_parameters().chain(self.impl_arguments().map(|argument| &argument.name))
    }

    /// Returns the type that the user chose for a type parameter.
    pub(crate) fn chosen_for(&self, parameter: &Ident) -> Option<&GenericArgument> {
        self.with.iter().find(|chosen| chosen.parameter == *parameter).map(|chosen| &chosen.argument)
    }

    /// Returns the parameter, or the argument with `impl Trait`, for which a type must be chosen.
    pub(crate) fn undecided(&self, name: &Ident) -> Option<&Undecided> {
        self.undecided.iter().find(|undecided| undecided.name.as_ref() == Some(name))
    }

    /// Whether the macro cannot determine the trait of `ty`, whose path begins with `name`.
    pub(crate) fn is_ambiguous(&self, name: &Ident, ty: &TypePath) -> bool {
        if name == "Self" {
            let is_own = ty.path.segments.get(1).is_some_and(|second| self.items.contains(&second.ident));
            return self.of_trait.is_some() && !is_own;
        }
        let is_own = self.chosen_for(name).is_some() && only_bound(&self.sig.generics, name).is_none();
        is_own || (self.ambiguous.contains(name) && self.type_parameters().all(|own| own != name))
    }

    /// Returns the arguments with `impl Trait`, for which the user can choose a type.
    pub(crate) fn impl_arguments(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(|argument| contains_impl(&argument.original.ty))
    }

    /// Returns the arguments that a rejected push returns to the caller.
    pub(crate) fn given_back(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(|argument| argument.is_given_back())
    }

    /// Returns the arguments that the parent writes back.
    pub(crate) fn in_out(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(|argument| matches!(argument.passing, Passing::InOut(_) | Passing::InOutSlice(_)))
    }
}

/// Chooses types for the parameters of a function: those of the user first, then those that bounds
/// decide, then those that the impl block has for all functions.
fn fitting(sig: &Signature, chosen: Vec<Chosen>, scope: &Scope) -> Fitting {
    let writes_back = sig.receiver().is_some();
    let fitting = Fitting::of(sig, chosen.clone(), writes_back);
    let undecided: Vec<_> = fitting.undecided.iter().filter_map(|one| one.name.as_ref()).collect();
    let is_free = |one: &&Chosen| chosen.iter().all(|own| own.parameter != one.parameter);
    let more: Vec<_> = scope.defaults.chosen_for(sig, &undecided).filter(is_free).cloned().collect();
    if more.is_empty() { fitting } else { Fitting::of(sig, chosen.into_iter().chain(more).collect(), writes_back) }
}

/// Returns the predicates of the where clause that name a parameter of the impl block.
///
/// A type that its bounds decided meets them, so the predicates on it are not needed.
fn carried_predicates(
    sig: &Signature,
    resolved: &Signature,
    decided: &[Ident],
    parameters: &[Ident],
) -> Vec<WherePredicate> {
    fn predicates(sig: &Signature) -> impl Iterator<Item = &WherePredicate> {
        sig.generics.where_clause.iter().flat_map(|clause| &clause.predicates)
    }
    let is_met = |one: &WherePredicate| matches!(one, WherePredicate::Type(one) if mentions(&one.bounded_ty, decided));
    let open = predicates(sig).zip(predicates(resolved)).filter(|(one, _)| !is_met(one)).map(|(_, one)| one);
    open.filter(|one| mentions(one, parameters) && !contains_named_lifetime(one)).cloned().collect()
}

fn typed(sig: &Signature) -> impl Iterator<Item = &syn::PatType> {
    sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    })
}
