//! Errors arrive as their text, unless they are data or the user asks for the value.

use std::error::Error;
use std::{fmt, io};

use concurrent_object::{RemoteError, concurrent_object};
use serde::{Deserialize, Serialize};

/// An error with a source, that cannot be serialized.
#[derive(Debug)]
pub struct LoadError {
    file: String,
    source: io::Error,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot load {}", self.file)
    }
}

impl Error for LoadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum Code {
    Missing,
}

pub struct Loader;

type Loaded<T> = Result<T, LoadError>;

type LoadResult<T> = Result<T, LoadError>;

/// An alias whose first parameter is not its value.
type CountResult<I, O> = Result<(O, usize), Silent<I>>;

/// An error that only has `Debug`, and no `Display`.
#[derive(Debug)]
pub struct Silent<T>(T);

#[concurrent_object]
impl Loader {
    pub fn new() -> Self {
        Self
    }

    pub fn load(&self, file: &str) -> Result<Vec<u8>, LoadError> {
        std::fs::read(file).map_err(|source| LoadError { file: file.to_owned(), source })
    }

    pub fn io(&self, file: &str) -> io::Result<u64> {
        std::fs::metadata(file).map(|metadata| metadata.len())
    }

    pub fn any(&self, file: &str) -> anyhow::Result<Option<String>> {
        use anyhow::Context as _;
        Ok(Some(std::fs::read_to_string(file).context("any")?))
    }

    pub fn boxed(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        Err("boxed".into())
    }

    pub fn plain(&self, file: String) -> Result<&str, String> {
        Err(file)
    }

    #[concurrent_object(error = "value")]
    pub fn code(&self) -> Result<u8, Code> {
        Err(Code::Missing)
    }

    pub fn pair(&self) -> Result<(), (i8, Option<&'static str>)> {
        Err((-1, Some("pair")))
    }

    pub fn alias(&self, file: &str) -> LoadResult<Vec<u8>> {
        self.load(file)
    }

    pub fn hidden(&self, fine: bool) -> CountResult<u8, u16> {
        if fine { Ok((1, 2)) } else { Err(Silent(3)) }
    }

    pub fn silent(&self) -> Result<u8, Silent<&str>> {
        Err(Silent("seven"))
    }

    pub fn next(&mut self, file: &str) -> Option<io::Result<u64>> {
        Some(self.io(file))
    }

    pub fn all(&self, files: &[&str]) -> Result<Vec<Result<u64, io::Error>>, LoadError> {
        Ok(files.iter().map(|file| self.io(file)).collect())
    }

    pub fn found(&self) -> Result<impl Iterator<Item = Option<io::Result<&str>>>, LoadError> {
        Ok([Some(Ok("found")), None].into_iter())
    }

    pub fn chained(&mut self, fine: bool) -> Result<&mut Self, LoadError> {
        if fine { Ok(self) } else { self.load("/nowhere").map(|_| self) }
    }

    pub fn number(&self) -> u8 {
        7
    }

    pub fn write(&mut self, text: &str) -> fmt::Result {
        if text.is_empty() { Err(fmt::Error) } else { Ok(()) }
    }

    pub fn lines<'t>(&self, files: &[&'t str]) -> impl Iterator<Item = io::Result<u64>> + use<'t> {
        files.iter().map(|file| std::fs::metadata(file).map(|metadata| metadata.len())).collect::<Vec<_>>().into_iter()
    }
}

pub struct Mixed;

#[concurrent_object]
impl Mixed {
    pub fn new() -> Self {
        Self
    }

    #[concurrent_object(error = "text")]
    pub fn load(&self, file: &str) -> Loaded<u8> {
        Loader.load(file).map(|bytes| bytes[0])
    }

    #[concurrent_object(error = "value")]
    pub fn data(&self) -> Result<u8, Code> {
        Err(Code::Missing)
    }
}

fn all_of(error: &dyn Error) -> Vec<String> {
    std::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string).collect()
}

/// Checks that the messages are the same, from the error to the last of its sources.
fn assert_told(remote: &RemoteError, local: &dyn Error, type_name: &str) {
    assert_eq!(all_of(remote), all_of(local));
    assert_eq!(remote.type_name(), type_name);
    assert_eq!(remote.chain().count() + 1, all_of(local).len());
}

