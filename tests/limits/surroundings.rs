//! What a child has around it: environment, directory, processors, and processes of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use concurrent_object::{RestartPolicy, concurrent_object};
use concurrent_object_tests::census::is_running;
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::send;

pub struct Scout;

#[concurrent_object]
impl Scout {
    pub fn new() -> Self {
        Self
    }

    pub fn environment(&self) -> BTreeMap<String, String> {
        std::env::vars().collect()
    }

    pub fn directory(&self) -> PathBuf {
        std::env::current_dir().expect("there is one")
    }

    /// Returns the lines of `/proc/self/status` that begin with this.
    pub fn status_line(&self, key: &str) -> String {
        let text = std::fs::read_to_string("/proc/self/status").expect("it runs");
        text.lines()
            .filter(|line| line.starts_with(key))
            .map(|line| line.split_once(':').expect("a colon").1.trim())
            .collect()
    }

    /// Returns the nice value.
    pub fn nice(&self) -> i32 {
        let stat = std::fs::read_to_string("/proc/self/stat").expect("it runs");
        let fields = stat.rsplit_once(')').expect("the name").1.split_whitespace();
        fields.clone().nth(16).expect("the nineteenth field").parse().expect("a number")
    }

    /// Starts a process that would live long. Returns its id.
    pub fn start_process(&self, leaves_the_group: bool) -> u32 {
        let program = if leaves_the_group { "setsid" } else { "env" };
        let mut command = Command::new(program);
        command.args(["sleep", "600"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("it starts").id()
    }
}

#[test]
fn cleared_environment_has_what_the_builder_adds() {
    within(SOON, || {
        let builder = ScoutProxy::builder("scout").env_clear(true).env("COLOUR", "blue");
        let scout = builder.restart(RestartPolicy::on_death().max(1)).start().expect("starts");
        for _ in 0..2 {
            let environment = scout.environment().wait().expect("answers");
            assert_eq!(environment.get("COLOUR").map(String::as_str), Some("blue"));
            assert!(!environment.contains_key("PATH"), "{environment:?}");
            assert!(environment.len() <= 2, "the library adds one: {environment:?}");
            send(scout.handle().pid(), libc::SIGKILL);
            scout.wait_until_ready().ok();
        }
    });
}

#[test]
fn directory_and_processors_and_nice_value_are_set_in_each_process() {
    within(SOON, || {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().canonicalize().expect("it exists");
        let own = std::fs::read_to_string("/proc/self/stat").expect("it runs");
        let own: i32 =
            own.rsplit_once(')').expect("the name").1.split_whitespace().nth(16).expect("nice").parse().expect("nice");
        let builder = ScoutProxy::builder("scout").current_dir(&path).cpus([0]).nice(3);
        let scout = builder.restart(RestartPolicy::on_death().max(1)).start().expect("starts");
        for _ in 0..2 {
            scout.wait_until_ready().expect("ready");
            assert_eq!(scout.directory().wait().expect("answers"), path);
            assert_eq!(scout.status_line("Cpus_allowed_list").wait().expect("answers"), "0");
            assert_eq!(scout.nice().wait().expect("answers"), (own + 3).min(19));
            send(scout.handle().pid(), libc::SIGKILL);
            wait_for("the next process", || scout.handle().incarnation() == 2 || !scout.handle().is_alive());
        }
    });
}

#[test]
fn processes_of_a_child_end_with_it_if_wanted() {
    within(SOON, || {
        for ends_by_a_kill in [false, true] {
            let scout = ScoutProxy::builder("scout").kill_tree(true).start().expect("starts");
            let started = scout.start_process(false).wait().expect("started");
            assert!(is_running(started));
            if ends_by_a_kill {
                send(scout.handle().pid(), libc::SIGKILL);
                wait_for("the death to be noticed", || !scout.handle().is_alive());
            } else {
                scout.terminate().expect("ends");
            }
            wait_for("the process of the child to end", || !is_running(started));
        }
    });
}

#[test]
fn processes_outside_the_group_and_without_the_option_live_on() {
    within(SOON, || {
        for (kills_tree, leaves_the_group) in [(true, true), (false, false)] {
            let scout = ScoutProxy::builder("scout").kill_tree(kills_tree).start().expect("starts");
            let started = scout.start_process(leaves_the_group).wait().expect("started");
            wait_for("setsid", || !leaves_the_group || group_of(started) == started);
            scout.terminate().expect("ends");
            assert!(is_running(started), "kill_tree({kills_tree})");
            send(started, libc::SIGKILL);
        }
    });
}

fn group_of(pid: u32) -> u32 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let group = stat.rsplit_once(')').and_then(|(_, fields)| fields.split_whitespace().nth(2)?.parse().ok());
    group.unwrap_or(0)
}
