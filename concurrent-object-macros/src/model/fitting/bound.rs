//! The kind of value that trait bounds ask for: `AsRef<Path>` asks for a path.
//!
//! Knows the traits of the standard library by their names. Must not know where a parameter is
//! used.

use proc_macro2::Span;
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{GenericArgument, Lifetime, PathArguments, PathSegment, TraitBound, Type, TypeParamBound, parse_quote};

use super::function_pointer::function_pointer;
use crate::model::types::{as_option, first_argument, is_str, is_text, last_name, peel, same};
use crate::names::generated;

/// A kind of value. Its types are the user's tokens, where the user wrote them.
#[derive(Clone)]
pub(super) enum Form {
    /// `AsRef<Path>`, `Into<String>`: text of an unsized type, such as `Path` or `str`.
    View(Type),
    /// `AsRef<[T]>`: a slice. Holds `T`.
    Slice(Type),
    /// `Into<X>`, `RangeBounds<T>`: a value of a type that is known.
    Value(Type),
    /// `IntoIterator<Item = T>`: a list. Holds `T`, if the bound names it.
    List { item: Option<Type>, iterated: bool },
    /// `Read`, `BufRead`, `Seek`: bytes to read.
    Input { read: bool, sought: bool },
    /// `io::Write`: bytes that the function writes.
    Output,
    /// `fmt::Write`: text that the function writes.
    TextOutput,
}

/// What all bounds of a parameter together ask for.
pub(super) struct Wanted {
    pub(super) form: Form,
    /// Whether the value must not borrow.
    pub(super) lasting: bool,
    /// Whether the parameter is sized: it has no bound `?Sized`.
    pub(super) sized: bool,
    /// The location of the bound that decides the form.
    pub(super) span: Span,
}

/// Returns what the bounds ask for. `None` if they do not decide it, or if one is not known.
///
/// `first` is a form that is known from another place than these bounds.
pub(super) fn wanted(first: Option<Form>, bounds: &[TypeParamBound]) -> Option<Wanted> {
    let nothing = Form::Input { read: false, sought: false };
    let mut wanted = Wanted { form: nothing, lasting: false, sized: true, span: Span::call_site() };
    let mut form = first;
    let mut marks = Vec::new();
    for bound in bounds {
        match bound {
            TypeParamBound::Lifetime(lifetime) => wanted.lasting |= is_static(lifetime),
            TypeParamBound::Trait(bound) if bound.maybe.is_some() => wanted.sized = false,
            TypeParamBound::Trait(bound) if is_mark(bound) => marks.push(bound),
            TypeParamBound::Trait(bound) => {
                wanted.lasting |= asks_for_static(bound);
                let other = form_of(bound)?;
                wanted.span = generated(bound.span());
                form = Some(match form {
                    Some(form) => both(form, other)?,
                    None => other,
                });
            }
            _ => return None,
        }
    }
    wanted.form = form?;
    let is_complete = !matches!(wanted.form, Form::Input { read: false, .. });
    let missing =
        |mark: &&TraitBound| last(mark).is_none_or(|name| wanted.form.lacks().iter().any(|one| name.ident == one));
    (is_complete && !marks.iter().any(missing)).then_some(wanted)
}

/// Traits that change nothing about the kind of value.
#[rustfmt::skip]
const MARKS: [&str; 16] = [
    "Clone", "Copy", "Send", "Sync", "Sized", "Unpin", "UnwindSafe", "RefUnwindSafe", "Debug", "Default", "PartialEq",
    "Eq", "PartialOrd", "Ord", "Hash", "ToOwned",
];

fn is_mark(bound: &TraitBound) -> bool {
    last(bound).is_some_and(|last| last.arguments.is_none() && MARKS.iter().any(|name| last.ident == name))
}

/// `Into<Cow<'static, str>>`: only an owned value becomes a `Cow` that lasts.
fn asks_for_static(bound: &TraitBound) -> bool {
    let target = last(bound).and_then(first_type).filter(|target| last_name(target).is_some_and(|name| name == "Cow"));
    let Some(Type::Path(cow)) = target.map(peel) else { return false };
    cow.path.segments.last().is_some_and(|last| match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().any(|argument| match argument {
            GenericArgument::Lifetime(lifetime) => is_static(lifetime),
            _ => false,
        }),
        _ => false,
    })
}

