//! Objects whose process is traced by a debugger or `strace`. Their deaths are handled like others,
//! although the tracer delays the reaping.
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use concurrent_object::{CallError, Cause, Death, Exit, RestartPolicy, State};
use concurrent_object_tests::census::{children_of, entries};
use concurrent_object_tests::deadline::{wait_for, within};
use concurrent_object_tests::fate::Fate;
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::mortal::MortalProxy;

concurrent_object::init_before_main!();

/// Far less than a tracer that never detaches could delay a call, and enough otherwise.
const LIMIT: Duration = Duration::from_secs(40);

/// A process that traces another one until it is dropped.
struct Debugger(Child);

impl Debugger {
    /// Traces only the first thread, which continues to run.
    fn of_first_thread(object: &MortalProxy) -> Self {
        Self::run(object, "first")
    }

    /// Traces and stops all threads, as at a debugger's prompt.
    fn at_its_prompt(object: &MortalProxy) -> Self {
        let debugger = Self::run(object, "all");
        let pid = object.handle().pid();
        wait_for("all threads are stopped", || states_of(pid).iter().all(|state| state == "t"));
        debugger
    }

    fn run(object: &MortalProxy, which: &str) -> Self {
        let pid = object.handle().pid().to_string();
        let mut command = Command::new(env!("CARGO_BIN_EXE_debugger"));
        let mut child =
            command.args([&*pid, which]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("text");
        assert_eq!(line, "traces\n");
        Self(child)
    }
}

impl Drop for Debugger {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        self.0.wait().expect("it ends with its standard input");
    }
}

fn states_of(pid: u32) -> Vec<String> {
    let threads = entries(format!("/proc/{pid}/task")).into_iter();
    let stats = threads.filter_map(|thread| std::fs::read_to_string(format!("/proc/{pid}/task/{thread}/stat")).ok());
    stats.filter_map(|stat| Some(stat.rsplit_once(") ")?.1.get(..1)?.to_owned())).collect()
}

fn is_zombie(pid: u32) -> bool {
    children_of(std::process::id()).contains(&pid) && states_of(pid).iter().all(|state| state == "Z")
}

fn death_of(error: &CallError) -> &Death {
    let CallError::Died { death, .. } = error else { panic!("not a death: {error}") };
    death
}

#[test]
fn death_of_a_traced_child_is_noticed_at_once_with_its_status() {
    for (fate, exit) in [(Fate::Exit(3), "exit code 3"), (Fate::Kill, "SIGKILL")] {
        within(LIMIT, move || {
            let gate = Gate::new();
            gate.open();
            // The hook makes the supervisor thread notice the death if no other thread does.
            let object = MortalProxy::builder("traced").on_death(|_| {}).start().expect("starts");
            let other = MortalProxy::builder("other").timeout(Duration::from_millis(50)).start().expect("starts");
            object.wait_until_ready().expect("ready");
            let pid = object.handle().pid();
            let debugger = Debugger::of_first_thread(&object);

            let error = object.die(gate.path(), fate).wait().expect_err("it dies");

            let death = death_of(&error);
            assert!(death.exit.to_string().contains(exit), "{death}");
            assert_eq!(object.status().state, State::Ended);
            assert!(is_zombie(pid), "the debugger holds it");
            object.kill().expect("it is dead");
            let spinning = other.spin(Gate::new().path()).wait().expect_err("it has a limit");
            assert!(matches!(spinning, CallError::TimedOut { killed: true, .. }), "{spinning}");
            drop(debugger);
            wait_for("the zombie is reaped", || !children_of(std::process::id()).contains(&pid));
        });
    }
}

#[test]
fn death_that_the_supervisor_thread_notices_does_not_delay_other_limits() {
    within(LIMIT, || {
        let gate = Gate::new();
        let (sender, receiver) = std::sync::mpsc::channel();
        let hook = move |death: &Death| sender.send(death.exit).expect("the test listens");
        let object = MortalProxy::builder("traced").on_death(hook).start().expect("starts");
        object.die_idle(gate.path(), Fate::Exit(3)).wait().expect("still alive");
        let debugger = Debugger::of_first_thread(&object);

        gate.open();

        assert_eq!(receiver.recv().expect("the hook is called"), Exit::Code(3));
        let other = MortalProxy::builder("other").timeout(Duration::from_millis(50)).start().expect("starts");
        let spinning = other.spin(Gate::new().path()).wait().expect_err("it has a limit");
        assert!(matches!(spinning, CallError::TimedOut { killed: true, .. }), "{spinning}");
        drop(debugger);
    });
}

#[test]
fn killing_an_object_at_a_debugger_prompt_ends_it() {
    within(LIMIT, || {
        let gate = Gate::new();
        let object = MortalProxy::builder("stopped").start().expect("starts");
        let running = object.spin(gate.path());
        gate.wait_until_reached();
        let pid = object.handle().pid();
        let debugger = Debugger::at_its_prompt(&object);

        object.kill().expect("killed is enough");

        assert!(matches!(running.wait(), Err(CallError::Ended { .. })));
        assert!(is_zombie(pid), "the debugger holds it");
        drop(debugger);
        wait_for("the zombie is reaped", || !children_of(std::process::id()).contains(&pid));
    });
}

#[test]
fn a_limit_that_expires_at_a_debugger_prompt_kills_and_the_next_instance_serves() {
    within(LIMIT, || {
        let gate = Gate::new();
        let (sender, receiver) = std::sync::mpsc::channel();
        let builder = MortalProxy::builder("limited").restart(RestartPolicy::on_death());
        let builder = builder.on_death(move |death| {
            sender.send((death.cause, death.exit.signal_name())).expect("the test listens");
        });
        let object = builder.cancel_grace(Duration::from_millis(50)).start().expect("starts");
        let running = object.spin(gate.path());
        gate.wait_until_reached();
        let debugger = Debugger::at_its_prompt(&object);

        running.cancel();
        let behind = object.add(7);

        assert!(matches!(running.wait(), Err(CallError::Cancelled { killed: true, .. })));
        assert_eq!(behind.wait().expect("served by the next process"), 7);
        assert_eq!(receiver.recv().expect("the hook is called"), (Cause::Cancelled, Some("SIGKILL")));
        drop(debugger);
    });
}
