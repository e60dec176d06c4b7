//! Types of the standard library that have no serde: as arguments and results, nested, pushed, and
//! written back.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ffi::OsStr;
use std::io::SeekFrom;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use concurrent_object::concurrent_object;

use self::mirror::{Key, LONG, MirrorOutput, MirrorProxy, own};

#[allow(clippy::type_complexity, reason = "types are nested to show that they travel")]
#[path = "standard_types/mirror.rs"]
mod mirror;

concurrent_object::init_before_main!();

fn mirror() -> (MirrorProxy, Instant) {
    let started = Instant::now();
    let builder = MirrorProxy::builder("mirror");
    let names = [OsStr::from_bytes(b"caf\xe9"), OsStr::new("plain")];
    let mirror = builder.start(Ordering::Less, Some(started), Arc::new(Key(1)), &names, &[3; 64]).expect("a child");
    (mirror, started)
}

fn odd() -> &'static OsStr {
    OsStr::from_bytes(b"/tmp/caf\xe9")
}

#[test]
fn orderings_travel() {
    let (mirror, _) = mirror();
    assert_eq!(mirror.order().wait().expect("it"), Ordering::Less);
    assert_eq!(mirror.lent_order().wait().expect("it"), Ordering::Less);
    assert_eq!(mirror.maybe_order().wait().expect("it"), Some(Ordering::Less));
    assert_eq!(mirror.cow().wait().expect("it"), [Ordering::Less].as_slice());
    let reversed = mirror.reversed(Ordering::Less, &Ordering::Equal, Some(&Ordering::Greater)).wait().expect("they");
    assert_eq!(reversed, (Ordering::Greater, Ordering::Equal, Some(Ordering::Less)));
    assert_eq!(mirror.reversed(Ordering::Less, &Ordering::Equal, None).wait().expect("they").2, None);
    let (one, two) = ([Ordering::Less], [Ordering::Equal, Ordering::Greater]);
    let all = mirror.orders(&one, &[&two[0], &two[1]], &[&one, &two], Some(&one)).wait().expect("all");
    let expected = [-1, 0, 1, -1, 0, 1, -1].map(|number: i8| number.cmp(&0));
    assert_eq!(all, expected);
}

#[test]
fn instants_travel_on_one_clock() {
    let (mirror, started) = mirror();
    assert_eq!(mirror.started().wait().expect("it"), Some(started));
    let later = started + Duration::from_secs(100);
    let wait = BTreeMap::from([(1, later), (2, started)]);
    let (at, back, is_past) = mirror.instants(started, &wait).wait().expect("instants");
    assert_eq!((at, back, is_past), (started, wait.clone(), true));
    let is_past = mirror.instants(later, &wait).wait().expect("instants").2;
    assert!(!is_past, "the child's clock is the parent's");
}

#[test]
fn they_travel_nested() {
    let (mirror, started) = mirror();
    let map = HashMap::from([("a".to_owned(), vec![(Ordering::Less, Some(started)), (Ordering::Equal, None)])]);
    let (set, queue) = (HashSet::from([started]), VecDeque::from([Box::new(Ordering::Greater)]));
    let back = mirror.nested(map.clone(), set.clone(), queue.clone()).wait().expect("a result");
    assert_eq!(back, Ok((map, set, queue)));
}

#[test]
fn the_other_types_travel() {
    let (mirror, _) = mirror();
    for flow in [ControlFlow::Break("b".to_owned()), ControlFlow::Continue(Ordering::Less)] {
        for short in [ControlFlow::Break(Key(1)), ControlFlow::Continue(())] {
            assert_eq!(mirror.flow(flow.clone(), short.clone()).wait().expect("flows"), (flow.clone(), short));
        }
    }
    for poll in [Poll::Ready(Some(1)), Poll::Ready(None), Poll::Pending] {
        assert_eq!(mirror.poll(poll).wait().expect("a poll"), poll);
    }
    for to in [SeekFrom::Start(u64::MAX), SeekFrom::End(-1), SeekFrom::Current(7)] {
        assert_eq!(mirror.seek(to).wait().expect("a position"), to);
    }
    let status = ExitStatus::from_raw(256);
    assert_eq!(mirror.exit(status).wait().expect("a result").expect("a status"), status);
}

#[test]
fn pointers_travel() {
    let (mirror, _) = mirror();
    let (key, text, bytes) = (Arc::new(Key(5)), Arc::<str>::from("text"), Arc::<[u8]>::from(vec![7; 10_000]));
    let (path, list) = (Arc::<Path>::from(Path::new(odd())), vec![Arc::new(Key(6))]);
    let back = mirror.arcs(key.clone(), text.clone(), &bytes, path.clone(), list.clone()).wait().expect("arcs");
    assert_eq!(back, (key, text, bytes, path, list));
    let (key, text) = (Rc::new(Key(5)), Some(Rc::<str>::from("text")));
    assert_eq!(mirror.rc(key.clone(), text.clone()).wait().expect("rcs"), (key, text));
    let row = vec![Rc::new(own::Cell('x'))];
    assert_eq!(mirror.cells(row.clone()).wait().expect("cells"), row);
    assert_eq!(*mirror.config().wait().expect("it"), Key(1));
    assert_eq!(mirror.maybe_config().wait().expect("it"), Some(Arc::new(Key(1))));
}

