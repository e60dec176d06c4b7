//! More waiting processes than cores: sixteen objects called in turn, on all cores and on one,
//! beside one object alone.

use crate::measure::{Contender, Effort, compare};
use crate::object::ready;
use crate::outcome::Outcome;
use crate::remote::{Assignment, Remote, Task, call_in_turn};
use crate::report::{Aim, Findings};

const TITLE: &str = "add(u64, u64), objects called in turn";
const OBJECTS: usize = 16;
const ONE: &str = "this library, one object";
const ON_ALL: &str = "this library, 16 objects on all cores";
const ON_ONE: &str = "this library, 16 objects on one core";
const ONE_ON_ONE: &str = "this library, one object on one core";

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let one = [ready()?];
    let objects = (0..OBJECTS).map(|_| ready()).collect::<Outcome<Vec<_>>>()?;
    let mut on_one = Remote::start(Assignment { objects: OBJECTS, one_core: true, ..Assignment::default() })?;
    let mut one_on_one = Remote::start(Assignment { objects: 1, one_core: true, ..Assignment::default() })?;
    let mut contenders = [
        Contender::batch(ONE, |calls| call_in_turn(one.iter().cycle(), calls)),
        Contender::batch(ON_ALL, |calls| call_in_turn(objects.iter().cycle(), calls)),
        one_on_one.contender(ONE_ON_ONE, Task::Call),
        on_one.contender(ON_ONE, Task::Call),
    ];
    let comparison = compare(TITLE, effort, &mut contenders)?;
    let aim = Aim::at_most(
        "16 objects called in turn, on all cores",
        1.0,
        "on one core",
        comparison.ratio(ON_ALL, &[ON_ONE]),
    );
    Ok(Findings::of(comparison, [aim]))
}
