//! `Self` in all its places.
#![deny(warnings)]

use concurrent_object::{Call, concurrent_object};
use serde::{Deserialize, Serialize};

pub trait HasItem {
    type Item;
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Tree {
    children: Vec<Tree>,
}

impl HasItem for Tree {
    type Item = u16;
}

#[concurrent_object]
impl Tree {
    pub const WIDTH: usize = 3;
    const DEPTH: usize = Self::WIDTH * 2;

    pub fn new(parent: Option<Box<Self>>) -> Self {
        Self { children: parent.into_iter().map(|parent| *parent).collect() }
    }

    pub fn from_all(all: &[Self]) -> Result<Tree, String> {
        Ok(Self { children: all.to_vec() })
    }

    pub fn nested(&self, other: (Self, [Option<Self>; 2]), row: [u8; Self::WIDTH]) -> Option<Box<Self>> {
        let _ = (other, row);
        Some(Box::new(self.clone()))
    }

    pub fn item(self: &Self, item: <Self as HasItem>::Item) -> Vec<<Self as HasItem>::Item> {
        vec![item]
    }

    pub fn deep(self: &mut Self) -> [u8; Self::DEPTH] {
        [0; Self::DEPTH]
    }

    pub fn chain(&mut self) -> &mut Self {
        self
    }

    pub fn fallible_chain(&mut self) -> Result<&mut Self, String> {
        Ok(self)
    }

    pub fn first(&self) -> Option<&Self> {
        self.children.first()
    }
}

pub fn types(tree: &TreeProxy) {
    let _: Call<Option<Box<Tree>>> = tree.nested((Tree::new(None), [None, None]), [0; 3]);
    let _: Call<Vec<u16>> = tree.item(1);
    let _: Call<[u8; 6]> = tree.deep();
    let _: Call<()> = tree.chain();
    let _: Call<Result<(), String>> = tree.fallible_chain();
    let _: Call<Option<Tree>> = tree.first();
}

fn main() {
    assert!(TreeProxy::builder("tree").start(None).is_err());
    assert!(TreeProxy::builder("tree").start_from_all(&[]).is_err());
}
