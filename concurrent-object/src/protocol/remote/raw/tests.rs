//! Ranges of all kinds of raw parts.

use super::*;

struct Pieces(Vec<Vec<u8>>);

impl RawPieces for Pieces {
    fn size(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }
    fn each(&self, take: &mut dyn FnMut(&[u8])) {
        self.0.iter().for_each(|piece| take(piece));
    }
}

/// Bytes that are there, or not.
struct Slot(Option<Vec<u8>>);

impl LentRaw for Slot {
    fn size(&self) -> usize {
        self.0.as_ref().map_or(3, Vec::len)
    }
    fn append(&self, range: Range<usize>, to: &mut Vec<u8>) -> Result<(), Gone> {
        to.extend_from_slice(&self.0.as_ref().ok_or(Gone)?[range]);
        Ok(())
    }
}

#[test]
fn each_kind_gives_the_same_bytes_in_every_range() {
    let bytes: Vec<u8> = (0..20).collect();
    let pieces = Pieces(vec![bytes[..3].to_vec(), Vec::new(), bytes[3..4].to_vec(), bytes[4..].to_vec()]);
    let whole = RawPart::from(bytes.clone());
    for part in [whole.clone(), RawPart::of_pieces(pieces), RawPart::lent(Arc::new(Slot(Some(bytes.clone()))))] {
        for begin in 0..=bytes.len() {
            for end in begin..=bytes.len() {
                let mut range = vec![99];
                part.append_to(begin..end, &mut range).expect("they are there");
                assert_eq!(range[1..], bytes[begin..end], "{begin}..{end}");
            }
        }
        let mut all = Vec::new();
        part.each(&mut |slice| all.extend_from_slice(slice)).expect("they are there");
        assert_eq!(all, bytes);
        assert_eq!(part, whole);
        let sent = rmp_serde::to_vec(&part).expect("bytes can be encoded");
        assert_eq!(rmp_serde::from_slice::<RawPart>(&sent).expect("these are its bytes"), whole);
        assert_eq!(part.into_vec().expect("they are there"), bytes);
    }
}

#[test]
fn bytes_that_are_gone_are_an_error() {
    let gone = RawPart::lent(Arc::new(Slot(None)));
    assert_eq!(gone.append_to(0..1, &mut Vec::new()), Err(Gone));
    assert_eq!(gone.each(&mut |_| ()), Err(Gone));
    assert!(rmp_serde::to_vec(&gone).is_err());
    assert_eq!(gone.into_vec(), Err(Gone));
}
