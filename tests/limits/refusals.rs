//! Limits that cannot be set: the error names the option and the remedy.

use concurrent_object::StartError;
use concurrent_object_tests::deadline::{SOON, within};

use super::{WorkerProxy, WorkerProxyBuilder};

fn refused(set: impl FnOnce(WorkerProxyBuilder) -> WorkerProxyBuilder, option: &str, words: &str) {
    let started = set(WorkerProxy::builder("worker")).start();
    // What only the child's system can refuse is the error of `wait_until_ready`.
    let error = started.and_then(|worker| worker.wait_until_ready()).expect_err(option);
    let text = error.to_string();
    assert!(matches!(error, StartError::InvalidLimit { option: refused, .. } if refused == option), "{text}");
    assert!(text.contains(&format!("`{option}` cannot be set")) && text.contains(words), "{text}");
}

#[test]
fn limit_of_zero_is_an_error_that_names_the_option() {
    within(SOON, || {
        refused(|builder| builder.memory_limit(0), "memory_limit", "zero is no limit");
        refused(|builder| builder.cpu_time_limit("0s"), "cpu_time_limit", "zero is no limit");
        refused(|builder| builder.open_files_limit(0), "open_files_limit", "needs 32");
        refused(|builder| builder.open_files_limit(31), "open_files_limit", "needs 32");
    });
}

#[test]
fn processors_that_do_not_exist_are_refused() {
    within(SOON, || {
        refused(|builder| builder.cpus([]), "cpus", "at least one");
        refused(|builder| builder.cpus([0, 5000]), "cpus", "no processor 5000");
        refused(|builder| builder.cpus([1000]), "cpus", "1000");
        refused(|builder| builder.cpus([0, 1000]), "cpus", "processor 1000 does not exist");
    });
}

#[test]
fn nice_value_and_directory_are_checked() {
    within(SOON, || {
        refused(|builder| builder.nice(40), "nice", "between -20 and 19");
        refused(|builder| builder.current_dir("/no/such/directory"), "current_dir", "/no/such/directory");
        refused(|builder| builder.current_dir("/dev/null"), "current_dir", "no directory");
    });
}

#[test]
fn text_that_is_no_size_or_time_is_quoted() {
    let error = WorkerProxy::builder("worker").memory_limit("much").start().expect_err("no size");
    assert!(matches!(error, StartError::InvalidSize { option: "memory_limit", .. }), "{error}");
    let error = WorkerProxy::builder("worker").cpu_time_limit("long").start().expect_err("no time");
    assert!(matches!(error, StartError::InvalidTime { option: "cpu_time_limit", .. }), "{error}");
}

#[test]
fn thread_can_have_no_limit() {
    let builder = || WorkerProxy::builder("worker").in_thread();
    for (option, builder) in [
        ("memory_limit", builder().memory_limit("1 GiB")),
        ("cpu_time_limit", builder().cpu_time_limit("60s")),
        ("open_files_limit", builder().open_files_limit(100)),
        ("nice", builder().nice(1)),
        ("cpus", builder().cpus([0])),
        ("current_dir", builder().current_dir("/")),
        ("env_clear", builder().env_clear(true)),
        ("kill_tree", builder().kill_tree(true)),
    ] {
        let error = builder.start().expect_err(option);
        assert!(matches!(error, StartError::NeedsProcess { option: refused, .. } if refused == option), "{error}");
    }
}
