//! What the closures of the runtime do not let through, though all of it is safe code: a view that
//! borrows from something else than its owner, and a view that is used for longer than it exists.

use std::cell::Cell;
use std::sync::Mutex;

use concurrent_object::private::{
    ArgumentReader, Failure, Family, HandleKey, Reply, ViewObject, ViewOwner, Views, Whole,
};

pub struct Owner(String);

pub struct View<'v>(&'v str);

pub struct Invariant<'v>(Cell<&'v str>);

static STOLEN: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

impl Family for View<'static> {
    type At<'v> = View<'v>;
}

impl ViewObject for View<'static> {
    const NAME: &'static str = "View";

    fn call_view(
        view: &ViewOwner<Self>,
        _: u32,
        _: &mut ArgumentReader<'_>,
        _: &mut Reply<'_>,
    ) -> Result<(), Failure> {
        view.read(|view| Ok(STOLEN.lock().unwrap().push(view.0)))
    }
}

fn a_variable(owner: &ViewOwner<Whole<Owner>>) -> Result<HandleKey, Failure> {
    let local = String::new();
    owner.lend(|_, views| Ok(views.keep::<View<'static>>(View(&local))))
}

fn out_of_the_closure(owner: &ViewOwner<Whole<Owner>>) -> Result<(), Failure> {
    let mut out = None;
    owner.lend(|owner, _| {
        out = Some(View(&owner.0));
        Ok(())
    })
}

fn of_another_owner(one: &ViewOwner<Whole<Owner>>, other: &ViewOwner<Whole<Owner>>) -> Result<HandleKey, Failure> {
    one.lend(|one, _| other.lend(|_, views| Ok(views.keep::<View<'static>>(View(&one.0)))))
}

fn swapped(one: &ViewOwner<View<'static>>, other: &ViewOwner<View<'static>>) -> Result<(), Failure> {
    one.change(|one| other.change(|other| Ok(std::mem::swap(one, other))))
}

fn a_shorter_borrow(owner: &ViewOwner<Invariant<'static>>) -> Result<(), Failure> {
    let local = String::new();
    owner.read(|view| Ok(view.0.set(&local)))
}

impl Family for Invariant<'static> {
    type At<'v> = Invariant<'v>;
}

fn kept_twice(owner: &ViewOwner<Whole<Owner>>) -> Result<HandleKey, Failure> {
    let mut kept: Option<&Views<'_>> = None;
    owner.lend(|_, views| {
        kept = Some(views);
        Ok(())
    })?;
    owner.lend_mut(|owner, _| Ok(kept.unwrap().keep::<View<'static>>(View(&owner.0))))
}

fn main() {}
