//! Foreign types without serde: sent as another type, with functions of the user, or as text.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use concurrent_object::{RestartPolicy, concurrent_object};
use serde::{Deserialize, Serialize};

concurrent_object::init_before_main!();

/// Types as another crate could have them.
mod foreign {
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum TermMode {
        Raw,
        Cooked,
    }

    #[derive(Debug, PartialEq)]
    pub struct Config {
        pub lines: u32,
        pub title: String,
    }

    /// Not `Clone`.
    #[derive(Debug, PartialEq)]
    pub struct Token(pub u64);

    #[derive(Debug)]
    pub struct Report<'a>(pub &'a str);
}

use foreign::{Config, Report, TermMode, Token};

impl From<TermMode> for u32 {
    fn from(mode: TermMode) -> Self {
        match mode {
            TermMode::Raw => 1,
            TermMode::Cooked => 2,
        }
    }
}

impl TryFrom<u32> for TermMode {
    type Error = String;

    fn try_from(number: u32) -> Result<Self, String> {
        match number {
            1 => Ok(Self::Raw),
            2 => Ok(Self::Cooked),
            other => Err(format!("{other} is no mode")),
        }
    }
}

impl From<&Token> for (u32, u32) {
    fn from(token: &Token) -> Self {
        ((token.0 >> 32) as u32, token.0 as u32)
    }
}

impl From<(u32, u32)> for Token {
    fn from((high, low): (u32, u32)) -> Self {
        Self(u64::from(high) << 32 | u64::from(low))
    }
}

/// The functions that serde's `with` would use too.
mod config_as {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::foreign::Config;

    pub fn serialize<S: Serializer>(config: &Config, serializer: S) -> Result<S::Ok, S::Error> {
        (config.lines, &config.title).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Config, D::Error> {
        let (lines, title) = Deserialize::deserialize(deserializer)?;
        Ok(Config { lines, title })
    }
}

impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} lines", self.title, self.lines)
    }
}

/// An iterator that borrows.
#[derive(Debug)]
pub struct Lines<'t> {
    config: &'t Config,
    next: u32,
}

impl Iterator for Lines<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.next += 1;
        (self.next <= self.config.lines).then(|| self.next - 1)
    }
}

/// A form that loses the mode `Raw`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Lossy(u32);

impl From<TermMode> for Lossy {
    fn from(mode: TermMode) -> Self {
        Self(if mode == TermMode::Raw { 7 } else { 2 })
    }
}

impl TryFrom<Lossy> for TermMode {
    type Error = String;

    fn try_from(lossy: Lossy) -> Result<Self, String> {
        lossy.0.try_into()
    }
}

#[derive(Debug)]
pub struct Terminal {
    config: Config,
    mode: TermMode,
}

#[concurrent_object(carry(TermMode = u32, Config = config_as), carry(Token = (u32, u32)))]
impl Terminal {
    pub fn new(config: Config, mode: Option<&TermMode>) -> Self {
        Self { config, mode: mode.copied().unwrap_or(TermMode::Raw) }
    }

    pub fn mode(&self) -> TermMode {
        self.mode
    }

    pub fn lent_mode(&self) -> &TermMode {
        &self.mode
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn all(&self) -> Result<(Option<&Config>, [TermMode; 2]), String> {
        Ok((Some(&self.config), [self.mode, TermMode::Raw]))
    }

    pub fn set(&mut self, mode: TermMode, config: &foreign::Config, modes: &[TermMode]) -> Vec<TermMode> {
        self.mode = mode;
        self.config.title = config.title.clone();
        modes.to_vec()
    }

    pub fn by_line(&self, modes: BTreeMap<u32, (TermMode, Token)>) -> BTreeMap<u32, (TermMode, Token)> {
        modes
    }

    pub fn change(&self, config: &mut Config, modes: &mut [TermMode], token: &mut Token) {
        config.lines += 1;
        modes.reverse();
        token.0 += 1;
    }

    #[concurrent_object(carry(mode = Lossy))]
    pub fn lossy(&self, mode: TermMode, other: TermMode) -> bool {
        mode == other
    }

    #[concurrent_object(carry(return = Lossy))]
    pub fn lossy_result(&self, mode: Option<TermMode>) -> Option<TermMode> {
        mode
    }

    #[concurrent_object(snapshot)]
    fn state(&self) -> (&Config, TermMode) {
        (&self.config, self.mode)
    }

    #[concurrent_object(restore)]
    fn load(state: (Config, TermMode), _: Config, _: Option<&TermMode>) -> Self {
        Self { config: state.0, mode: state.1 }
    }

    pub fn crash(&self) {
        std::process::abort();
    }

    #[concurrent_object(result = impl Iterator<Item = u32>)]
    pub fn lines_of(&self) -> Lines<'_> {
        Lines { config: &self.config, next: 1 }
    }

