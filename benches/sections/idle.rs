//! Idle objects: their processor time, and how often they wake.

use std::time::{Duration, Instant};

use crate::measure::Effort;
use crate::object::{AdderProxy, ready};
use crate::outcome::Outcome;
use crate::process::Done;
use crate::report::{Aim, Findings};

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let (count, time) = effort.either((100, Duration::from_secs(10)), (4, Duration::from_millis(50)));
    let objects = (0..count).map(|_| ready()).collect::<Outcome<Vec<_>>>()?;
    for object in &objects {
        object.nothing().wait()?;
    }
    wait_until_asleep(&objects)?;
    let before = children(&objects)?;
    let began = Instant::now();
    std::thread::sleep(time);
    let (done, took) = (children(&objects)?.since(before), began.elapsed());
    println!("\n{count} idle objects for {:.1} s", took.as_secs_f64());
    let mut findings = Findings::default();
    let milliseconds = done.processor_nanoseconds as f64 / 1e6;
    findings.fact("milliseconds of processor time, all together", milliseconds);
    findings.fact("wake-ups, all together", (done.sleeps + done.displaced) as f64);
    let work = format!("{count} idle objects for {} s", time.as_secs());
    findings.aims.push(Aim::number(&work, 0.0, "ms of processor time", milliseconds));
    findings.aims.push(Aim::number(&work, 0.0, "wake-ups", (done.sleeps + done.displaced) as f64));
    Ok(findings)
}

fn children(objects: &[AdderProxy]) -> Outcome<Done> {
    Done::by_all(objects.iter().map(|object| object.handle().pid()))
}

/// Waits until the children use no processor time any more. After a call, a child spins for a
/// while.
fn wait_until_asleep(objects: &[AdderProxy]) -> Outcome {
    let mut last = children(objects)?;
    for _ in 0..100 {
        std::thread::sleep(Duration::from_millis(50));
        let now = children(objects)?;
        if now.since(last).processor_nanoseconds == 0 {
            return Ok(());
        }
        last = now;
    }
    // The objects never become idle, and the measurement shows that.
    Ok(())
}
