//! Queries about type and const parameters.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    GenericArgument, GenericParam, Generics, Ident, Path, PathArguments, Type, TypeParamBound, TypePath,
    WherePredicate, parse_quote,
};

use super::adapter::{self, is_adapted_array};
use super::types::{CONTAINERS, peel, same};

/// Returns the names of the type and const parameters.
pub(crate) fn parameters(generics: &Generics) -> Vec<Ident> {
    let names = generics.params.iter().filter_map(|parameter| match parameter {
        GenericParam::Type(parameter) => Some(parameter.ident.clone()),
        GenericParam::Const(parameter) => Some(parameter.ident.clone()),
        GenericParam::Lifetime(_) => None,
    });
    names.collect()
}

pub(super) fn name_of(parameter: &GenericParam) -> &Ident {
    match parameter {
        GenericParam::Type(parameter) => &parameter.ident,
        GenericParam::Const(parameter) => &parameter.ident,
        GenericParam::Lifetime(parameter) => &parameter.lifetime.ident,
    }
}

/// `R` of `R: Read` and of `R::Item: Copy`
pub(crate) fn bounded_name(predicate: &WherePredicate) -> Option<&Ident> {
    match predicate {
        WherePredicate::Type(predicate) => match peel(&predicate.bounded_ty) {
            Type::Path(TypePath { qself: None, path, .. }) => path.segments.first().map(|first| &first.ident),
            _ => None,
        },
        _ => None,
    }
}

/// Whether one of the names occurs in these tokens.
pub(crate) fn mentions(tokens: impl ToTokens, names: &[Ident]) -> bool {
    !names.is_empty() && stream_mentions(tokens.to_token_stream(), names)
}

fn stream_mentions(tokens: TokenStream, names: &[Ident]) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => names.contains(&ident),
        TokenTree::Group(group) => stream_mentions(group.stream(), names),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Returns the parameters that these tokens name.
///
/// If the tokens name an associated item of a parameter (`T::Item`), the parameters in the bounds
/// of `T` are among them.
pub(crate) fn named_parameters(generics: &Generics, tokens: TokenStream) -> Vec<Ident> {
    let all = parameters(generics);
    let mut named: Vec<Ident> =
        all.iter().filter(|name| mentions(&tokens, std::slice::from_ref(name))).cloned().collect();
    let mut at = 0;
    while let Some(name) = named.get(at).cloned() {
        if has_part(tokens.clone(), &name) {
            let bounds = bounds_of(generics, &name);
            let more =
                all.iter().filter(|other| mentions(&bounds, std::slice::from_ref(other)) && !named.contains(other));
            let more: Vec<_> = more.cloned().collect();
            named.extend(more);
        }
        at += 1;
    }
    named
}

/// Whether `T::` occurs in the tokens.
fn has_part(tokens: TokenStream, name: &Ident) -> bool {
    let trees: Vec<_> = tokens.into_iter().collect();
    let begins = |at: usize| {
        matches!(&trees[at], TokenTree::Ident(ident) if ident == name)
            && matches!(trees.get(at + 1), Some(TokenTree::Punct(colon)) if colon.as_char() == ':')
    };
    let inside = |tree: &TokenTree| matches!(tree, TokenTree::Group(group) if has_part(group.stream(), name));
    (0..trees.len()).any(begins) || trees.iter().any(inside)
}

