//! Paths that are not UTF-8 return unchanged, however they are nested.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Message, assert_returns, assert_returns_everywhere, only};
use crate::wire::raw;

fn path() -> PathBuf {
    OsStr::from_bytes(b"/tmp/caf\xe9.txt").into()
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
enum Place {
    One(PathBuf),
    Two(PathBuf, u8),
    Named { path: PathBuf, maybe: Option<Box<Path>> },
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Newtype(PathBuf);

#[test]
fn paths_return_from_every_container() {
    assert_returns_everywhere(&path());
    assert_returns_everywhere(&Newtype(path()));
    assert_returns_everywhere(&Box::<Path>::from(path()));
    assert_returns_everywhere(&Box::new(path()));
    assert_returns_everywhere(&Place::One(path()));
    assert_returns_everywhere(&Place::Two(path(), 1));
    assert_returns_everywhere(&Place::Named { path: path(), maybe: Some(path().into()) });
    assert_returns(&[path(), PathBuf::from("plain")]);
    assert_returns(&BTreeMap::from([(path(), path())]));
    assert_returns(&HashMap::from([(Box::<Path>::from(path()), 1)]));
    assert_returns(&vec![OsString::from(path())]);
    // Long enough for a raw region, if the path were a list of bytes.
    assert_returns(&vec![PathBuf::from(OsStr::from_bytes(&[0xe9; 5000]))]);
}

#[test]
fn paths_are_written_from_every_kind_of_reference() {
    #[track_caller]
    fn check<T: Serialize + ?Sized>(value: &T) {
        assert_eq!(only::<Vec<PathBuf>>(Message::one(value).foreign()), Ok(vec![path(); 1]));
    }
    let owned = path();
    check(&vec![&*owned]);
    check(&vec![&owned]);
    check(&vec![Cow::Borrowed(&*owned)]);
    check(&[Cow::<'static, Path>::Owned(path())]);
    check(&(&Cow::Borrowed(&*owned),));
}

/// With its feature `rc`, serde writes these as paths too.
#[test]
fn paths_are_found_in_rc_and_arc() {
    #[track_caller]
    fn check<T>(value: &T) {
        assert_eq!(raw::path_of(value), Some(&*path()));
        assert_eq!(raw::path_of(&value), Some(&*path()));
    }
    check(&Rc::<Path>::from(path()));
    check(&Arc::<Path>::from(path()));
    check(&Arc::new(path()));
    check(&Rc::new(path()));
    check(&Box::new(path()));
    assert_eq!(raw::path_of("path"), None);
    assert_eq!(raw::path_of(&(1_u64, 2_u64)), None);
    assert_eq!(raw::path_of(&OsString::from("path")), None);
}

#[test]
fn paths_are_borrowed_where_the_type_borrows() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Borrowing<'a> {
        #[serde(borrow)]
        path: &'a Path,
    }
    let owned = path();
    let message = Message::one(&Borrowing { path: &owned });
    let (mut decoder, bytes) = (message.foreign(), message.structured.as_ptr_range());
    let read = decoder.take::<Borrowing<'_>>().expect("a path");
    assert_eq!(read.path, owned);
    assert!(bytes.contains(&read.path.as_os_str().as_bytes().as_ptr()));
}

#[test]
fn a_path_that_is_utf_8_can_be_decoded_as_a_string() {
    let message = Message::one(&vec![PathBuf::from("a/b")]);
    assert_eq!(only::<Vec<String>>(message.foreign()), Ok(vec!["a/b".to_owned()]));
}

#[test]
fn a_visitor_of_the_user_never_gets_a_path_as_bytes() {
    // Such a visitor may do more than build a path.
    let message = Message::one(&vec![path()]);
    assert!(only::<Vec<String>>(message.foreign()).is_err());
}
