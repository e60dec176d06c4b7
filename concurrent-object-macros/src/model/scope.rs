//! Replaces names that only have a meaning inside the impl block: `Self`, and type parameters for
//! which the user chose a type.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Expr, ExprPath, FnArg, GenericArgument, Generics, Ident, Lifetime, Path, PathSegment, Signature, Type, TypePath,
    parse_quote,
};

use super::argument::pattern_name;
use super::defaults::Defaults;
use super::generics::{bounded_name, name_of, only_bound, parameters, restricted};
use super::handle::HandleTypes;
use super::items::{data, items};
use super::known::is_data;
use super::lifetimes::{contains_lifetime, elide_lifetimes, lifetimes_in, without_lifetimes};
use super::types::{peel, with_turbofish};
use crate::block::Block;
use crate::names;
use crate::options::{Carry, Chosen, ErrorForm, ObjectOptions, types_in};

/// The properties that all functions of one impl block share.
pub(crate) struct Scope {
    /// The type as the user wrote it.
    pub(crate) object: Type,
    /// The trait of `impl Decoder for Png`.
    pub(crate) of_trait: Option<Path>,
    /// The type and const parameters of the impl.
    pub(crate) parameters: Vec<Ident>,
    /// The constants and types of the impl block, which `Self::N` can name in an impl of a trait.
    pub(crate) items: Vec<Ident>,
    /// The types among them that are data.
    pub(crate) data: Vec<Ident>,
    pub(crate) error: ErrorForm,
    pub(crate) carry: Vec<Carry>,
    /// The path of the runtime crate.
    pub(crate) krate: Path,
    /// The types to whose objects the parent has handles.
    pub(crate) handles: HandleTypes,
    /// Whether the block is that of a handle.
    pub(crate) is_handle: bool,
    /// `Statement<'_>`, if the block is that of a handle and its type borrows.
    pub(crate) view: Option<Type>,
    /// The options of the block that hold for its functions.
    pub(super) defaults: Defaults,
    /// The lifetimes of the type, if the block is that of a handle and its type borrows.
    pub(crate) lifetimes: Vec<Lifetime>,
    /// The types that the user chose for parameters of the impl.
    chosen: Vec<Chosen>,
    /// The generics of the impl, with the bounds of its parameters.
    generics: Generics,
}

impl Scope {
    /// Reads what the functions of the impl block share.
    pub(crate) fn of(item: &Block, options: &ObjectOptions) -> Self {
        let own = parameters(&item.generics);
        let is_open = |name: &Ident| options.with.iter().all(|chosen| chosen.parameter != *name);
        let mut scope = Self {
            object: without_lifetimes(&item.self_ty),
            of_trait: item.trait_.as_ref().map(|(path, _)| path.clone()),
            parameters: own.iter().filter(|name| is_open(name)).cloned().collect(),
            items: items(item),
            data: data(item),
            error: options.error,
            carry: types_in(&options.carry),
            krate: options.krate.clone().unwrap_or_else(|| parse_quote!(::concurrent_object)),
            handles: HandleTypes::default(),
            is_handle: options.handle.is_some(),
            view: None,
            lifetimes: Vec::new(),
            defaults: Defaults::of(item, options),
            chosen: options.with.iter().filter(|chosen| own.contains(&chosen.parameter)).cloned().collect(),
            generics: item.generics.clone(),
        };
        let (mut object, mut of_trait, mut opaque) =
            (scope.object.clone(), scope.of_trait.clone(), options.opaque.clone());
        let mut listed = options.handles.clone();
        let of_options = listed.iter_mut().map(|listed| &mut listed.ty).chain(&mut opaque);
        for ty in of_options.chain(std::iter::once(&mut object)) {
            scope.resolver(&[], &Generics::default()).visit_type_mut(ty);
        }
        of_trait.iter_mut().for_each(|path| scope.resolver(&[], &Generics::default()).visit_path_mut(path));
        scope.handles = HandleTypes::of(&listed, &opaque, &scope.krate, &object);
        if scope.is_handle {
            scope.handles.add(&object);
            scope.view = scope.view_type(&item.self_ty);
            scope.lifetimes = lifetimes_in(&item.self_ty);
            scope.lifetimes.retain(|lifetime| lifetime.ident != "_");
        }
        (scope.object, scope.of_trait) = (object, of_trait);
        scope
    }

    /// Returns `Statement<'_>` for `impl<'c> Statement<'c>`.
    fn view_type(&self, self_ty: &Type) -> Option<Type> {
        let mut view = self_ty.clone();
        elide_lifetimes(&mut view);
        self.resolver(&[], &Generics::default()).visit_type_mut(&mut view);
        contains_lifetime(&view).then_some(view)
    }

