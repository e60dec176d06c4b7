//! Objects from which views borrow, and views: the dispatcher reaches them through a `ViewOwner`,
//! which passes them to closures that are generic over the lifetimes.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use crate::model::{Method, Object, Taking};

/// How a dispatcher takes the object that its methods borrow.
pub(super) struct Owner {
    /// `const LENDS: bool = true;`
    pub(super) list: Option<TokenStream>,
    /// `call_lending`
    pub(super) name: Ident,
    /// `__this: &ViewOwner<Whole<Self>>`
    pub(super) receiver: TokenStream,
}

/// Returns how the dispatcher takes the object, if views borrow from it, or if it is a view.
pub(super) fn expand_owner(object: &Object) -> Option<Owner> {
    let private = object.private();
    if object.view.is_some() {
        let receiver = quote!(__this: &#private::ViewOwner<Self>);
        return Some(Owner { list: None, name: format_ident!("call_view"), receiver });
    }
    object.lends().then(|| Owner {
        list: Some(quote!(
            const LENDS: bool = true;
        )),
        name: format_ident!("call_lending"),
        receiver: quote!(__this: &#private::ViewOwner<#private::Whole<Self>>),
    })
}

/// Whether the dispatcher passes the object to a closure as `__this`.
pub(super) fn passes_itself(object: &Object, method: &Method) -> bool {
    match method.taking() {
        Taking::Borrows => object.view.is_some() || object.lends(),
        Taking::Consumes => object.view.is_some(),
        Taking::Replaces => false,
    }
}

/// `__this.lend(|__this, __views| __reply.send(&Self::prepare(__this, &sql).map(…)))`
///
/// The result is sent inside the closure, because it may borrow from the object.
pub(super) fn expand_borrowing(object: &Object, method: &Method, sent: TokenStream) -> TokenStream {
    if !passes_itself(object, method) {
        return sent;
    }
    let private = object.private();
    match (method.taking(), method.lends(), method.is_exclusive()) {
        (Taking::Consumes, true, _) => quote!(#private::take_view::<Self, _>(__key, |__this, __views| { #sent })),
        (Taking::Consumes, false, _) => quote!(#private::take_view::<Self, _>(__key, |__this, _| { #sent })),
        (_, _, true) if method.shares() => quote!(__this.share_mut(|__this, __views| { #sent })),
        (..) if method.shares() => quote!(__this.share(|__this, __views| { #sent })),
        (_, true, true) => quote!(__this.lend_mut(|__this, __views| { #sent })),
        (_, true, false) => quote!(__this.lend(|__this, __views| { #sent })),
        (_, false, true) => quote!(__this.change(|__this| { #sent })),
        (_, false, false) => quote!(__this.read(|__this| { #sent })),
    }
}
