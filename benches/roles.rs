//! Turns this process into a partner if the environment names a role.
//!
//! The one list of all roles. Only `main` may import it: roles themselves know only `partner`.

use std::process::exit;

use rustix::process::{Signal, set_parent_process_death_signal};
use serde_json::Value;

use crate::limits::{eventfd, handoff, spin};
use crate::outcome::Outcome;
use crate::partner::{Burn, Nothing, Role, Sleep, VARIABLE};
#[cfg(feature = "peers")]
use crate::peers::{iceoryx2, ipc_bytes, ipc_channel, socket, tarpc};
use crate::remote;
use crate::sections::counts;

type Play = fn(Value) -> Outcome;

const ROLES: &[(&str, Play)] = &[
    role::<Nothing>(),
    role::<Sleep>(),
    role::<Burn>(),
    role::<spin::Words>(),
    role::<eventfd::Ends>(),
    role::<eventfd::AllEnds>(),
    role::<handoff::Area>(),
    role::<remote::Assignment>(),
    role::<counts::Calls>(),
    #[cfg(feature = "peers")]
    role::<iceoryx2::Setup>(),
    #[cfg(feature = "peers")]
    role::<ipc_channel::Server>(),
    #[cfg(feature = "peers")]
    role::<ipc_bytes::BytesServer>(),
    #[cfg(feature = "peers")]
    role::<socket::End>(),
    #[cfg(feature = "peers")]
    role::<tarpc::Socket>(),
];

const fn role<R: Role>() -> (&'static str, Play) {
    (R::NAME, play_role::<R>)
}

fn play_role<R: Role>(data: Value) -> Outcome {
    serde_json::from_value::<R>(data)?.play()
}

/// If the environment names a role: plays it, and exits.
pub(crate) fn become_partner_if_named() {
    let Ok(named) = std::env::var(VARIABLE) else { return };
    let played = play(&named);
    if let Err(error) = &played {
        eprintln!("the partner {named}: {error}");
    }
    exit(i32::from(played.is_err()));
}

fn play(named: &str) -> Outcome {
    let (name, data): (String, Value) = serde_json::from_str(named)?;
    // A partner that does nothing exits at once. Another system call would be measured.
    if name != Nothing::NAME {
        set_parent_process_death_signal(Some(Signal::KILL))?;
    }
    let (_, play) = ROLES.iter().find(|(role, _)| *role == name).ok_or("there is no such role")?;
    play(data)
}
