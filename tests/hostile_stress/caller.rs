//! The parent's side: calls of every form, each with a deadline.

use std::pin::pin;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use concurrent_object::{Call, Canceller, Shared, Waitable, block_on, wait_any};
use fastrand::Rng;

use crate::counts::Counts;
use crate::victim::VictimProxy;
use crate::watchdog::during;

/// More than all limits of an object together, through all its restarts: in each process a call may
/// wait until the constructor's limit is over, two seconds until the child has come to it, and then
/// for its timeout and its grace period, and two more seconds if it says that it is answered.
/// That is 24.9 seconds in four processes; beside busy processes the parent checks late.
/// A call that has no outcome by then is given up.
const PATIENCE: Duration = Duration::from_secs(40);

/// Calls the object until this time.
pub fn call_until(victim: &VictimProxy, until: Instant, mut rng: Rng) -> Counts {
    let (mut counts, rng) = (Counts::default(), &mut rng);
    let mut after_end = rng.usize(1..10);
    while Instant::now() < until && after_end > 0 && !counts.has_given_up() {
        // An object that has ended refuses calls, which is seen soon enough.
        after_end -= usize::from(!victim.handle().is_alive());
        match rng.u8(..18) {
            0 => pushed(victim, rng, &mut counts),
            1 => several(victim, rng, &mut counts),
            2 => stream(victim, rng, &mut counts),
            3 => parts(victim, rng, &mut counts),
            4 => loan(victim, rng, &mut counts),
            5 => awaited(victim, rng, &mut counts),
            6 => abandoned(victim, rng, &mut counts),
            7 => look(victim, rng),
            8 => in_out(victim, rng, &mut counts),
            9 => progress(victim, rng, &mut counts),
            10 => shared(victim, rng, &mut counts),
            _ => simple(victim, rng, &mut counts),
        }
    }
    counts
}

/// How long to wait. After one call was given up, no other is waited for.
fn patience(counts: &Counts) -> Duration {
    if counts.has_given_up() { Duration::from_millis(50) } else { PATIENCE }
}

/// Waits for the outcome. A call that has none after all limits is given up, and counted.
fn finish<T>(call: Call<T>, counts: &mut Counts) -> Option<T> {
    let mut call = call;
    match during("wait", || call.wait_timeout(patience(counts))) {
        Some(outcome) => counts.note(outcome),
        None => {
            counts.give_up();
            during("cancel", || call.cancel());
            None
        }
    }
}

fn simple(victim: &VictimProxy, rng: &mut Rng, counts: &mut Counts) {
    let size = rng.choice([0, 1, 8, 40, 70, 1000, 30_000]).expect("one");
    match rng.u8(..9) {
        0 => drop(finish(during("call", || victim.count()), counts)),
        1 => drop(finish(during("call", || victim.bytes(&vec![7; size])), counts)),
        2 => drop(finish(during("call", || victim.nested(vec![vec![1; size / 8]; rng.usize(..6)])), counts)),
        3 => drop(finish(during("call", || victim.frames(rng.u32(..5), size)), counts)),
        4 => drop(finish(during("call", || victim.pause(rng.u64(..3000))), counts)),
        5 if rng.u8(..8) == 0 => drop(finish(during("call", || victim.panic()), counts)),
        _ => drop(finish(during("call", || victim.echo(9)), counts)),
    }
}

fn pushed(victim: &VictimProxy, rng: &mut Rng, counts: &mut Counts) {
    for _ in 0..rng.usize(1..20) {
        let pushed = match rng.u8(..3) {
            0 => during("push", || victim.push_echo(1).is_ok()),
            1 => during("push", || victim.push_bytes(&[3; 500]).is_ok()),
            _ => during("push", || victim.push_frames(2, 100).is_ok()),
        };
        if !pushed {
            counts.count("a push that was refused");
        }
    }
    let until = Instant::now() + patience(counts);
    loop {
        match during("pull", || victim.wait_pull_timeout(Duration::from_millis(300))) {
            Ok(None) => return,
            Ok(Some(_)) => drop(counts.note(Ok(()))),
            Err(error) => {
                let is_gone = error.object_gone();
                counts.note(Err::<(), _>(error));
                if is_gone {
                    return;
                }
            }
        }
        if Instant::now() > until {
            return counts.give_up();
        }
    }
}

fn several(victim: &VictimProxy, rng: &mut Rng, counts: &mut Counts) {
    let mut calls: Vec<_> = (0..rng.u64(1..12)).map(|number| during("call", || victim.echo(number))).collect();
    while !calls.is_empty() {
        let of: Vec<&dyn Waitable> = calls.iter().map(|call| call as &dyn Waitable).collect();
        let first = during("wait_any", || wait_any(&of, Some(patience(counts))));
        finish(calls.swap_remove(first.unwrap_or(0)), counts);
    }
}

