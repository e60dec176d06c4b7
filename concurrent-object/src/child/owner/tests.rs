//! Borrows of views, their refusals, and the order of drops. Run them under Miri after a change.

mod shared;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use super::{Family, MAX_DEPTH, ViewOwner, Whole};
use crate::error::HandleProblem;
use crate::protocol::failure::Failure;

/// The drops of one test, in their order.
type Drops = Rc<Cell<Vec<&'static str>>>;

fn note(drops: &Drops, what: &'static str) {
    let mut list = drops.take();
    list.push(what);
    drops.set(list);
}

struct Shop {
    name: String,
    sold: Cell<u32>,
    drops: Drops,
}

struct Shelf<'s> {
    shop: &'s Shop,
    panics: bool,
}

/// Invariant in its lifetime.
struct Label<'s>(&'s mut String);

/// A view of a view.
struct Item<'h>(&'h str, &'h Shop);

impl Family for Shelf<'static> {
    type At<'v> = Shelf<'v>;
}

impl Family for Label<'static> {
    type At<'v> = Label<'v>;
}

impl Family for Item<'static> {
    type At<'v> = Item<'v>;
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.name.clear();
        note(&self.drops, "shop");
    }
}

impl Drop for Shelf<'_> {
    fn drop(&mut self) {
        assert!(self.shop.name.starts_with("shop"), "the owner is still there");
        note(&self.shop.drops, "shelf");
        assert!(!self.panics, "it panics when it is dropped");
    }
}

impl Drop for Label<'_> {
    fn drop(&mut self) {
        self.0.push('.');
    }
}

impl Drop for Item<'_> {
    fn drop(&mut self) {
        assert!(self.0.starts_with("shop"), "both owners are still there");
        note(&self.1.drops, "item");
    }
}

impl Shop {
    fn shelf(&self, panics: bool) -> Shelf<'_> {
        Shelf { shop: self, panics }
    }

    fn label(&mut self) -> Label<'_> {
        Label(&mut self.name)
    }
}

impl<'s> Shelf<'s> {
    fn item(&self) -> Item<'_> {
        Item(&self.shop.name, self.shop)
    }

    fn next(&self) -> Shelf<'s> {
        Shelf { shop: self.shop, panics: false }
    }
}

fn shop() -> (ViewOwner<Whole<Shop>>, Drops) {
    let drops = Drops::default();
    let shop = Shop { name: "shop".to_owned(), sold: Cell::new(0), drops: drops.clone() };
    (ViewOwner::of(shop), drops)
}

