//! The final checks of an object that no thread uses any more.
//!
//! The object has ended, each call has its outcome, and the outcomes match the notes of the
//! methods.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use concurrent_object::{CallError, Exit, StartError};

use crate::answer::Answer;
use crate::ledger::{End, Seen};
use crate::life::Life;
use crate::object::VictimProxy;
use crate::report::{Tally, differs, must};

pub fn run(life: Life, tally: &Tally) {
    let proxy = life.take_proxy();
    must!(!life.handle.is_alive(), "{} is alive after its end: {life:?}", life.name);
    let fail = |wrong: String| -> ! { differs(&format!("{}: {wrong}\n{life:?}", life.name)) };
    let end = proxy.as_ref().map(|proxy| pull_all(&life, proxy).unwrap_or_else(|reason| fail(reason)));
    check_deaths(&life, end.as_ref(), tally).unwrap_or_else(|reason| fail(reason));
    check_counts(&life, proxy.is_some()).unwrap_or_else(|reason| fail(reason));
    end.into_iter().for_each(|end| tally.count(&format!("end: {}", kind_of(&end))));
    (1..life.handle.incarnation()).for_each(|_| tally.count("restarts"));
    let only_closed = life.closed.load(Ordering::SeqCst) && !life.disturbed.load(Ordering::SeqCst);
    let end = End { unpulled: proxy.is_none(), served_all: only_closed && life.birth.way.succeeds() };
    if end.served_all {
        tally.count("closed, and nothing else");
    }
    let inner = life.inner_notes();
    life.ledger.check(&life.notes, inner.as_deref(), end).unwrap_or_else(|reason| fail(reason));
    for notes in inner.iter().chain([&life.notes]) {
        must!(std::fs::remove_file(notes).is_ok(), "{}: its side file cannot be removed", life.name);
    }
}

/// Checks that the hook was called once for each death. The last call of the hook may still be
/// under way, so this waits for it.
fn check_deaths(life: &Life, end: Option<&CallError>, tally: &Tally) -> Result<(), String> {
    let lives = usize::try_from(life.handle.incarnation()).unwrap_or(usize::MAX);
    let is_death = end.is_some_and(|end| matches!(end, CallError::Died { .. } | CallError::RestartsExhausted { .. }));
    let (least, begin) = (if is_death { lives } else { lives - 1 }, Instant::now());
    while life.deaths().len() < least && begin.elapsed() < Duration::from_secs(10) {
        thread::sleep(Duration::from_millis(1));
    }
    let deaths = life.deaths();
    if deaths.contains(&Exit::Code(0)) {
        return Err(format!("exit code 0 was reported as a death: {deaths:?}, {end:?}"));
    }
    deaths.iter().for_each(|exit| tally.count(&format!("death: {exit}")));
    let fits = (least..=lives).contains(&deaths.len());
    if fits { Ok(()) } else { Err(format!("{lives} instances, and these deaths were reported: {deaths:?}; {end:?}")) }
}

/// Checks that the statistics match the ledger, and that the object restarted no more often than
/// its policy allows.
fn check_counts(life: &Life, is_pulled: bool) -> Result<(), String> {
    let (counts, accepted) = (life.handle.statistics(), life.ledger.count_accepted());
    let is_settled =
        counts.handles == 0 && counts.outstanding == 0 && counts.waiting == 0 && (counts.unpulled == 0 || !is_pulled);
    if counts.accepted != accepted as u64 || !is_settled {
        return Err(format!("{accepted} calls were accepted, but the statistics are {counts:?}"));
    }
    let (restarts, limits) = (life.handle.incarnation() - 1, &life.birth.limits);
    let most = u64::from(limits.restarts.unwrap_or_default());
    let may_be_more = limits.restarts.is_some_and(|max| max > 0) && limits.within.is_some();
    if restarts <= most || may_be_more { Ok(()) } else { Err(format!("{restarts} restarts, and {most} are allowed")) }
}

/// Takes the outcomes of pushes that no thread pulled. Returns how the object ended.
fn pull_all(life: &Life, proxy: &VictimProxy) -> Result<CallError, String> {
    loop {
        match proxy.pull() {
            Ok(Some(output)) => life.check_result(output.id_and_digest())?,
            Ok(None) => return Err("a pull of an ended object returned no error".to_owned()),
            Err(error) => {
                let seen: Seen = life.judge(&error)?;
                if error.call().is_none() {
                    return Ok(error);
                }
                life.ledger.pulled(error.call().map_or(0, concurrent_object::CallId::get), seen);
            }
        }
    }
}

fn kind_of(error: &CallError) -> String {
    match error {
        CallError::Died { death, .. } => format!("died of {}", death.exit),
        CallError::RestartsExhausted { .. } => "restarts exhausted".to_owned(),
        CallError::NotConstructed { reason, .. } => match &**reason {
            StartError::Died { death, .. } => format!("died in construction of {}", death.exit),
            StartError::ConstructorTimedOut { .. } => "its constructor took too long".to_owned(),
            other => format!("never constructed: {}", other.to_string().split(':').next().unwrap_or_default()),
        },
        CallError::Ended { .. } => "as asked".to_owned(),
        other => other.to_string(),
    }
}
