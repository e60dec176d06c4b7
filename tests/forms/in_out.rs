//! `&mut` arguments: the method's changes are written back, all or none.

use std::time::Duration;

use concurrent_object::{CallError, CallMut, concurrent_object};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Image {
    width: u32,
    pixels: Vec<u8>,
    name: String,
}

pub struct Filter {
    gain: u8,
}

#[concurrent_object]
impl Filter {
    pub fn new(gain: u8) -> Self {
        Self { gain }
    }

    pub fn amplify(&self, samples: &mut [f64]) -> f64 {
        samples.iter_mut().for_each(|sample| *sample *= f64::from(self.gain));
        samples.iter().sum()
    }

    /// Changes the number repeatedly, until cancellation is requested.
    pub fn count_on(&self, count: &mut u64) {
        while !concurrent_object::is_cancelled() {
            *count += 1;
        }
    }

    pub fn relabel(&mut self, image: &mut Image, names: &mut [String], count: &mut u64, suffix: &str) -> &str {
        image.pixels.push(self.gain);
        image.name.push_str(suffix);
        names.iter_mut().for_each(|name| name.push_str(suffix));
        *count += names.len() as u64;
        "relabelled"
    }

    pub fn convolve(&self, input: &[f32], result: &mut Vec<f32>, returned: &mut u64, changed_0: &mut u8) -> u64 {
        result.extend(input.iter().map(|value| value * f32::from(self.gain)));
        *returned = 7;
        *changed_0 += 1;
        input.len() as u64
    }

    pub fn keep<'b>(&self, text: &'b mut String) -> &'b str {
        text.push('!');
        text
    }

    pub fn none(&self, list: &mut Vec<Option<u8>>) {
        list.push(None);
    }

    pub fn fallible(&self, list: &mut Vec<u8>) -> Result<usize, String> {
        list.push(1);
        Err("but the list was changed".to_owned())
    }

    pub fn explode(&self, list: &mut Vec<u8>) {
        list.push(1);
        panic!("after the change");
    }

    pub fn grow(&self, list: &mut Vec<u8>, to: usize) {
        list.resize(to, 0);
    }

    pub fn pause(&self, list: &mut [u8], time: Duration) {
        list.fill(9);
        std::thread::sleep(time);
    }
}

fn started() -> FilterProxy {
    FilterProxy::builder("filter").max_output_size("1 KB").start(3).expect("a child starts")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn variables_change_as_in_this_process(
        samples in prop::collection::vec(-1e9..1e9_f64, 0..50),
        pixels in prop::collection::vec(any::<u8>(), 0..50),
        names in prop::collection::vec(".{0,4}", 0..4),
        suffix in ".{0,4}",
        count in 0..1000_u64,
    ) {
        let (remote, mut local) = (started(), Filter::new(3));
        let (mut here, mut there) = (samples.clone(), samples);
        prop_assert_eq!(remote.amplify(&mut there).wait().expect("a result"), local.amplify(&mut here));
        prop_assert_eq!(there, here);

        let image = Image { width: 4, pixels, name: "image".to_owned() };
        let mut here = (image.clone(), names.clone(), count);
        let mut there = (image, names, count);
        let returned = local.relabel(&mut here.0, &mut here.1, &mut here.2, &suffix).to_owned();
        prop_assert_eq!(remote.relabel(&mut there.0, &mut there.1, &mut there.2, &suffix).wait().expect("a result"), returned);
        prop_assert_eq!(there, here);

        let (mut here, mut there) = (suffix.clone(), suffix);
        let kept = local.keep(&mut here).to_owned();
        prop_assert_eq!(remote.keep(&mut there).wait().expect("a result"), kept);
        prop_assert_eq!(there, here);
    }
}

#[test]
fn names_of_arguments_do_not_clash_with_generated_names() {
    let (mut result, mut returned, mut changed) = (vec![1.0], 0, 1);
    let call = started().convolve(&[2.0, 3.0], &mut result, &mut returned, &mut changed).wait();
    assert_eq!((call.expect("a result"), result, returned, changed), (2, vec![1.0, 6.0, 9.0], 7, 2));
}

#[test]
fn an_error_that_the_method_returns_is_a_result_like_any_other() {
    let mut list = vec![0];
    assert_eq!(started().fallible(&mut list).wait().expect("a result"), Err("but the list was changed".to_owned()));
    assert_eq!(list, [0, 1]);
    let mut list = vec![Some(1)];
    started().none(&mut list).wait().expect("a result");
    assert_eq!(list, [Some(1), None]);
}

#[test]
fn a_failed_call_leaves_the_variable_unchanged() {
    let filter = started();
    let mut list = vec![0];
    assert!(matches!(filter.explode(&mut list).wait(), Err(CallError::Panicked { .. })));
    assert_eq!(list, [0]);
    assert!(matches!(filter.grow(&mut list, 10_000).wait(), Err(CallError::TooLarge { .. })));
    assert_eq!(list, [0]);
    filter.grow(&mut list, 3).wait().expect("the object still serves");
    assert_eq!(list, [0, 0, 0]);
    filter.kill().expect("it ends");
    assert!(filter.grow(&mut list, 5).wait().is_err());
    assert_eq!(list, [0, 0, 0]);
}

#[test]
fn a_dropped_call_leaves_the_variable_unchanged() {
    let filter = started();
    let mut list = [1, 2];
    drop(filter.pause(&mut list, Duration::ZERO));
    assert_eq!(list, [1, 2]);
}

#[test]
fn a_wait_that_times_out_loses_no_change() {
    let filter = started();
    let mut list = [1, 2];
    let mut call: CallMut<'_, ()> = filter.pause(&mut list, Duration::from_millis(50));
    while call.wait_timeout(Duration::from_millis(1)).is_none() {}
    assert!(matches!(call.try_wait(), Some(Err(CallError::AlreadyTaken { .. }))));
    drop(call);
    assert_eq!(list, [9, 9]);
}

#[test]
fn a_call_that_ends_early_leaves_the_variable_unchanged() {
    let filter = FilterProxy::builder("filter").start(1).expect("a child starts");
    let mut count = 7;
    let timed = filter.count_on(&mut count).with_timeout(Duration::from_millis(20)).wait();
    assert!(matches!(timed, Err(CallError::TimedOut { killed: false, .. })), "{timed:?}");
    let call = filter.count_on(&mut count);
    call.cancel();
    assert!(matches!(call.wait(), Err(CallError::Cancelled { killed: false, .. })));
    assert_eq!(count, 7);
}
