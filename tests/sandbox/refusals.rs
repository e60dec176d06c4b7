//! Sandboxes that cannot be made: the error names the option and the remedy.

use concurrent_object::{Sandbox, StartError};
use concurrent_object_tests::deadline::{SOON, within};

use super::SuspectProxy;

fn refused(sandbox: Sandbox, words: &str) {
    let error = SuspectProxy::builder("suspect").sandbox(sandbox).start().expect_err("refused");
    assert!(matches!(error, StartError::InvalidLimit { option: "sandbox", .. }), "{error}");
    assert!(error.to_string().contains("`sandbox` cannot be set") && error.to_string().contains(words), "{error}");
}

#[test]
fn path_that_does_not_exist_and_name_of_no_system_call_are_refused() {
    within(SOON, || {
        refused(Sandbox::read_only(["/no/such/path"]), "/no/such/path does not exist");
        refused(Sandbox::custom().write("/no/such/path"), "/no/such/path does not exist");
        refused(Sandbox::custom().allow("fly"), "\"fly\" is the name of no system call");
    });
}

#[test]
fn thread_can_have_no_sandbox() {
    let error = SuspectProxy::builder("suspect").sandbox(Sandbox::pure()).in_thread().start().expect_err("refused");
    assert!(matches!(error, StartError::NeedsProcess { option: "sandbox", .. }), "{error}");
}
