//! Handles without methods, to objects of any type that stay in the child.
#![allow(clippy::type_complexity, reason = "people write such types")]

use std::sync::Arc;

use concurrent_object::{CallError, HandleProblem, OpaqueHandle, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};

concurrent_object::init_before_main!();

/// Types as another crate could have them: no serde, no attribute.
mod foreign {
    use std::rc::Rc;

    /// Cannot be sent to another thread either.
    #[derive(Debug)]
    pub struct Session(pub Rc<str>);

    #[derive(Clone, Debug)]
    pub struct Config {
        pub lines: u32,
    }

    pub trait Policy {
        fn limit(&self) -> u32;
    }

    impl Policy for u32 {
        fn limit(&self) -> u32 {
            *self
        }
    }
}

use foreign::{Config, Policy, Session};

/// Its own type is behind opaque handles too, although it has a type parameter.
#[derive(Debug)]
pub struct Terminal<T> {
    config: Config,
    of: Vec<T>,
}

#[concurrent_object(opaque(Session, foreign::Config, Box<dyn Policy>, Arc<dyn Fn(&str) -> usize>, Self))]
impl<T: Clone + 'static> Terminal<T> {
    pub fn new(of: Vec<T>) -> Self {
        Self { config: Config { lines: 24 }, of }
    }

    pub fn session(&self, name: &str) -> Result<Session, String> {
        if name.is_empty() { Err("no name".to_owned()) } else { Ok(Session(name.into())) }
    }

    pub fn name(&self, session: &Session) -> String {
        session.0.to_string()
    }

    pub fn names(&self, one: Option<&Session>, other: Option<&Session>) -> Vec<Option<String>> {
        [one, other].map(|session| session.map(|session| session.0.to_string())).to_vec()
    }

    pub fn rename(&self, session: Option<&mut Session>, name: &str) {
        if let Some(session) = session {
            session.0 = name.into();
        }
    }

    pub fn end(&mut self, session: Option<Session>) -> bool {
        session.is_some()
    }

    pub fn merge(&self, into: Option<&mut Session>, other: Option<&Session>) {
        if let (Some(into), Some(other)) = (into, other) {
            into.0 = other.0.clone();
        }
    }

    pub fn end_by(&self, session: Option<Session>, by: Option<&Session>) -> bool {
        session.is_some() && by.is_some()
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn some_config(&self, is_there: bool) -> Option<&Config> {
        is_there.then_some(&self.config)
    }

    pub fn set_config(&mut self, config: foreign::Config) -> u32 {
        std::mem::replace(&mut self.config, config).lines
    }

    pub fn grow(&self, config: &mut Config) {
        config.lines += 1;
    }

    pub fn lines(&self, config: &Config) -> u32 {
        config.lines
    }

    pub fn policies(&self) -> (Vec<Box<dyn Policy>>, u8) {
        (vec![Box::new(7_u32), Box::new(8_u32)], 1)
    }

    pub fn limit(&self, policy: Box<dyn Policy>) -> u32 {
        policy.limit()
    }

    pub fn counter(&self) -> Option<Arc<dyn Fn(&str) -> usize>> {
        Some(Arc::new(str::len))
    }

    pub fn count(&self, counter: Arc<dyn Fn(&str) -> usize>, text: &str) -> usize {
        counter(text)
    }

    pub fn fork(&self) -> Self {
        Self { config: self.config.clone(), of: self.of.clone() }
    }

    pub fn append(&mut self, other: &Self) -> usize {
        self.of.extend(other.of.iter().cloned());
        self.of.len()
    }
}

fn terminal() -> TerminalProxy<u8> {
    TerminalProxy::builder("terminal").start(vec![1, 2]).expect("a child")
}

fn problem(error: &CallError) -> Option<HandleProblem> {
    match error {
        CallError::Handle { problem, .. } => Some(problem.clone()),
        _ => None,
    }
}

#[test]
fn an_object_of_any_type_stays_in_the_child_and_is_an_argument() {
    within(SOON, || {
        let terminal = terminal();
        let session: OpaqueHandle<Session> = terminal.session("one").wait().expect("an answer").expect("a session");
        assert_eq!(terminal.name(&session).wait().expect("a name"), "one");
        assert!(terminal.session("").wait().expect("an answer").is_err());
        assert_eq!(terminal.handle().statistics().handles, 1);
        drop(session);
        assert_eq!(terminal.handle().statistics().handles, 0);
    });
}

#[test]
fn a_handle_can_be_absent() {
    within(SOON, || {
        let terminal = terminal();
        let session = terminal.session("one").wait().expect("an answer").expect("a session");
        let names = terminal.names(None, Some(&session)).wait().expect("names");
        assert_eq!(names, [None, Some("one".to_owned())]);
        terminal.rename(Some(&session), "two").wait().expect("an answer");
        terminal.rename(None, "three").wait().expect("an answer");
        assert_eq!(terminal.name(&session).wait().expect("a name"), "two");
        let again = session.clone();
        assert!(!terminal.end(None).wait().expect("an answer"));
        assert!(terminal.end(Some(session)).wait().expect("an answer"));
        let error = terminal.names(Some(&again), None).wait().expect_err("it was taken");
        assert_eq!(problem(&error), Some(HandleProblem::Stale), "{error}");
    });
}

