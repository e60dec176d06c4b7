//! With `skip_unsupported`, a type that cannot be sent is an error only where its function is
//! called.

use std::cmp::Ordering;
use std::sync::Arc;

use concurrent_object::concurrent_object;

pub struct Foreign(u8);

pub struct View<'t>(&'t Foreign);

pub struct Thing(Foreign);

#[concurrent_object(skip_unsupported)]
#[allow(mismatched_lifetime_syntaxes)]
impl Thing {
    pub fn new() -> Self {
        Self(Foreign(0))
    }

    pub fn of_foreign(foreign: Foreign) -> Self {
        Self(foreign)
    }

    pub fn take(&mut self, foreign: Foreign) -> u8 {
        foreign.0
    }

    pub fn lend(&self, foreign: &Foreign, list: &[Foreign]) -> u8 {
        foreign.0 + list[0].0
    }

    pub fn change(&self, foreign: &mut Vec<Foreign>) {
        foreign.clear();
    }

    pub fn give(&self) -> Option<&Foreign> {
        Some(&self.0)
    }

    pub fn share(&self, foreign: Arc<Foreign>) -> Vec<(Ordering, u8)> {
        vec![(Ordering::Less, foreign.0)]
    }

    pub fn view(&self) -> View {
        View(&self.0)
    }

    pub fn give_all(&self) -> Result<Vec<Foreign>, String> {
        Ok(vec![])
    }
}

fn main() {
    let start = ThingProxy::builder("thing");
    let thing = start.start().unwrap();
    drop(start.start_of_foreign(Foreign(1)));
    drop(thing.take(Foreign(1)));
    drop(thing.push_take(Foreign(1)));
    drop(thing.lend(&Foreign(1), &[]));
    drop(thing.change(&mut vec![Foreign(1)]));
    drop(thing.give());
    drop(thing.view());
    drop(thing.share(Arc::new(Foreign(1))));
    drop(thing.give_all());
    drop(thing.push_give_all());
}
