//! An object whose views have type parameters, several lifetimes and lifetimes that are not
//! written, and return views of what they borrow from.

use std::io::{Cursor, Read};

use concurrent_object::concurrent_object;

/// Numbers and their parents.
#[derive(Debug)]
pub struct Tree<R> {
    parents: Vec<Option<usize>>,
    names: R,
}

/// A view that returns views of the tree.
#[derive(Clone, Debug)]
pub struct Node<'t, R> {
    tree: &'t Tree<R>,
    at: usize,
}

/// A view with two lifetimes.
#[derive(Debug)]
pub struct Pair<'a: 'b, 'b>(&'a Option<usize>, &'b Option<usize>);

/// A view of an exclusive borrow, with a type parameter.
#[derive(Debug)]
pub struct Names<'t, R: Read>(&'t mut R);

/// A part of an exclusive borrow.
#[derive(Debug)]
pub struct Parents<'t>(&'t mut [Option<usize>]);

type Text = Cursor<Vec<u8>>;

#[concurrent_object(handles(Node<'_, R>, Names<'_, R>, Pair<'_, '_>, Parents<'_>), with(R = Text), constructor = fn new(names: &str) -> Self)]
#[allow(elided_lifetimes_in_paths, mismatched_lifetime_syntaxes, reason = "that is what it tests")]
impl<R: Read> Tree<R> {
    pub fn root(&self) -> Node<R> {
        Node { tree: self, at: 0 }
    }

    pub fn node(&self, at: usize) -> Option<Node<'_, R>> {
        (at < self.parents.len()).then_some(Node { tree: self, at })
    }

    pub fn names(&mut self) -> std::io::Result<Names<R>> {
        Ok(Names(&mut self.names))
    }

    pub fn pair(&self, one: usize) -> (Pair, usize) {
        (Pair(&self.parents[one], &self.parents[0]), one)
    }

    pub fn parents(&mut self) -> Parents {
        Parents(&mut self.parents)
    }

    pub fn add(&mut self, parent: usize) -> usize {
        self.parents.push(Some(parent));
        self.parents.len() - 1
    }
}

impl Tree<Text> {
    fn new(names: &str) -> Self {
        Self { parents: vec![None], names: Cursor::new(names.as_bytes().to_vec()) }
    }
}

#[concurrent_object(handle, handles(Pair), with(R = Text))]
impl<'t, R> Node<'t, R> {
    pub fn parent(&self) -> Option<Node<'t, R>> {
        self.tree.parents[self.at].map(|at| Node { tree: self.tree, at })
    }

    pub fn children(&self) -> Vec<Self> {
        let parents = self.tree.parents.iter().enumerate();
        let children = parents.filter(|(_, parent)| **parent == Some(self.at));
        children.map(|(at, _)| Self { tree: self.tree, at }).collect()
    }

    pub fn step(&mut self) -> Result<Self, String> {
        let before = Self { ..*self };
        self.at = self.tree.parents[self.at].ok_or("it is the root")?;
        Ok(before)
    }

    pub fn into_root(self) -> Node<'t, R> {
        Node { at: 0, ..self }
    }

    pub fn at(&self) -> usize {
        self.at
    }

    pub fn with_root(&self) -> Pair<'t, '_> {
        Pair(&self.tree.parents[self.at], &self.tree.parents[0])
    }
}

#[concurrent_object(handle)]
impl<'a: 'b, 'b> Pair<'a, 'b> {
    pub fn both(&self) -> (&'a Option<usize>, &'b Option<usize>) {
        (self.0, self.1)
    }
}

#[concurrent_object(handle)]
impl Names<'_, Text> {
    pub fn next(&mut self, len: usize) -> std::io::Result<String> {
        let mut name = vec![0; len];
        self.0.read_exact(&mut name)?;
        Ok(String::from_utf8_lossy(&name).into_owned())
    }
}

#[concurrent_object(handle)]
impl<'t> Parents<'t> {
    /// Takes the first ones out of its borrow.
    pub fn split(&mut self, len: usize) -> Self {
        let (first, rest) = std::mem::take(&mut self.0).split_at_mut(len);
        self.0 = rest;
        Parents(first)
    }

    pub fn set(&mut self, at: usize, parent: usize) -> Option<usize> {
        self.0[at].replace(parent)
    }
}
