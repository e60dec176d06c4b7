//! The target for the protocol: a script of what a parent asks for, and what a child does.
//!
//! The judge (`judge`) knows what a sound child may do. The parent must end an object exactly when
//! its child has done something else, and the outcome of each call must be the value that was
//! written for it.

mod judge;
mod replies;
mod script;

use super::runner::{Target, run};

const CHILD: Target = Target { name: "child", share: 30, seeds: replies::seeds, play: script::play };

#[test]
fn object_ends_exactly_when_its_child_breaks_the_protocol() {
    run(&CHILD);
}
