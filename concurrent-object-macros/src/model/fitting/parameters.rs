//! The type parameters of a function for which the user chose no type, and the bounds on them.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    FnArg, GenericArgument, Ident, PathArguments, PredicateType, ReturnType, Signature, Token, Type, TypeParam,
    TypeParamBound, TypePath, WherePredicate, parse_quote,
};

use super::bound::{Form, form_of_owned};
use crate::model::argument::pattern_name;
use crate::model::generics::mentions;
use crate::model::types::{peel, same};
use crate::options::Chosen;

/// A type parameter for which the user chose no type.
pub(super) struct Parameter {
    pub(super) name: Ident,
    pub(super) bounds: Vec<TypeParamBound>,
    /// The bounds, in the user's tokens.
    pub(super) written: TokenStream,
    /// The form that a bound on another type asks for: `str` for `String: Borrow<P>`.
    pub(super) known: Option<Form>,
    pub(super) kind: Kind,
}

/// What a parameter is in the user's signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `P` of `fn open<P>(…)`
    Named,
    /// `impl Trait`, or the `Item` of a parameter
    Nameless,
}

/// The open parameters of a function, and the arguments that use them.
pub(super) struct Open {
    pub(super) parameters: Vec<Parameter>,
    /// The types of the arguments, with a name in place of each `impl Trait`.
    pub(super) arguments: Vec<Type>,
    /// The choices of the user.
    pub(super) with: Vec<Chosen>,
    /// Whether the function may have `&mut` arguments.
    pub(super) writes_back: bool,
    predicates: Vec<PredicateType>,
    output: ReturnType,
}

impl Open {
    pub(super) fn read(sig: &Signature, with: &[Chosen], writes_back: bool) -> Self {
        let clause = sig.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
        let predicates = clause.filter_map(|predicate| match predicate {
            WherePredicate::Type(predicate) => Some(predicate.clone()),
            _ => None,
        });
        let mut open = Self {
            parameters: Vec::new(),
            arguments: Vec::new(),
            with: with.to_vec(),
            writes_back,
            predicates: predicates.collect(),
            output: sig.output.clone(),
        };
        sig.inputs.iter().for_each(|input| open.read_argument(input));
        sig.generics.type_params().for_each(|parameter| open.read_parameter(parameter));
        open
    }

    fn is_chosen(&self, name: &Ident) -> bool {
        self.with.iter().any(|one| one.parameter == *name)
    }

    fn read_argument(&mut self, input: &FnArg) {
        let FnArg::Typed(argument) = input else { return };
        let mut ty = without_dyn(&argument.ty);
        if !pattern_name(&argument.pat).is_some_and(|name| self.is_chosen(&name)) {
            ImplNamer { found: &mut self.parameters }.visit_type_mut(&mut ty);
        }
        self.arguments.push(ty);
    }

    fn read_parameter(&mut self, parameter: &TypeParam) {
        let name = parameter.ident.clone();
        if self.is_chosen(&name) {
            return;
        }
        let outside = self.predicates.iter().filter(|one| is_named(&one.bounded_ty, &name));
        let outside = outside.flat_map(|one| one.bounds.iter().cloned());
        let mut bounds: Vec<_> = parameter.bounds.iter().cloned().chain(outside).collect();
        let written = quote!(#(#bounds)+*);
        let mut namer = ImplNamer { found: &mut self.parameters };
        bounds.iter_mut().for_each(|bound| namer.visit_type_param_bound_mut(bound));
        let items =
            self.predicates.iter().filter(|one| part_of(&one.bounded_ty, &name).is_some_and(|part| part == "Item"));
        let items: Vec<_> = items.flat_map(|one| one.bounds.iter().cloned()).collect();
        if !items.is_empty() {
            let item = format_ident!("{name}_item");
            name_item(&mut bounds, &item);
            let written = quote!(#(#items)+*);
            self.parameters.push(Parameter { name: item, bounds: items, written, known: None, kind: Kind::Nameless });
        }
        let known = self.predicates.iter().find_map(|one| lent_by(&one.bounded_ty, &one.bounds, &name));
        self.parameters.push(Parameter { name, bounds, written, known, kind: Kind::Named });
    }

    /// Returns the open parameter that this type is.
    pub(super) fn named_by(&self, ty: &Type) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| is_named(ty, &parameter.name))
    }

