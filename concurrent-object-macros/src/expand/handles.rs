//! The handle type of a type whose objects stay in the child of another object, and its dispatcher.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::{Lifetime, Type};

use super::allowed::expand_allowed_in_dispatcher;
use super::dispatch;
use super::docs::docs;
use super::listed::lists;
use super::output::method_names;
use crate::model::{Form, Object, name_lifetimes};

/// `pub struct ChannelHandle { handle: ObjectHandle }`
pub(super) fn expand_struct(object: &Object) -> TokenStream {
    let (private, vis, handle, cfgs) = (object.private_path(), object.vis(), object.handle(), &object.cfgs);
    let docs = docs(&format!(
        "A handle to a `{}` that an object keeps in its child process.\n\
         \n\
         Each method runs the method of the same name there. When the last clone of a handle is dropped,\n\
         the child drops what is behind it, before the object's next call. After the child has died,\n\
         every call of the handle is an error.{}",
        object.ident,
        lists(object)
    ));
    quote! {
        #docs
        #(#cfgs)*
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #vis struct #handle {
            handle: #private::ObjectHandle,
        }
    }
}

/// `static __NUMBERS: …; impl AsRef<ObjectHandle> for ChannelHandle { … }`, and the same for serde
pub(super) fn expand_impls(object: &Object) -> TokenStream {
    let (krate, private, handle) = (object.krate(), object.private(), object.handle());
    let names = method_names(object).into_iter().map(|name| format!("{}::{name}", object.ident));
    let serde = expand_serde(object);
    quote! {
        static __NUMBERS: #private::HandleNumbers = #private::HandleNumbers::new(&[#(#names),*]);

        #[automatically_derived]
        impl ::core::convert::AsRef<#private::ObjectHandle> for #handle {
            fn as_ref(&self) -> &#private::ObjectHandle {
                &self.handle
            }
        }

        #serde

        impl #handle {
            /// Returns a handle to the object that keeps this one: its process, its statistics.
            #[must_use]
            pub fn handle(&self) -> #krate::Handle {
                self.handle.of_object()
            }
        }
    }
}

/// `impl Serialize for ChannelHandle { … } impl Deserialize<'_> for ChannelHandle { … }`
fn expand_serde(object: &Object) -> TokenStream {
    let (private, handle) = (object.private(), object.handle());
    quote! {
        #[automatically_derived]
        impl #private::Serialize for #handle {
            fn serialize<S: #private::Serializer>(&self, __to: S) -> ::core::result::Result<S::Ok, S::Error> {
                #private::Serialize::serialize(&self.handle, __to)
            }
        }

        #[automatically_derived]
        impl<'de> #private::Deserialize<'de> for #handle {
            fn deserialize<D: #private::Deserializer<'de>>(__from: D) -> ::core::result::Result<Self, D::Error> {
                #private::Deserialize::deserialize(__from).map(|handle| Self { handle })
            }
        }
    }
}

/// `impl HandleObject for Channel { … }`: the dispatcher of the methods that are called on handles
pub(super) fn expand_kept(object: &Object) -> TokenStream {
    if object.form != Form::Whole {
        return TokenStream::new();
    }
    let (private, ty) = (object.private(), &object.ty);
    let functions = dispatch::expand_functions(object, if object.view.is_some() { "_view" } else { "_kept" });
    let allowed = expand_allowed_in_dispatcher(object);
    let (family, of_view) = object.view.as_ref().map(|view| expand_family(object, view)).unzip();
    let kept = if object.view.is_some() { quote!(ViewObject) } else { quote!(HandleObject) };
    quote! {
        #family

        #[automatically_derived]
        #allowed
        impl #private::#kept for #ty {
            #of_view
            #functions
        }
    }
}

/// `impl Family for Statement<'static> { type At<'v> = Statement<'v>; }`, and the name of the type
fn expand_family(object: &Object, view: &Type) -> (TokenStream, TokenStream) {
    let (private, ty, name) = (object.private(), &object.ty, object.ident.unraw().to_string());
    let lifetime = Lifetime::new("'v", Span::call_site());
    let view = name_lifetimes(view, &lifetime);
    let family = quote! {
        impl #private::Family for #ty {
            type At<#lifetime> = #view;
        }
    };
    (family, quote!(const NAME: &'static str = #name;))
}
