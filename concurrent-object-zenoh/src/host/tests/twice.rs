//! Calls that come twice or not at all, and what the host says of them.

use super::*;

/// Larger than an outcome that is kept.
const LARGE: usize = 5000;

fn call(lab: &Lab, number: u64, method: u32, bytes: usize) {
    let message = Message::new(method, 3, vec![7; bytes], vec![]);
    wire::message(Kind::Call, id(number), message).for_each(|part| lab.send(part));
}

fn ran(lab: &Lab) -> Vec<u64> {
    lab.got.lock().expect("no panic").clone()
}

fn probe(lab: &Lab, calls: &[u64], repeatable: &[u64]) {
    let probe = Control::Probe { calls: calls.to_vec(), repeatable: repeatable.to_vec() };
    lab.send(wire::valued(Kind::Control, id(0), &probe.to_bytes()));
}

fn is_answer(collected: &Collected, number: u64) -> bool {
    matches!(collected, Collected::Event(Event::Answered(call, _)) if *call == number)
}

fn missing(replies: &Replies) -> (Vec<u64>, Vec<u64>) {
    match next(replies) {
        Collected::Missing(Missing { absent, gone }) => (absent, gone),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_call_whose_id_was_taken_before_gets_its_outcome_and_does_not_run_again() {
    let lab = lab();
    let stream = started(&lab);
    lab.call(id(1));
    lab.call(id(1));
    lab.call(2);
    lab.call(id(3));
    for number in [1, 1, 3] {
        assert!(is_answer_to(&next(&stream), number), "and that of another session gets none");
    }
    assert_eq!(ran(&lab), [1, 3]);
}

#[test]
fn a_call_whose_outcome_is_not_kept_runs_again_only_if_its_method_may() {
    let lab = lab();
    let stream = started(&lab);
    call(&lab, 1, 1, LARGE);
    call(&lab, 1, 1, LARGE);
    assert!(is_answer(&next(&stream), 1));
    assert_eq!(missing(&stream), (vec![], vec![1]));
    for _ in 0..2 {
        call(&lab, 2, 2, LARGE);
        assert!(is_answer(&next(&stream), 2));
    }
    assert_eq!(ran(&lab), [1, 2, 2]);
}

#[test]
fn a_probe_gets_the_outcomes_that_are_kept_and_the_calls_that_are_not_there() {
    let lab = lab();
    let stream = started(&lab);
    call(&lab, 1, 1, 3);
    call(&lab, 2, 1, LARGE);
    assert!(is_answer(&next(&stream), 1) && is_answer(&next(&stream), 2));
    probe(&lab, &[1, 2, 3, 4], &[3]);
    assert!(is_answer(&next(&stream), 1));
    let Collected::Event(Event::Failed(4, reason)) = next(&stream) else { panic!("it can never run") };
    assert!(reason.contains("has not arrived"), "{reason}");
    assert_eq!(missing(&stream), (vec![3], vec![2]));
    // The one comes late, and the other again.
    call(&lab, 4, 1, 3);
    call(&lab, 3, 1, 3);
    assert!(matches!(next(&stream), Collected::Event(Event::Failed(4, _))));
    assert!(is_answer(&next(&stream), 3));
    assert_eq!(ran(&lab), [1, 2, 3]);
}

#[test]
fn a_probe_for_a_call_of_which_a_piece_is_missing_says_that_it_is_not_there() {
    let lab = lab();
    let stream = started(&lab);
    let announced = Header { raw: 1000, kind: Kind::Announced, ..Header::bare(Kind::Announced, id(1)) };
    lab.send(wire::encode(announced, &[], ZBytes::new()));
    probe(&lab, &[2], &[2]);
    assert_eq!(missing(&stream), (vec![2], vec![]), "the pieces of the other one may follow");
    probe(&lab, &[1], &[1]);
    assert_eq!(missing(&stream), (vec![1], vec![]));
    call(&lab, 1, 1, 3);
    assert!(is_answer(&next(&stream), 1));
    assert_eq!(ran(&lab), [1]);
}
