//! Several lives of one object at a host: never two that answer.

use super::*;

fn start(lab: &Lab, instance: u128, object: u64, life: u64) -> Replies {
    lab.start_life(instance, crate::identity::build(), |start| (start.object, start.life) = (object, life))
}

fn is_over(replies: &Replies) -> bool {
    matches!(replies.recv_timeout(SOON), Err(mpsc::RecvTimeoutError::Disconnected))
}

#[test]
fn a_later_life_ends_the_earlier_one_also_at_a_host_that_is_full() {
    let lab = lab();
    let (first, other) = (start(&lab, 1, 7, 1), start(&lab, 2, 8, 1));
    assert!(matches!(next(&first), Collected::Taken(_)) && matches!(next(&other), Collected::Taken(_)));
    let second = start(&lab, 3, 7, 2);
    assert!(is_over(&first), "its life is over");
    assert!(matches!(next(&second), Collected::Taken(load) if load.objects == 2), "the other object is still here");
    assert!(matches!(other.try_recv(), Err(mpsc::TryRecvError::Empty)));
}

#[test]
fn an_earlier_life_that_comes_late_is_refused() {
    let lab = lab();
    let second = start(&lab, 1, 7, 2);
    assert!(matches!(next(&second), Collected::Taken(_)));
    for life in [1, 2] {
        let late = start(&lab, 2, 7, life);
        assert!(matches!(next(&late), Collected::Event(Event::Refused(Refusal::Denied(_)))));
    }
    assert!(matches!(second.try_recv(), Err(mpsc::TryRecvError::Empty)), "it lives");
}