fn shelf(shop: &ViewOwner<Whole<Shop>>) -> ViewOwner<Shelf<'static>> {
    shop.lend(|shop, views| Ok(views.pin::<Shelf<'static>>(shop.shelf(false), "Shelf"))).expect("a shelf")
}

fn label(shop: &ViewOwner<Whole<Shop>>) -> ViewOwner<Label<'static>> {
    shop.lend_mut(|shop, views| Ok(views.pin::<Label<'static>>(shop.label(), "Label"))).expect("a label")
}

fn item(shelf: &ViewOwner<Shelf<'static>>) -> ViewOwner<Item<'static>> {
    shelf.lend(|shelf, views| Ok(views.pin::<Item<'static>>(shelf.item(), "Item"))).expect("an item")
}

fn append(shop: &ViewOwner<Whole<Shop>>, text: char) -> Result<(), Failure> {
    shop.change(|shop| {
        shop.name.push(text);
        Ok(())
    })
}

/// Returns the name of the view that still borrows.
#[track_caller]
fn borrower<R>(outcome: Result<R, Failure>) -> String {
    match outcome {
        Err(Failure::Handle(HandleProblem::Borrowed { view })) => view,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it is not borrowed"),
    }
}

#[test]
fn a_shared_view_allows_reads_and_refuses_changes() {
    let (shop, drops) = shop();
    let (one, other) = (shelf(&shop), shelf(&shop));
    shop.read(|shop| {
        shop.sold.set(1);
        Ok(())
    })
    .expect("reads go on");
    assert_eq!(one.change(|shelf| Ok(shelf.shop.sold.get())).expect("it sees the change"), 1);
    assert_eq!(borrower(shop.change(|_| Ok(()))), "Shelf");
    assert_eq!(borrower(shop.lend_mut(|_, _| Ok(()))), "Shelf");
    drop(one);
    assert_eq!(borrower(shop.check_unborrowed()), "Shelf");
    drop(other);
    shop.check_unborrowed().expect("no shelf is left");
    append(&shop, 's').expect("no shelf is left");
    drop(shop);
    assert_eq!(drops.take(), ["shelf", "shelf", "shop"]);
}

#[test]
fn an_exclusive_view_refuses_all() {
    let (shop, _drops) = shop();
    let label = label(&shop);
    assert_eq!(borrower(shop.read(|_| Ok(()))), "Label");
    assert_eq!(borrower(shop.lend(|_, _| Ok(()))), "Label");
    assert_eq!(borrower(shop.borrow().map(drop)), "Label");
    label
        .change(|label| {
            label.0.push('!');
            Ok(())
        })
        .expect("it is the only borrow");
    drop(label);
    assert_eq!(shop.read(|shop| Ok(shop.name.clone())).expect("no label is left"), "shop!.");
}

#[test]
fn a_method_that_keeps_no_view_leaves_no_borrow() {
    let (shop, _drops) = shop();
    shop.lend_mut(|shop, _| {
        shop.name.push('!');
        Ok(())
    })
    .expect("nothing borrows");
    let failed: Result<(), Failure> = shop.lend_mut(|shop, _views| {
        let _label = shop.label();
        Err(Failure::none())
    });
    assert_eq!(failed, Err(Failure::none()));
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        shop.lend(|shop, views| -> Result<(), Failure> {
            let _pinned = views.pin::<Shelf<'static>>(shop.shelf(false), "Shelf");
            panic!("after a view was pinned")
        })
    }));
    outcome.expect_err("it panics");
    append(&shop, '?').expect("nothing borrows");
}

#[test]
fn owners_stay_for_as_long_as_their_views() {
    let (shop, drops) = shop();
    let shelf = shelf(&shop);
    let item = item(&shelf);
    assert_eq!(borrower(shelf.change(|_| Ok(()))), "Item");
    drop((shop, shelf));
    assert_eq!(item.read(|item| Ok(item.0.to_owned())).expect("it is there"), "shop");
    drop(item);
    assert_eq!(drops.take(), ["item", "shelf", "shop"]);
}

#[test]
fn a_consumed_view_is_dropped_before_its_owner() {
    let (shop, drops) = shop();
    let shelf = shelf(&shop);
    let item = item(&shelf);
    assert_eq!(borrower(shelf.check_sole()), "Item");
    drop(shop);
    drop(item);
    assert!(!shelf.consume(|shelf, _| Ok(shelf.panics)).expect("it is the only reference"));
    assert_eq!(drops.take(), ["item", "shelf", "shop"]);
}

#[test]
fn a_panic_in_the_drop_of_a_view_ends_its_borrow() {
    let (shop, drops) = shop();
    let shelf = shop.lend(|shop, views| Ok(views.pin::<Shelf<'static>>(shop.shelf(true), "Shelf"))).expect("a shelf");
    catch_unwind(AssertUnwindSafe(|| drop(shelf))).expect_err("it panics");
    append(&shop, '!').expect("the borrow has ended");
    drop(shop);
    assert_eq!(drops.take(), ["shelf", "shop"]);
}

#[test]
fn the_object_moves_out_if_nothing_else_refers_to_it() {
    let (shop, _drops) = shop();
    let shelf = shelf(&shop);
    let shop = shop.into_object().err().expect("the shelf refers to it");
    drop(shelf);
    assert_eq!(shop.into_object().map(|shop| shop.name.clone()).ok().as_deref(), Some("shop"));
}

#[test]
fn two_families_with_one_type_are_not_confused() {
    /// Would let a program see a view for longer than it exists.
    struct Static;
    impl Family for Static {
        type At<'v> = Item<'static>;
    }
    let (shop, _drops) = shop();
    let item = item(&shelf(&shop));
    assert!(ViewOwner::<Static>::of_erased(item.erased()).is_none());
    assert!(ViewOwner::<Item<'static>>::of_erased(item.erased()).is_some());
}

/// A view of a view of a view, and so on.
struct Link<'l>(Option<&'l Link<'l>>);

impl Family for Link<'static> {
    type At<'v> = Link<'v>;
}

#[test]
fn a_chain_of_views_has_an_end() {
    fn next(link: &ViewOwner<Link<'static>>) -> Result<ViewOwner<Link<'static>>, Failure> {
        link.lend(|link, views| Ok(views.pin::<Link<'static>>(Link(Some(link)), "Link")))
    }
    let whole = ViewOwner::<Whole<()>>::of(());
    let mut link = whole.lend(|(), views| Ok(views.pin::<Link<'static>>(Link(None), "Link"))).expect("a link");
    for _ in 1..MAX_DEPTH {
        link = next(&link).expect("not too deep");
    }
    assert_eq!(next(&link).err(), Some(Failure::Handle(HandleProblem::TooMany)));
    assert!(link.read(|link| Ok(link.0.is_some())).expect("it is there"));
}
