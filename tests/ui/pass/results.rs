//! Every kind of result.
#![deny(warnings)]

use std::borrow::Cow;
use std::convert::Infallible;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::path::{Path, PathBuf};

use concurrent_object::{Call, concurrent_object};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
pub struct Key(u8);

pub struct Thing(Key, String);

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self(Key(1), String::new())
    }

    pub fn never(&self) -> ! {
        std::process::exit(0)
    }

    pub fn unit(&self) -> () {}

    pub fn text(&self) -> &str {
        &self.1
    }

    pub fn lasting(&self) -> &'static str {
        ""
    }

    pub fn slice(&self) -> &[Key] {
        &[]
    }

    #[concurrent_object(copy)]
    pub fn key(&mut self) -> &mut Key {
        &mut self.0
    }

    pub fn perhaps(&self) -> Option<&Key> {
        Some(&self.0)
    }

    pub fn fallible(&self) -> Result<&Key, String> {
        Ok(&self.0)
    }

    pub fn cow(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&[])
    }

    pub fn paths(&self) -> (Option<&Path>, &str, [u8; 3]) {
        (None, "", [0; 3])
    }

    pub fn path(&self) -> &Path {
        Path::new("")
    }

    pub fn os(&self) -> &OsStr {
        OsStr::new("")
    }

    pub fn c(&self) -> &CStr {
        c""
    }

    pub fn boxed(&self) -> Box<[Option<Key>]> {
        Box::default()
    }
}

pub fn types(thing: &ThingProxy) {
    let _: Call<Infallible> = thing.never();
    let _: Call<()> = thing.unit();
    let _: Call<String> = thing.text();
    let _: Call<String> = thing.lasting();
    let _: Call<Vec<Key>> = thing.slice();
    let _: Call<Key> = thing.key();
    let _: Call<Option<Key>> = thing.perhaps();
    let _: Call<Result<Key, String>> = thing.fallible();
    let _: Call<Cow<'static, [u8]>> = thing.cow();
    let _: Call<(Option<PathBuf>, String, [u8; 3])> = thing.paths();
    let _: Call<PathBuf> = thing.path();
    let _: Call<OsString> = thing.os();
    let _: Call<CString> = thing.c();
    let _: Call<Box<[Option<Key>]>> = thing.boxed();
}

pub fn variants(output: ThingOutput) -> bool {
    match output {
        ThingOutput::Never(never) => match never {},
        other => matches!(other, ThingOutput::Unit(())),
    }
}

fn main() {
    assert!(ThingProxy::builder("thing").start().is_err());
}
