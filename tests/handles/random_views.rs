//! Random histories of views, compared with a model: views are made, used, dropped, and lost with
//! their process, and calls of their owners are refused exactly while a view borrows them.

use std::fmt::Debug;
use std::time::Duration;

use concurrent_object::{CallError, HandleProblem, RestartPolicy};
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::random::Random;

use crate::library::{LibraryProxy, PageHandle, PenHandle, WordHandle};

/// A page as the program knows it. It exists for as long as its handle or one of its words does.
struct KnownPage {
    epoch: usize,
    handle: Option<PageHandle>,
    words: Vec<WordHandle>,
}

struct ViewHistory {
    library: LibraryProxy,
    pages: Vec<KnownPage>,
    pens: Vec<(usize, PenHandle)>,
    /// How many processes have died.
    epoch: usize,
    refused: usize,
    random: Random,
}

/// What a call must come to.
#[derive(Clone, Copy, PartialEq)]
enum Expected {
    Answer,
    Borrowed,
    Stale,
}

impl ViewHistory {
    #[track_caller]
    fn check<T: Debug>(&mut self, outcome: Result<T, CallError>, expected: Expected) -> Option<T> {
        let came = match &outcome {
            Err(CallError::Handle { problem: HandleProblem::Borrowed { .. }, .. }) => Expected::Borrowed,
            Err(CallError::Handle { problem: HandleProblem::Stale, .. }) => Expected::Stale,
            Err(other) => panic!("{other}"),
            Ok(_) => Expected::Answer,
        };
        self.refused += usize::from(came == Expected::Borrowed);
        assert!(came == expected, "unexpected: {outcome:?}");
        outcome.ok()
    }

    fn is_lent_mutably(&self) -> bool {
        self.pens.iter().any(|(epoch, _)| *epoch == self.epoch)
    }

    fn pages(&self) -> impl Iterator<Item = &KnownPage> {
        self.pages.iter().filter(|page| page.epoch == self.epoch)
    }

    /// What a call of the library with `&self` comes to.
    fn reads(&self) -> Expected {
        if self.is_lent_mutably() { Expected::Borrowed } else { Expected::Answer }
    }

    /// What a call of the library with `&mut self` comes to.
    fn changes(&self) -> Expected {
        if self.pages().next().is_some() { Expected::Borrowed } else { self.reads() }
    }

    fn step(&mut self) {
        match self.random.below(100) {
            0 => self.crash(),
            1..15 => self.make_page(),
            15..25 => self.make_pen(),
            25..30 => drop(self.library.page(0)),
            30..33 => drop(self.library.pen(0)),
            33..45 => self.use_page(),
            45..55 => self.use_owner(),
            55..60 => self.use_pen(),
            60..80 => self.drop_of_page(),
            80..95 => self.drop_pen(),
            _ => self.count(),
        }
    }

    fn make_page(&mut self) {
        let expected = self.reads();
        if let Some(page) = self.check(self.library.page(0).wait(), expected) {
            let handle = Some(page.expect("there is one"));
            self.pages.push(KnownPage { epoch: self.epoch, handle, words: Vec::new() });
        }
    }

    fn make_pen(&mut self) {
        let expected = self.changes();
        if let Some(pen) = self.check(self.library.pen(0).wait(), expected) {
            self.pens.push((self.epoch, pen.expect("there is a line")));
        }
    }

    fn use_page(&mut self) {
        let Some(at) = self.any(self.pages.len()) else { return };
        let (page, choice) = (&self.pages[at], self.random.below(3));
        let Some(handle) = page.handle.clone() else { return };
        let lost = page.epoch != self.epoch;
        let changes = if page.words.is_empty() { Expected::Answer } else { Expected::Borrowed };
        let [reads, changes] =
            [Expected::Answer, changes].map(|as_it_is| if lost { Expected::Stale } else { as_it_is });
        match choice {
            0 => {
                let words = self.check(handle.words().wait(), reads);
                self.pages[at].words.extend(words.into_iter().flatten());
            }
            1 => {
                let handle = self.check(handle.again().wait(), reads);
                let (epoch, words) = (self.epoch, Vec::new());
                self.pages.extend(handle.map(|handle| KnownPage { epoch, handle: Some(handle), words }));
            }
            _ => {
                self.check(handle.turn().wait(), changes);
                self.check(handle.back().wait(), changes);
            }
        }
        self.check(handle.text().wait(), reads);
    }

    fn use_owner(&mut self) {
        let [reads, changes] = [self.reads(), self.changes()];
        match self.random.below(3) {
            0 => drop(self.check(self.library.opened().wait(), reads)),
            1 => drop(self.check(self.library.rename(0, "a line of words").wait(), changes)),
            _ => drop(self.check(self.library.sorted().wait(), changes)),
        }
    }

    fn use_pen(&mut self) {
        let Some(at) = self.any(self.pens.len()) else { return };
        let (epoch, pen) = &self.pens[at];
        let expected = if *epoch == self.epoch { Expected::Answer } else { Expected::Stale };
        self.check(pen.write("!").wait(), expected);
    }

    fn drop_of_page(&mut self) {
        let Some(at) = self.any(self.pages.len()) else { return };
        let page = &mut self.pages[at];
        match self.random.below(3) {
            0 => drop(page.words.pop()),
            1 => drop(page.handle.take()),
            _ => page.words.clear(),
        }
        if page.handle.is_none() && page.words.is_empty() {
            self.pages.swap_remove(at);
        }
    }

    fn drop_pen(&mut self) {
        if let Some(at) = self.any(self.pens.len()) {
            drop(self.pens.swap_remove(at));
        }
    }

    fn any(&mut self, len: usize) -> Option<usize> {
        (len > 0).then(|| self.random.below(len))
    }

    fn crash(&mut self) {
        if self.is_lent_mutably() {
            self.check(self.library.crash().wait(), Expected::Borrowed);
            return;
        }
        self.library.crash().wait().expect_err("it crashes");
        self.epoch += 1;
    }

    /// The child keeps what the program has handles to, and what that borrows from.
    fn count(&mut self) {
        let expected = self.reads();
        let (pages, words) = (self.pages().count(), self.pages().map(|page| page.words.len()).sum());
        if let Some(alive) = self.check(self.library.alive().wait(), expected) {
            assert_eq!(alive, [1, pages, words, 0]);
        }
        let words = self.pages.iter().map(|page| page.words.len()).sum::<usize>();
        let handles = self.pages.iter().filter(|page| page.handle.is_some()).count() + words + self.pens.len();
        assert_eq!(self.library.handle().statistics().handles, handles);
    }
}

#[test]
fn random_histories_of_views_follow_the_rule_of_a_refcell() {
    within(SOON, || {
        let often = RestartPolicy::on_death().max(1000).backoff(Duration::ZERO..Duration::from_millis(2));
        let library = LibraryProxy::builder("library").restart(often).start(&["of two"]).expect("it starts");
        let (pages, pens, random) = (Vec::new(), Vec::new(), Random::new());
        let mut history = ViewHistory { library, pages, pens, epoch: 0, refused: 0, random };
        for _ in 0..10_000 {
            history.step();
        }
        assert!(history.refused > 100, "{} calls were refused", history.refused);
        history.pages.clear();
        history.pens.clear();
        history.count();
        assert_eq!(history.library.rename(0, "the end").wait().expect("nothing borrows"), 7);
        history.library.close().expect("no view outlived its owner");
    });
}
