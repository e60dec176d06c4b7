//! Handles to objects that members keep: they pin their member.

use std::path::Path;

use concurrent_object::{CallError, Pool, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::{self, Gate};

/// Cannot leave its process.
pub struct Note {
    text: std::rc::Rc<str>,
}

#[concurrent_object(handle)]
impl Note {
    pub fn text(&self) -> String {
        self.text.to_string()
    }
}

pub struct Clerk;

#[concurrent_object(handles(Note))]
impl Clerk {
    pub fn new() -> Self {
        Self
    }

    pub fn write(&self, text: &str) -> Note {
        Note { text: text.into() }
    }

    pub fn length(&self, note: &Note) -> usize {
        note.text.len()
    }

    pub fn nothing(&self) {}

    pub fn hold(&self, gate: &Path) {
        gate::pass(gate);
    }
}

fn pool_of(size: usize) -> Pool<ClerkProxy> {
    let pool = Pool::new(size, |index| ClerkProxy::builder(format!("clerk-{index}")).start()).expect("starts");
    pool.wait_until_ready().expect("ready");
    pool
}

#[test]
fn calls_of_a_handle_and_with_a_handle_stay_with_its_member() {
    within(SOON, || {
        let pool = pool_of(2);
        let owner = pool.keyed("owner");
        let note = pollster::block_on(owner.write("twelve bytes")).expect("served");
        let gate = Gate::new();
        let held = owner.hold(gate.path());
        gate.wait_until_reached();
        let texts: Vec<_> = (0..5).map(|_| note.text()).collect();
        let lengths: Vec<_> = (0..5).map(|_| owner.length(&note)).collect();
        // The other member has nothing to do, and takes over none of them.
        (0..5).for_each(|_| pool.call(ClerkProxy::nothing).wait().expect("served"));
        gate.open();
        held.wait().expect("served");
        texts.into_iter().for_each(|text| assert_eq!(text.wait().expect("served"), "twelve bytes"));
        lengths.into_iter().for_each(|length| assert_eq!(length.wait().expect("served"), 12));
    });
}

#[test]
fn call_that_a_pool_made_with_a_handle_does_not_move() {
    within(SOON, || {
        let pool = pool_of(2);
        let (owner, other) = (pool.members().next().expect("two"), pool.members().nth(1).expect("two"));
        let note = owner.write("twelve bytes").wait().expect("served");
        let (gate, short) = (Gate::new(), Gate::new());
        let held = owner.hold(gate.path());
        gate.wait_until_reached();
        // The other one has more to do, so the pool chooses the owner.
        let busy: Vec<_> = std::iter::once(other.hold(short.path())).chain((0..20).map(|_| other.nothing())).collect();
        short.wait_until_reached();
        let lengths: Vec<_> = (0..4).map(|_| pool.call(|clerk| clerk.length(&note))).collect();
        let free = pool.call(|clerk| clerk.write("free"));
        short.open();
        busy.into_iter().for_each(|call| call.wait().expect("served"));
        // What is bound to nothing moves.
        free.wait().expect("served by the other one");
        assert_eq!(pool.statistics().moved, 1);
        gate.open();
        held.wait().expect("served");
        lengths.into_iter().for_each(|length| assert_eq!(length.wait().expect("served"), 12));
    });
}

#[test]
fn call_of_a_pool_with_a_handle_is_served_by_its_member_or_refused_in_words() {
    within(SOON, || {
        let pool = pool_of(2);
        let note = pool.call(|clerk| clerk.write("text")).wait().expect("served");
        for _ in 0..10 {
            match pool.call(|clerk| clerk.length(&note)).wait() {
                Ok(length) => assert_eq!(length, 4),
                Err(error @ CallError::Encode { .. }) => {
                    assert!(error.to_string().contains("the handle belongs to another object"), "{error}");
                }
                Err(error) => panic!("{error}"),
            }
        }
    });
}

#[test]
fn replaced_member_lives_as_long_as_a_handle_to_what_it_keeps() {
    within(SOON, || {
        let pool = pool_of(1).recycle_after(1);
        let note = pool.call(|clerk| clerk.write("kept")).wait().expect("served");
        wait_for("the next member", || {
            pool.call(ClerkProxy::nothing).wait().expect("served");
            pool.statistics().recycled >= 2
        });
        assert_eq!(note.text().wait().expect("its member lives"), "kept");
        drop(note);
        wait_for("the old members to end", || pool.statistics().members == 1);
    });
}

#[test]
fn replaced_member_lives_as_long_as_an_outcome_is_not_taken() {
    within(SOON, || {
        let pool = pool_of(1).recycle_after(1);
        let (taken, dropped) = (pool.call(|clerk| clerk.write("kept")), pool.call(|clerk| clerk.write("dropped")));
        wait_for("the next members", || {
            pool.call(ClerkProxy::nothing).wait().expect("served");
            pool.statistics().recycled >= 4
        });
        drop(dropped);
        let note = taken.wait().expect("served");
        assert_eq!(note.text().wait().expect("its member lives"), "kept");
        drop(note);
        wait_for("the old members to end", || pool.statistics().members == 1);
    });
}
