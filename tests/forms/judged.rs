//! `skip_unsupported` leaves it to the compiler whether a type can be sent: functions whose types
//! can are called, and the others are no error.

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Level(u8);

/// A type of another crate, which has no serde.
#[derive(Clone, Default)]
pub struct Foreign(u8);

/// A view whose lifetime signatures do not write. It is invariant in it.
pub struct View<'d>(Cell<&'d [Level]>);

/// An argument that borrows from the message.
#[derive(Serialize, Deserialize)]
pub struct Query<'q>(&'q str);

pub struct Detector {
    level: Level,
    path: PathBuf,
    foreign: Foreign,
    levels: Vec<Level>,
}

#[concurrent_object(skip_unsupported)]
#[allow(elided_lifetimes_in_paths, mismatched_lifetime_syntaxes, reason = "the attribute must take such signatures")]
impl Detector {
    pub fn new(path: &Path, level: Level) -> Self {
        Self { level, path: path.to_owned(), foreign: Foreign::default(), levels: Vec::new() }
    }

    pub fn from_foreign(foreign: Foreign) -> Self {
        Self { foreign, ..Self::new(Path::new(""), Level(0)) }
    }

    pub fn level(&self) -> &Level {
        &self.level
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn set_level(&mut self, level: &Level, more: Option<&Level>) -> Option<&Level> {
        self.levels.extend([level, more?].map(Level::clone));
        self.level = level.clone();
        Some(&self.level)
    }

    pub fn levels(&self) -> impl Iterator<Item = &Level> {
        self.levels.iter()
    }

    pub fn as_slice(&self) -> &[Level] {
        &self.levels
    }

    pub fn add(&mut self, all: &[Level], each: &[&Level]) -> usize {
        self.levels.extend_from_slice(all);
        self.levels.extend(each.iter().map(|level| (*level).clone()));
        self.levels.len()
    }

    pub fn checked(&self, name: &str) -> io::Result<Level> {
        if name.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(self.level.clone()) }
    }

    pub fn by_name(&self) -> HashMap<String, Duration> {
        HashMap::from([(self.path.display().to_string(), Duration::from_secs(1))])
    }

    pub fn double(&self, levels: &mut [Level], first: &mut Level) -> Level {
        levels.iter_mut().for_each(|level| level.0 *= 2);
        std::mem::replace(first, self.level.clone())
    }

    pub fn raised(mut self, by: Level) -> Self {
        self.level.0 += by.0;
        self
    }

    pub fn finish(self) -> Vec<Level> {
        self.levels
    }

    pub fn foreign(&self) -> &Foreign {
        &self.foreign
    }

    pub fn foreigns(&self, level: &Level) -> Result<Vec<Option<Foreign>>, String> {
        Ok(vec![Some(self.foreign.clone()); usize::from(level.0)])
    }

    pub fn by_foreign(&self) -> HashMap<u8, (Foreign, Level)> {
        HashMap::from([(self.foreign.0, (self.foreign.clone(), self.level.clone()))])
    }

    pub fn set_foreign(&mut self, foreign: Foreign) {
        self.foreign = foreign;
    }

    pub fn change_foreign(&self, foreign: &mut Foreign, others: &mut [Foreign]) {
        others.fill(std::mem::take(foreign));
    }

    pub fn borrow_foreign(&mut self, foreign: &Foreign, others: &[Foreign], each: &[&Foreign]) -> Option<&Foreign> {
        let mut all = [foreign].into_iter().chain(others).chain(each.iter().copied());
        self.foreign = all.next_back()?.clone();
        Some(&self.foreign)
    }

    pub fn all_foreign(&self) -> impl Iterator<Item = &Foreign> {
        [&self.foreign].into_iter()
    }

    pub fn with_foreign(mut self, foreign: Foreign) -> Self {
        self.foreign = foreign;
        self
    }

    pub fn shared(&self, with: Arc<Level>, order: Ordering) -> Vec<(Ordering, Arc<Level>)> {
        vec![(order, with), (order.reverse(), Arc::new(self.level.clone()))]
    }

    pub fn highest(&self) -> Option<(Ordering, &Level)> {
        Some((Ordering::Less, self.levels.last()?))
    }

    pub fn shared_foreign(&self, with: Arc<Foreign>, order: Ordering) -> Vec<(Ordering, Arc<Foreign>)> {
        vec![(order, with), (order.reverse(), Arc::new(self.foreign.clone()))]
    }