    /// Whether neither the result nor a bound on another type names the parameter.
    pub(super) fn is_free(&self, name: &Ident) -> bool {
        let names = std::slice::from_ref(name);
        let is_own = |ty: &Type| is_named(ty, name) || part_of(ty, name).is_some() || self.named_by(ty).is_some();
        let is_lent = |one: &PredicateType| lent_by(&one.bounded_ty, &one.bounds, name).is_some();
        let mut others = self.predicates.iter().filter(|one| !is_own(&one.bounded_ty) && !is_lent(one));
        // Of two such bounds, one type meets one.
        let is_lent_once = self.predicates.iter().filter(|one| is_lent(one)).nth(1).is_none();
        let is_alone = !mentions(&self.output, names) && !others.any(|other| mentions(other, names));
        is_alone && is_lent_once && self.has_usual_parts(name)
    }

    /// Whether every predicate on a part of the parameter holds for any type that is chosen.
    fn has_usual_parts(&self, name: &Ident) -> bool {
        let usual = |bound: &TypeParamBound| match bound {
            TypeParamBound::Trait(bound) => {
                bound.path.segments.last().is_some_and(|last| USUAL.iter().any(|name| last.ident == name))
            }
            _ => false,
        };
        self.predicates.iter().all(|one| match part_of(&one.bounded_ty, name) {
            Some(part) => part == "Item" || one.bounds.iter().all(usual),
            None => true,
        })
    }
}

/// Bounds that the parts of every chosen type meet, such as `P::IntoIter` and `P::Error`.
const USUAL: [&str; 9] = [
    "ExactSizeIterator",
    "DoubleEndedIterator",
    "FusedIterator",
    "Iterator",
    "Send",
    "Sync",
    "Debug",
    "Display",
    "Error",
];

type Bounds = Punctuated<TypeParamBound, Token![+]>;

/// `&mut dyn Write` -> `&mut impl Write`: what has the trait also becomes a trait object.
fn without_dyn(ty: &Type) -> Type {
    let mut ty = ty.clone();
    if let Type::Reference(reference) = &mut ty
        && let Type::TraitObject(object) = peel(&reference.elem)
    {
        let bounds = &object.bounds;
        *reference.elem = parse_quote!((impl #bounds));
    }
    ty
}

/// Gives each `impl Trait` a name.
struct ImplNamer<'a> {
    found: &'a mut Vec<Parameter>,
}

impl VisitMut for ImplNamer<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        let written = match peel(ty) {
            Type::ImplTrait(of) => of.bounds.to_token_stream(),
            _ => TokenStream::new(),
        };
        visit_mut::visit_type_mut(self, ty);
        if let Type::ImplTrait(of) = peel(ty) {
            let name = format_ident!("impl_{}", self.found.len());
            let bounds = of.bounds.iter().cloned().collect();
            *ty = Type::Path(parse_quote!(#name));
            self.found.push(Parameter { name, bounds, written, known: None, kind: Kind::Nameless });
        }
    }
}

pub(super) fn is_named(ty: &Type, name: &Ident) -> bool {
    matches!(peel(ty), Type::Path(TypePath { qself: None, path, .. }) if path.is_ident(name))
}

/// `Item` of `P::Item` and of `<P as Iterator>::Item`
pub(super) fn part_of<'t>(ty: &'t Type, name: &Ident) -> Option<&'t Ident> {
    let Type::Path(TypePath { qself, path, .. }) = peel(ty) else { return None };
    let is_of_name = match qself {
        Some(qself) => is_named(&qself.ty, name),
        None => path.segments.len() > 1 && path.segments.first().is_some_and(|first| first.ident == *name),
    };
    path.segments.last().map(|last| &last.ident).filter(|_| is_of_name)
}

/// The form of `String: Borrow<P>`, and of `Value: From<P>`
fn lent_by(owner: &Type, bounds: &Bounds, name: &Ident) -> Option<Form> {
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let last = bound.path.segments.last().filter(|last| same(&first_of(&last.arguments), &parse_quote!(#name)))?;
        match last.ident.to_string().as_str() {
            "Borrow" => Some(form_of_owned(owner)),
            "From" => Some(Form::Value(owner.clone())),
            _ => None,
        }
    })
}

fn first_of(arguments: &PathArguments) -> Type {
    match arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(GenericArgument::Type(ty)) => ty.clone(),
            _ => parse_quote!(()),
        },
        _ => parse_quote!(()),
    }
}

/// `IntoIterator` -> `IntoIterator<Item = name>`
fn name_item(bounds: &mut [TypeParamBound], name: &Ident) {
    for bound in bounds {
        let TypeParamBound::Trait(bound) = bound else { continue };
        let last = bound.path.segments.last_mut();
        let is_list = |name: &Ident| name == "IntoIterator" || name.to_string().ends_with("Iterator");
        if let Some(last) = last.filter(|last| last.arguments.is_none() && is_list(&last.ident)) {
            last.arguments = PathArguments::AngleBracketed(parse_quote!(<Item = #name>));
        }
    }
}