#[test]
fn arrays_of_any_length_travel() {
    let (mirror, _) = mirror();
    let (whole, lent) = ([0.5; LONG], [9; 64]);
    let (rows, keys) = ([[1; 50], [2; 50]], std::array::from_fn(|at| Key(at as u32)));
    let back = mirror.arrays(whole, &lent, &rows, keys.clone()).wait().expect("arrays");
    assert_eq!(back, (whole, lent, rows.to_vec(), keys));
    assert_eq!(mirror.named_length([4; 40]).wait().expect("it"), Some([4; 40]));
    assert_eq!(mirror.blocks().wait().expect("blocks"), [[3; 64], [0; 64]]);
    assert_eq!(mirror.first_block().wait().expect("a block"), Some([3; 64]));
    assert_eq!(mirror.each_block().wait().expect("blocks"), [[3; 64], [0; 64]]);
}

#[test]
fn names_that_are_not_unicode_travel_nested() {
    let (mirror, _) = mirror();
    let names = mirror.names(vec![odd()], (odd(), 1), Some((odd(), Ordering::Less))).wait().expect("names");
    assert_eq!(names, [OsStr::from_bytes(b"caf\xe9"), OsStr::new("plain"), odd(), odd(), odd()]);
    assert_eq!(mirror.lent_names().wait().expect("names"), names[..2]);
    let path = PathBuf::from(odd());
    let (list, pair) = (vec![path.clone()], Some((path.clone(), Ordering::Less)));
    let map = HashMap::from([(odd().to_owned(), vec![path.clone()])]);
    let back = mirror.paths(list.clone(), pair.clone(), map.clone()).wait().expect("a result");
    assert_eq!(back, Ok((list, pair, map)));
    assert_eq!(mirror.refused(&path).wait().expect("a result"), Err(path));
}

#[test]
fn changed_arguments_come_back() {
    let (mirror, _) = mirror();
    let (mut order, mut list) = (Ordering::Less, [Ordering::Greater, Ordering::Less]);
    let (mut block, mut arcs) = ([0; 64], vec![Arc::new(Key(1))]);
    let before = mirror.sort(&mut order, &mut list, &mut block, &mut arcs).wait().expect("a result");
    assert_eq!((before, order, list), (Ordering::Less, Ordering::Greater, [Ordering::Less, Ordering::Greater]));
    assert_eq!((block, arcs), ([7; 64], vec![Arc::new(Key(1)), Arc::new(Key(9))]));
}

#[test]
fn pushed_calls_return_them() {
    let (mirror, started) = mirror();
    let set = HashSet::from([started]);
    mirror.push_nested(HashMap::new(), set.clone(), VecDeque::new()).expect("a push");
    mirror.push_lent_order().expect("a push");
    let nested = mirror.wait_pull();
    assert!(matches!(nested, Ok(Some(MirrorOutput::Nested(Ok((_, back, _))))) if back == set));
    assert!(matches!(mirror.wait_pull(), Ok(Some(MirrorOutput::LentOrder(Ordering::Less)))));
}

#[test]
fn types_of_the_user_with_such_names_travel_by_their_own_serde() {
    let (mirror, _) = mirror();
    let (own, order) = (own::Ordering::Descending, Ordering::Greater);
    assert_eq!(mirror.own(own, (own, order), own::Arc(own)).wait().expect("both"), (own, order));
    assert_ne!(own, own::Ordering::Ascending);
}

#[derive(Debug)]
pub struct Grid<T, const N: usize> {
    rows: Vec<[T; N]>,
}

#[concurrent_object]
impl<T: Clone, const N: usize> Grid<T, N> {
    pub fn new(row: &[T; N], more: Arc<[T]>) -> Self {
        let _ = more;
        Self { rows: vec![row.clone()] }
    }

    pub fn push(&mut self, row: [T; N], key: (Arc<T>, Ordering)) -> &[[T; N]] {
        let _ = key;
        self.rows.push(row);
        &self.rows
    }
}

#[test]
fn a_generic_object_takes_arrays_and_pointers_of_its_parameters() {
    let grid = GridProxy::<Key, 40>::builder("grid");
    let row: [Key; 40] = std::array::from_fn(|at| Key(at as u32));
    let grid = grid.start(&row, Arc::from(vec![Key(1)])).expect("a child");
    let rows = grid.push(row.clone(), (Arc::new(Key(2)), Ordering::Less)).wait().expect("rows");
    assert_eq!(rows, [row.clone(), row]);
}
