//! What is encoded comes back; what was mutated is refused or has sizes within the limits.

use proptest::prelude::*;

use super::*;

const LIMIT: u64 = 1 << 20;

fn call(structured: &[u8], raw: &[u8]) -> (Header, ZBytes) {
    let header = Header {
        kind: Kind::Call,
        id: 0x0123_4567_89ab_cdef_0011_2233_4455_6677,
        tag: 7,
        counted: 77,
        structured: structured.len().try_into().expect("tests are small"),
        raw: raw.len() as u64,
        limits: CallLimits::new(None, Some(Duration::from_millis(1500))),
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".parse().ok(),
    };
    assert!(header.traceparent.is_some());
    (header, encode(header, structured, raw.to_vec()))
}

#[test]
fn a_message_comes_back_as_it_was() {
    let (header, message) = call(b"structured", b"raw bytes");
    assert_eq!(decode(&message, LIMIT), Ok(header));
    assert_eq!(copy(&message, HEADER, 10), b"structured");
    assert_eq!(copy(&message, HEADER + 10, 9), b"raw bytes");
    let whole = parts(&message, &header);
    assert_eq!((whole.limits, whole.traceparent), (header.limits, header.traceparent));
    // The raw part is not copied, so it is a slice of its own.
    assert_eq!(message.slices().count(), 2);
}

#[test]
fn sizes_over_the_limit_are_refused_before_anything_is_allocated() {
    let huge = Header { structured: 0, raw: u64::MAX, ..call(b"", b"").0 };
    let message = ZBytes::from(huge.to_bytes().to_vec());
    assert_eq!(decode(&message, LIMIT), Err(WireError::TooLarge { needed: u64::MAX, limit: LIMIT }));
    let counted = Header { raw: 0, counted: LIMIT + 1, ..huge };
    let refused = decode(&ZBytes::from(counted.to_bytes().to_vec()), LIMIT);
    assert_eq!(refused, Err(WireError::TooLarge { needed: LIMIT + 1, limit: LIMIT }));
    assert_eq!(Assembly::begin(huge, LIMIT).map(drop), Err(WireError::TooLarge { needed: u64::MAX, limit: LIMIT }));
}

#[test]
fn another_version_or_kind_is_named() {
    let mut bytes = call(b"", b"").0.to_bytes();
    bytes[0] = 9;
    assert_eq!(decode(&ZBytes::from(bytes.to_vec()), LIMIT), Err(WireError::Version(9)));
    bytes[0] = VERSION;
    bytes[1] = 200;
    assert_eq!(decode(&ZBytes::from(bytes.to_vec()), LIMIT), Err(WireError::Kind(200)));
    assert_eq!(decode(&ZBytes::from(vec![VERSION; 5]), LIMIT), Err(WireError::Short));
}

#[test]
fn slices_begin_where_they_are_asked_to() {
    let (_, message) = call(b"abc", b"defg");
    let all = message.to_bytes().into_owned();
    for from in 0..=all.len() {
        let mut seen = vec![];
        for (position, slice) in slices(&message, from) {
            assert_eq!(position, seen.len());
            seen.extend_from_slice(slice);
        }
        assert_eq!(seen, all[from..]);
    }
}

fn announced(structured: usize, raw: usize) -> Header {
    let structured = structured.try_into().expect("tests are small");
    Header { tag: 7, counted: 77, structured, raw: raw as u64, ..Header::bare(Kind::Announced, 5) }
}

#[test]
fn pieces_in_any_order_and_twice_make_the_message() {
    let bytes = (0..2 * PIECE + 5).map(|at| (at % 251) as u8).collect::<Vec<_>>();
    // The parts meet at the border of two pieces, beside it, and at the ends.
    for border in [0, 1, PIECE - 1, PIECE, PIECE + 2, 2 * PIECE + 4, bytes.len()] {
        let (structured, raw) = bytes.split_at(border);
        let whole = Message::new(7, 77, structured.to_vec(), raw.to_vec());
        let mut assembly = Assembly::begin(announced(structured.len(), raw.len()), u64::MAX).expect("within the limit");
        let messages = message(Kind::Call, 5, whole.clone()).collect::<Vec<_>>();
        assert_eq!(decode(&messages[0], u64::MAX), Ok(announced(structured.len(), raw.len())));
        for piece in messages[1..].iter().rev() {
            assert!(!assembly.is_whole(), "a piece is missing");
            let header = decode(piece, u64::MAX).expect("it is whole");
            for _ in 0..2 {
                assembly.put(&header, piece).expect("it belongs here");
            }
        }
        assert!(assembly.is_whole() && assembly.into_message() == whole, "{border}");
    }
}