    pub fn highest_foreign(&self, of: &mut [(Ordering, Foreign)]) -> Option<(Ordering, &Foreign)> {
        of.sort_by_key(|one| one.0);
        Some((Ordering::Less, &self.foreign))
    }

    pub fn view(&self) -> View {
        View(Cell::new(&self.levels))
    }

    pub fn views(&self, of: &mut Vec<Level>) -> io::Result<Vec<Option<View>>> {
        of.clear();
        Ok(vec![Some(self.view())])
    }

    pub fn query(&self, query: &Query, by: Option<&Query>) -> usize {
        query.0.len() + by.map_or(0, |by| by.0.len())
    }

    pub fn query_view(&self, query: &View) -> usize {
        query.0.get().len()
    }

    pub fn into_foreign(self) -> Foreign {
        self.foreign
    }
}

fn start() -> DetectorProxy {
    DetectorProxy::builder("detector").start(Path::new("/model"), Level(3)).expect("a child starts")
}

#[test]
fn functions_whose_types_can_be_sent_are_called() {
    let detector = start();
    assert_eq!(detector.level().wait().expect("a result"), Level(3));
    assert_eq!(detector.path().wait().expect("a result"), Path::new("/model"));
    assert_eq!(detector.set_level(&Level(4), Some(&Level(5))).wait().expect("a result"), Some(Level(4)));
    assert_eq!(detector.levels().wait().expect("a result"), [Level(4), Level(5)]);
    assert_eq!(detector.add(&[Level(6)], &[&Level(7)]).wait().expect("a result"), 4);
    assert_eq!(detector.as_slice().wait().expect("a result").len(), 4);
    assert_eq!(detector.by_name().wait().expect("a result")["/model"], Duration::from_secs(1));
    assert_eq!(detector.checked("a").wait().expect("a call").expect("a result"), Level(4));
    let error = detector.checked("").wait().expect("a call").expect_err("no name");
    assert!(error.to_string().contains("not found"), "{error}");
    let (mut levels, mut first) = ([Level(1), Level(2)], Level(9));
    assert_eq!(detector.double(&mut levels, &mut first).wait().expect("a result"), Level(9));
    assert_eq!((levels, first), ([Level(2), Level(4)], Level(4)));
    let shared = detector.shared(Arc::new(Level(8)), Ordering::Less).wait().expect("a result");
    assert_eq!(shared, [(Ordering::Less, Arc::new(Level(8))), (Ordering::Greater, Arc::new(Level(4)))]);
    assert_eq!(detector.highest().wait().expect("a result"), Some((Ordering::Less, Level(7))));
    assert_eq!(detector.query(&Query("four"), Some(&Query("five"))).wait().expect("a result"), 8);
    detector.raised(Level(1)).wait().expect("a result");
    assert_eq!(detector.level().wait().expect("a result"), Level(5));
    assert_eq!(detector.finish().wait().expect("a result").len(), 4);
}

#[test]
fn their_pushed_results_are_pulled() {
    let detector = start();
    detector.push_level().expect("a slot is free");
    detector.push_levels().expect("a slot is free");
    assert!(matches!(detector.wait_pull(), Ok(Some(DetectorOutput::Level(Level(3))))));
    assert!(matches!(detector.wait_pull(), Ok(Some(DetectorOutput::Levels(levels))) if levels.is_empty()));
}

#[test]
fn the_others_work_in_this_process() {
    let mut local = Detector::from_foreign(Foreign(1)).with_foreign(Foreign(2));
    assert_eq!(local.foreigns(&Level(2)).map(|all| all.len()), Ok(2));
    local.set_foreign(Foreign(3));
    let mut foreign = local.foreign().clone();
    local.change_foreign(&mut foreign, &mut []);
    assert_eq!(local.borrow_foreign(&Foreign(4), &[], &[]).map(|foreign| foreign.0), Some(4));
    assert_eq!(local.shared_foreign(Arc::new(Foreign(1)), Ordering::Less).len(), 2);
    assert!(local.highest_foreign(&mut []).is_some());
    assert_eq!(local.query_view(&local.view()), 0);
    assert_eq!(local.view().0.get().len() + local.views(&mut vec![]).map_or(0, |views| views.len()), 1);
    assert_eq!(local.all_foreign().count() + local.by_foreign().len() + usize::from(local.into_foreign().0), 6);
}
