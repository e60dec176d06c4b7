//! The views that borrow an object at the moment, for the message that names one of them.

use std::cell::RefCell;

/// The names of the types whose views borrow an object, with their numbers.
#[derive(Debug, Default)]
pub(super) struct LivingViews(RefCell<Vec<(&'static str, usize)>>);

impl LivingViews {
    pub(super) fn add(&self, view: &'static str) {
        let mut views = self.0.borrow_mut();
        match views.iter_mut().find(|(other, _)| *other == view) {
            Some((_, count)) => *count += 1,
            None => views.push((view, 1)),
        }
    }

    pub(super) fn remove(&self, view: &'static str) {
        let mut views = self.0.borrow_mut();
        views.iter_mut().filter(|(other, _)| *other == view).for_each(|(_, count)| *count -= 1);
        views.retain(|(_, count)| *count > 0);
    }

    pub(super) fn first(&self) -> Option<&'static str> {
        self.0.borrow().first().map(|(view, _)| *view)
    }
}
