//! An object whose methods return views of it, which stay in the child beside it.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

/// In the child: how many objects and views of each kind exist.
static ALIVE: [AtomicUsize; 4] = [const { AtomicUsize::new(0) }; 4];

const LIBRARY: usize = 0;
const PAGE: usize = 1;
const WORD: usize = 2;
const PEN: usize = 3;

/// Counts an object, and checks that what it borrows from outlives it.
#[derive(Debug)]
struct Counted {
    kind: usize,
    /// The kind of its owner.
    owner: Option<usize>,
}

impl Counted {
    fn new(kind: usize, owner: Option<usize>) -> Self {
        ALIVE[kind].fetch_add(1, Ordering::Relaxed);
        Self { kind, owner }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if self.owner.is_some_and(|owner| ALIVE[owner].load(Ordering::Relaxed) == 0) {
            eprintln!("a view outlived its owner");
            std::process::abort();
        }
        ALIVE[self.kind].fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Debug)]
pub struct Library {
    lines: Vec<String>,
    /// Changes behind a shared reference.
    opened: Cell<usize>,
    _counted: Counted,
}

/// A view of `&self`.
#[derive(Debug)]
pub struct Page<'l> {
    library: &'l Library,
    at: usize,
    _counted: Counted,
}

/// A view of a view.
#[derive(Debug)]
pub struct Word<'p> {
    text: &'p str,
    seen: &'p Cell<usize>,
    _counted: Counted,
}

/// A view of `&mut self`. It is invariant.
#[derive(Debug)]
pub struct Pen<'l> {
    line: &'l mut String,
    _counted: Counted,
}

impl Drop for Pen<'_> {
    fn drop(&mut self) {
        // Uses what it borrows.
        self.line.push('.');
    }
}

#[concurrent_object(handle, skip_unsupported, handles(Word))]
impl<'l> Page<'l> {
    pub fn place(&self, _from: Place) -> Place {
        Place(self.at)
    }

    pub fn bind(&self, _binding: Binding) {}

    pub fn text(&self) -> &'l str {
        &self.library.lines[self.at]
    }

    pub fn turn(&mut self) -> usize {
        self.at += 1;
        self.at
    }

    pub fn fill(&self, lines: &mut Vec<String>) {
        lines.extend(self.library.lines.iter().cloned());
    }

    pub fn back(&mut self) -> &mut Self {
        self.at -= 1;
        self
    }

    pub fn words(&self) -> Vec<Word<'_>> {
        let words = self.text().split(' ');
        let counted = || Counted::new(WORD, Some(PAGE));
        words.map(|text| Word { text, seen: &self.library.opened, _counted: counted() }).collect()
    }

    /// Returns another view of the library.
    pub fn again(&self) -> Self {
        Page { library: self.library, at: self.at, _counted: Counted::new(PAGE, Some(LIBRARY)) }
    }

    /// Returns one in place of this one.
    pub fn moved(self, to: Place) -> Result<Page<'l>, Missing> {
        if to.0 < self.library.lines.len() { Ok(Page { at: to.0, ..self }) } else { Err(Missing) }
    }

    pub fn panic(&mut self) {
        panic!("the page is torn");
    }

    pub fn close(self) -> usize {
        self.at
    }

    #[allow(clippy::boxed_local, reason = "it tests this receiver")]
    pub fn boxed(self: Box<Self>) -> usize {
        self.at
    }
}

#[concurrent_object(handle)]
impl Word<'_> {
    pub fn text(&self) -> &str {
        self.text
    }

    pub fn see(&self) -> usize {
        self.seen.set(self.seen.get() + 1);
        self.seen.get()
    }
}

#[concurrent_object(handle)]
impl Pen<'_> {
    pub fn write(&mut self, text: &str) -> usize {
        self.line.push_str(text);
        self.line.len()
    }
}

/// Has no serde.
#[derive(Debug)]
pub struct Binding;

/// An error whose text is sent.
#[derive(Debug)]
pub struct Missing;