fn stream(victim: &VictimProxy, rng: &mut Rng, counts: &mut Counts) {
    let size = rng.choice([0, 10, 100, 900]).expect("one");
    let mut items = during("stream", || victim.stream(rng.u64(..200), size));
    let until = Instant::now() + patience(counts);
    for _ in 0..rng.usize(..300) {
        match during("next", || items.next_timeout(Duration::from_millis(500))) {
            Some(None) => return,
            Some(Some(item)) => drop(counts.note(item)),
            None if Instant::now() > until => return counts.give_up(),
            None => {}
        }
    }
    during("drop of a stream", || drop(items));
}

fn parts(victim: &VictimProxy, rng: &mut Rng, counts: &mut Counts) {
    let parts = if rng.bool() {
        finish(during("call", || victim.parts(rng.u64(..5))), counts)
    } else {
        finish(during("call", || victim.part(3)), counts).map(|part| vec![part])
    };
    for part in parts.into_iter().flatten() {
        finish(during("call", || part.number()), counts);
        during("drop of a handle", || drop(part));
    }
}

fn loan(victim: &VictimProxy, rng: &mut Rng, counts: &mut Counts) {
    let Ok(mut loan) = during("loan", || victim.loan::<u64>(rng.usize(..2000))) else {
        return counts.count("a loan that was refused");
    };
    loan.fill(rng.u64(..));
    let loan = loan.freeze();
    let calls = [during("call", || victim.sum(&loan)), during("call", || victim.sum(&loan))];
    for call in calls {
        finish(call, counts);
    }
    during("drop of a loan", || drop(loan));
}

fn awaited(victim: &VictimProxy, rng: &mut Rng, counts: &mut Counts) {
    let call = during("call", || victim.bytes(&vec![1; rng.usize(..500)]));
    let (canceller, limit) = (call.canceller(), patience(counts));
    let outcome = during("await", || block_on(within(limit, call, canceller)));
    counts.note(outcome);
}

/// Cancels the call after this time, so that it has an outcome.
async fn within<T>(limit: Duration, call: impl Future<Output = T>, canceller: Canceller) -> T {
    let timer = smol::Timer::after(limit);
    let cancel = async {
        timer.await;
        canceller.cancel();
        std::future::pending::<T>().await
    };
    smol::future::or(call, cancel).await
}

/// Drops calls at any time: while they are queued, while they run, and with a waker left behind.
fn abandoned(victim: &VictimProxy, rng: &mut Rng, counts: &mut Counts) {
    for _ in 0..rng.usize(1..6) {
        let call = during("call", || victim.pause(rng.u64(..500)));
        let call = if rng.bool() { call.cancel_on_drop() } else { call };
        if rng.bool() {
            drop(during("poll", || pin!(call).as_mut().poll(&mut Context::from_waker(Waker::noop()))));
        } else {
            during("drop of a call", || drop(call));
        }
        counts.count("a call that was dropped");
    }
}

fn look(victim: &VictimProxy, rng: &mut Rng) {
    during("status", || victim.status());
    during("statistics", || victim.handle().statistics());
    during("state", || (victim.handle().state(), victim.handle().is_alive()));
    if rng.u8(..4) == 0 {
        drop(during("trim", || victim.handle().trim()));
    }
    thread::sleep(Duration::from_micros(rng.u64(..300)));
}

fn in_out(victim: &VictimProxy, rng: &mut Rng, counts: &mut Counts) {
    let mut list: Vec<u32> = (0..rng.u32(..300)).rev().collect();
    let mut call = during("call", || victim.sort(&mut list));
    match during("wait", || call.wait_timeout(patience(counts))) {
        Some(outcome) => drop(counts.note(outcome)),
        None => counts.give_up(),
    }
}

fn progress(victim: &VictimProxy, rng: &mut Rng, counts: &mut Counts) {
    let mut call = during("call", || victim.work(rng.u64(..30)));
    for _ in 0..rng.usize(..50) {
        let _any = during("progress", || call.progress());
        thread::sleep(Duration::from_micros(30));
    }
    match during("wait", || call.wait_timeout(patience(counts))) {
        Some(outcome) => drop(counts.note(outcome)),
        None => counts.give_up(),
    }
}

fn shared(victim: &VictimProxy, rng: &mut Rng, counts: &mut Counts) {
    if rng.bool() {
        let files = finish(during("call", || victim.shared(rng.usize(..40))), counts).unwrap_or_default();
        // They are sealed, so their bytes can be read, whatever the child does.
        let sum: u64 = files.iter().flat_map(|file| file.iter()).map(|byte| u64::from(*byte)).sum();
        std::hint::black_box(sum);
    } else {
        let numbers = Shared::new(&vec![5_u64; rng.usize(1..3000)]).expect("room");
        finish(during("call", || victim.sum(&numbers)), counts);
    }
}
