//! Reads an impl block into the model.
//!
//! Reports attributes on functions that cannot have them. All other rules are in `check`.

mod awaited;
mod lasting;

use proc_macro2::Span;
use syn::visit::Visit;
use syn::{Attribute, Ident, ImplItem, ImplItemMacro, Lifetime, ReturnType, Signature, Type, Visibility, parse_quote};

use self::awaited::as_async;
use self::lasting::Lasting;
use super::attributes::Attributes;
use super::function::{Function, Source};
use super::generics::make_lasting;
use super::method::{Access, Method, access_of};
use super::part::Part;
use super::result::{Made, Returned, contains_object, items_in, state_in};
use super::scope::Scope;
use super::types::last_name;
use super::{Constructor, Form, LeftOut, Object, width};
use crate::block::{Block, BlockFn, Member};
use crate::errors::{Errors, Reason};
use crate::options::{Elsewhere, ObjectOptions};

impl Object {
    /// Reads the impl block, and removes the macro's attributes from the functions in it.
    pub(crate) fn read(mut item: Block, mut options: ObjectOptions, errors: &mut Errors) -> Self {
        let mut lasting = Lasting::of(&item, options.handle.is_some());
        let head = lasting.head(&item);
        let scope = Scope::of(&head, &options);
        let open_generics = scope.open_generics(&head.generics);
        let mut reader = Reader { scope: &scope, lasting, found: Found::default() };
        let elsewhere = std::mem::take(&mut options.constructors);
        let default_vis = default_vis(&item, &options, &elsewhere);
        for constructor in elsewhere {
            reader.read_elsewhere(constructor, &default_vis, errors);
        }
        for item in &mut item.items {
            match item {
                Member::Fn(item) => reader.read_function(item, &default_vis, errors),
                Member::Other(item) => {
                    if let ImplItem::Macro(item) = &mut **item {
                        reader.read_macro_call(item, options.skip_unsupported, errors);
                    }
                }
                Member::Unread(_) => {}
            }
        }
        let found = reader.found;
        options.constructor_is_missing |= found.constructor_is_missing || item.has_unread();
        let mut generics = open_generics;
        if found.methods.iter().any(|method| names_static(&method.returned.owned)) {
            make_lasting(&mut generics);
        }
        Self {
            handles: scope.handles.clone(),
            parts: Part::of(&options, &scope.object),
            ident: last_name(&scope.object).cloned().unwrap_or_else(|| Ident::new("Object", Span::call_site())),
            view: scope.view,
            ty: scope.object,
            cfgs: cfgs(&item.attrs),
            generics,
            item,
            options,
            constructors: found.constructors,
            methods: found.methods,
            savers: found.savers,
            restorers: found.restorers,
            private_constructor: found.private_constructor,
            near_constructors: found.near_constructors,
            left_out: found.left_out,
            form: Form::Whole,
        }
    }
}

struct Reader<'s> {
    scope: &'s Scope,
    lasting: Lasting,
    found: Found,
}

#[derive(Default)]
struct Found {
    constructors: Vec<Constructor>,
    methods: Vec<Method>,
    savers: Vec<Method>,
    restorers: Vec<Constructor>,
    private_constructor: Option<Constructor>,
    near_constructors: Vec<(Ident, Type)>,
    constructor_is_missing: bool,
    left_out: Vec<LeftOut>,
}

