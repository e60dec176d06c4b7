//! The constants and types of an impl block, which `Self::N` can name.

use syn::{Ident, ImplItem};

use super::known::is_data;
use crate::block::{Block, Member};

/// Returns the names of the associated types that are data.
pub(super) fn data(item: &Block) -> Vec<Ident> {
    let types = others(item).filter_map(|item| match item {
        ImplItem::Type(item) if is_data(&item.ty) => Some(item.ident.clone()),
        _ => None,
    });
    types.collect()
}

fn others(item: &Block) -> impl Iterator<Item = &ImplItem> {
    item.items.iter().filter_map(|item| match item {
        Member::Other(other) => Some(&**other),
        _ => None,
    })
}

/// Returns the names of the associated constants and types.
pub(super) fn items(item: &Block) -> Vec<Ident> {
    let named = others(item).filter_map(|item| match item {
        ImplItem::Const(item) => Some(item.ident.clone()),
        ImplItem::Type(item) => Some(item.ident.clone()),
        _ => None,
    });
    named.collect()
}
