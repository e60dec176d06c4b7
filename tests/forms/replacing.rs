//! Methods that take `self` and return it put the object back.

use concurrent_object::{Call, concurrent_object};

pub struct Query {
    parts: Vec<String>,
    /// Cannot be sent.
    _raw: *const u8,
}

#[concurrent_object]
impl Query {
    pub fn new() -> Self {
        Self { parts: Vec::new(), _raw: std::ptr::null() }
    }

    pub fn with(mut self, part: &str) -> Self {
        self.parts.push(part.to_owned());
        self
    }

    #[allow(clippy::needless_arbitrary_self_type, reason = "this form of the receiver is tested")]
    pub fn limit(self: Self, count: &mut u32) -> Query {
        *count += 1;
        let part = format!("limit {count}");
        self.with(&part)
    }

    pub fn explode(self) -> Self {
        panic!("while it was taken")
    }

    pub fn text(&self) -> String {
        self.parts.join(" ")
    }

    pub fn finish(self) -> String {
        self.text()
    }
}

#[test]
fn a_method_that_returns_self_leaves_the_object_in_the_child() {
    let query = QueryProxy::builder("query").start().expect("a child starts");
    let first: Call<()> = query.with("a");
    let mut count = 6;
    first.wait().expect("a result");
    query.limit(&mut count).wait().expect("a result");
    query.push_with("b").expect("a slot is free");
    assert_eq!(query.text().wait().expect("a result"), "a limit 7 b");
    assert!(matches!(query.pull(), Ok(Some(QueryOutput::With(())))));
    assert_eq!(count, 7);
    assert_eq!(query.finish().wait().expect("a result"), "a limit 7 b");
}

#[test]
fn a_panic_while_the_object_is_taken_ends_the_child() {
    let query = QueryProxy::builder("query").start().expect("a child starts");
    let panicked = query.explode().wait().expect_err("it panics");
    assert!(panicked.to_string().contains("while it was taken"), "{panicked}");
    let gone = query.text().wait().expect_err("there is no object");
    assert!(gone.object_gone(), "{gone}");
}