impl Reader<'_> {
    fn read_elsewhere(&mut self, elsewhere: Elsewhere, default_vis: &Visibility, errors: &mut Errors) {
        let Elsewhere { mut attrs, vis, sig, of_trait } = elsewhere;
        let attributes = Attributes::take_from(&mut attrs, errors);
        match Made::read(&sig.output, &self.scope.object) {
            Some(made) => {
                let source = Source { vis: or_default(&vis, default_vis), sig, of_trait, attributes, choice: 0 };
                self.read_restore_option(&source, errors);
                source.choices().into_iter().for_each(|choice| self.add_constructor(choice, made.clone()));
            }
            None => {
                self.found.constructor_is_missing = true;
                errors.at(
                    &sig.ident,
                    "a constructor must return `Self`, `Box<Self>`, `Result<Self, E>` or `Option<Self>`",
                );
            }
        }
    }

    fn read_function(&mut self, item: &mut BlockFn, default_vis: &Visibility, errors: &mut Errors) {
        let attributes = Attributes::take_from(&mut item.attrs, errors);
        let of_trait = self.scope.of_trait.clone();
        let is_private = matches!(item.vis, Visibility::Inherited) && of_trait.is_none();
        let skip = attributes.options.skip;
        let sig = as_async(self.lasting.signature(item.sig.clone()));
        let source = Source { vis: or_default(&item.vis, default_vis), sig, of_trait, attributes, choice: 0 };
        self.read_snapshot_option(&source, errors);
        self.read_restore_option(&source, errors);
        if skip {
            return;
        }
        if source.sig.receiver().is_some() {
            if !is_private {
                source.choices().into_iter().for_each(|choice| self.add_method(choice));
            }
        } else if let Some(made) = self.made(&source.sig) {
            if !is_private {
                source.choices().into_iter().for_each(|choice| self.add_constructor(choice, made.clone()));
            } else if source.attributes.options.restore.is_none() {
                self.found.private_constructor.get_or_insert_with(|| Self::constructor(self.scope, source, made, 0));
            }
        } else if let ReturnType::Type(_, ty) = &item.sig.output
            && contains_object(ty, &self.scope.object)
        {
            self.found.near_constructors.push((item.sig.ident.clone(), (**ty).clone()));
        }
    }

    /// Reports a call of a macro, which may define functions.
    fn read_macro_call(&mut self, item: &mut ImplItemMacro, is_left_out: bool, errors: &mut Errors) {
        let attributes = Attributes::take_from(&mut item.attrs, errors);
        if attributes.options.skip {
            return;
        }
        let path = &item.mac.path;
        if let Some(last) = path.segments.last().filter(|_| is_left_out) {
            let text = "the attribute cannot see which functions a macro call defines".to_owned();
            let reasons = vec![Reason { part: format!("{}!", last.ident), text }];
            return self.found.left_out.push(LeftOut { name: last.ident.clone(), reasons });
        }
        errors.at(
            path,
            "the attribute cannot see which functions this macro call defines; write them out, move the call to an impl \
             block of its own, or write `#[concurrent_object(skip)]` on it if the proxy needs none of them",
        );
    }

    fn read_snapshot_option(&mut self, source: &Source, errors: &mut Errors) {
        let Some(option) = &source.attributes.options.snapshot else { return };
        match self.saver(source.clone(), self.found.savers.len()) {
            Some(method) => self.found.savers.push(method),
            None => errors.at(option, "only a method can save the state: `fn save(&self) -> State`"),
        }
    }

    fn read_restore_option(&mut self, source: &Source, errors: &mut Errors) {
        let Some(option) = &source.attributes.options.restore else { return };
        match self.made(&source.sig).filter(|_| source.sig.receiver().is_none()) {
            Some(made) => {
                let index = self.found.restorers.len();
                self.found.restorers.push(Self::constructor(self.scope, source.clone(), made, index));
            }
            None => errors.at(
                option,
                "only a constructor can restore the object: `fn load(state: State) -> Self`, with the other constructor's \
                 arguments after the state",
            ),
        }
    }

    fn made(&self, sig: &Signature) -> Option<Made> {
        Made::read(&sig.output, &self.scope.object)
    }

    fn add_constructor(&mut self, source: Source, made: Made) {
        let constructor = Self::constructor(self.scope, source, made, self.found.constructors.len());
        self.found.constructors.push(constructor);
    }

    fn constructor(scope: &Scope, source: Source, made: Made, index: usize) -> Constructor {
        Constructor { function: Function::read(source, scope, index).0, made }
    }

    fn add_method(&mut self, source: Source) {
        self.found.methods.extend(self.method(source, self.found.methods.len()));
    }

    fn method(&self, source: Source, index: usize) -> Option<Method> {
        let receiver = source.sig.receiver().cloned()?;
        let (function, mut resolved) = Function::read(source, self.scope, index);
        let object = self.scope.object.clone();
        let replaces = !self.scope.is_handle
            && access_of(&receiver, &object) == Some(Access::Owned)
            && returns_object(&function.sig, &object);
        if replaces {
            resolved.output = ReturnType::Default;
        }
        let items = items_in(&function.sig.output).zip(items_in(&resolved.output));
        let items = items.filter(|_| function.attributes.options.stream.is_some());
        let streams = items.is_some();
        let (original, output) = items.unwrap_or_else(|| (function.sig.output.clone(), resolved.output));
        let returned = Returned::read(&original, &output, self.scope, &function);
        let has_push = !self.scope.is_handle;
        Some(Method { function, receiver, returned, may_fail_to_save: false, replaces, streams, has_push, object })
    }

    /// Reads a method that saves the state. If it returns a `Result`, the state is its value.
    fn saver(&self, source: Source, index: usize) -> Option<Method> {
        let saver = self.method(source.clone(), index)?;
        let (function, resolved) = Function::read(source, self.scope, index);
        let states = state_in(&function.sig.output).zip(state_in(&resolved.output));
        let Some((original, resolved)) = states else { return Some(saver) };
        let returned = Returned::read(&original, &resolved, self.scope, &function);
        Some(Method { returned, may_fail_to_save: true, ..saver })
    }
}

fn returns_object(sig: &Signature, object: &Type) -> bool {
    matches!(Made::read(&sig.output, object), Some(Made::Object))
}

/// Returns the visibility of functions that have none of their own: functions of a trait, and
/// constructors that are defined elsewhere.
fn default_vis(item: &Block, options: &ObjectOptions, elsewhere: &[Elsewhere]) -> Visibility {
    let here = item.items.iter().filter_map(|item| match item {
        Member::Fn(item) => Some(&item.vis),
        _ => None,
    });
    let written = elsewhere.iter().map(|constructor| &constructor.vis).chain(here);
    let widest = written.filter(|vis| !matches!(vis, Visibility::Inherited)).max_by_key(|vis| width(vis));
    options.vis.as_ref().or(widest).cloned().unwrap_or_else(|| parse_quote!(pub(crate)))
}

fn or_default(vis: &Visibility, default: &Visibility) -> Visibility {
    if matches!(vis, Visibility::Inherited) { default.clone() } else { vis.clone() }
}

/// Whether the type names `'static`: `Cow<'static, [T]>` needs `T: 'static`.
fn names_static(ty: &Type) -> bool {
    struct Finder(bool);
    impl Visit<'_> for Finder {
        fn visit_lifetime(&mut self, lifetime: &Lifetime) {
            self.0 |= lifetime.ident == "static";
        }
    }
    let mut finder = Finder(false);
    finder.visit_type(ty);
    finder.0
}

fn cfgs(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect()
}