    fn resolver<'a>(&'a self, chosen: &'a [Chosen], generics: &'a Generics) -> Resolver<'a> {
        Resolver { scope: self, chosen, generics }
    }

    /// Returns the choices as they are written outside the impl block.
    ///
    /// A chosen type can name another parameter for which a type was chosen.
    pub(crate) fn complete(&self, sig: &Signature, chosen: &[Chosen]) -> Vec<Chosen> {
        let mut complete = chosen.to_vec();
        for one in &mut complete {
            self.resolver(chosen, &sig.generics).visit_generic_argument_mut(&mut one.argument);
        }
        complete
    }

    /// Returns the signature as it is written outside the impl block. `chosen` is complete.
    pub(crate) fn resolve(&self, sig: &Signature, chosen: &[Chosen]) -> Signature {
        let mut resolved = sig.clone();
        resolved.inputs = resolved.inputs.into_iter().filter(|input| matches!(input, FnArg::Typed(_))).collect();
        self.resolver(chosen, &sig.generics).visit_signature_mut(&mut resolved);
        resolved.inputs.iter_mut().for_each(|input| choose_for_impl(input, chosen));
        resolved
    }

    /// Returns the path of the runtime's module that only generated code uses.
    pub(crate) fn private(&self) -> Path {
        let krate = &self.krate;
        parse_quote!(#krate::private)
    }

    /// Whether the type is data, a parameter of the impl block, or an associated type that is data.
    pub(crate) fn is_data(&self, ty: &Type) -> bool {
        let is_named = |path: &TypePath| match path.qself {
            Some(_) => path.path.segments.last().is_some_and(|last| self.data.contains(&last.ident)),
            None => self.parameters.iter().any(|name| path.path.is_ident(name)),
        };
        is_data(ty) || matches!(peel(ty), Type::Path(path) if is_named(path))
    }

    /// Returns the impl's parameters for which the user chose no type, with their bounds as they
    /// are written outside the impl block.
    pub(crate) fn open_generics(&self, generics: &Generics) -> Generics {
        let mut open = generics.clone();
        let is_chosen = |name: &Ident| self.chosen.iter().any(|chosen| chosen.parameter == *name);
        open.params = open.params.into_iter().filter(|parameter| !is_chosen(name_of(parameter))).collect();
        if let Some(clause) = &mut open.where_clause {
            clause.predicates.retain(|predicate| !bounded_name(predicate).is_some_and(is_chosen));
        }
        let own = generics.clone();
        self.resolver(&[], &own).visit_generics_mut(&mut open);
        restricted(&open, |_| true)
    }

    /// Returns the parameters `R` of the impl for which the user chose a type, and for which the
    /// macro cannot determine the trait of `R::Item`.
    pub(crate) fn ambiguous(&self) -> Vec<Ident> {
        let chosen = self.chosen.iter().map(|chosen| &chosen.parameter);
        chosen.filter(|name| only_bound(&self.generics, name).is_none()).cloned().collect()
    }
}

/// `path: impl AsRef<Path>` -> `path: PathBuf`, if the user chose that type
fn choose_for_impl(input: &mut FnArg, chosen: &[Chosen]) {
    struct Chooser<'a>(&'a Type);
    impl VisitMut for Chooser<'_> {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            // Several bounds need parentheses around them, which are replaced too.
            match peel(ty) {
                Type::ImplTrait(_) => *ty = self.0.clone(),
                _ => visit_mut::visit_type_mut(self, ty),
            }
        }
    }
    let FnArg::Typed(argument) = input else { return };
    let Some(name) = pattern_name(&argument.pat) else { return };
    if let Some(Chosen { argument: GenericArgument::Type(ty), .. }) = chosen.iter().find(|one| one.parameter == name) {
        Chooser(ty).visit_type_mut(&mut argument.ty);
    }
}

struct Resolver<'a> {
    scope: &'a Scope,
    chosen: &'a [Chosen],
    /// The generics of the function, with the bounds of its parameters.
    generics: &'a Generics,
}