/// The table: what one trait asks for.
fn form_of(bound: &TraitBound) -> Option<Form> {
    let last = last(bound)?;
    let (name, has_no_arguments) = (last.ident.to_string(), last.arguments.is_none());
    match name.as_str() {
        "AsRef" => view_of(first_type(last)?),
        "Borrow" => Some(lent(first_type(last)?)),
        "Deref" => Some(lent(associated(last, "Target")?)),
        // Only a type that implements `Clone` is its own owned form, and the macro cannot see that.
        "ToOwned" => Some(form_of_owned(associated(last, "Owned")?)).filter(|form| !matches!(form, Form::Value(_))),
        "Into" => form_of_target(first_type(last)?),
        "TryInto" => value(first_type(last)?),
        "RangeBounds" => {
            let (of, span) = (first_type(last)?, generated(bound.span()));
            Some(Form::Value(syn::parse2(quote_spanned!(span=> ::core::ops::Range<#of>)).ok()?))
        }
        "IntoIterator" => Some(Form::List { item: associated(last, "Item").cloned(), iterated: false }),
        "Iterator" | "ExactSizeIterator" | "DoubleEndedIterator" | "FusedIterator" => {
            Some(Form::List { item: associated(last, "Item").cloned(), iterated: true })
        }
        "ToString" | "Display" | "ToSocketAddrs" if has_no_arguments => Some(text(bound.span())),
        "Read" | "BufRead" if has_no_arguments => Some(Form::Input { read: true, sought: false }),
        "Seek" if has_no_arguments => Some(Form::Input { read: false, sought: true }),
        "Fn" | "FnMut" | "FnOnce" => function_pointer(bound).map(Form::Value),
        "Write" if has_no_arguments => Some(if is_of_fmt(bound) { Form::TextOutput } else { Form::Output }),
        _ => None,
    }
}

/// What `Into<target>` asks for.
fn form_of_target(target: &Type) -> Option<Form> {
    let of = first_argument(target);
    let is = |name: &str| last_name(target).is_some_and(|last| last == name);
    if is("String") && of.is_none() {
        return Some(text(target.span()));
    }
    let is_pointer = ["Box", "Arc", "Rc"].into_iter().any(is);
    match of.map(peel) {
        // `&str` becomes an error that has this message.
        Some(Type::TraitObject(_)) if is("Box") => Some(text(target.span())),
        Some(Type::TraitObject(_)) => None,
        Some(Type::Slice(slice)) if is_pointer => {
            let (element, span) = (&slice.elem, generated(target.span()));
            Some(Form::Value(syn::parse2(quote_spanned!(span=> ::std::vec::Vec<#element>)).ok()?))
        }
        Some(of) if is("Cow") => view_of(of).or_else(|| value(target)),
        Some(of) if is_pointer => view_of(of).or_else(|| value(of)),
        _ => value(target),
    }
}

/// A value of this type, unless only the child can have one.
fn value(ty: &Type) -> Option<Form> {
    let is_object = same(ty, &parse_quote!(Self)) || as_option(ty).is_some_and(|ty| same(ty, &parse_quote!(Self)));
    let is_value = match peel(ty) {
        Type::Reference(reference) => reference.mutability.is_none(),
        Type::TraitObject(_) | Type::FnPtr(_) | Type::Ptr(_) | Type::Infer(_) => false,
        _ => true,
    };
    (is_value && !is_object).then(|| Form::Value(ty.clone()))
}

/// What can be borrowed as `ty`.
fn lent(ty: &Type) -> Form {
    view_of(ty).unwrap_or_else(|| Form::Value(parse_quote!(&#ty)))
}

/// `str`, `Path`, `OsStr`, `CStr` or `[T]`
fn view_of(ty: &Type) -> Option<Form> {
    match peel(ty) {
        Type::Slice(slice) => Some(Form::Slice((*slice.elem).clone())),
        other if is_text(other) => Some(Form::View(other.clone())),
        _ => None,
    }
}

/// The form whose values can be borrowed from an owned type: `str` for `String`.
pub(super) fn form_of_owned(ty: &Type) -> Form {
    let (name, span) = (last_name(ty).map(ToString::to_string).unwrap_or_default(), generated(ty.span()));
    let view = match name.as_str() {
        "String" => quote_spanned!(span=> str),
        "PathBuf" => quote_spanned!(span=> ::std::path::Path),
        "OsString" => quote_spanned!(span=> ::std::ffi::OsStr),
        "Vec" => match first_argument(ty) {
            Some(element) => quote_spanned!(span=> [#element]),
            None => return Form::Value(ty.clone()),
        },
        _ => return Form::Value(ty.clone()),
    };
    syn::parse2(view).ok().and_then(|view| view_of(&view)).unwrap_or_else(|| Form::Value(ty.clone()))
}

fn text(span: Span) -> Form {
    let span = generated(span);
    Form::View(Type::Path(syn::parse_quote_spanned!(span=> str)))
}

/// Returns the form of values that are of both forms.
fn both(a: Form, b: Form) -> Option<Form> {
    match (a, b) {
        (Form::View(a), Form::View(b)) => narrower(a, b).map(Form::View),
        // A `str` is also a slice of bytes.
        (Form::View(view), Form::Slice(element)) | (Form::Slice(element), Form::View(view)) => {
            (is_str(&view) && same(&element, &parse_quote!(u8))).then_some(Form::View(view))
        }
        (Form::Slice(a), Form::Slice(b)) => same(&a, &b).then_some(Form::Slice(a)),
        (Form::Slice(element), Form::Value(list)) | (Form::Value(list), Form::Slice(element)) => {
            let is_list_of_them = last_name(&list).is_some_and(|name| name == "Vec")
                && first_argument(&list).is_some_and(|other| same(other, &element));
            is_list_of_them.then_some(Form::Slice(element))
        }
        (Form::Value(a), Form::Value(b)) => same(&a, &b).then_some(Form::Value(a)),
        (Form::List { item: a, iterated: of_a }, Form::List { item: b, iterated: of_b }) => {
            Some(Form::List { item: a.or(b), iterated: of_a || of_b })
        }
        (Form::Input { read: a, sought: of_a }, Form::Input { read: b, sought: of_b }) => {
            Some(Form::Input { read: a || b, sought: of_a || of_b })
        }
        (Form::Output, Form::Output) => Some(Form::Output),
        (Form::TextOutput, Form::TextOutput) => Some(Form::TextOutput),
        _ => None,
    }
}

/// `str` is also a path, and a path is also an `OsStr`.
fn narrower(a: Type, b: Type) -> Option<Type> {
    let rank =
        |ty: &Type| ["str", "Path", "OsStr"].iter().position(|name| last_name(ty).is_some_and(|last| last == name));
    match (rank(&a), rank(&b)) {
        (Some(of_a), Some(of_b)) => Some(if of_a <= of_b { a } else { b }),
        _ => same(&a, &b).then_some(a),
    }
}

impl Form {
    /// Returns the marks that its values do not have.
    fn lacks(&self) -> &'static [&'static str] {
        match self {
            Self::View(view) if is_str(view) => &[],
            Self::View(_) => &["Default"],
            Self::Slice(_) | Self::Value(_) => &[],
            Self::List { iterated: false, .. } => &["Copy"],
            Self::List { .. } | Self::Input { .. } => &["Copy", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"],
            Self::Output | Self::TextOutput => &["Copy", "Clone", "Default", "ToOwned"],
        }
    }

    /// Replaces the types in it. `None` if one of them cannot be replaced.
    pub(super) fn with_types(mut self, mut replace: impl FnMut(&Type) -> Option<Type>) -> Option<Self> {
        match &mut self {
            Self::View(ty) | Self::Slice(ty) | Self::Value(ty) | Self::List { item: Some(ty), .. } => {
                *ty = replace(ty)?
            }
            Self::List { item: None, .. } => return None,
            Self::Input { .. } | Self::Output | Self::TextOutput => {}
        }
        Some(self)
    }
}

fn is_static(lifetime: &Lifetime) -> bool {
    lifetime.ident == "static"
}

/// Whether it is `fmt::Write`, as opposed to `io::Write`.
fn is_of_fmt(bound: &TraitBound) -> bool {
    bound.path.segments.iter().any(|segment| segment.ident == "fmt")
}

/// `AsRef<Path>` of `std::convert::AsRef<Path>`
fn last(bound: &TraitBound) -> Option<&PathSegment> {
    bound.path.segments.last()
}

fn first_type(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// `T` of `IntoIterator<Item = T>`
fn associated<'s>(segment: &'s PathSegment, name: &str) -> Option<&'s Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(item) if item.ident == name => Some(&item.ty),
        _ => None,
    })
}
