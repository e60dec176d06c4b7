//! What an object tries whose method was taken over: each attack without a sandbox and within a
//! pure one. The parent and a sibling answer after each of them.
#![allow(missing_docs, missing_debug_implementations, clippy::new_without_default)]

#[path = "attacks/calls.rs"]
mod calls;
#[path = "attacks/custom.rs"]
mod custom;
#[path = "attacks/table.rs"]
mod table;

use std::fmt;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use concurrent_object::{CallError, Death, Exit, Sandbox, Violation, concurrent_object};
use concurrent_object_tests::deadline::within;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use self::table::{ATTACKS, Attack, Pure, Without};

concurrent_object::init_before_main!();

/// What an attack aims at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Aim {
    pub parent: u32,
    pub port: u16,
    /// A directory of the parent, with a file `secret`.
    pub directory: PathBuf,
}

impl Aim {
    pub fn secret(&self) -> PathBuf {
        self.directory.join("secret")
    }
}

/// What came of an attack, if the process outlived it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Done,
    /// Refused with this error number.
    Refused(i32),
}

pub struct Suspect;

#[concurrent_object]
impl Suspect {
    pub fn new() -> Self {
        Self
    }

    pub fn add(&self, a: u64, b: u64) -> u64 {
        a + b
    }

    /// Makes the attack of this position in the table.
    pub fn attack(&self, position: usize, aim: &Aim) -> Outcome {
        ATTACKS[position].action.make(aim)
    }
}

/// What the parent sees of an attack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    Lives(Outcome),
    /// Its sandbox ended it for a call of this name; `None` for a number without a name.
    Death(Option<&'static str>),
    /// Its sandbox ended it for a call that it could not report.
    Unreported,
    Exited(i32),
    /// It ended in another way.
    Other(String),
}

fn seen(outcome: Result<Outcome, CallError>) -> Seen {
    match outcome {
        Ok(outcome) => Seen::Lives(outcome),
        Err(CallError::Died { death, .. }) => seen_death(&death),
        Err(error) => Seen::Other(error.to_string()),
    }
}

fn seen_death(death: &Death) -> Seen {
    match (death.violation(), death.exit) {
        (Some(Violation::SystemCall { name, .. }), _) => Seen::Death(*name),
        (Some(Violation::UnknownSystemCall), _) => Seen::Unreported,
        (None, Exit::Code(code)) => Seen::Exited(code),
        _ => Seen::Other(death.to_string()),
    }
}

/// The attacker, its aim, and a sibling that must not notice anything.
struct Scene {
    sandbox: Option<Sandbox>,
    suspect: SuspectProxy,
    sibling: SuspectProxy,
    aim: Aim,
    _directory: TempDir,
    _listener: TcpListener,
}

fn start(sandbox: Option<Sandbox>) -> SuspectProxy {
    let builder = SuspectProxy::builder("suspect").memory_limit("256 MiB");
    let builder = match sandbox {
        Some(sandbox) => builder.sandbox(sandbox),
        None => builder,
    };
    builder.start().expect("starts")
}

impl Scene {
    fn new(sandbox: Option<Sandbox>) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        fs::write(directory.path().join("secret"), "a password").expect("written");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let aim = Aim { parent: std::process::id(), port, directory: directory.path().to_owned() };
        let (suspect, sibling) = (start(sandbox.clone()), start(sandbox.clone()));
        Self { sandbox, suspect, sibling, aim, _directory: directory, _listener: listener }
    }

    fn make(&mut self, position: usize) -> Seen {
        let seen = seen(self.suspect.attack(position, &self.aim).wait());
        if !matches!(seen, Seen::Lives(_)) {
            self.suspect = start(self.sandbox.clone());
        }
        assert_eq!(self.sibling.add(1, 2).wait().expect("unharmed"), 3, "{}", ATTACKS[position].name);
        seen
    }
}

const LIMIT: Duration = Duration::from_secs(120);

/// Makes all attacks, and returns the ones that did not end as expected.
fn surprises(sandbox: Option<Sandbox>, is_expected: impl Fn(&Attack, &Seen) -> bool) -> Vec<impl fmt::Display> {
    let mut scene = Scene::new(sandbox);
    let made = ATTACKS.iter().enumerate().filter_map(|(position, attack)| {
        let seen = if attack.is_tried(scene.sandbox.is_some()) { scene.make(position) } else { return None };
        println!("{:40} {seen:?}", attack.name);
        (!is_expected(attack, &seen)).then(|| format!("{}: {seen:?}", attack.name))
    });
    made.collect()
}

fn assert_none(found: &[impl fmt::Display]) {
    let list: String = found.iter().map(|one| format!("\n  {one}")).collect();
    assert!(found.is_empty(), "attacks that ended in another way:{list}");
}

#[test]
fn attacks_of_a_pure_object_are_refused_or_end_it() {
    within(LIMIT, || {
        let is_expected = |attack: &Attack, seen: &Seen| match attack.pure {
            Pure::Done => *seen == Seen::Lives(Outcome::Done),
            Pure::Refused(errno) => *seen == Seen::Lives(Outcome::Refused(errno)),
            Pure::Death(name) => *seen == Seen::Death(Some(name)),
            Pure::DeathByNumber => *seen == Seen::Death(None),
            Pure::Unreported => *seen == Seen::Unreported,
            Pure::Exits => *seen == Seen::Exited(0),
        };
        assert_none(&surprises(Some(Sandbox::pure()), is_expected));
        let meant = ATTACKS.iter().filter(|attack| attack.pure == Pure::Done).count();
        assert_eq!(meant, 3, "what a pure object can do on purpose: print, poll, start threads");
    });
}

#[test]
fn attacks_of_an_object_without_a_sandbox_succeed() {
    within(LIMIT, || {
        let is_expected = |attack: &Attack, seen: &Seen| match attack.without {
            Without::Done => *seen == Seen::Lives(Outcome::Done),
            Without::Exits => *seen == Seen::Exited(0),
            // It depends on the kernel, its settings and the user.
            Without::Depends | Without::NotTried => true,
        };
        assert_none(&surprises(None, is_expected));
    });
}

/// Used by the table.
pub fn path_of(aim: &Aim, name: &str) -> PathBuf {
    Path::new(&aim.directory).join(name)
}
