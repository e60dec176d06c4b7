//! `git2` 0.20 (b318ea3d), `Repository`. The types that libgit2 has behind pointers stand in without
//! contents. The first 60 functions.

use std::ffi::OsStr;
use std::fmt;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use concurrent_object::concurrent_object;

pub struct Repository;

pub struct RepositoryInitOptions;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepositoryOpenFlags(u32);

#[derive(PartialEq, Eq, Clone, Debug, Copy)]
pub enum RepositoryState {
    Clean,
    Merge,
    Rebase,
}

#[derive(Debug, PartialEq, Eq, Copy, Clone)]
pub enum ResetType {
    Soft,
    Mixed,
    Hard,
}

#[derive(PartialEq, Eq, Debug, Copy, Clone)]
pub enum BranchType {
    Local,
    Remote,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Status(u32);

#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid([u8; 20]);

impl fmt::Display for Oid {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

#[derive(Debug, PartialEq)]
pub struct Error {
    code: i32,
    class: i32,
    message: Box<str>,
}

impl fmt::Display for Error {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

impl std::error::Error for Error {}

pub struct Worktree;

pub struct Odb<'repo>(PhantomData<&'repo Repository>);

#[derive(Clone, Debug)]
pub struct Object<'repo>(PhantomData<&'repo Repository>);

pub struct Reference<'repo>(PhantomData<&'repo Repository>);

pub struct Revspec<'repo>(PhantomData<&'repo Repository>);

pub struct References<'repo>(PhantomData<&'repo Repository>);

pub struct AnnotatedCommit<'repo>(PhantomData<&'repo Repository>);

pub struct Submodule<'repo>(PhantomData<&'repo Repository>);

pub struct Statuses<'repo>(PhantomData<&'repo Repository>);

pub struct Branches<'repo>(PhantomData<&'repo Repository>);

pub struct Remote<'repo>(PhantomData<&'repo Repository>);

pub struct StringArray;

pub struct StatusOptions;

pub struct Index;

pub struct Config;

pub struct CheckoutBuilder<'cb>(PhantomData<Box<dyn FnMut() + 'cb>>);

pub trait IntoCString {}

impl<'a, T: IntoCString + Clone> IntoCString for &'a T {}

impl<'a> IntoCString for &'a str {}

impl IntoCString for String {}

impl<'a> IntoCString for &'a Path {}

impl IntoCString for PathBuf {}

#[concurrent_object]
impl Repository {
    pub fn open<P: AsRef<Path>>(path: P) -> Result<Repository, Error> {
        unimplemented!()
    }

    pub fn open_bare<P: AsRef<Path>>(path: P) -> Result<Repository, Error> {
        unimplemented!()
    }

    pub fn open_from_env() -> Result<Repository, Error> {
        unimplemented!()
    }

    pub fn open_ext<P, O, I>(path: P, flags: RepositoryOpenFlags, ceiling_dirs: I) -> Result<Repository, Error>
    where
        P: AsRef<Path>,
        O: AsRef<OsStr>,
        I: IntoIterator<Item = O>,
    {
        unimplemented!()
    }

    pub fn open_from_worktree(worktree: &Worktree) -> Result<Repository, Error> {
        unimplemented!()
    }

    pub fn discover<P: AsRef<Path>>(path: P) -> Result<Repository, Error> {
        unimplemented!()
    }

    pub fn discover_path<P: AsRef<Path>, I, O>(path: P, ceiling_dirs: I) -> Result<PathBuf, Error>
    where
        O: AsRef<OsStr>,
        I: IntoIterator<Item = O>,
    {
        unimplemented!()
    }

    pub fn init<P: AsRef<Path>>(path: P) -> Result<Repository, Error> {
        unimplemented!()
    }

    pub fn init_bare<P: AsRef<Path>>(path: P) -> Result<Repository, Error> {
        unimplemented!()
    }

    pub fn init_opts<P: AsRef<Path>>(path: P, opts: &RepositoryInitOptions) -> Result<Repository, Error> {
        unimplemented!()
    }

    pub fn clone<P: AsRef<Path>>(url: &str, into: P) -> Result<Repository, Error> {
        unimplemented!()
    }

    pub fn clone_recurse<P: AsRef<Path>>(url: &str, into: P) -> Result<Repository, Error> {
        unimplemented!()
    }

    pub fn from_odb(odb: Odb<'_>) -> Result<Repository, Error> {
        unimplemented!()
    }

