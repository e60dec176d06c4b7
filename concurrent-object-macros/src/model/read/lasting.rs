//! The lifetimes of an impl block, in the functions of the proxy: the object outlives every borrow
//! of this process, so each of them is `'static`.
//!
//! The user's block stays generic. Views are not concerned: the child chooses their lifetimes.

use std::borrow::Cow;

use syn::visit_mut::{self, VisitMut};
use syn::{GenericParam, Lifetime, Signature};

use crate::block::Block;
use crate::model::contains_this_lifetime;

/// The lifetimes that the type of a block names.
pub(super) struct Lasting(Vec<Lifetime>);

impl Lasting {
    pub(super) fn of(item: &Block, is_handle: bool) -> Self {
        let named = item.generics.lifetimes().map(|one| one.lifetime.clone());
        let of_type = named.filter(|lifetime| !is_handle && contains_this_lifetime(&item.self_ty, lifetime));
        Self(of_type.collect())
    }

    /// Returns the block with `'static` in place of its lifetimes in the head.
    pub(super) fn head<'b>(&mut self, item: &'b Block) -> Cow<'b, Block> {
        if self.0.is_empty() {
            return Cow::Borrowed(item);
        }
        let mut item = item.clone();
        let is_open = |parameter: &GenericParam| match parameter {
            GenericParam::Lifetime(one) => !self.0.contains(&one.lifetime),
            _ => true,
        };
        item.generics.params = item.generics.params.into_iter().filter(is_open).collect();
        self.visit_generics_mut(&mut item.generics);
        item.trait_.iter_mut().for_each(|(path, _)| self.visit_path_mut(path));
        Cow::Owned(item)
    }

    pub(super) fn signature(&self, mut sig: Signature) -> Signature {
        Self(self.0.clone()).visit_signature_mut(&mut sig);
        sig
    }
}

impl VisitMut for Lasting {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if self.0.contains(lifetime) {
            *lifetime = Lifetime::new("'static", lifetime.span());
        }
        visit_mut::visit_lifetime_mut(self, lifetime);
    }
}
