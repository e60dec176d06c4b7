//! Every form that the attribute accepts also runs.
//!
//! Each method is called in a child, through calls and through pushes, and returns the same as in
//! this process.

#[path = "forms/asynchronous.rs"]
mod asynchronous;
#[path = "forms/chosen.rs"]
mod chosen;
#[path = "forms/consuming.rs"]
mod consuming;
#[path = "forms/decided.rs"]
mod decided;
#[path = "forms/elsewhere.rs"]
mod elsewhere;
#[path = "forms/errors.rs"]
mod errors;
#[path = "forms/errors_by_type.rs"]
mod errors_by_type;
#[path = "forms/generic.rs"]
mod generic;
#[path = "forms/in_out.rs"]
mod in_out;
#[path = "forms/iterators.rs"]
mod iterators;
#[path = "forms/judged.rs"]
mod judged;
#[path = "forms/left_out.rs"]
mod left_out;
#[path = "forms/made.rs"]
mod made;
#[path = "forms/of_a_trait.rs"]
mod of_a_trait;
#[path = "forms/references.rs"]
mod references;
#[path = "forms/replacing.rs"]
mod replacing;

concurrent_object::init_before_main!();
