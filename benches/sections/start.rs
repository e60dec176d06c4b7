//! From start to ready, beside executing the same binary to do nothing. Both again from a process
//! that holds much memory.

use crate::measure::{Contender, Effort, compare};
use crate::object::start_objects;
use crate::outcome::Outcome;
use crate::partner::execute_nothing;
use crate::remote::{Assignment, Remote, Task};
use crate::report::{Aim, Findings};

const TITLE: &str = "start until ready";
const OURS: &str = "this library";
const NOTHING: &str = "limit: executing this binary to do nothing";

pub(super) fn measure(effort: Effort, held_mib: usize) -> Outcome<Findings> {
    let held_mib = effort.either(held_mib, held_mib.min(64));
    // Each contender needs a process of its own to measure in.
    let holding = || Remote::start(Assignment { held_mib, ..Assignment::default() });
    let (mut executing, mut starting) = (holding()?, holding()?);
    let ours_holding = format!("{OURS}, parent holds {held_mib} MiB");
    let mut contenders = vec![
        Contender::new(NOTHING, execute_nothing),
        Contender::timed(OURS, start_objects),
        executing.contender(format!("{NOTHING}, parent holds {held_mib} MiB"), Task::Execute),
        starting.contender(&ours_holding, Task::Start),
    ];
    #[cfg(feature = "peers")]
    contenders.extend(crate::peers::starters());
    let comparison = compare(TITLE, effort, &mut contenders)?;
    let unchanged = comparison.ratio(&ours_holding, &[OURS]);
    let aims = [
        Aim::at_most(TITLE, 1.5, "executing nothing", comparison.ratio(OURS, &[NOTHING])),
        Aim::at_most(format!("{TITLE}, parent holds {held_mib} MiB"), 1.1, "with little memory", unchanged),
    ];
    Ok(Findings::of(comparison, aims))
}
