//! Objects that own proxies. The nested objects work, and end with their owner however it ends.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use concurrent_object::{CallError, concurrent_object};
use concurrent_object_tests::census::{children_of, is_running};
use concurrent_object_tests::deadline::{SOON, wait_for, within};

concurrent_object::init_before_main!();

pub struct Leaf {
    depth: u32,
}

#[concurrent_object]
impl Leaf {
    pub fn new(depth: u32) -> Self {
        Self { depth }
    }

    pub fn sum(&self, bytes: &[u8]) -> u64 {
        bytes.iter().map(|&byte| u64::from(byte)).sum::<u64>() + u64::from(self.depth)
    }

    pub fn pid(&self) -> u32 {
        std::process::id()
    }

    pub fn spin(&self) {
        loop {
            std::hint::spin_loop();
        }
    }

    pub fn crash(&self) {
        std::process::abort()
    }
}

/// Owns leaves, and another tree if depth remains.
pub struct Tree {
    leaves: Vec<LeafProxy>,
    below: Option<Box<TreeProxy>>,
}

#[concurrent_object]
impl Tree {
    pub fn new(depth: u32) -> Result<Self, concurrent_object::StartError> {
        let leaves = (0..2).map(|_| LeafProxy::builder("leaf").slots(2).start(depth)).collect::<Result<_, _>>()?;
        let below = match depth {
            0 => None,
            _ => Some(Box::new(TreeProxy::builder(format!("tree-{depth}")).slots(2).start(depth - 1)?)),
        };
        Ok(Self { leaves, below })
    }

    pub fn sum(&self, bytes: &[u8]) -> Result<u64, String> {
        let message = |error: CallError| error.to_string();
        let below = match &self.below {
            Some(below) => below.sum(bytes).wait().map_err(message)??,
            None => 0,
        };
        let calls: Vec<_> = self.leaves.iter().map(|leaf| leaf.sum(bytes)).collect();
        calls.into_iter().try_fold(below, |sum, call| Ok(sum + call.wait().map_err(message)?))
    }

    /// Returns the process ids of all nested objects.
    pub fn pids(&self) -> Vec<u32> {
        let mut pids: Vec<_> = self.leaves.iter().map(|leaf| leaf.pid().wait().expect("alive")).collect();
        if let Some(below) = &self.below {
            pids.push(below.handle().pid());
            pids.extend(below.pids().wait().expect("alive"));
        }
        pids
    }

    /// Makes every leaf compute without end.
    pub fn spin(&self) {
        self.leaves.iter().for_each(|leaf| drop(leaf.spin()));
        if let Some(below) = &self.below {
            below.spin().wait().expect("spinning");
        }
    }

    pub fn lose_a_leaf(&self) -> String {
        self.leaves[0].crash().wait().expect_err("it crashes").to_string()
    }

    pub fn abort(&self) {
        std::process::abort()
    }
}

const DEPTH: u32 = 2;
/// The leaves of three trees, and the two trees below the first.
const BELOW: usize = 8;

fn start() -> (TreeProxy, Vec<u32>) {
    let tree = TreeProxy::builder("tree").start(DEPTH).expect("starts");
    let pids = tree.pids().wait().expect("they live");
    assert_eq!(pids.len(), BELOW);
    assert!(pids.iter().all(|&pid| is_running(pid)), "{pids:?}");
    (tree, pids)
}

#[track_caller]
fn wait_until_gone(pids: &[u32]) {
    wait_for("everything below is gone", || !pids.iter().any(|&pid| is_running(pid)));
}

#[test]
fn an_object_uses_nested_objects() {
    within(SOON, || {
        let (tree, pids) = start();
        let bytes = [1; 5000];
        assert_eq!(tree.sum(&bytes).wait().expect("alive"), Ok(6 * 5000 + 2 * (2 + 1)));
        assert!(children_of(tree.handle().pid()).iter().all(|child| pids.contains(child)));
    });
}

#[test]
fn ending_an_object_ends_its_nested_objects() {
    within(SOON, || {
        let (tree, pids) = start();
        tree.terminate().expect("terminated");
        assert!(!pids.iter().any(|&pid| is_running(pid)), "terminate ends in the order of ownership");
        let (tree, pids) = start();
        drop(tree);
        assert!(!pids.iter().any(|&pid| is_running(pid)));
    });
}

#[test]
fn killing_an_object_ends_its_nested_objects_even_if_they_loop() {
    within(SOON, || {
        let (tree, pids) = start();
        tree.spin().wait().expect("spinning");
        tree.kill().expect("killed");
        wait_until_gone(&pids);
    });
}

#[test]
fn a_crash_ends_the_nested_objects() {
    within(SOON, || {
        let (tree, pids) = start();
        assert!(tree.abort().wait().is_err());
        wait_until_gone(&pids);
    });
}

#[test]
fn death_of_a_nested_object_is_reported_to_its_owner_which_serves_on() {
    within(SOON, || {
        let (tree, pids) = start();
        let message = tree.lose_a_leaf().wait().expect("alive");
        assert!(message.contains("SIGABRT") && message.contains("leaf"), "{message}");
        assert!(!is_running(pids[0]), "the tree has reaped it");
        let below = tree.sum(&[1]).wait().expect("alive");
        assert!(below.expect_err("a leaf is gone").contains("SIGABRT"));
    });
}
