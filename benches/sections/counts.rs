//! The allocations and system calls of a small call, in both processes.
//!
//! This program's allocator counts allocations. If `perf` is installed and the kernel allows it, a
//! tracepoint counts system calls: in one run with few calls and in one with many, and the
//! difference is that of the calls. `strace` would not do: it stops the process at each system
//! call, so the other one waits longer, and yields more often.

use std::fs;
use std::hint::black_box;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::allocations;
use crate::measure::Effort;
use crate::object::{AdderProxy, ready};
use crate::outcome::Outcome;
use crate::partner::{Role, command};
use crate::process::Done;
use crate::report::{Aim, Findings, note};

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let calls = effort.either(100_000, 1000);
    let adder = ready()?;
    call(&adder, calls / 10)?;
    println!("\nwhat {calls} calls of add(u64, u64), one after the other, ask for; each number is for one call");
    let mut findings = Findings::default();
    let per_call = |count: u64| count as f64 / f64::from(calls);

    let (here, there) = (allocations::so_far(), adder.allocations().wait()?);
    call(&adder, calls)?;
    let here = per_call(allocations::so_far() - here);
    // Asking for the second count is a call as well, but one of a hundred thousand.
    let there = per_call(adder.allocations().wait()? - there);
    findings.fact("allocations in the parent", here);
    findings.fact("allocations in the child", there);
    // An allocation that occurs less than once in a thousand calls does not count as part of a
    // call.
    findings.aims.push(Aim::number("allocations of a small call, both sides", 0.001, "", here + there));

    let pids = [std::process::id(), adder.handle().pid()];
    let before = pids.map(Done::by);
    call(&adder, calls)?;
    for ((side, pid), before) in ["parent", "child"].into_iter().zip(pids).zip(before) {
        let done = Done::by(pid)?.since(before?);
        findings.fact(format!("times that the {side} slept"), per_call(done.sleeps));
    }
    drop(adder);
    match system_calls(calls) {
        Ok(count) => {
            findings.fact("system calls, both sides, counted by perf", count);
            findings.aims.push(Aim::number("system calls of a call answered within the spin", 0.05, "", count));
        }
        Err(error) => note(format!("system calls were not counted: {error}")),
    }
    Ok(findings)
}

/// A partner that makes so many calls, for a tool that counts system calls.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Calls(u32);

impl Role for Calls {
    const NAME: &'static str = "calls";

    fn play(self) -> Outcome {
        make_calls(self.0)
    }
}

/// Makes so many calls. This runs under `perf stat`.
fn make_calls(calls: u32) -> Outcome {
    let adder = ready()?;
    call(&adder, calls)
}

fn call(adder: &AdderProxy, calls: u32) -> Outcome {
    for number in 0..calls {
        black_box(adder.add(number.into(), 1).wait()?);
    }
    Ok(())
}

fn system_calls(calls: u32) -> Outcome<f64> {
    let few = calls / 10;
    // The start of an object takes some more or some fewer of them each time, so the difference may
    // be negative.
    Ok((traced(calls)? - traced(few)?) / f64::from(calls - few))
}

/// Returns the number of system calls of a process that starts an object and makes so many calls.
fn traced(calls: u32) -> Outcome<f64> {
    let folder = tempfile::tempdir()?;
    let summary = folder.path().join("summary");
    let program = command(&Calls(calls))?;
    let status = Command::new("perf")
        .args(["stat", "-x", ",", "-e", "raw_syscalls:sys_enter", "-o"])
        .arg(&summary)
        .arg(std::env::current_exe()?)
        .envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| format!("perf cannot be executed: {error}"))?;
    if !status.success() {
        return Err(format!("perf ended with {status}").into());
    }
    let text = fs::read_to_string(&summary)?;
    let count = text.lines().find(|line| line.contains("raw_syscalls")).and_then(|line| line.split(',').next());
    let count = count.and_then(|count| count.parse().ok());
    count.ok_or_else(|| format!("perf may not count system calls here: {text}").into())
}
