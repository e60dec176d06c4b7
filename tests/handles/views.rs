//! Handles to views: objects that borrow from the object that returned them.

use std::time::Duration;

use concurrent_object::{CallError, HandleProblem, RestartPolicy};
use concurrent_object_tests::deadline::{SOON, wait_for, within};

use crate::library::{LibraryOutput, LibraryProxy, PageHandle, Place};

fn library() -> LibraryProxy {
    LibraryProxy::builder("library").start(&["b one", "a two"]).expect("it starts")
}

fn page(library: &LibraryProxy) -> PageHandle {
    library.page(0).wait().expect("it answers").expect("a page")
}

/// Asserts that the outcome says that a view of this type still borrows the object.
#[track_caller]
pub fn assert_borrowed<T: std::fmt::Debug>(outcome: Result<T, CallError>, by: &str) {
    match outcome {
        Err(CallError::Handle { problem: HandleProblem::Borrowed { view, .. }, .. }) => assert_eq!(view, by),
        other => panic!("it is not borrowed by a {by}: {other:?}"),
    }
}

#[test]
fn reads_of_the_owner_go_on_while_a_shared_view_exists() {
    within(SOON, || {
        let library = library();
        let page = page(&library);
        assert_eq!(page.text().wait().expect("it answers"), "b one");
        assert_eq!(library.opened().wait().expect("it answers"), 1);
        assert_borrowed(library.add("c").wait(), "Page");
        assert_borrowed(library.pen(0).wait(), "Page");
        assert_eq!(page.turn().wait().expect("it answers"), 1);
        assert_eq!(page.text().wait().expect("it answers"), "a two");
        page.back().wait().expect("it answers");
        let mut lines = Vec::new();
        page.fill(&mut lines).wait().expect("it answers");
        assert_eq!(lines, ["b one", "a two"]);
        let message = library.add("c").wait().expect_err("the page exists").to_string();
        assert!(message.contains("`add`") && message.contains("borrowed by a `Page`"), "{message}");
        drop(page);
        assert_eq!(library.add("c").wait().expect("no page is left"), 3);
        assert_eq!(library.alive().wait().expect("it answers"), [1, 0, 0, 0]);
    });
}

#[test]
fn every_call_of_the_owner_is_refused_while_an_exclusive_view_exists() {
    within(SOON, || {
        let library = library();
        let pen = library.pen(1).wait().expect("it answers").expect("a line");
        assert_borrowed(library.opened().wait(), "Pen");
        assert_borrowed(library.page(0).wait(), "Pen");
        assert_borrowed(library.add("c").wait(), "Pen");
        assert_borrowed(library.pen(0).wait(), "Pen");
        assert_eq!(pen.write("!").wait().expect("it answers"), 6);
        assert_eq!(pen.clone().write("?").wait().expect("it answers"), 7);
        drop(pen);
        assert_eq!(library.lines().wait().expect("the pen is gone"), ["b one", "a two!?."]);
        assert!(library.pen(9).wait().expect("it answers").is_none());
        assert_eq!(library.opened().wait().expect("no pen was kept"), 0);
    });
}

#[test]
fn views_are_nested_in_options_results_lists_and_tuples() {
    within(SOON, || {
        let library = library();
        let (first, rest, text) = library.first_and_rest("a note").wait().expect("it answers");
        let first = first.expect("there is one");
        assert_eq!((rest.len(), &*text), (1, "b one"));
        assert_eq!(library.handle().statistics().handles, 2);
        assert_eq!(library.page(7).wait().expect("it answers").expect_err("none"), "there is no page 7");
        drop(first);
        assert_borrowed(library.add("c").wait(), "Page");
        drop(rest);
        assert_eq!(library.add("c").wait().expect("all are gone"), 3);
        let mut pens = library.pens().wait().expect("it answers");
        pens[1].write("!").wait().expect("it answers");
        pens.truncate(1);
        assert_borrowed(library.lines().wait(), "Pen");
        drop(pens);
        assert_eq!(library.lines().wait().expect("all are gone"), ["b one.", "a two!.", "c."]);
        assert_eq!(library.handle().statistics().handles, 0);
    });
}

