//! Functions that return a future without being `async`: `-> impl Future<Output = u8>`.

use syn::spanned::Spanned;
use syn::{AssocType, GenericArgument, PathArguments, ReturnType, Signature, Token, Type, TypeParamBound, parse_quote};

use crate::model::{first_argument, last_name, peel};

/// Returns the signature as that of an `async fn`, if it returns a future whose output it names.
///
/// The `async` has the location of the type, so that errors about it are shown there.
pub(super) fn as_async(mut sig: Signature) -> Signature {
    let ReturnType::Type(_, ty) = &sig.output else { return sig };
    if let Some(output) = output_of(ty).filter(|_| sig.asyncness.is_none()) {
        sig.asyncness = Some(Token![async](ty.span()));
        sig.output = parse_quote!(-> #output);
    }
    sig
}

/// `T` of `impl Future<Output = T>` and `Pin<Box<dyn Future<Output = T>>>`
fn output_of(ty: &Type) -> Option<Type> {
    let ty = peel(ty);
    let bounds = match ty {
        Type::ImplTrait(ty) => &ty.bounds,
        Type::Path(_) if last_name(ty).is_some_and(|name| name == "Pin") => {
            let boxed = first_argument(ty).filter(|boxed| last_name(boxed).is_some_and(|name| name == "Box"))?;
            let Type::TraitObject(object) = peel(first_argument(boxed)?) else { return None };
            &object.bounds
        }
        _ => return None,
    };
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let last = bound.path.segments.last().filter(|last| last.ident == "Future")?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(AssocType { ident, ty, .. }) if ident == "Output" => Some(ty.clone()),
            _ => None,
        })
    })
}
