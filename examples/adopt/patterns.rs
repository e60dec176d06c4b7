//! `regex::Regex` and `regex::RegexSet`, compiled once in the child. Matches borrow from the
//! searched text, and arrive as owned text.

use std::borrow::Cow;
use std::str::FromStr;

use anyhow::Result;
use concurrent_object::concurrent_object;
use regex::{Error, Regex, RegexSet, Replacer};

use crate::assert_not_made;

/// `Match` and `Captures` have no owned form, but their positions and texts have.
pub(crate) struct Pattern(Regex);

impl FromStr for Pattern {
    type Err = Error;

    fn from_str(re: &str) -> Result<Self, Error> {
        re.parse().map(Self)
    }
}

#[concurrent_object(constructor = pub(crate) fn FromStr::from_str(re: &str) -> Result<Self, Error>)]
impl Pattern {
    pub(crate) fn new(re: &str) -> Result<Self, Error> {
        Regex::new(re).map(Self)
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn is_match(&self, haystack: &str) -> bool {
        self.0.is_match(haystack)
    }

    pub(crate) fn find<'h>(&self, haystack: &'h str) -> Option<(usize, &'h str)> {
        self.0.find(haystack).map(|found| (found.start(), found.as_str()))
    }

    pub(crate) fn find_iter<'h>(&self, haystack: &'h str) -> impl Iterator<Item = (usize, &'h str)> {
        self.0.find_iter(haystack).map(|found| (found.start(), found.as_str()))
    }

    pub(crate) fn split<'h>(&self, haystack: &'h str) -> impl Iterator<Item = &'h str> {
        self.0.split(haystack)
    }

    #[concurrent_object(with(R = &str))]
    pub(crate) fn replace_all<'h, R: Replacer>(&self, haystack: &'h str, rep: R) -> Cow<'h, str> {
        self.0.replace_all(haystack, rep)
    }

    pub(crate) fn captures<'h>(&self, haystack: &'h str) -> Option<Vec<Option<&'h str>>> {
        let captures = self.0.captures(haystack)?;
        Some(captures.iter().map(|group| group.map(|found| found.as_str())).collect())
    }

    pub(crate) fn capture_names(&self) -> impl Iterator<Item = Option<&str>> {
        self.0.capture_names()
    }
}

#[derive(Default)]
pub(crate) struct PatternSet(RegexSet);

#[concurrent_object(constructor = pub(crate) fn default() -> Self)]
impl PatternSet {
    #[concurrent_object(with(I = Vec<String>, S = String))]
    pub(crate) fn new<I, S>(exprs: I) -> Result<Self, Error>
    where
        S: AsRef<str>,
        I: IntoIterator<Item = S>,
    {
        RegexSet::new(exprs).map(Self)
    }

    pub(crate) fn matches(&self, haystack: &str) -> impl Iterator<Item = usize> + use<> {
        self.0.matches(haystack).into_iter()
    }

    pub(crate) fn patterns(&self) -> &[String] {
        self.0.patterns()
    }
}

/// Takes the names of files apart in a child, and in this process.
pub(crate) fn search(names: &str) -> anyhow::Result<()> {
    let parts = r"(?<stem>\w+?)(?:[-_](?<year>\d{4}))?\.(?<ending>\w+)";
    let (child, here) = (PatternProxy::builder("pattern").start(parts)?, Pattern::new(parts)?);
    assert_eq!(child.as_str().wait()?, here.as_str());
    assert_eq!(child.is_match(names).wait()?, here.is_match(names));
    assert_eq!(child.find(names).wait()?, here.find(names).map(owned));
    let found = child.find_iter(names).wait()?;
    assert_eq!(found, here.find_iter(names).map(owned).collect::<Vec<_>>());
    assert_eq!(child.split(names).wait()?, here.split(names).collect::<Vec<_>>());
    assert_eq!(child.replace_all(names, "$stem").wait()?, here.replace_all(names, "$stem"));
    let groups = child.capture_names().wait()?;
    assert_eq!(groups.iter().map(Option::as_deref).collect::<Vec<_>>(), here.capture_names().collect::<Vec<_>>());
    let first = child.captures(names).wait()?.unwrap_or_default();
    let first: Vec<_> = first.iter().map(Option::as_deref).collect();
    assert_eq!(first, here.captures(names).unwrap_or_default());
    println!("patterns: {} names, the first of them {first:?}", found.len());

    let parsed = PatternProxy::builder("parsed").start_from_str(r"\.png$")?;
    assert!(parsed.is_match("a.png").wait()?);
    let refused = PatternProxy::builder("refused").start("a(b")?.wait_until_ready().expect_err("it is not closed");
    assert_not_made(&refused, &Pattern::new("a(b").err().expect("here neither"));

    let endings = ["png", "jpe?g", "gif"].map(|ending| format!(r"\.{ending}\b")).to_vec();
    let (child, here) = (PatternSetProxy::builder("set").start(endings.clone())?, PatternSet::new(endings)?);
    assert_eq!(child.patterns().wait()?, here.patterns());
    let matched = child.matches(names).wait()?;
    assert_eq!(matched, here.matches(names).collect::<Vec<_>>());
    println!("  of three endings there are {matched:?}");
    let empty = PatternSetProxy::builder("empty").start_default()?;
    assert_eq!(empty.matches(names).wait()?, [0; 0]);
    Ok(())
}

fn owned((at, text): (usize, &str)) -> (usize, String) {
    (at, text.to_owned())
}