/// Has serde, which the compiler finds out.
#[derive(Debug, Serialize, Deserialize)]
pub struct Place(pub usize);

#[concurrent_object(skip_unsupported, handles(Page, Pen, Shelf))]
impl Library {
    pub fn new(lines: &[&str]) -> Self {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        Self { lines, opened: Cell::new(0), _counted: Counted::new(LIBRARY, None) }
    }

    pub fn page(&self, at: usize) -> Result<Page<'_>, String> {
        if at >= self.lines.len() {
            return Err(format!("there is no page {at}"));
        }
        self.opened.set(self.opened.get() + 1);
        Ok(Page { library: self, at, _counted: Counted::new(PAGE, Some(LIBRARY)) })
    }

    pub fn first_and_rest<'a>(&'a self, _note: &str) -> (Option<Page<'a>>, Vec<Page<'a>>, &'a str) {
        let mut pages = (0..self.lines.len()).filter_map(|at| self.page(at).ok());
        (pages.next(), pages.collect(), &self.lines[0])
    }

    pub fn pen(&mut self, at: usize) -> Option<Pen<'_>> {
        let line = self.lines.get_mut(at)?;
        Some(Pen { line, _counted: Counted::new(PEN, Some(LIBRARY)) })
    }

    pub fn pens(&mut self) -> impl Iterator<Item = Pen<'_>> {
        self.lines.iter_mut().map(|line| Pen { line, _counted: Counted::new(PEN, Some(LIBRARY)) })
    }

    pub fn bound(&self, _binding: Binding) -> Option<Page<'_>> {
        None
    }

    pub fn page_at(&self, place: Place) -> Option<Page<'_>> {
        self.page(place.0).ok()
    }

    #[allow(dead_code, reason = "the proxy does not have it")]
    pub fn of_argument<'a>(&self, _text: &'a str) -> Option<Page<'a>> {
        None
    }

    pub fn shelf(&self) -> Shelf {
        Shelf(Library::new(&["on the shelf"]))
    }

    pub fn opened(&self) -> usize {
        self.opened.get()
    }

    pub fn lines(&self) -> Vec<String> {
        self.lines.clone()
    }

    pub fn add(&mut self, line: &str) -> usize {
        self.lines.push(line.to_owned());
        self.lines.len()
    }

    /// Replaces a line, which keeps the library small.
    pub fn rename(&mut self, at: usize, line: &str) -> usize {
        line.clone_into(&mut self.lines[at]);
        line.len()
    }

    /// Returns the numbers of libraries, pages, words and pens.
    pub fn alive(&self) -> [usize; 4] {
        [LIBRARY, PAGE, WORD, PEN].map(|kind| ALIVE[kind].load(Ordering::Relaxed))
    }

    pub fn sorted(mut self) -> Self {
        self.lines.sort();
        self
    }

    pub fn broken(&self) -> Page<'_> {
        panic!("the page is missing");
    }

    pub fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }

    pub fn crash(&self) {
        std::process::abort();
    }

    pub fn finish(self) -> usize {
        self.lines.len()
    }
}

/// An owner behind a handle.
#[derive(Debug)]
pub struct Shelf(Library);

#[concurrent_object(handle, handles(Page, Pen))]
impl Shelf {
    pub fn page(&self) -> Page<'_> {
        self.0.page(0).expect("it has one")
    }

    pub fn pen(&mut self) -> Option<Pen<'_>> {
        self.0.pen(0)
    }

    pub fn line(&self) -> &str {
        &self.0.lines[0]
    }

    pub fn clear(&mut self) {
        self.0.lines[0].clear();
    }

    pub fn compare(&self, other: &Shelf) -> bool {
        self.0.lines == other.0.lines
    }

    pub fn take_from(&mut self, other: &mut Shelf) {
        self.0.lines.append(&mut other.0.lines);
    }

    pub fn burn(self) -> usize {
        self.0.lines.len()
    }
}
