//! Handles to views with type parameters and several lifetimes, and to views of one borrow.

use concurrent_object::{CallError, HandleProblem};
use concurrent_object_tests::deadline::{SOON, within};

use crate::library::{LibraryProxy, Place};
use crate::tree::TreeProxy;
use crate::views::assert_borrowed;

fn tree() -> TreeProxy {
    let tree = TreeProxy::builder("tree").start("abcd").expect("it starts");
    for parent in [0, 0, 1] {
        tree.add(parent).wait().expect("it answers");
    }
    tree
}

#[test]
fn views_of_one_borrow_do_not_borrow_each_other() {
    within(SOON, || {
        let tree = tree();
        let root = tree.root().wait().expect("a node");
        let children = root.children().wait().expect("nodes");
        let leaf = children[0].children().wait().expect("nodes").pop().expect("a leaf");
        drop((root, children));
        assert_borrowed(tree.add(0).wait(), "Node");
        let before = leaf.step().wait().expect("nothing borrows the leaf").expect("it has a parent");
        assert_eq!((leaf.at().wait().expect("a number"), before.at().wait().expect("a number")), (1, 3));
        let parent = before.parent().wait().expect("it answers").expect("a parent");
        let again = before.clone();
        let root = before.into_root().wait().expect("a node");
        let error = again.at().wait().expect_err("it was taken");
        assert!(matches!(error, CallError::Handle { problem: HandleProblem::Stale, .. }), "{error}");
        drop((leaf, again));
        assert_eq!((parent.at().wait().expect("a number"), root.at().wait().expect("a number")), (1, 0));
        assert_eq!(root.step().wait().expect("it answers").expect_err("it is the root"), "it is the root");
        drop(parent);
        assert_borrowed(tree.add(0).wait(), "Node");
        drop(root);
        assert_eq!(tree.add(0).wait().expect("no node is left"), 4);
        assert_eq!(tree.handle().statistics().handles, 0);
    });
}

#[test]
fn a_view_with_two_lifetimes_borrows_from_the_view_that_returned_it() {
    within(SOON, || {
        let tree = tree();
        let (pair, one) = tree.pair(3).wait().expect("a pair");
        assert_eq!((pair.both().wait().expect("both"), one), ((Some(1), None), 3));
        let node = tree.node(1).wait().expect("it answers").expect("a node");
        let pair = node.with_root().wait().expect("a pair");
        assert_eq!(pair.both().wait().expect("both"), (Some(0), None));
        assert_borrowed(node.step().wait().map(drop), "Pair");
        drop(pair);
        node.step().wait().expect("no pair is left").expect("it has a parent");
    });
}

#[test]
fn a_view_with_a_type_parameter_borrows_exclusively() {
    within(SOON, || {
        let tree = tree();
        let names = tree.names().wait().expect("it answers").expect("names");
        assert_borrowed(tree.root().wait(), "Names");
        assert_eq!(names.next(3).wait().expect("it answers").expect("a name"), "abc");
        assert!(names.next(3).wait().expect("it answers").is_err());
        drop(names);
        tree.root().wait().expect("no name is left");
    });
}

#[test]
fn an_exclusive_borrow_is_shared_by_its_parts() {
    within(SOON, || {
        let tree = tree();
        let rest = tree.parents().wait().expect("all");
        let first = rest.split(1).wait().expect("the root");
        assert_eq!(rest.set(2, 2).wait().expect("it answers"), Some(1));
        drop(rest);
        assert_borrowed(tree.root().wait(), "Parents");
        assert_eq!(first.set(0, 9).wait().expect("it answers"), None);
        drop(first);
        assert_eq!(tree.pair(3).wait().expect("a pair").0.both().wait().expect("both"), (Some(2), Some(9)));
    });
}

#[test]
fn a_view_that_is_taken_leaves_its_borrow_to_the_view_that_it_returns() {
    within(SOON, || {
        let library = LibraryProxy::builder("library").start(&["b one", "a two"]).expect("it starts");
        let page = library.page(0).wait().expect("it answers").expect("a page");
        let moved = page.moved(Place(1)).wait().expect("it answers").expect("there is a second line");
        assert_eq!(moved.text().wait().expect("it answers"), "a two");
        assert_borrowed(library.add("c").wait(), "Page");
        let again = moved.again().wait().expect("it answers");
        assert_eq!(moved.moved(Place(9)).wait().expect("it answers").expect_err("none").to_string(), "Missing");
        assert_borrowed(library.add("c").wait(), "Page");
        drop(again);
        assert_eq!(library.add("c").wait().expect("no page is left"), 3);
    });
}