#[test]
fn an_absent_handle_is_checked_as_a_handle_is() {
    within(SOON, || {
        let (one, other) = (terminal(), terminal());
        let theirs = other.session("theirs").wait().expect("an answer").expect("a session");
        let error = one.names(Some(&theirs), None).wait().expect_err("it is not ours").to_string();
        assert!(error.contains("`one`") && error.contains("another object"), "{error}");
    });
}

#[test]
fn what_a_method_lends_is_copied() {
    within(SOON, || {
        let terminal = terminal();
        let config = terminal.config().wait().expect("a config");
        terminal.grow(&config).wait().expect("an answer");
        assert_eq!(terminal.lines(&config).wait().expect("lines"), 25);
        let unchanged = terminal.some_config(true).wait().expect("an answer").expect("a config");
        assert_eq!(terminal.lines(&unchanged).wait().expect("lines"), 24);
        assert!(terminal.some_config(false).wait().expect("an answer").is_none());
        assert_eq!(terminal.set_config(config).wait().expect("lines"), 24);
        let now = terminal.config().wait().expect("a config");
        assert_eq!(terminal.lines(&now).wait().expect("lines"), 25);
    });
}

#[test]
fn trait_objects_and_the_own_generic_type_are_behind_handles() {
    within(SOON, || {
        let terminal = terminal();
        let (policies, _) = terminal.policies().wait().expect("policies");
        let limits: Vec<_> =
            policies.into_iter().map(|policy| terminal.limit(policy).wait().expect("a limit")).collect();
        assert_eq!(limits, [7, 8]);
        let counter = terminal.counter().wait().expect("an answer").expect("a function");
        assert_eq!(terminal.count(counter, "four").wait().expect("a length"), 4);
        let fork = terminal.fork().wait().expect("another one");
        assert_eq!(terminal.append(&fork).wait().expect("a length"), 4);
        terminal.push_config().expect("a slot is free");
        let Some(TerminalOutput::Config(config)) = terminal.wait_pull().expect("an answer") else { panic!("a config") };
        assert_eq!(terminal.lines(&config).wait().expect("lines"), 24);
    });
}

/// An object behind a handle that returns opaque handles itself.
#[derive(Debug)]
pub struct Window {
    config: Config,
}

#[concurrent_object(handle, opaque(Config))]
impl Window {
    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn apply(&mut self, config: Option<Config>) -> u32 {
        config.map_or(0, |config| std::mem::replace(&mut self.config, config).lines)
    }
}

#[derive(Debug)]
pub struct Desk;

#[concurrent_object(handles(Window), opaque(Config), parts(more))]
impl Desk {
    pub fn new() -> Self {
        Self
    }

    pub fn window(&self, lines: u32) -> Window {
        Window { config: Config { lines } }
    }

    pub fn lines(&self, config: &Config) -> u32 {
        config.lines
    }
}

#[concurrent_object(part = more, opaque(Config))]
impl Desk {
    pub fn sum(&self, one: &Config, other: Option<&Config>) -> (u32, Config) {
        let lines = one.lines + other.map_or(0, |other| other.lines);
        (lines, Config { lines })
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

#[test]
fn handles_and_parts_share_opaque_handles() {
    within(SOON, || {
        let desk = DeskProxy::builder("desk").start().expect("a child");
        let window = desk.window(7).wait().expect("a window");
        let config = window.config().wait().expect("a config");
        assert_eq!(desk.lines(&config).wait().expect("lines"), 7);
        let (lines, sum) = desk.sum(&config, Some(&config)).wait().expect("a sum");
        assert_eq!((lines, desk.lines(&sum).wait().expect("lines")), (14, 14));
        assert_eq!(window.apply(None).wait().expect("an answer"), 0);
        assert_eq!(window.apply(Some(sum)).wait().expect("an answer"), 7);
        let again = window.config().wait().expect("a config");
        assert_eq!(desk.lines(&again).wait().expect("lines"), 14);
    });
}

#[test]
fn one_absent_handle_twice_in_a_call_that_changes_it_is_refused() {
    within(SOON, || {
        let terminal = terminal();
        let session = terminal.session("one").wait().expect("an answer").expect("a session");
        let error = terminal.merge(Some(&session), Some(&session)).wait().expect_err("it is used twice");
        assert_eq!(problem(&error), Some(HandleProblem::InUse), "{error}");
        terminal.merge(Some(&session), None).wait().expect("an answer");
        let error = terminal.end_by(Some(session.clone()), Some(&session)).wait().expect_err("it is used twice");
        assert_eq!(problem(&error), Some(HandleProblem::InUse), "{error}");
        assert_eq!(terminal.name(&session).wait().expect("it is not lost"), "one");
    });
}
