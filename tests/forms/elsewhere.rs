//! Constructors that are declared elsewhere, and `Self` in every allowed position.
#![allow(clippy::needless_arbitrary_self_type, reason = "the longer forms are to be there too")]

use std::convert::Infallible;

use concurrent_object::{Call, CallError, concurrent_object};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

pub trait Open: Sized {
    fn open(text: &str) -> Option<Self>;
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Node {
    value: u64,
    next: Option<Box<Node>>,
}

impl Node {
    fn with_value(value: u64) -> Self {
        Self { value, next: None }
    }

    async fn later(value: u64) -> Result<Node, String> {
        if value == 0 { Err("nothing".to_owned()) } else { Ok(Self::with_value(value)) }
    }
}

impl Open for Node {
    fn open(text: &str) -> Option<Self> {
        text.parse().ok().map(Self::with_value)
    }
}

#[concurrent_object(
    constructor = fn default() -> Self,
    constructor = fn Open::open(text: &str) -> Option<Self>,
    constructor = #[concurrent_object(rename = new)] fn with_value(value: u64) -> Node,
    constructor = /** Makes it later. */ pub(crate) async fn later(value: u64) -> Result<Self, String>,
    block_on = pollster::block_on,
)]
impl Node {
    pub const WIDTH: usize = 2;

    pub fn whole(&self) -> Self {
        self.clone()
    }

    #[concurrent_object(error = "value")]
    pub fn append(&mut self, next: Option<Box<Self>>, more: &[Self], last: &Self) -> Result<usize, Box<Self>> {
        let mut end = self;
        let all = next.into_iter().map(|node| *node).chain(more.iter().cloned()).chain([last.clone()]);
        for node in all {
            end = end.next.insert(Box::new(node));
        }
        if end.value == 0 { Err(Box::new(end.clone())) } else { Ok(more.len()) }
    }

    pub fn values(&self, extra: [u64; Self::WIDTH]) -> <Vec<[u64; Self::WIDTH]> as IntoIterator>::Item {
        [self.value + extra[0], self.value + extra[1]]
    }

    pub fn step(self: &mut Self) -> u64 {
        self.value += 1;
        self.value
    }

    pub fn value(self: &Self) -> u64 {
        self.value
    }

    pub fn chain(&mut self) -> &mut Self {
        self.value += 1;
        self
    }

    pub fn forever(&self) -> ! {
        std::process::abort()
    }
}

fn node() -> impl Strategy<Value = Node> {
    (0..9_u64, any::<bool>())
        .prop_map(|(value, has_next)| Node { value, next: has_next.then(|| Box::new(Node::with_value(value + 1))) })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn self_may_be_argument_and_result(
        next in prop::option::of(node().prop_map(Box::new)),
        more in prop::collection::vec(node(), 0..3),
        last in node(),
    ) {
        let mut local = Node::with_value(5);
        let remote = NodeProxy::builder("node").start(5).expect("a child starts");
        let appended = local.append(next.clone(), &more, &last);
        prop_assert_eq!(remote.append(next, &more, &last).wait().expect("a result"), appended);
        prop_assert_eq!(remote.values([1, 2]).wait().expect("a result"), local.values([1, 2]));
        prop_assert_eq!(remote.step().wait().expect("a result"), local.step());
        prop_assert_eq!(remote.value().wait().expect("a result"), local.value());
        remote.chain().wait().expect("a result");
        remote.push_whole().expect("a slot is free");
        let Ok(Some(NodeOutput::Whole(whole))) = remote.wait_pull() else { panic!("something was pushed") };
        prop_assert_eq!(&whole, local.chain());
    }
}

#[test]
fn constructors_from_elsewhere_start_the_object() {
    let value = |started: Result<NodeProxy, _>| started.map(|node: NodeProxy| node.value().wait());
    let builder = || NodeProxy::builder("node");
    assert!(matches!(value(builder().start_default()), Ok(Ok(0))));
    assert!(matches!(value(builder().start_open("7")), Ok(Ok(7))));
    assert!(matches!(value(builder().start_open("x")), Ok(Err(_))));
    assert!(matches!(value(builder().start(8)), Ok(Ok(8))));
    assert!(matches!(value(builder().start_later(9)), Ok(Ok(9))));
    assert!(matches!(value(builder().start_later(0)), Ok(Err(_))));
}

#[test]
fn a_method_that_never_returns_has_only_errors() {
    let node = NodeProxy::builder("node").start(1).expect("a child starts");
    let call: Call<Infallible> = node.forever();
    assert!(matches!(call.wait(), Err(CallError::Died { .. })));
}
