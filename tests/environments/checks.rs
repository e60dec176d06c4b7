//! The checks, in the order in which they run.

use std::error::Error;
use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, RestartPolicy, Sandbox, Shared, StartError, Violation};
use rustix::process::{Pid, test_kill_process};

use crate::worker::{WorkerProxy, WorkerProxyBuilder};

/// The result of a check.
pub type Outcome = Result<(), Box<dyn Error>>;

/// A name and a check.
pub type Check = (&'static str, fn() -> Outcome);

/// All checks.
pub const ALL: [Check; 12] = [
    ("an object starts", starts),
    ("a small call", small),
    ("a large call", large),
    ("shared memory", shared),
    ("calls of many threads", threads),
    ("an object in an object", nested),
    ("a panic", panics),
    ("a crash and a restart", crashes),
    ("a time limit", hangs),
    ("a limit of memory", memory),
    ("a sandbox", sandbox),
    ("a clean end", ends),
];

const LARGE: u32 = 2 << 20;

fn builder() -> WorkerProxyBuilder {
    WorkerProxy::builder("worker")
}

fn restarted() -> WorkerProxyBuilder {
    builder().restart(RestartPolicy::on_death().backoff(Duration::ZERO..Duration::ZERO))
}

fn expect(holds: bool, what: impl Into<String>) -> Outcome {
    if holds { Ok(()) } else { Err(what.into().into()) }
}

fn starts() -> Outcome {
    Ok(builder().start()?.wait_until_ready()?)
}

fn small() -> Outcome {
    let worker = builder().start()?;
    for number in 0..1000 {
        expect(worker.add(number, 1).wait()? == number + 1, "a wrong sum")?;
    }
    expect(worker.calls().wait()? == 1000, "a call was lost")
}

fn large() -> Outcome {
    let worker = builder().start()?;
    let numbers: Vec<u32> = (0..LARGE).collect();
    for _ in 0..3 {
        let doubled = worker.double(&numbers).wait()?;
        expect(doubled.iter().zip(&numbers).all(|(double, number)| *double == 2 * number), "a wrong number")?;
    }
    expect(worker.handle().trim()?, "memory was not given back")?;
    expect(worker.double(&numbers[..9]).wait()? == [0, 2, 4, 6, 8, 10, 12, 14, 16], "wrong after a trim")
}

fn shared() -> Outcome {
    let worker = builder().start()?;
    let bytes = Shared::<[u8]>::filled(1 << 20, |bytes| bytes[0] = 7)?;
    let reversed = worker.reverse(bytes).wait()?;
    expect(reversed.last() == Some(&7) && reversed[0] == 0, "wrong bytes")
}

fn threads() -> Outcome {
    let worker = builder().start()?;
    let call = |number| worker.add(number, 1).wait().is_ok_and(|sum| sum == number + 1);
    let all = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| (0..200).all(call))).collect();
        threads.into_iter().all(|thread| thread.join().is_ok_and(|right| right))
    });
    expect(all, "a wrong sum, or none")
}

fn nested() -> Outcome {
    expect(builder().start()?.nested().wait()?? == 3, "a wrong sum")
}

/// Checks a panic: an error where panics unwind, a death with the panic's message where they abort.
fn panics() -> Outcome {
    let worker = restarted().start()?;
    let message = match worker.panic().wait() {
        Err(CallError::Panicked { panic, .. }) if cfg!(panic = "unwind") => panic.message,
        Err(CallError::Died { death, .. }) if cfg!(panic = "abort") => {
            death.last_panic.as_ref().ok_or("no panic was reported")?.message.clone()
        }
        other => return Err(format!("{other:?}").into()),
    };
    expect(message.contains("broken at work"), message)?;
    expect(worker.add(1, 2).wait()? == 3, "a wrong sum")
}

fn crashes() -> Outcome {
    let worker = restarted().start()?;
    let crashed = worker.crash().wait();
    let of_abort =
        matches!(&crashed, Err(CallError::Died { death, .. }) if death.exit.signal_name() == Some("SIGABRT"));
    expect(of_abort, format!("{crashed:?}"))?;
    expect(worker.add(1, 2).wait()? == 3, "a wrong sum")?;
    expect(worker.handle().incarnation() == 2, "not restarted")
}

fn hangs() -> Outcome {
    let worker = restarted().cancel_grace(Duration::ZERO).start()?;
    worker.wait_until_ready()?;
    let hung = worker.hang().with_timeout(Duration::from_millis(50)).wait();
    expect(matches!(hung, Err(CallError::TimedOut { killed: true, .. })), format!("{hung:?}"))?;
    expect(worker.add(1, 2).wait()? == 3, "a wrong sum")
}

/// Checks that memory runs out at its limit, with whatever allocator the program has.
fn memory() -> Outcome {
    let limited = || builder().memory_limit("64 MiB");
    let mut worker = limited().start()?;
    if let Err(StartError::MemoryLimit { reason, .. }) = worker.wait_until_ready() {
        expect(cfg!(feature = "mimalloc") && reason.contains("`MIMALLOC_ARENA_EAGER_COMMIT=0`"), reason)?;
        worker = limited().env("MIMALLOC_ARENA_EAGER_COMMIT", "0").start()?;
    }
    expect(worker.allocate(1 << 20).wait()? == 1 << 20, "a wrong sum")?;
    let outcome = worker.allocate(1 << 30).wait();
    let Err(CallError::Died { death, .. }) = &outcome else { return Err(format!("{outcome:?}").into()) };
    expect(matches!(death.violation(), Some(Violation::OutOfMemory { .. })), format!("{death:?}"))
}

fn sandbox() -> Outcome {
    let worker = builder().sandbox(Sandbox::pure()).start()?;
    expect(worker.allocate_on_threads(1 << 20).wait()? == 4 << 20, "wrong sizes")?;
    let numbers: Vec<u32> = (0..LARGE).collect();
    expect(worker.double(&numbers).wait()?[7] == 14, "a wrong number")?;
    if cfg!(panic = "unwind") {
        expect(matches!(worker.panic().wait(), Err(CallError::Panicked { .. })), "a panic ended it")?;
    }
    expect(worker.add(1, 2).wait()? == 3, "a wrong sum")?;
    let outcome = worker.connect().wait();
    let Err(CallError::Died { death, .. }) = &outcome else { return Err(format!("{outcome:?}").into()) };
    let named = death.violation().map(ToString::to_string).unwrap_or_default();
    expect(named.contains("`socket`"), format!("{death:?}"))
}

fn ends() -> Outcome {
    let worker = builder().start()?;
    worker.wait_until_ready()?;
    let pid = i32::try_from(worker.handle().pid()).ok().and_then(Pid::from_raw).ok_or("no process")?;
    worker.close()?;
    expect(test_kill_process(pid).is_err(), "its process is still there")
}