#[test]
fn a_view_of_a_view_keeps_both_owners() {
    within(SOON, || {
        let library = library();
        let page = page(&library);
        let mut words = page.words().wait().expect("it answers");
        assert_borrowed(page.turn().wait(), "Word");
        assert_borrowed(page.clone().close().wait(), "Word");
        assert_eq!(page.text().wait().expect("reads go on"), "b one");
        drop(page);
        assert_eq!(library.alive().wait().expect("it answers"), [1, 1, 2, 0], "the words borrow the page");
        assert_borrowed(library.add("c").wait(), "Page");
        let last = words.pop().expect("two words");
        drop(words);
        assert_eq!(last.text().wait().expect("it answers"), "one");
        assert_eq!(last.see().wait().expect("it answers"), 2);
        assert_eq!(library.opened().wait().expect("it answers"), 2);
        drop(last);
        assert_eq!(library.alive().wait().expect("it answers"), [1, 0, 0, 0]);
        assert_eq!(library.add("c").wait().expect("all are gone"), 3);
    });
}

#[test]
fn views_of_methods_that_the_compiler_judges() {
    within(SOON, || {
        let library = library();
        let page = library.page_at(Place(1)).wait().expect("it answers").expect("a page");
        assert_eq!(page.place(Place(0)).wait().expect("it answers").0, 1);
        assert_borrowed(library.add("c").wait(), "Page");
        drop(page);
        assert_eq!(library.add("c").wait().expect("no page is left"), 3);
    });
}

#[test]
fn an_object_behind_a_handle_lends_views() {
    within(SOON, || {
        let library = library();
        let (shelf, other) = (library.shelf().wait().expect("a shelf"), library.shelf().wait().expect("a shelf"));
        let page = shelf.page().wait().expect("a page");
        assert_borrowed(shelf.clear().wait(), "Page");
        assert_borrowed(shelf.clone().burn().wait(), "Page");
        assert_borrowed(other.take_from(&shelf).wait(), "Page");
        assert!(other.compare(&shelf).wait().expect("reads go on"));
        assert_eq!(library.add("c").wait().expect("the library is not borrowed"), 3);
        drop(page);
        let pen = shelf.pen().wait().expect("it answers").expect("a line");
        assert_borrowed(shelf.line().wait(), "Pen");
        assert_borrowed(other.compare(&shelf).wait(), "Pen");
        pen.write("!").wait().expect("it answers");
        drop(pen);
        assert_eq!(shelf.line().wait().expect("it answers"), "on the shelf!.");
        let page = shelf.page().wait().expect("a page");
        drop(shelf);
        assert_eq!(page.text().wait().expect("its owner stays"), "on the shelf!.");
        assert_eq!(library.alive().wait().expect("it answers"), [3, 1, 0, 0]);
        drop(page);
        assert_eq!(library.alive().wait().expect("it answers"), [2, 0, 0, 0]);
        assert_eq!(other.burn().wait().expect("it answers"), 1);
    });
}

#[test]
fn a_call_that_uses_an_owner_twice_is_no_borrow() {
    within(SOON, || {
        let library = library();
        let shelf = library.shelf().wait().expect("a shelf");
        let error = shelf.take_from(&shelf).wait().expect_err("it is used twice");
        assert!(matches!(error, CallError::Handle { problem: HandleProblem::InUse, .. }), "{error}");
    });
}

#[test]
fn a_view_can_be_taken_by_value() {
    within(SOON, || {
        let library = library();
        let (first, second) = (page(&library), page(&library));
        first.turn().wait().expect("it answers");
        let again = first.clone();
        assert_eq!(first.close().wait().expect("it answers"), 1);
        let error = again.text().wait().expect_err("it was taken");
        assert!(matches!(error, CallError::Handle { problem: HandleProblem::Stale, .. }), "{error}");
        assert_borrowed(library.add("c").wait(), "Page");
        assert_eq!(second.boxed().wait().expect("it answers"), 0);
        assert_eq!(library.add("c").wait().expect("both are gone"), 3);
    });
}

