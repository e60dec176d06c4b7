//! Values of the standard library's types and of `serde_json`'s. They do not derive their form.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::IpAddr;
use std::num::NonZeroU16;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Message, assert_returns, assert_returns_everywhere, only};

#[test]
fn plain_values_return() {
    assert_returns_everywhere(&());
    assert_returns_everywhere(&true);
    assert_returns_everywhere(&'ß');
    assert_returns_everywhere(&u8::MAX);
    assert_returns_everywhere(&i8::MIN);
    assert_returns_everywhere(&i16::MIN);
    assert_returns_everywhere(&u32::MAX);
    assert_returns_everywhere(&i64::MIN);
    assert_returns_everywhere(&u64::MAX);
    assert_returns_everywhere(&i128::MIN);
    assert_returns_everywhere(&u128::MAX);
    assert_returns_everywhere(&usize::MAX);
    assert_returns_everywhere(&1.5_f32);
    assert_returns_everywhere(&f64::MIN_POSITIVE);
    assert_returns_everywhere(&"text".repeat(1000));
    assert_returns_everywhere(&std::marker::PhantomData::<u8>);
    assert_returns_everywhere(&[0_u8; 0]);
}

#[test]
fn types_of_std_return() {
    assert_returns_everywhere(&Duration::new(3, 5));
    assert_returns_everywhere(&"::1".parse::<IpAddr>().expect("an address"));
    assert_returns_everywhere(&NonZeroU16::MAX);
    assert_returns_everywhere(&BTreeSet::from([1_u8, 2, 200]));
    assert_returns_everywhere(&VecDeque::from([1_u64, 2, 3]));
    assert_returns_everywhere(&BTreeMap::from([((1, 'a'), vec![1_u8; 100]), ((2, 'b'), vec![])]));
    assert_returns_everywhere(&HashMap::from([(vec![1_u8; 100], -1), (vec![], i32::MAX)]));
    assert_returns_everywhere(&(0..5));
    assert_returns_everywhere(&(0..=9));
    assert_returns_everywhere(&std::path::PathBuf::from("a/b"));
    assert_returns_everywhere(&std::ops::Bound::Included(4_u8));
    assert_returns_everywhere(&[[1_u8; 32]; 3]);
}

#[test]
fn addresses_return_inside_flatten() {
    #[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
    struct Host {
        address: IpAddr,
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
    struct Server {
        #[serde(flatten)]
        host: Host,
    }
    assert_returns_everywhere(&Server { host: Host { address: "127.0.0.1".parse().expect("an address") } });
}

#[test]
fn json_values_return() {
    let value = serde_json::json!({
        "null": null, "list": [1, -2, 0.5, "x", [], {}], "map": {"": {"a": [true, false]}}
    });
    assert_returns_everywhere(&value);
    assert_returns(&Some(serde_json::Value::Null));
}

#[test]
fn boxed_and_shared_lists_return() {
    let list: Vec<u32> = (0..1000).collect();
    assert_returns_everywhere(&list.clone().into_boxed_slice());
    assert_returns_everywhere(&Box::new(list.clone()));
    let message = Message::one(&(Rc::<Vec<u32>>::new(list.clone()).as_ref(), std::borrow::Cow::Borrowed(&list[..])));
    assert_eq!(only(message.trusted()), Ok((list.clone(), list)));
}
