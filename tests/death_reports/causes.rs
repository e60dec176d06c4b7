//! The cause of a death in its report.

use std::time::Duration;

use concurrent_object::{Cause, Death, RestartPolicy, StartError};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::{Fate, send};
use concurrent_object_tests::home::is_elsewhere;

use super::collector::lines_of;
use super::{ReportedDeaths, TalkerProxy, TalkerProxyBuilder, captured};

#[test]
fn the_report_has_the_cause_and_the_peak_memory() {
    const MOMENT: Duration = Duration::from_millis(20);
    fn death_after(builder: TalkerProxyBuilder, use_it: impl FnOnce(&TalkerProxy)) -> Death {
        let reported = ReportedDeaths::default();
        let builder = builder.on_death(reported.hook()).restart(RestartPolicy::on_death()).cancel_grace(Duration::ZERO);
        let talker = builder.start().expect("starts");
        talker.wait_until_ready().expect("ready");
        use_it(&talker);
        reported.wait(1).remove(0)
    }
    within(SOON, || {
        let late = death_after(captured("late"), |talker| drop(talker.hang().with_timeout(MOMENT).wait()));
        let cancelled = death_after(captured("cancelled"), |talker| {
            let hanging = talker.hang();
            wait_for("it hangs", || lines_of("cancelled").iter().any(|line| line.contains("it hangs")));
            hanging.cancel();
            let behind = talker.say("served").wait();
            behind.expect("served by the next process, or by this one");
        });
        let shot = death_after(captured("shot"), |talker| send(talker.handle().pid(), libc::SIGKILL));
        let large = death_after(captured("large"), |talker| drop(talker.die_large(100, Fate::Exit(3)).wait()));
        let causes = [&late, &cancelled, &shot, &large].map(|death| death.cause);
        assert_eq!(causes, [Cause::TimedOut, Cause::Cancelled, Cause::Killed, Cause::Itself]);
        assert_eq!(
            [&late, &cancelled, &shot, &large].map(|death| death.cause.is_own_kill()),
            [true, true, false, false]
        );
        assert!(late.to_string().contains("killed by this library: a method did not end at its time limit"), "{late}");
        assert!(shot.to_string().contains("killed by something other than this library"), "{shot}");
        assert!((100 << 20..4 << 30).contains(&large.peak_memory.expect("it is known")), "{large:?}");
        let traced = lines_of("late");
        // A machine does not measure a process that the proxy has killed there.
        let is_measured = |line: &String| is_elsewhere() || line.contains("peak_memory=");
        let is_reported = |line: &String| line.contains("cause=killed by this library") && is_measured(line);
        assert!(traced.iter().any(is_reported), "{traced:?}");

        let reported = ReportedDeaths::default();
        let slow = captured("slow").on_death(reported.hook()).ready_timeout(MOMENT).start_slow().expect("starts");
        assert!(matches!(slow.wait_until_ready(), Err(StartError::ConstructorTimedOut { .. })));
        assert_eq!(reported.wait(1)[0].cause, Cause::NotReady);
    });
}

#[test]
fn a_death_in_construction_has_a_report_too() {
    within(SOON, || {
        let reported = ReportedDeaths::default();
        let builder = captured("unborn").on_death(reported.hook());
        let error = builder.start_doomed("no, thanks", Fate::Exit(3)).expect("starts").wait_until_ready();
        let StartError::Died { death, .. } = error.expect_err("it dies") else { panic!("died otherwise") };
        assert_eq!(death.stderr_tail, "no, thanks");
        assert_eq!(reported.wait(1), [Death::clone(&death)]);
    });
}