    pub fn revparse(&self, spec: &str) -> Result<Revspec<'_>, Error> {
        unimplemented!()
    }

    pub fn revparse_single(&self, spec: &str) -> Result<Object<'_>, Error> {
        unimplemented!()
    }

    pub fn revparse_ext(&self, spec: &str) -> Result<(Object<'_>, Option<Reference<'_>>), Error> {
        unimplemented!()
    }

    pub fn is_bare(&self) -> bool {
        unimplemented!()
    }

    pub fn is_shallow(&self) -> bool {
        unimplemented!()
    }

    pub fn is_worktree(&self) -> bool {
        unimplemented!()
    }

    pub fn is_empty(&self) -> Result<bool, Error> {
        unimplemented!()
    }

    pub fn path(&self) -> &Path {
        unimplemented!()
    }

    pub fn state(&self) -> RepositoryState {
        unimplemented!()
    }

    pub fn workdir(&self) -> Option<&Path> {
        unimplemented!()
    }

    pub fn set_workdir(&self, path: &Path, update_gitlink: bool) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn namespace(&self) -> Option<&str> {
        unimplemented!()
    }

    pub fn namespace_bytes(&self) -> Option<&[u8]> {
        unimplemented!()
    }

    pub fn set_namespace(&self, namespace: &str) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn set_namespace_bytes(&self, namespace: &[u8]) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn remove_namespace(&self) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn message(&self) -> Result<String, Error> {
        unimplemented!()
    }

    pub fn remove_message(&self) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn remotes(&self) -> Result<StringArray, Error> {
        unimplemented!()
    }

    pub fn find_remote(&self, name: &str) -> Result<Remote<'_>, Error> {
        unimplemented!()
    }

    pub fn remote(&self, name: &str, url: &str) -> Result<Remote<'_>, Error> {
        unimplemented!()
    }

    pub fn remote_with_fetch(&self, name: &str, url: &str, fetch: &str) -> Result<Remote<'_>, Error> {
        unimplemented!()
    }

    pub fn remote_anonymous(&self, url: &str) -> Result<Remote<'_>, Error> {
        unimplemented!()
    }

    pub fn remote_rename(&self, name: &str, new_name: &str) -> Result<StringArray, Error> {
        unimplemented!()
    }

    pub fn remote_delete(&self, name: &str) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn remote_add_fetch(&self, name: &str, spec: &str) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn remote_add_push(&self, name: &str, spec: &str) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn remote_set_url(&self, name: &str, url: &str) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn remote_set_pushurl(&self, name: &str, pushurl: Option<&str>) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn reset(
        &self,
        target: &Object<'_>,
        kind: ResetType,
        checkout: Option<&mut CheckoutBuilder<'_>>,
    ) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn reset_default<T, I>(&self, target: Option<&Object<'_>>, paths: I) -> Result<(), Error>
    where
        T: IntoCString,
        I: IntoIterator<Item = T>,
    {
        unimplemented!()
    }

    pub fn head(&self) -> Result<Reference<'_>, Error> {
        unimplemented!()
    }

    pub fn set_head(&self, refname: &str) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn set_head_bytes(&self, refname: &[u8]) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn head_detached(&self) -> Result<bool, Error> {
        unimplemented!()
    }

    pub fn set_head_detached(&self, commitish: Oid) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn set_head_detached_from_annotated(&self, commitish: AnnotatedCommit<'_>) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn references(&self) -> Result<References<'_>, Error> {
        unimplemented!()
    }

    pub fn references_glob(&self, glob: &str) -> Result<References<'_>, Error> {
        unimplemented!()
    }

    pub fn submodules(&self) -> Result<Vec<Submodule<'_>>, Error> {
        unimplemented!()
    }

    pub fn statuses(&self, options: Option<&mut StatusOptions>) -> Result<Statuses<'_>, Error> {
        unimplemented!()
    }

    pub fn status_should_ignore(&self, path: &Path) -> Result<bool, Error> {
        unimplemented!()
    }

    pub fn status_file(&self, path: &Path) -> Result<Status, Error> {
        unimplemented!()
    }

    pub fn branches(&self, filter: Option<BranchType>) -> Result<Branches<'_>, Error> {
        unimplemented!()
    }

    pub fn index(&self) -> Result<Index, Error> {
        unimplemented!()
    }

    pub fn set_index(&self, index: &mut Index) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn config(&self) -> Result<Config, Error> {
        unimplemented!()
    }
}