    #[concurrent_object(result = Result<Option<impl Iterator<Item = &str>>, String>)]
    pub fn words(&self) -> Result<Option<std::str::Split<'_, char>>, String> {
        Ok(Some(self.config.title.split(' ')))
    }

    #[concurrent_object(result = "text")]
    pub fn report(&self) -> Report<'_> {
        Report(&self.config.title)
    }

    #[concurrent_object(result = "text")]
    pub fn described(&self) -> Result<Vec<&Config>, String> {
        Ok(vec![&self.config])
    }
}

fn config() -> Config {
    Config { lines: 24, title: "shell".to_owned() }
}

fn terminal() -> TerminalProxy {
    TerminalProxy::builder("terminal").start(config(), Some(&TermMode::Cooked)).expect("a child")
}

#[test]
fn foreign_types_travel_as_another_type_or_with_functions() {
    let terminal = terminal();
    assert_eq!(terminal.mode().wait().expect("a mode"), TermMode::Cooked);
    assert_eq!(terminal.lent_mode().wait().expect("a mode"), TermMode::Cooked);
    assert_eq!(terminal.config().wait().expect("a config"), config());
    let all = terminal.all().wait().expect("a result");
    assert_eq!(all, Ok((Some(config()), [TermMode::Cooked, TermMode::Raw])));
    let other = Config { title: "editor".to_owned(), ..config() };
    let modes = terminal.set(TermMode::Raw, &other, &[TermMode::Raw, TermMode::Cooked]).wait().expect("modes");
    assert_eq!(modes, [TermMode::Raw, TermMode::Cooked]);
    assert_eq!(terminal.config().wait().expect("a config"), other);
}

#[test]
fn they_travel_nested_and_change_in_place() {
    let terminal = terminal();
    let modes = || BTreeMap::from([(1, (TermMode::Raw, Token(1 << 40)))]);
    assert_eq!(terminal.by_line(modes()).wait().expect("a map"), modes());
    let (mut config, mut modes, mut token) = (config(), [TermMode::Raw, TermMode::Cooked], Token(7));
    terminal.change(&mut config, &mut modes, &mut token).wait().expect("changes");
    assert_eq!((config.lines, modes, token.0), (25, [TermMode::Cooked, TermMode::Raw], 8));
}

#[test]
fn pushed_calls_return_them() {
    let terminal = terminal();
    terminal.push_config().expect("a push");
    assert!(matches!(terminal.wait_pull(), Ok(Some(TerminalOutput::Config(back))) if back == config()));
    terminal.push_described().expect("a push");
    let described = terminal.wait_pull();
    assert!(matches!(described, Ok(Some(TerminalOutput::Described(Ok(all)))) if all == ["shell of 24 lines"]));
}

#[test]
fn an_argument_or_a_result_can_have_a_form_of_its_own() {
    let terminal = terminal();
    assert!(terminal.lossy(TermMode::Cooked, TermMode::Cooked).wait().expect("a result"));
    assert_eq!(terminal.lossy_result(Some(TermMode::Cooked)).wait().expect("a result"), Some(TermMode::Cooked));
    let error = terminal.lossy(TermMode::Raw, TermMode::Raw).wait().expect_err("no such mode");
    assert!(format!("{error:?}").contains("7 is no mode"), "{error:?}");
    let error = terminal.lossy_result(Some(TermMode::Raw)).wait().expect_err("no such mode");
    assert!(format!("{error:?}").contains("7 is no mode"), "{error:?}");
    assert_eq!(terminal.mode().wait().expect("the object serves further calls"), TermMode::Cooked);
}

#[test]
fn they_are_saved_and_restored() {
    let restart = RestartPolicy::on_death().backoff(Duration::ZERO..Duration::ZERO);
    let terminal = TerminalProxy::builder("terminal").restart(restart).start(config(), None).expect("a child");
    let other = Config { title: "editor".to_owned(), ..config() };
    terminal.set(TermMode::Cooked, &other, &[]).wait().expect("modes");
    terminal.crash().wait().expect_err("a death");
    assert_eq!(terminal.config().wait().expect("a config"), other);
    assert_eq!(terminal.mode().wait().expect("a mode"), TermMode::Cooked);
}

#[test]
fn an_iterator_that_borrows_is_a_list_of_its_items() {
    let terminal = terminal();
    assert_eq!(terminal.lines_of().wait().expect("a list"), (1..24).collect::<Vec<u32>>());
    assert_eq!(terminal.words().wait().expect("a list"), Ok(Some(vec!["shell".to_owned()])));
    terminal.push_lines_of().expect("a push");
    assert!(matches!(terminal.wait_pull(), Ok(Some(TerminalOutput::LinesOf(lines))) if lines.len() == 23));
}

#[test]
fn a_result_can_be_its_text() {
    let terminal = terminal();
    assert_eq!(terminal.report().wait().expect("a text"), "Report(\"shell\")");
    assert_eq!(terminal.described().wait().expect("a text"), Ok(vec!["shell of 24 lines".to_owned()]));
}
