//! Loans: data in an object's shared memory is passed without a copy, and no thread can write what
//! a call may read.

use std::borrow::Cow;
use std::thread;
use std::time::Duration;

use concurrent_object::{Loan, LoanError, LoanMut, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::random::Random;
use serde::{Deserialize, Serialize};

concurrent_object::init_before_main!();

#[derive(Deserialize, Serialize, Debug)]
struct Batch<'b> {
    name: Cow<'b, str>,
    columns: Vec<Cow<'b, [f32]>>,
    weights: Cow<'b, [u64]>,
}

#[derive(Debug)]
struct Reader;

#[concurrent_object]
impl Reader {
    pub fn new() -> Self {
        Self
    }

    /// Returns the address of the elements in the child.
    pub fn address(&self, values: &[f32]) -> usize {
        values.as_ptr() as usize
    }

    pub fn sum(&self, values: &[u64]) -> u64 {
        values.iter().sum()
    }

    pub fn several(&self, a: &[u64], b: &[u64], c: Option<&[u64]>, bytes: &[u8]) -> (u64, usize) {
        (a.iter().chain(b).chain(c.unwrap_or_default()).sum(), bytes.len())
    }

    pub fn sum_slowly(&self, values: &[u64], pause: Duration) -> u64 {
        let first: u64 = values.iter().sum();
        thread::sleep(pause);
        assert_eq!(values.iter().sum::<u64>(), first, "the memory changed during the call");
        first
    }

    pub fn batch(&self, batch: &Batch<'_>, more: &[&[f32]]) -> (String, f32, u64) {
        let columns = batch.columns.iter().flat_map(|column| column.iter());
        let sum = columns.chain(more.iter().flat_map(|column| column.iter())).sum();
        (batch.name.to_string(), sum, batch.weights.iter().sum())
    }

    pub fn exit(&self, values: &[u64]) -> u64 {
        std::process::exit(values.len() as i32)
    }
}

fn started(slots: usize) -> ReaderProxy {
    ReaderProxy::builder("reader").slots(slots).max_input_size("64 KB").start().expect("a child starts")
}

fn lent(reader: &ReaderProxy, values: &[u64]) -> Loan<u64> {
    let mut loan = reader.loan::<u64>(values.len()).expect("a slot is free");
    loan.copy_from_slice(values);
    loan.freeze()
}

#[test]
fn a_lent_slice_is_read_in_place_and_any_other_is_copied() {
    let reader = started(4);
    let mut loan: LoanMut<f32> = reader.loan(1000).expect("a slot is free");
    assert_eq!(format!("{loan:?}"), "LoanMut { len: 1000, .. }");
    loan.fill(1.0);
    let lent = loan.freeze();
    let at = |values: &[f32]| reader.address(values).wait().expect("a result");
    let base = at(&lent);
    let held: Vec<_> = (0..2).map(|_| reader.address(&lent)).collect();
    assert!(held.into_iter().all(|call| call.wait().expect("a result") == base), "whatever slot the call itself is in");
    assert_eq!(at(&lent[1..]), base + 4);
    assert_eq!(at(&lent[999..]), base + 999 * 4);
    assert_eq!(at(&lent.clone()), base);
    let copy = lent.to_vec();
    assert_ne!(at(&copy), base);
    reader.push_address(&lent).expect("a slot is free");
    assert!(matches!(reader.wait_pull(), Ok(Some(ReaderOutput::Address(address))) if address == base));
}

#[test]
fn a_call_may_take_several_loans_and_one_loan_several_times() {
    let reader = started(4);
    let (a, b) = (lent(&reader, &[1, 2, 3]), lent(&reader, &[10, 20]));
    let mut bytes = reader.loan::<u8>(7).expect("a slot is free");
    bytes.fill(9);
    let bytes = bytes.freeze();
    assert_eq!(reader.several(&a, &b, None, &bytes).wait().expect("a result"), (36, 7));
    assert_eq!(reader.several(&a, &a[1..], Some(&a), &bytes[..2]).wait().expect("a result"), (17, 2));
    assert_eq!(reader.several(&a, &[100], Some(&b), &[]).wait().expect("a result"), (136, 0));
}

#[test]
fn lent_slices_may_be_nested() {
    let reader = started(4);
    let mut columns = reader.loan::<f32>(15_000).expect("a slot is free");
    columns.fill(0.5);
    let (columns, weights) = (columns.freeze(), lent(&reader, &[7; 100]));
    let own = vec![1.0; 50];
    let nested = [&columns[..], &own, &columns[..10_000]];
    let batch = Batch {
        name: "b".into(),
        columns: nested.iter().map(|&column| column.into()).collect(),
        weights: Cow::Borrowed(&weights),
    };
    // Three times the limit of a call, if it were copied.
    let outcome = reader.batch(&batch, &nested).wait();
    assert_eq!(outcome.expect("a result"), ("b".to_owned(), 25_100.0, 700));
}

#[test]
fn a_loan_that_is_not_frozen_is_copied() {
    let reader = started(4);
    let mut loan = reader.loan::<u64>(100).expect("a slot is free");
    loan.fill(1);
    let call = reader.sum_slowly(&loan, Duration::from_millis(50));
    loan.fill(1000);
    assert_eq!(call.wait().expect("a result"), 100);
}

#[test]
fn a_loan_of_another_object_is_copied() {
    let (reader, other) = (started(4), started(4));
    let lent = lent(&reader, &[5; 100]);
    assert_eq!(other.sum(&lent).wait().expect("a result"), 500);
    drop(reader);
    assert_eq!(other.sum(&lent).wait().expect("a result"), 500);
}