#[test]
fn errors_arrive_with_the_messages_of_their_sources() {
    let loader = LoaderProxy::builder("loader").start().expect("a child starts");
    let error: RemoteError = loader.load("/nowhere").wait().expect("a result").expect_err("no such file");
    assert_told(&error, &Loader.load("/nowhere").expect_err("no such file"), std::any::type_name::<LoadError>());
    let error = loader.io("/nowhere").wait().expect("a result").expect_err("no such file");
    assert_told(&error, &Loader.io("/nowhere").expect_err("no such file"), "std::io::error::Error");
    let error = loader.any("/nowhere").wait().expect("a result").expect_err("no such file");
    let local: anyhow::Error = Loader.any("/nowhere").expect_err("no such file");
    assert_told(&error, local.as_ref(), "anyhow::Error");
    let error = loader.boxed().wait().expect("a result").expect_err("always");
    assert_eq!(error.to_string(), "boxed");
    let error = loader.alias("/nowhere").wait().expect("a result").expect_err("no such file");
    assert_told(&error, &Loader.load("/nowhere").expect_err("no such file"), std::any::type_name::<LoadError>());
    assert!(error.is::<LoadError>() && !error.is::<io::Error>());
}

#[test]
fn errors_that_are_data_arrive_as_values() {
    let loader = LoaderProxy::builder("loader").start().expect("a child starts");
    assert_eq!(loader.plain("file".to_owned()).wait().expect("a result"), Err("file".to_owned()));
    assert_eq!(loader.pair().wait().expect("a result"), Err((-1, Some("pair".to_owned()))));
}

#[test]
fn errors_without_display_arrive_as_their_debug_text() {
    let loader = LoaderProxy::builder("loader").start().expect("a child starts");
    let error = loader.silent().wait().expect("a result").expect_err("always");
    assert_eq!(error.message(), "Silent(\"seven\")");
    assert_eq!(loader.hidden(true).wait().expect("a result"), Ok((1, 2)));
    let error = loader.hidden(false).wait().expect("a result").expect_err("asked for");
    assert_eq!(error.message(), "Silent(3)");
}

#[test]
fn errors_inside_options_lists_and_results_arrive_as_text() {
    let loader = LoaderProxy::builder("loader").start().expect("a child starts");
    let error = loader.next("/nowhere").wait().expect("a result").expect("one").expect_err("no such file");
    assert!(error.is::<io::Error>());
    let all = loader.all(&["/nowhere", "/proc/self/exe"]).wait().expect("a result").expect("a list");
    assert!(all[0].is_err() && all[1].is_ok());
    let found = loader.found().wait().expect("a result");
    assert_eq!(found, Ok(vec![Some(Ok("found".to_owned())), None]));
}

#[test]
fn values_arrive_beside_errors_sent_as_text_and_methods_may_differ() {
    let loader = LoaderProxy::builder("loader").start().expect("a child starts");
    assert!(loader.io("/proc/self/exe").wait().expect("a result").is_ok());
    assert_eq!(loader.code().wait().expect("a result"), Err(Code::Missing));
    assert_eq!(loader.number().wait().expect("a result"), 7);
    assert_eq!(loader.chained(true).wait().expect("a result"), Ok(()));
    assert!(loader.chained(false).wait().expect("a result").is_err());
    assert_eq!(loader.write("x").wait().expect("a result"), Ok(()));
    let error = loader.write("").wait().expect("a result").expect_err("empty");
    assert_told(&error, &fmt::Error, "core::fmt::Error");
    let lines = loader.lines(&["/proc/self/exe", "/nowhere"]).wait().expect("a result");
    assert!(lines[0].is_ok());
    assert_told(
        lines[1].as_ref().expect_err("no such file"),
        &Loader.io("/nowhere").expect_err("none"),
        "std::io::error::Error",
    );
    loader.push_io("/nowhere").expect("a slot is free");
    assert!(
        matches!(loader.wait_pull(), Ok(Some(LoaderOutput::Io(Err(error)))) if error.message().starts_with("No such"))
    );
    let mixed = MixedProxy::builder("mixed").start().expect("a child starts");
    assert!(mixed.load("/nowhere").wait().expect("a result").is_err());
    assert_eq!(mixed.data().wait().expect("a result"), Err(Code::Missing));
}
