//! Options in options, and units in options. MessagePack alone cannot distinguish them from `None`.

use serde::{Deserialize, Serialize};

use super::assert_returns;

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Wrapped(Option<u8>);

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(transparent)]
struct Transparent {
    inner: Option<Vec<f64>>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Unit;

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Fields {
    twice: Option<Option<u8>>,
    thrice: Option<Option<Option<u8>>>,
    unit: Option<()>,
    unit_struct: Option<Unit>,
    list: Option<Option<Vec<u64>>>,
    wrapped: Option<Wrapped>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Flattened {
    #[serde(flatten)]
    fields: Fields,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(untagged)]
enum Untagged {
    Fields(Fields),
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(untagged)]
enum Direct {
    Option(Option<u8>),
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(tag = "type")]
enum Internal {
    Fields(Fields),
}

fn every() -> Vec<Fields> {
    let twice = [None, Some(None), Some(Some(1))];
    let thrice = [None, Some(None), Some(Some(None)), Some(Some(Some(2)))];
    let lists = [None, Some(None), Some(Some(vec![])), Some(Some(vec![3; 100]))];
    let mut all = Vec::new();
    for (index, list) in lists.into_iter().enumerate() {
        for twice in twice {
            for thrice in thrice {
                let some = index % 2 == 0;
                let wrapped = [None, Some(Wrapped(None)), Some(Wrapped(Some(4)))][index % 3].clone();
                let (unit, unit_struct) = (some.then_some(()), some.then_some(Unit));
                all.push(Fields { twice, thrice, unit, unit_struct, list: list.clone(), wrapped });
            }
        }
    }
    all
}

#[test]
fn options_in_options_return() {
    for fields in every() {
        assert_returns(&fields);
        assert_returns(&Some(fields.clone()));
        assert_returns(&vec![Some(fields)]);
    }
}

#[test]
fn options_in_options_return_where_the_type_is_not_known() {
    for fields in every() {
        assert_returns(&Flattened { fields: fields.clone() });
        assert_returns(&Untagged::Fields(fields.clone()));
        assert_returns(&Internal::Fields(fields.clone()));
        assert_returns(&Some(Some(Untagged::Fields(fields))));
    }
    for value in [None, Some(Direct::Option(None)), Some(Direct::Option(Some(1)))] {
        assert_returns(&value);
        assert_returns(&(value, 9));
    }
}

#[test]
fn options_in_transparent_wrappers_return() {
    for inner in [None, Some(vec![]), Some(vec![1.0; 50])] {
        let value = Transparent { inner };
        assert_returns(&value);
        assert_returns(&Some(value.clone()));
        assert_returns(&Some(Some(value)));
    }
}

#[test]
fn options_return_from_deep_inside() {
    assert_returns(&Some(Some(Some(Some(None::<u8>)))));
    assert_returns(&Some(Some(Some(Some(Some(()))))));
    assert_returns(&Some(Some(Some(Some(Some(()))))).map(|inner| vec![inner, None]));
}