#[test]
fn a_piece_that_is_not_one_of_the_ranges_is_refused() {
    let mut assembly = Assembly::begin(announced(3, PIECE + 7), u64::MAX).expect("it is within the limit");
    let at = |at, length: usize| Header { counted: at, raw: length as u64, ..Header::bare(Kind::Piece, 5) };
    let bytes = |header, length| encode(header, &[], vec![1; length]);
    for (position, length) in [(1, 10), (PIECE as u64, 11), (PIECE as u64, 9), (2 * PIECE as u64, 10), (u64::MAX, 1)] {
        let header = at(position, length);
        assert_eq!(assembly.put(&header, &bytes(header, length)), Err(WireError::Length), "{position}, {length}");
    }
    let header = at(PIECE as u64, 10);
    for message in [bytes(at(0, 9), 9), bytes(at(0, 11), 11)] {
        assert_eq!(assembly.put(&header, &message), Err(WireError::Length));
    }
    let parted = Header { structured: 2, raw: 8, ..header };
    assert_eq!(assembly.put(&parted, &bytes(at(0, 10), 10)), Err(WireError::Length));
    assert_eq!(assembly.put(&header, &bytes(header, 10)), Ok(()));
    assert!(!assembly.is_whole());
}

#[test]
fn a_piece_in_many_slices_keeps_no_memory_of_zenoh() {
    let header = Header { raw: 1000, ..Header::bare(Kind::Piece, 5) };
    let whole = encode(header, &[], vec![9; 1000]).to_bytes().into_owned();
    let scattered = |size: usize| {
        let mut writer = ZBytes::writer();
        whole.chunks(size).for_each(|chunk| writer.append(chunk.into()));
        writer.finish()
    };
    for (size, sent, kept) in [(50, 22, 22), (3, 362, 1)] {
        let message = scattered(size);
        assert_eq!(message.slices().count(), sent);
        let mut assembly = Assembly::begin(announced(0, 1000), u64::MAX).expect("it is within the limit");
        assembly.put(&header, &message).expect("it belongs here");
        assert_eq!(assembly.pieces[0].as_ref().expect("it is there").slices().count(), kept);
        assert!(assembly.into_message().raw.into_vec().expect("they are there") == [9; 1000]);
    }
}

#[test]
fn a_bundle_holds_its_messages_and_no_bundle() {
    let messages = [call(b"one", b"").1, bare(Kind::Begun, 7), call(b"", b"three").1];
    let bundle = several(&messages);
    let header = decode(&bundle, 1).expect("a bundle has a limit of its own");
    assert_eq!((header.kind, header.raw as usize), (Kind::Several, bundle.len() - HEADER));
    let taken: Result<Vec<_>, _> = bundled(&bundle).collect();
    assert_eq!(taken.expect("they fill it"), messages);
    let nested = several(&[messages[0].clone(), bundle.clone(), messages[1].clone()]);
    let taken: Vec<_> = bundled(&nested).collect();
    assert_eq!(taken, [Ok(messages[0].clone()), Err(WireError::Length)], "nothing behind it counts");
    let whole = bundle.to_bytes();
    for cut in HEADER + 1..whole.len() {
        let taken: Vec<_> = bundled(&ZBytes::from(&whole[..cut])).collect();
        assert!(taken.iter().filter(|message| message.is_err()).count() <= 1 && taken.len() <= 3, "{cut}");
    }
    let large = Header { raw: BUNDLE as u64 + 1, ..header };
    assert!(matches!(decode(&encode(large, &[], vec![0; BUNDLE + 1]), u64::MAX), Err(WireError::TooLarge { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_messages_are_refused_or_within_their_sizes(
        structured in proptest::collection::vec(any::<u8>(), 0..40),
        raw in proptest::collection::vec(any::<u8>(), 0..40),
        changes in proptest::collection::vec((0usize..HEADER + 80, any::<u8>()), 0..6),
        cut in 0usize..4,
    ) {
        let mut bytes = call(&structured, &raw).1.to_bytes().into_owned();
        for (at, byte) in changes {
            let length = bytes.len();
            bytes[at % length] = byte;
        }
        bytes.truncate(bytes.len() - cut);
        let length = bytes.len();
        if let Ok(header) = decode(&ZBytes::from(bytes), LIMIT) {
            let parts = u64::from(header.structured) + header.raw;
            prop_assert!(parts <= LIMIT && header.counted <= LIMIT);
            let expected = if header.kind == Kind::Announced { 0 } else { parts };
            prop_assert_eq!((length - HEADER) as u64, expected);
        }
    }

    #[test]
    fn any_bytes_are_refused_or_within_their_sizes(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let length = bytes.len();
        if let Ok(header) = decode(&ZBytes::from(bytes), LIMIT) {
            prop_assert!(header.kind == Kind::Announced || length as u64 == HEADER as u64 + u64::from(header.structured) + header.raw);
        }
    }
}
