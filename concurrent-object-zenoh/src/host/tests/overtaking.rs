//! Cancellations that arrive before their calls, or between their pieces.

use super::*;

fn cancel(lab: &Lab, call: u64) {
    let cancel = Control::Cancel { call: id(call), grace: None };
    lab.send(wire::valued(Kind::Control, id(0), &cancel.to_bytes()));
}

#[test]
fn a_call_that_was_cancelled_before_it_arrives_does_not_run() {
    let lab = lab();
    let stream = started(&lab);
    cancel(&lab, 1);
    lab.call(id(1));
    assert!(matches!(next(&stream), Collected::Event(Event::Returned(1))));
    lab.call(id(2));
    assert!(is_answer_to(&next(&stream), 2));
    assert_eq!(*lab.got.lock().expect("no panic"), [2]);
}

#[test]
fn a_call_that_is_cancelled_between_its_pieces_does_not_run() {
    let lab = lab();
    let stream = started(&lab);
    let announced = Header { raw: 1000, kind: Kind::Announced, ..Header::bare(Kind::Announced, id(1)) };
    lab.send(wire::encode(announced, &[], ZBytes::new()));
    cancel(&lab, 1);
    assert!(matches!(next(&stream), Collected::Event(Event::Returned(1))));
    lab.send(wire::encode(Header { raw: 1000, ..Header::bare(Kind::Piece, id(1)) }, &[], ZBytes::from(vec![0; 1000])));
    lab.call(id(2));
    assert!(is_answer_to(&next(&stream), 2));
    assert_eq!(*lab.got.lock().expect("no panic"), [2]);
}
