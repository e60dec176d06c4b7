//! Time in which a process is stopped does not count towards limits. A call that would have met its
//! limit without the stop (Ctrl-Z, SIGSTOP, a debugger) has its result.
#![allow(missing_docs, unsafe_code)]

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::send;
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::mortal::MortalProxy;
use concurrent_object_tests::processes::is_stopped;

concurrent_object::init_before_main!();

/// The limit of calls.
const LIMIT: Duration = Duration::from_secs(2);

/// How long they are stopped: longer than any of their limits.
const STOP: Duration = Duration::from_secs(4);

#[test]
fn call_whose_child_was_stopped_for_longer_than_its_limit_has_its_result() {
    within(SOON, || {
        let gate = Gate::new();
        let builder = MortalProxy::builder("stopped").timeout(LIMIT).cancel_grace(Duration::from_millis(10));
        let object = builder.start().expect("start");
        let (call, behind) = (object.add_after(gate.path(), 40), object.add(2));
        gate.wait_until_reached();
        let pid = object.handle().pid();

        send(pid, libc::SIGSTOP);
        wait_for("it is stopped", || is_stopped(pid));
        thread::sleep(STOP);
        send(pid, libc::SIGCONT);
        gate.open();

        assert_eq!((call.wait().expect("in time"), behind.wait().expect("in time")), (40, 42));
    });
}

#[test]
fn constructor_that_was_stopped_for_longer_than_its_limit_is_waited_for() {
    within(SOON, || {
        let gate = Gate::new();
        let object = MortalProxy::builder("stopped").ready_timeout(LIMIT).start_late(gate.path()).expect("start");
        gate.wait_until_reached();
        let pid = object.handle().pid();

        send(pid, libc::SIGSTOP);
        wait_for("it is stopped", || is_stopped(pid));
        thread::sleep(STOP);
        send(pid, libc::SIGCONT);
        gate.open();

        object.wait_until_ready().expect("in time");
    });
}

#[test]
fn call_whose_child_was_held_by_a_debugger_has_its_result() {
    within(SOON, || {
        let gate = Gate::new();
        let builder = MortalProxy::builder("traced").timeout(LIMIT).cancel_grace(Duration::from_millis(10));
        let object = builder.start().expect("start");
        let call = object.add_after(gate.path(), 40);
        gate.wait_until_reached();
        let pid = object.handle().pid() as libc::pid_t;
        let trace = |request, data: usize| {
            // SAFETY: these requests take no pointer to this process's memory.
            let outcome = unsafe { libc::ptrace(request, pid, 0_usize, data) };
            assert_eq!(outcome, 0, "{}", std::io::Error::last_os_error());
        };

        trace(libc::PTRACE_SEIZE, 0);
        trace(libc::PTRACE_INTERRUPT, 0);
        let mut status = 0;
        // SAFETY: `waitpid` writes the status into a variable of this function. The child is only
        // stopped, so it is not reaped.
        assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, libc::__WALL) }, pid);
        assert!(libc::WIFSTOPPED(status));
        thread::sleep(STOP);
        trace(libc::PTRACE_DETACH, 0);
        gate.open();

        assert_eq!(call.wait().expect("in time"), 40);
    });
}

/// The program and its objects, which form a process group. Dropping it kills the group, even if a
/// test fails.
struct Group(Child);

impl Group {
    fn send(&self, signal: libc::c_int) {
        // SAFETY: `kill` touches no memory of this process. The leader is not reaped yet, so the
        // group id is still its own.
        unsafe { libc::kill(-(self.0.id() as libc::pid_t), signal) };
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.send(libc::SIGKILL);
        // The program has ended already unless the test failed.
        drop(self.0.wait());
    }
}

/// Stops and continues the whole group, as a shell does after Ctrl-Z.
#[test]
fn program_stopped_for_longer_than_its_limits_loses_no_call() {
    within(SOON, || {
        let gate = Gate::new();
        let mut command = Command::new(env!("CARGO_BIN_EXE_sigstop_deadlines"));
        command.arg(gate.path()).arg(LIMIT.as_millis().to_string()).process_group(0).stdout(Stdio::piped());
        let mut program = Group(command.spawn().expect("the program runs"));
        gate.wait_until_reached();

        program.send(libc::SIGTSTP);
        wait_for("it is stopped", || is_stopped(program.0.id()));
        thread::sleep(STOP);
        program.send(libc::SIGCONT);
        gate.open();

        let mut shown = String::new();
        program.0.stdout.take().expect("a pipe").read_to_string(&mut shown).expect("text");
        assert!(program.0.wait().expect("it is ours").success(), "{shown}");
        let lines: Vec<_> = shown.lines().collect();
        assert_eq!(
            lines,
            [
                "timeout: Ok(40)",
                "queue_timeout: Ok(42)",
                "ready_timeout: Ok(())",
                "cancel_grace: lives",
                "grace: Ok(40)"
            ]
        );
    });
}
