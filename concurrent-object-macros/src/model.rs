//! The impl block as the rest of the macro sees it: an object with its constructors and methods.
//!
//! Knows how to read, not what is allowed: whatever the user wrote ends up in the model, with the original tokens kept
//! for [`check`](crate::check) to point at. Helper attributes leave the user's impl here, and nothing else in it changes.

mod argument;
mod attributes;
mod result;
mod types;

use proc_macro2::{Literal, Span};
use quote::ToTokens;
use syn::{FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, Receiver, Signature, Type, Visibility, parse_quote};

pub(crate) use self::argument::{Argument, Passing};
pub(crate) use self::attributes::Attributes;
pub(crate) use self::result::{Made, Returned, Sending};
pub(crate) use self::types::{contains_lifetime, last_name, peel, same};
use crate::errors::Errors;
use crate::names;
use crate::options::ObjectOptions;

/// What one use of the attribute is about.
pub(crate) struct Object {
    /// The user's impl block, without our attributes on its functions.
    pub(crate) item: ItemImpl,
    /// The last name in the type's path: `Detector`.
    pub(crate) ident: Ident,
    /// The type as the user wrote it: `inner::Detector`.
    pub(crate) ty: Type,
    pub(crate) options: ObjectOptions,
    pub(crate) constructors: Vec<Constructor>,
    pub(crate) methods: Vec<Method>,
    /// A function that makes the object but is private.
    pub(crate) private_constructor: Option<Ident>,
    /// Whether a proxy can be made at all, even one of which parts are missing.
    pub(crate) usable: bool,
}

/// An associated function that makes the object.
pub(crate) struct Constructor {
    pub(crate) function: Function,
    pub(crate) made: Made,
}

/// A function with a receiver.
pub(crate) struct Method {
    pub(crate) function: Function,
    pub(crate) receiver: Receiver,
    pub(crate) returned: Returned,
}

/// What constructors and methods have in common.
pub(crate) struct Function {
    /// Its number among the constructors, or among the methods: what travels in place of its name.
    pub(crate) index: u32,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    /// Its name on the proxy or the builder, if that is not its own.
    pub(crate) rename: Option<Ident>,
    pub(crate) attributes: Attributes,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) verdict: Verdict,
}

/// What becomes of a function in the output.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing is wrong with it.
    Sound,
    /// It was refused; its names exist on the proxy, so that using them is not an error of its own.
    Refused,
    /// Its name was refused; nothing by that name is generated.
    Nameless,
}

impl Object {
    /// Reads the impl block; takes our own attributes off the functions in it.
    pub(crate) fn read(mut item: ItemImpl, options: ObjectOptions, errors: &mut Errors) -> Self {
        let ty = (*item.self_ty).clone();
        let ident = last_name(&ty).cloned().unwrap_or_else(|| Ident::new("Object", Span::call_site()));
        let (mut constructors, mut methods, mut private_constructor) = (Vec::new(), Vec::new(), None);
        for item in &mut item.items {
            let ImplItem::Fn(item) = item else { continue };
            let attributes = Attributes::take_from(&mut item.attrs, errors);
            if attributes.options.skip {
                continue;
            }
            let is_private = matches!(item.vis, Visibility::Inherited);
            if let Some(receiver) = item.sig.receiver().cloned().filter(|_| !is_private) {
                let returned = Returned::read(&item.sig.output, &ty);
                let function = Function::read(item, attributes, &ty, methods.len());
                methods.push(Method { function, receiver, returned });
            } else if let Some(made) = Made::read(&item.sig.output, &ty)
                && item.sig.receiver().is_none()
            {
                if is_private {
                    private_constructor.get_or_insert(item.sig.ident.clone());
                    continue;
                }
                let function = Function::read(item, attributes, &ty, constructors.len());
                constructors.push(Constructor { function, made });
            }
        }
        Self { item, ident, ty, options, constructors, methods, private_constructor, usable: true }
    }

    /// The path of the runtime crate.
    pub(crate) fn krate(&self) -> syn::Path {
        self.options.krate.clone().unwrap_or_else(|| parse_quote!(::concurrent_object))
    }

    /// What generated code may name of the runtime crate, apart from what users see.
    pub(crate) fn private(&self) -> syn::Path {
        let krate = self.krate();
        parse_quote!(#krate::private)
    }

    /// `DetectorProxy`
    pub(crate) fn proxy(&self) -> Ident {
        self.options.proxy.clone().unwrap_or_else(|| names::proxy(&self.ident))
    }

    /// `DetectorOutput`
    pub(crate) fn output(&self) -> Ident {
        self.options.output.clone().unwrap_or_else(|| names::output(&self.ident))
    }

    /// `DetectorProxyBuilder`
    pub(crate) fn builder(&self) -> Ident {
        self.options.builder.clone().unwrap_or_else(|| names::builder(&self.proxy()))
    }

    /// The visibility of the generated types: the widest among the functions, unless the user says otherwise.
    pub(crate) fn vis(&self) -> Visibility {
        let chosen = self.options.vis.as_ref();
        let widest = || self.functions().map(|function| &function.vis).max_by_key(|vis| width(vis));
        chosen.or_else(widest).cloned().unwrap_or(Visibility::Inherited)
    }

    /// Constructors, then methods.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &Function> {
        let constructors = self.constructors.iter().map(|constructor| &constructor.function);
        constructors.chain(self.methods.iter().map(|method| &method.function))
    }

    /// The constructors whose name stands on the builder.
    pub(crate) fn named_constructors(&self) -> impl Iterator<Item = &Constructor> {
        self.constructors.iter().filter(|constructor| constructor.function.verdict != Verdict::Nameless)
    }

    /// The methods whose name stands on the proxy.
    pub(crate) fn named_methods(&self) -> impl Iterator<Item = &Method> {
        self.methods.iter().filter(|method| method.function.verdict != Verdict::Nameless)
    }
}

impl Function {
    fn read(item: &ImplItemFn, mut attributes: Attributes, ty: &Type, index: usize) -> Self {
        let typed = item.sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(typed),
            FnArg::Receiver(_) => None,
        });
        Self {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            vis: item.vis.clone(),
            sig: item.sig.clone(),
            rename: attributes.options.rename.take(),
            attributes,
            arguments: typed.enumerate().map(|(position, typed)| Argument::read(typed, position, ty)).collect(),
            verdict: Verdict::Sound,
        }
    }

    /// Its number as it stands in the output.
    pub(crate) fn number(&self) -> Literal {
        Literal::u32_unsuffixed(self.index)
    }

    /// What its generated names are made of.
    pub(crate) fn name(&self) -> &Ident {
        self.rename.as_ref().unwrap_or(&self.sig.ident)
    }

    /// The arguments that a refused push gives back.
    pub(crate) fn given_back(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(|argument| argument.is_given_back())
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
