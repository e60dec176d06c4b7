//! Lists that lie in the input regions of other slots.

use std::sync::Arc;

use super::{Foreign, Lines, aligned, only};
use crate::shared::file::SharedFile;
use crate::wire::{DecodeError, Decoder, Encoder, ExternalRef, Holder, Outside, Raw, RawSink, Slice};

/// The bytes of slot 3's input region. There are no other slots.
#[derive(Debug)]
struct OneRegion<'a>(&'a [u8]);

impl Outside for OneRegion<'_> {
    fn region(&self, slot: u16) -> Option<&[u8]> {
        (slot == 3).then_some(self.0)
    }

    fn file(&self, _position: u16) -> Option<&Arc<SharedFile>> {
        None
    }

    fn may_copy(&self, _len: usize) -> bool {
        panic!("nothing is shared")
    }
}

/// A sink that has every list in slot 3, at offset 64.
struct Lender;

impl RawSink for Lender {
    fn write(&mut self, _offset: usize, _bytes: &[u8]) {
        panic!("every list is lent");
    }

    fn external_ref(&mut self, _bytes: &[u8], _shared: bool) -> Option<ExternalRef> {
        Some(ExternalRef { holder: Holder::Region(3), offset: 64 })
    }
}

/// A placeholder as the encoder writes it.
fn placeholder(kind: u8, slot: u16, offset: u64, len: u64) -> Vec<u8> {
    [&[0xc7, 19, 104, kind][..], &slot.to_be_bytes(), &offset.to_be_bytes(), &len.to_be_bytes()].concat()
}

const U8: u8 = 1;
const U32: u8 = 3;

#[test]
fn a_lent_list_is_not_written_and_is_read_where_it_lies() {
    let (mut structured, mut lender) = (Vec::new(), Lender);
    let mut encoder = Encoder::new(&mut structured, &mut lender);
    encoder.put(&[9_u32; 32][..]).expect("encoded");
    assert_eq!((encoder.finish().counted, &structured[..]), (0, &placeholder(U32, 3, 64, 128)[..]));
    let region = aligned(&[7; 256]);
    let regions = OneRegion(region.as_flattened_bytes());
    let mut decoder = Decoder::new(&structured, Raw::TrustedWith(&[], &regions));
    let list: Slice<'_, u32> = decoder.take_slice().expect("decoded");
    assert_eq!(list[..], [0x0707_0707; 32]);
    assert_eq!(list.as_ptr().cast(), regions.0[64..].as_ptr());
}

#[test]
fn places_outside_a_lent_region_are_malformed() {
    let region = aligned(&[7; 256]);
    let regions = OneRegion(region.as_flattened_bytes());
    let decode = |structured: &[u8]| only::<Vec<u8>>(Decoder::new(structured, Raw::TrustedWith(&[], &regions)));
    assert_eq!(decode(&placeholder(U8, 3, 0, 256)), Ok(vec![7; 256]));
    for (slot, offset, len) in [(2, 0, 1), (3, 0, 257), (3, 256, 1), (3, u64::MAX, 1), (3, 0, u64::MAX)] {
        assert!(matches!(decode(&placeholder(U8, slot, offset, len)), Err(DecodeError::Malformed { .. })));
    }
    let long = [&placeholder(U8, 3, 0, 4)[..], &[0]].concat();
    assert!(decode(&[&[0xc7, 20][..], &long[2..]].concat()).is_err(), "too long");
    let misaligned = placeholder(U32, 3, 2, 8);
    let mut decoder = Decoder::new(&misaligned, Raw::TrustedWith(&[], &regions));
    assert!(matches!(decoder.take_slice::<u32>(), Ok(Slice::Owned(_)) | Err(_)), "never borrowed");
}

#[test]
fn a_message_from_a_child_cannot_refer_to_another_slot() {
    let bytes = aligned(&[7; 256]);
    let raw = Foreign::of(bytes.as_flattened_bytes());
    let read = only::<Vec<u8>>(Decoder::new(&placeholder(U8, 3, 0, 4), Raw::Foreign(raw)));
    assert!(matches!(read, Err(DecodeError::Malformed { .. })));
}