#[test]
fn the_object_is_not_replaced_while_a_view_exists() {
    within(SOON, || {
        let library = library();
        let page = page(&library);
        assert_borrowed(library.sorted().wait(), "Page");
        assert_eq!(page.text().wait().expect("it answers"), "b one");
        drop(page);
        library.sorted().wait().expect("the page is gone");
        assert_eq!(library.lines().wait().expect("it answers"), ["a two", "b one"]);
        let page = library.page(0).wait().expect("it answers").expect("a page");
        assert_eq!(page.text().wait().expect("it answers"), "a two");
    });
}

#[test]
fn the_last_call_is_refused_while_a_view_exists() {
    within(SOON, || {
        let library = library();
        let handle = library.handle();
        let page = page(&library);
        assert_borrowed(library.finish().wait(), "Page");
        page.text().wait().expect_err("the proxy was passed to its last call");
        drop(page);
        wait_for("the object has ended", || !handle.is_alive());
    });
}

#[test]
fn a_view_that_is_dropped_unread_borrows_nothing() {
    within(SOON, || {
        let library = library();
        drop(library.page(0));
        assert_eq!(library.add("c").wait().expect("the page was released"), 3);
        let answered = library.pen(0);
        assert_borrowed(library.lines().wait(), "Pen");
        drop(answered);
        assert_eq!(library.lines().wait().expect("the pen was released").len(), 3);
        library.push_page(0).expect("a slot is free");
        let Some(LibraryOutput::Page(Ok(page))) = library.wait_pull().expect("it answers") else { panic!("a page") };
        assert_borrowed(library.add("d").wait(), "Page");
        drop(page);
        assert_eq!(library.add("d").wait().expect("the page was released"), 4);
    });
}

#[test]
fn dropping_a_view_does_not_wait_for_the_object() {
    within(SOON, || {
        let library = library();
        let page = page(&library);
        let mut pause = library.pause(Duration::from_secs(1));
        let queued = library.page(1);
        drop(page);
        assert!(pause.try_wait().is_none(), "dropping the page has waited");
        drop(queued);
        assert_eq!(library.add("c").wait().expect("both are gone"), 3);
    });
}

#[test]
fn a_panic_leaves_no_borrow() {
    within(SOON, || {
        let library = library();
        let message = library.broken().wait().expect_err("it panics").to_string();
        assert!(message.contains("the page is missing"), "{message}");
        assert_eq!(library.add("c").wait().expect("nothing borrows"), 3);
        let page = page(&library);
        let message = page.panic().wait().expect_err("it panics").to_string();
        assert!(message.contains("Page::panic") && message.contains("torn"), "{message}");
        assert_eq!(page.text().wait().expect("it is there"), "b one");
        assert_borrowed(library.add("c").wait(), "Page");
        drop(page);
        assert_eq!(library.add("d").wait().expect("nothing borrows"), 4);
    });
}

#[test]
fn views_are_stale_after_a_restart_and_dead_after_the_end() {
    within(SOON, || {
        let library = LibraryProxy::builder("library").restart(RestartPolicy::on_death());
        let library = library.start(&["b one"]).expect("it starts");
        let old = page(&library);
        library.crash().wait().expect_err("it crashes");
        let error = old.text().wait().expect_err("it was in the process that died");
        assert!(matches!(error, CallError::Handle { problem: HandleProblem::Stale, .. }), "{error}");
        assert_eq!(library.add("c").wait().expect("the new object is not borrowed"), 2);
        let new = page(&library);
        drop(old);
        assert_borrowed(library.add("d").wait(), "Page");
        library.terminate().expect("it ends");
        let error = new.text().wait().expect_err("it has ended");
        assert!(error.object_gone() && error.to_string().contains("Page::text"), "{error}");
    });
}

#[test]
fn at_the_end_views_are_dropped_before_their_owner() {
    within(SOON, || {
        let library = library();
        let page = page(&library);
        let words = page.words().wait().expect("it answers");
        let shelf = library.shelf().wait().expect("a shelf");
        let pen = shelf.pen().wait().expect("it answers");
        library.close().expect("the child exits with 0: no view outlived its owner");
        drop((page, words, shelf, pen));
    });
}
