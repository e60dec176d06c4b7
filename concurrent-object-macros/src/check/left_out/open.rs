//! Leaves methods out that return a type such as `Entries<R>`, which names a parameter of the
//! block.
//!
//! The compiler cannot judge it, because it checks the dispatcher once for all `R`. Without
//! `skip_unsupported`, the dispatcher requires that the type can be sent. If it cannot, the object
//! could not be started for any `R`. A type that is an argument too, such as `NodeIndex<Ix>`, is
//! taken for data, and stays.

use syn::{Ident, Type};

use crate::errors::{Reason, spelled};
use crate::model::{Function, LeftOut, Object, Returned, Verdict, generic_parts, is_std_container, mentions, peel};

/// Moves the methods that return such a type to the list, as long as a method is left.
pub(super) fn leave_out(object: &mut Object) {
    let parameters = object.parameters();
    let taken: Vec<String> = object.functions().flat_map(|function| taken_parts(&parameters, function)).collect();
    let judge = |function: &Function, returned: &Returned| open_part(&parameters, &taken, function, returned);
    let all = object.methods.iter().filter_map(|one| judge(&one.function, &one.returned)).collect::<Vec<_>>();
    if all.len() < object.methods.len() {
        object.methods.retain(|method| all.iter().all(|one| one.name != method.function.sig.ident));
        object.left_out.extend(all);
    }
}

/// Returns the reason for which the function is left out.
fn open_part(parameters: &[Ident], taken: &[String], function: &Function, returned: &Returned) -> Option<LeftOut> {
    if function.verdict != Verdict::Sound || !function.has_no_options() || !returned.is_judged() {
        return None;
    }
    let is_open = |part: &&Type| !is_std_container(part) && !is_of_parameter(part, parameters);
    let mut open = generic_parts(&returned.owned, parameters).into_iter().filter(is_open);
    let open = open.find(|part| !taken.contains(&spelled(part)))?;
    let named: Vec<_> = parameters.iter().filter(|name| mentions(open, std::slice::from_ref(name))).collect();
    let named: Vec<_> = named.iter().map(|name| format!("`{name}`")).collect();
    let text =
        format!("whether it can be sent depends on {}, which `with` on the impl block can choose", named.join(", "));
    Some(LeftOut { name: function.sig.ident.clone(), reasons: vec![Reason { part: spelled(open), text }] })
}

/// Returns the parts of its arguments that name a parameter of the block.
fn taken_parts(parameters: &[Ident], function: &Function) -> Vec<String> {
    let types = function.arguments.iter().map(|argument| &argument.ty);
    types.flat_map(|ty| generic_parts(ty, parameters)).map(|part| spelled(&part)).collect()
}

/// `T`, `T::Item`, `<T as Shape>::Item`
fn is_of_parameter(ty: &Type, parameters: &[Ident]) -> bool {
    match peel(ty) {
        Type::Path(path) => match &path.qself {
            Some(qself) => is_of_parameter(&qself.ty, parameters),
            None => path.path.segments.first().is_some_and(|first| parameters.contains(&first.ident)),
        },
        _ => false,
    }
}
