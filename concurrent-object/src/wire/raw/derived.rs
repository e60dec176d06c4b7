//! Recognises the visitors that `serde_derive` generates.
//!
//! Problem: a struct may be read by position only if its visitor assigns the elements of a sequence
//! in the order of the announced fields. A derived visitor does. A visitor of the user may have
//! another order, and would then swap fields without an error.
//!
//! Way: `serde_derive` calls each of its visitors `__Visitor`. The visitor's type name shows that.
//! The format of type names may change; then structs are read by name, which is slower and as
//! correct.
//!
//! Knows type names; must not know messages.
//!
//! Invariant: a visitor with any other name is never taken for a derived one.

use std::any::{TypeId, type_name};

use serde::de::Visitor;

/// The id of a visitor's type, and whether `serde_derive` generated it.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct VisitorOrigin {
    pub(in super::super) id: TypeId,
    pub(in super::super) is_derived: fn() -> bool,
}

/// Describes a visitor. The name is looked at only when `is_derived` is called.
#[inline]
pub(in super::super) fn derived_visitor<'de, V: Visitor<'de>>() -> VisitorOrigin {
    VisitorOrigin { id: typeid::of::<V>(), is_derived: is_derived::<V> }
}

fn is_derived<V>() -> bool {
    last_segment(type_name::<V>()) == Some("__Visitor")
}

/// Returns the last segment of a type's path, without generic arguments. `None` for a name of
/// another form.
fn last_segment(name: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let mut end = name.len();
    for (at, letter) in name.char_indices().rev() {
        match letter {
            '>' => depth += 1,
            '<' => {
                depth = depth.checked_sub(1)?;
                end = at;
            }
            ':' if depth == 0 => return name.get(at + 1..end),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::last_segment;

    #[test]
    fn the_last_segment_of_a_type_name_has_no_generic_arguments() {
        for (name, segment) in [
            ("a::_::<impl b::Deserialize<'_> for a::Rgb>::deserialize::__Visitor<'_>", Some("__Visitor")),
            ("a::<impl b::D for a::R<T>>::deserialize::__Visitor<'_, a::R<b::T>>", Some("__Visitor")),
            ("a::deserialize::__Visitor", Some("__Visitor")),
            ("a::Mine<a::__Visitor>", Some("Mine")),
            ("a::__Visitor::Mine", Some("Mine")),
            ("a::Mine<fn() -> a::__Visitor>", None),
            ("u8", None),
        ] {
            assert_eq!(last_segment(name), segment, "{name}");
        }
    }
}