#[test]
fn a_loan_thaws_only_when_no_call_and_no_clone_can_read_it() {
    let reader = started(4);
    let mut numbers = lent(&reader, &[1; 100]);
    let clone = numbers.clone();
    numbers = numbers.try_into_mut().expect_err("a clone is left");
    drop(clone);
    let call = reader.sum_slowly(&numbers, Duration::from_millis(100));
    numbers = numbers.try_into_mut().expect_err("a call reads it");
    drop(call);
    numbers = numbers.try_into_mut().expect_err("a call whose result is discarded still reads it");
    let mut numbers = Some(numbers);
    let mut loan = None;
    wait_for("the call is answered", || {
        match numbers.take().map(Loan::try_into_mut) {
            Some(Ok(thawed)) => loan = Some(thawed),
            Some(Err(still)) => numbers = Some(still),
            None => {}
        }
        loan.is_some()
    });
    let mut loan = loan.expect("thawed");
    loan.fill(2);
    assert_eq!(reader.sum(&loan.freeze()).wait().expect("a result"), 200);
}

#[test]
fn a_call_that_waits_for_a_slot_keeps_its_loans() {
    let reader = started(2);
    let numbers = lent(&reader, &[3; 100]);
    let first = reader.sum_slowly(&numbers, Duration::from_millis(50));
    let waiting: Vec<_> = (0..5).map(|_| reader.sum(&numbers)).collect();
    let numbers = numbers.try_into_mut().expect_err("calls wait with it");
    drop(numbers);
    assert_eq!(first.wait().expect("a result"), 300);
    assert!(waiting.into_iter().all(|call| call.wait().expect("a result") == 300));
    assert!(reader.loan::<u64>(1).is_ok(), "the slot came back with the last of them");
}

#[test]
fn one_slot_is_always_left_for_calls() {
    let reader = started(3);
    let loans: Vec<_> = (0..2).map(|_| reader.loan::<u64>(10).expect("two of three")).collect();
    assert!(matches!(reader.loan::<u64>(1), Err(LoanError::Full { slots: 3, .. })));
    let calls: Vec<_> = (0..10).map(|count| reader.sum(&vec![1; count])).collect();
    let sums = within(SOON, move || calls.into_iter().map(|call| call.wait().expect("a result")).sum::<u64>());
    assert_eq!(sums, 45);
    drop(loans);
    assert!(reader.loan::<u64>(1).is_ok());
    assert!(matches!(started(1).loan::<u64>(1), Err(LoanError::Full { slots: 1, .. })));
}

#[test]
fn a_leaked_loan_costs_its_slot_and_nothing_else() {
    let reader = started(3);
    std::mem::forget(reader.loan::<u64>(10).expect("a slot is free"));
    std::mem::forget(lent(&reader, &[1; 10]));
    assert!(reader.loan::<u64>(1).is_err());
    assert_eq!(reader.sum(&[1, 2]).wait().expect("a result"), 3);
    reader.terminate().expect("it ends");
}

#[test]
fn arguments_beyond_the_limit_are_refused() {
    let reader = started(4);
    assert!(matches!(reader.loan::<u64>(8001), Err(LoanError::TooLarge { needed: 64_008, limit: 64_000, .. })));
    assert!(matches!(reader.loan::<u64>(usize::MAX), Err(LoanError::TooLarge { .. })));
    assert_eq!(reader.sum(&lent(&reader, &[1; 8000])).wait().expect("a result"), 8000);
    let empty = reader.loan::<u64>(0).expect("a slot is free").freeze();
    assert_eq!(reader.sum(&empty).wait().expect("a result"), 0);
}

#[test]
fn a_loan_thaws_once_its_child_is_dead() {
    let reader = started(4);
    let numbers = lent(&reader, &[1; 7]);
    let call = reader.exit(&numbers);
    assert!(call.wait().is_err());
    let mut loan = numbers.try_into_mut().expect("no call reads it");
    loan[0] = 2;
    assert!(matches!(reader.loan::<u64>(1), Err(LoanError::Gone(_))));
    assert!(reader.sum(&loan.freeze()).wait().is_err());
}

/// Random loans, freezes, calls, thaws and drops. The results must be the expected sums.
#[test]
fn random_operations_yield_correct_sums() {
    let mut random = Random::new();
    let reader = started(6);
    let mut kept: Vec<(Loan<u64>, u64)> = Vec::new();
    let mut calls = Vec::new();
    for _ in 0..3000 {
        match random.below(6) {
            0 | 1 => {
                if let Ok(mut loan) = reader.loan::<u64>(random.below(200)) {
                    loan.iter_mut().for_each(|number| *number = random.any() >> 16);
                    let sum = loan.iter().sum();
                    kept.push((loan.freeze(), sum));
                }
            }
            2 | 3 if !kept.is_empty() => {
                let (lent, sum) = &kept[random.below(kept.len())];
                calls.push((reader.sum(lent), *sum));
            }
            4 if !kept.is_empty() => {
                let (lent, sum) = kept.swap_remove(random.below(kept.len()));
                match lent.try_into_mut() {
                    Ok(mut loan) => loan.fill(1 << 40),
                    Err(lent) => kept.push((lent, sum)),
                }
            }
            _ if !calls.is_empty() => {
                let (call, sum) = calls.remove(0);
                assert_eq!(call.wait().expect("a result"), sum);
            }
            _ => {}
        }
    }
    for (call, sum) in calls {
        assert_eq!(call.wait().expect("a result"), sum);
    }
}
