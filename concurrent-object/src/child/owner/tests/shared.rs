//! Views of what another view borrows from.

use std::mem;

use super::{Item, Shelf, borrower, shelf, shop};
use crate::child::owner::{Family, ViewOwner, Whole};
use crate::protocol::failure::Failure;

#[test]
fn views_of_one_borrow_share_it_and_outlive_each_other() {
    let (shop, drops) = shop();
    let first = shelf(&shop);
    let next = |shelf: &ViewOwner<Shelf<'static>>| {
        shelf.share(|shelf, views| Ok(views.pin::<Shelf<'static>>(shelf.next(), "Shelf"))).expect("a shelf")
    };
    let second = next(&first);
    first.change(|_| Ok(())).expect("the second does not borrow the first");
    drop(first);
    assert_eq!(borrower(shop.change(|_| Ok(()))), "Shelf");
    let third = next(&second);
    let item = third.consume(|shelf, views| Ok(views.pin::<Item<'static>>(Item(&shelf.shop.name, shelf.shop), "Item")));
    drop((second, shop));
    assert_eq!(drops.take(), ["shelf", "shelf", "shelf"]);
    let item = item.expect("an item");
    assert_eq!(item.read(|item| Ok(item.0.to_owned())).expect("it is there"), "shop");
    drop(item);
    assert_eq!(drops.take(), ["item", "shop"]);
}

/// A view of an exclusive borrow, which can pass a part of it on.
struct Rest<'r>(&'r mut [u8]);

impl Family for Rest<'static> {
    type At<'v> = Rest<'v>;
}

impl<'r> Rest<'r> {
    /// Takes the first number out of its borrow.
    fn split(&mut self) -> Rest<'r> {
        let (first, rest) = mem::take(&mut self.0).split_at_mut(1);
        self.0 = rest;
        Rest(first)
    }
}

impl Drop for Rest<'_> {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(|number| *number += 1);
    }
}

#[test]
fn an_exclusive_borrow_is_passed_on() {
    let numbers = ViewOwner::<Whole<Vec<u8>>>::of(vec![1, 2, 3]);
    let all = numbers.lend_mut(|numbers, views| Ok(views.pin::<Rest<'static>>(Rest(numbers), "Rest")));
    let all = all.expect("it is not borrowed");
    let split = |rest: &ViewOwner<Rest<'static>>| {
        rest.share_mut(|rest, views| Ok(views.pin::<Rest<'static>>(rest.split(), "Rest"))).expect("it is not borrowed")
    };
    let (first, second) = (split(&all), split(&all));
    drop((all, second));
    assert_eq!(borrower(numbers.read(|_| Ok(()))), "Rest");
    drop(first);
    assert_eq!(numbers.read(|numbers| Ok(numbers.clone())).expect("no view is left"), [2, 3, 4]);
    let whole: Result<(), Failure> = numbers.share(|_, _| panic!("it borrows from nothing"));
    assert!(matches!(whole, Err(Failure::Malformed { .. })), "{whole:?}");
}
