//! Forked copies, of two kinds. An object's process leaves copies behind. Copies of this program
//! try to use the parent's objects, and must not disturb them.
#![allow(unsafe_code)]

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use concurrent_object::{Call, CallError, Error, LoanError, PushErrorKind, StartError, Started, State};
use rustix::process::{Pid, WaitOptions, waitpid};

use crate::held_calls::Kept;
use crate::ledger::Expected;
use crate::life::Life;
use crate::object::VictimProxy;
use crate::report::must;
use crate::worker::Worker;

/// The exit code of a copy whose checks all passed. Otherwise the code is the index of the first
/// check that failed.
const FINE: i32 = 100;

/// Forks a copy of this process that does nothing, and exits after `stay`.
pub fn leave_behind(stay: Duration) {
    fork(|| {
        thread::sleep(stay);
        FINE
    });
}

/// Runs `body` in a forked copy. The copy has only the calling thread, so `body` must not use what
/// another thread may have locked.
fn fork(body: impl FnOnce() -> i32) -> Pid {
    // SAFETY: `body` avoids locks of other threads, as required above; the allocator handles forks
    // itself. The copy exits at the end of this block.
    let forked = unsafe { libc::fork() };
    if forked == 0 {
        // SAFETY: `alarm` has no precondition. It ends a copy that hangs.
        unsafe { libc::alarm(30) };
        let code = body();
        // SAFETY: `_exit` has no precondition.
        unsafe { libc::_exit(code) }
    }
    Pid::from_raw(forked).filter(|_| forked > 0).expect("a copy of this process")
}

/// Forks this program while a call is in flight. The call belongs to the parent, whatever the copy
/// does with it.
pub fn fork_parent(worker: &mut Worker<'_>, life: &Arc<Life>, proxy: &VictimProxy) {
    worker.seats.tally.count("forked copies of this program");
    let id = worker.seats.next_call();
    life.ledger.announce(id, Expected::Result(id), life.birth.limits.repeats());
    let mut call = proxy.nothing(id);
    life.ledger.accepted(id, call.id().map_or(0, concurrent_object::CallId::get));
    let is_under_way = call.id().is_some();
    let stay = Duration::from_micros(worker.rng.u64(..5000));
    let copy = fork(|| {
        thread::sleep(stay);
        let code = check_all(proxy, is_under_way.then_some(&mut call));
        thread::sleep(stay);
        code
    });
    let (_, status) = worker
        .watch
        .clone()
        .during("waiting for a copy", &life.name, || waitpid(Some(copy), WaitOptions::empty()))
        .expect("it is ours")
        .expect("it has ended");
    must!(status.exit_status() == Some(FINE), "{}: a forked copy ended with {status:?}", life.name);
    worker.hold(Kept { call, id, life: life.clone() });
}

/// Returns the index of the first check that fails, or `FINE`.
fn check_all(proxy: &VictimProxy, call: Option<&mut Call<(u64, u64)>>) -> i32 {
    let checks = [
        is_forked_copy(&proxy.nothing(0).wait()),
        call.is_none_or(is_not_ours),
        is_forked_copy(&proxy.pull()),
        is_forked_copy(&proxy.wait_pull()),
        proxy
            .push_nothing(0)
            .is_err_and(|refused| matches!(refused.into_kind(), PushErrorKind::Gone(CallError::ForkedCopy { .. }))),
        matches!(proxy.loan::<u8>(10), Err(LoanError::Gone(CallError::ForkedCopy { .. }))),
        matches!(proxy.handle().trim(), Err(Error::Call(CallError::ForkedCopy { .. }))),
        matches!(proxy.wait_until_ready(), Err(StartError::ForkedCopy)),
        [proxy.kill(), proxy.terminate(), proxy.close()]
            .iter()
            .all(|ended| matches!(ended, Err(Error::Call(CallError::ForkedCopy { .. })))),
        proxy.status().state == State::Ended,
        !proxy.handle().is_alive() && proxy.handle().statistics().accepted == 0,
    ];
    checks.iter().position(|&holds| !holds).and_then(|at| i32::try_from(at).ok()).unwrap_or(FINE)
}

fn is_not_ours(call: &mut Call<(u64, u64)>) -> bool {
    call.cancel();
    let looks = [call.try_wait(), call.wait_timeout(Duration::from_secs(20))];
    looks.iter().all(|outcome| outcome.as_ref().is_some_and(is_forked_copy))
}

fn is_forked_copy<T>(outcome: &Result<T, CallError>) -> bool {
    outcome.as_ref().is_err_and(|error| {
        matches!(error, CallError::ForkedCopy { .. }) && error.started() == Started::No && error.object_gone()
    })
}