fn bounds_of(generics: &Generics, name: &Ident) -> TokenStream {
    let inline =
        generics.type_params().filter(|parameter| parameter.ident == *name).map(|one| one.bounds.to_token_stream());
    let clause = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let outside = clause.filter_map(|predicate| match predicate {
        WherePredicate::Type(one) if same(&one.bounded_ty, &parse_quote!(#name)) => Some(one.bounds.to_token_stream()),
        _ => None,
    });
    inline.chain(outside).collect()
}

/// Returns the only trait bound of a parameter, or `None` if it has none or several.
///
/// With one bound, `R::Item` can only come from that trait.
pub(super) fn only_bound(generics: &Generics, parameter: &Ident) -> Option<Path> {
    let inline = generics.params.iter().filter_map(|param| match param {
        GenericParam::Type(param) if param.ident == *parameter => Some(&param.bounds),
        _ => None,
    });
    let clause = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let outside = clause.filter_map(|predicate| match predicate {
        WherePredicate::Type(predicate) => match &predicate.bounded_ty {
            Type::Path(path) if path.path.is_ident(parameter) => Some(&predicate.bounds),
            _ => None,
        },
        _ => None,
    });
    let mut traits = inline.chain(outside).flatten().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) if bound.maybe.is_none() => Some(bound.path.clone()),
        _ => None,
    });
    let mut found = traits.next()?;
    if let Some(PathArguments::AngleBracketed(arguments)) = found.segments.last_mut().map(|last| &mut last.arguments) {
        let kept = arguments.args.iter().filter(|argument| !matches!(argument, GenericArgument::AssocType(_))).cloned();
        arguments.args = kept.collect();
    }
    traits.next().is_none().then_some(found)
}

/// Returns the parts of a type that name a parameter.
///
/// A container of the standard library is replaced with its arguments: it can be sent if they can.
pub(crate) fn generic_parts<'t>(ty: &'t Type, names: &[Ident]) -> Vec<&'t Type> {
    let inner: Vec<&Type> = match peel(ty) {
        whole if !mentions(whole, names) => return Vec::new(),
        Type::Reference(reference) => vec![&reference.elem],
        Type::Slice(slice) => vec![&slice.elem],
        Type::Array(array) if is_adapted_array(array) => vec![&array.elem],
        Type::Tuple(tuple) => tuple.elems.iter().collect(),
        Type::Path(path) => match container_arguments(path) {
            Some(arguments) => arguments,
            None => return vec![ty],
        },
        _ => return vec![ty],
    };
    inner.into_iter().flat_map(|part| generic_parts(part, names)).collect()
}

/// `K` and `V` of `HashMap<K, V>`
fn container_arguments(path: &TypePath) -> Option<Vec<&Type>> {
    let mut names = CONTAINERS.iter().chain(&adapter::CONTAINERS);
    let last = path.path.segments.last().filter(|last| names.any(|name| last.ident == name))?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    Some(types.collect())
}

/// Adds the bound `'static` to every type parameter.
pub(crate) fn make_lasting(generics: &mut Generics) {
    for parameter in &mut generics.params {
        if let GenericParam::Type(parameter) = parameter {
            parameter.bounds.push(parse_quote!('static));
        }
    }
}

/// Returns the generics with the kept parameters only, without lifetimes.
///
/// Bounds that name a dropped parameter are dropped too.
pub(crate) fn restricted(generics: &Generics, kept: impl Fn(&Ident) -> bool) -> Generics {
    let mut restricted = generics.clone();
    let lifetimes = generics.params.iter().filter_map(|parameter| match parameter {
        GenericParam::Lifetime(parameter) => Some(parameter.lifetime.ident.clone()),
        _ => None,
    });
    let dropped: Vec<_> = parameters(generics).into_iter().filter(|name| !kept(name)).chain(lifetimes).collect();
    restricted.params.retain(|parameter| match parameter {
        GenericParam::Type(parameter) => kept(&parameter.ident),
        GenericParam::Const(parameter) => kept(&parameter.ident),
        GenericParam::Lifetime(_) => false,
    });
    for parameter in &mut restricted.params {
        if let GenericParam::Type(parameter) = parameter {
            parameter.bounds.retain(|bound| !mentions(bound, &dropped));
        }
    }
    if let Some(clause) = &mut restricted.where_clause {
        clause.predicates.retain(|predicate| !mentions(predicate, &dropped));
    }
    if restricted.params.is_empty() {
        restricted = Generics::default();
    }
    restricted
}
