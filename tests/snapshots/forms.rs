//! The forms of saving and restoring.

use concurrent_object::{RestartPolicy, Shared, SnapshotPolicy, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::at_once;

/// A generic object with three constructors, which is saved without a copy.
pub struct Stack<T> {
    items: Vec<T>,
    limit: usize,
    made_by: &'static str,
}

#[concurrent_object]
impl<T: Clone + Serialize + DeserializeOwned> Stack<T> {
    pub fn new(limit: usize) -> Self {
        Self { items: Vec::new(), limit, made_by: "new" }
    }

    /// Returns `None` if there are too many items.
    pub fn of(first: &[T], limit: Option<usize>) -> Option<Self> {
        let limit = limit.unwrap_or(2);
        (first.len() <= limit).then(|| Self { items: first.to_vec(), limit, made_by: "of" })
    }

    /// Also serves to start with a state from elsewhere.
    #[concurrent_object(restore)]
    pub fn load(items: Vec<T>, limit: usize) -> Self {
        Self { items, limit, made_by: "load" }
    }

    #[concurrent_object(restore)]
    fn load_of(items: Vec<T>, _first: &[T], limit: Option<usize>) -> Option<Self> {
        Some(Self { items, limit: limit.unwrap_or(2), made_by: "load_of" })
    }

    #[concurrent_object(snapshot)]
    pub fn save(&self) -> &[T] {
        &self.items
    }

    pub fn push(&mut self, item: T) -> bool {
        let has_room = self.items.len() < self.limit;
        if has_room {
            self.items.push(item);
        }
        has_room
    }

    pub fn made_by(&self) -> &str {
        self.made_by
    }

    pub fn crash(&self) {
        std::process::abort()
    }
}

/// Kills the object, and returns the stack that the next instance restored, and the result of
/// another call.
fn restored(stack: &StackProxy<String>) -> (Vec<String>, String) {
    assert!(stack.push("pushed".into()).wait().expect("served"));
    assert!(stack.crash().wait().is_err());
    assert!(!stack.push("too many".into()).wait().expect("served"), "the limit is the constructor's argument");
    (stack.save().wait().expect("it is a method too"), stack.made_by().wait().expect("served"))
}

#[test]
fn each_constructor_has_its_restorer() {
    within(SOON, || {
        let builder = || StackProxy::<String>::builder("stack").restart(at_once());
        let state = |items: &[&str], by: &str| (items.iter().map(|&item| item.to_owned()).collect(), by.to_owned());

        assert_eq!(restored(&builder().start(1).expect("starts")), state(&["pushed"], "load"));
        let of = builder().start_of(&["first".to_owned()], None).expect("starts");
        assert_eq!(restored(&of), state(&["first", "pushed"], "load_of"));
        let loaded = builder().start_load(vec!["older".to_owned()], 2).expect("starts");
        assert_eq!(loaded.made_by().wait().expect("served"), "load");
        assert_eq!(restored(&loaded), state(&["older", "pushed"], "load"), "not the state that it was started with");
    });
}

/// A state that contains shared memory, some of it from the parent.
pub struct Table {
    rows: Shared<[u32]>,
    more: Vec<Shared<[u32]>>,
}

#[concurrent_object]
impl Table {
    pub fn new(rows: &[u32]) -> Self {
        Self { rows: Shared::new(rows).expect("room"), more: Vec::new() }
    }

    #[concurrent_object(restore)]
    fn load((rows, more): (Shared<[u32]>, Vec<Shared<[u32]>>), _rows: &[u32]) -> Self {
        Self { rows, more }
    }

    #[concurrent_object(snapshot)]
    fn save(&self) -> (Shared<[u32]>, Vec<Shared<[u32]>>) {
        (self.rows.clone(), self.more.clone())
    }

    pub fn take(&mut self, more: Shared<[u32]>) -> usize {
        self.more.push(more);
        self.more.len()
    }

    pub fn all(&self) -> Vec<u32> {
        self.more.iter().fold(self.rows.to_vec(), |all, more| [&all, &**more].concat())
    }

    pub fn crash(&self) {
        std::process::abort()
    }
}

#[test]
fn shared_memory_in_the_state_is_kept() {
    within(SOON, || {
        let rows: Vec<_> = (0..5000).collect();
        let table = TableProxy::builder("table").restart(at_once()).start(&rows).expect("starts");
        let more = Shared::new(&rows[..2000]).expect("room");
        assert_eq!(table.take(more).wait().expect("taken"), 1);
        for _ in 0..2 {
            assert!(table.crash().wait().is_err());
            assert_eq!(table.all().wait().expect("served"), [&rows[..], &rows[..2000]].concat());
        }
    });
}

#[test]
fn debug_output_of_policies_shows_their_settings() {
    assert_eq!(SnapshotPolicy::default(), SnapshotPolicy::after_calls(1));
    assert_eq!(SnapshotPolicy::after_calls(0), SnapshotPolicy::never());
    assert_ne!(SnapshotPolicy::every(std::time::Duration::ZERO), SnapshotPolicy::never());
    assert!(format!("{:?}", SnapshotPolicy::after_calls(7)).contains('7'));
    let builder =
        TableProxy::builder("table").restart(RestartPolicy::never()).snapshots(SnapshotPolicy::after_calls(9));
    assert!(format!("{builder:?}").contains("AfterCalls(9)"));
}