impl VisitMut for Resolver<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match self.in_place_of(ty) {
            Some(other) => *ty = other,
            None => visit_mut::visit_type_mut(self, ty),
        }
    }

    fn visit_generic_argument_mut(&mut self, argument: &mut GenericArgument) {
        let chosen = match argument {
            GenericArgument::Type(Type::Path(path)) if path.qself.is_none() => self.chosen_for(&path.path),
            _ => None,
        };
        match chosen.map(|chosen| chosen.argument.clone()) {
            Some(constant) if !matches!(constant, GenericArgument::Type(_)) => *argument = constant,
            _ => visit_mut::visit_generic_argument_mut(self, argument),
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let chosen = match expr {
            Expr::Path(path) if path.qself.is_none() => self.chosen_for(&path.path).and_then(as_expr),
            _ => None,
        };
        match chosen {
            Some(chosen) => *expr = chosen,
            None => visit_mut::visit_expr_mut(self, expr),
        }
    }

    /// `Self::N` -> `Detector::N`, or `<Png as Decoder>::N` for a constant of that impl
    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        visit_mut::visit_expr_path_mut(self, path);
        let Some(rest) = after_self(&path.path).filter(|_| path.qself.is_none()) else { return };
        let object = &self.scope.object;
        let of_trait = self.scope.of_trait.as_ref().filter(|_| self.scope.items.contains(&rest.ident));
        *path = match of_trait {
            Some(of_trait) => parse_quote!(<#object as #of_trait>::#rest),
            None => match peel(object) {
                Type::Path(TypePath { qself: None, path, .. }) => {
                    let path = with_turbofish(path);
                    parse_quote!(#path::#rest)
                }
                _ => parse_quote!(<#object>::#rest),
            },
        };
    }
}

impl Resolver<'_> {
    /// `Self` -> `Detector`, `P` -> `PathBuf`, `Self::Pixel` -> `<Png as Decoder>::Pixel`,
    /// `R::X` -> `<File as Read>::X`
    fn in_place_of(&self, ty: &Type) -> Option<Type> {
        let Type::Path(TypePath { qself: None, path, .. }) = ty else { return None };
        if path.is_ident("Self") {
            return Some(placed_at(&self.scope.object, path));
        }
        if let Some(GenericArgument::Type(chosen)) = self.chosen_for(path).map(|chosen| &chosen.argument) {
            let is_of_block = self.chosen.iter().all(|one| !path.is_ident(&one.parameter));
            return Some(if is_of_block { placed_at(chosen, path) } else { chosen.clone() });
        }
        let object = &self.scope.object;
        if let Some(mut rest) = after_self(path).cloned() {
            visit_mut::visit_path_segment_mut(&mut Resolver { ..*self }, &mut rest);
            let of_trait = self.scope.of_trait.as_ref().filter(|_| self.scope.items.contains(&rest.ident));
            return of_trait.map(|of_trait| parse_quote!(<#object as #of_trait>::#rest));
        }
        let (parameter, rest) = two_segments(path)?;
        let mut all = self.chosen.iter().chain(&self.scope.chosen);
        let argument = &all.find(|chosen| chosen.parameter == parameter.ident)?.argument;
        let mut bound = only_bound(self.generics, &parameter.ident)
            .or_else(|| only_bound(&self.scope.generics, &parameter.ident))?;
        self.scope.resolver(self.chosen, self.generics).visit_path_mut(&mut bound);
        Some(parse_quote!(<#argument as #bound>::#rest))
    }

    fn chosen_for(&self, path: &Path) -> Option<&Chosen> {
        let is_own = parameters(self.generics).iter().any(|own| path.is_ident(own));
        // A parameter of the function hides one of the impl block.
        let of_block = self.scope.chosen.iter().filter(|_| !is_own);
        self.chosen.iter().chain(of_block).find(|chosen| path.is_ident(&chosen.parameter))
    }
}

/// Returns the type, with its tokens at the location of the `Self` that it replaces.
fn placed_at(ty: &Type, place: &Path) -> Type {
    let span = place.span();
    let tokens = ty.to_token_stream().into_iter().map(|tree| names::moved(tree, span)).collect();
    syn::parse2(tokens).unwrap_or_else(|_| ty.clone())
}

fn as_expr(chosen: &Chosen) -> Option<Expr> {
    match &chosen.argument {
        GenericArgument::Const(expr) => Some(expr.clone()),
        GenericArgument::Type(ty) => Some(parse_quote!({ #ty })),
        _ => None,
    }
}

/// `N` of `Self::N`
fn after_self(path: &Path) -> Option<&PathSegment> {
    two_segments(path).filter(|(first, _)| first.ident == "Self").map(|(_, rest)| rest)
}

fn two_segments(path: &Path) -> Option<(&PathSegment, &PathSegment)> {
    let mut segments = path.segments.iter();
    let found = (segments.next()?, segments.next()?);
    (path.leading_colon.is_none() && segments.next().is_none()).then_some(found)
}
