//! The last look at an object that nobody knows any more: it has ended, all that was called has its outcome, and what its
//! methods noted fits.

use std::sync::atomic::Ordering;

use concurrent_object::{CallError, StartError};

use crate::ledger::{End, Seen};
use crate::life::Life;
use crate::object::{Told, VictimProxy};
use crate::plan::Way;
use crate::report::{Tally, differs, must};

pub fn examine(life: Life, tally: &Tally) {
    let proxy = life.take_proxy();
    must!(!life.handle.is_alive(), "{} lives on after its end: {life:?}", life.name);
    let wrong = |wrong: String| -> ! { differs(&format!("{}: {wrong}\n{life:?}", life.name)) };
    if let Some(proxy) = &proxy {
        tally.count(&pull_all(&life, proxy).unwrap_or_else(|reason| wrong(reason)));
    }
    (1..life.handle.incarnation()).for_each(|_| tally.count("restarts"));
    let is_born = matches!(life.birth.way, Way::New | Way::Late(_));
    let only_closed = life.closed.load(Ordering::SeqCst) && !life.disturbed.load(Ordering::SeqCst);
    let end = End { unpulled: proxy.is_none(), served_all: only_closed && is_born };
    if end.served_all {
        tally.count("closed, and nothing else");
    }
    life.ledger.check(&life.notes, end).unwrap_or_else(|reason| wrong(reason));
    must!(std::fs::remove_file(&life.notes).is_ok(), "{}: its side file is gone", life.name);
}

/// Takes the outcomes of the pushes that nobody pulled. How the object ended.
fn pull_all(life: &Life, proxy: &VictimProxy) -> Result<String, String> {
    loop {
        match proxy.pull() {
            Ok(Some(output)) => life.ledger.check_result(output.told())?,
            Ok(None) => return Err("a pull of one that has ended gives nothing".to_owned()),
            Err(error) => {
                let seen: Seen = life.judge(&error)?;
                if error.call().get() == 0 {
                    return Ok(format!("end: {}", kind_of(&error)));
                }
                life.ledger.pulled(error.call().get(), seen);
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
            other => format!("never constructed: {}", other.to_string().split(':').next().unwrap_or_default()),
        },
        CallError::Ended { .. } => "as asked".to_owned(),
        other => other.to_string(),
    }
}
