//! Iterators arrive collected.

use concurrent_object::concurrent_object;
use proptest::prelude::*;

pub struct Index {
    words: Vec<String>,
}

#[concurrent_object]
impl Index {
    pub fn new(words: Vec<String>) -> Self {
        Self { words }
    }

    pub fn lengths(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().map(String::len)
    }

    pub fn words(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.words.iter().map(|word| &**word)
    }

    pub fn boxed<'i>(&'i self, min: usize) -> Box<dyn Iterator<Item = &'i String> + 'i> {
        Box::new(self.words.iter().filter(move |word| word.len() >= min))
    }

    pub fn list(&self) -> impl IntoIterator<Item = (usize, char)> {
        self.words.iter().enumerate().filter_map(|(at, word)| Some((at, word.chars().next()?))).collect::<Vec<_>>()
    }

    pub fn after(&self, at: usize) -> Result<impl Iterator<Item = &str>, String> {
        let rest = self.words.get(at..).ok_or_else(|| format!("there are {} words", self.words.len()))?;
        Ok(rest.iter().map(|word| &**word))
    }

    pub fn first(&self) -> Option<Box<dyn Iterator<Item = char> + Send>> {
        let first = self.words.first()?.clone();
        Some(Box::new(first.chars().collect::<Vec<_>>().into_iter()))
    }

    pub fn take(&mut self) -> impl Iterator<Item = String> {
        self.words.drain(..)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn all_items_of_an_iterator_arrive_in_order(words in prop::collection::vec(".{0,6}", 0..8), at in 0..8_usize) {
        let mut local = Index::new(words.clone());
        let remote = IndexProxy::builder("index").start(words).expect("a child starts");
        prop_assert_eq!(remote.lengths().wait().expect("a result"), local.lengths().collect::<Vec<_>>());
        prop_assert_eq!(remote.words().wait().expect("a result"), local.words().collect::<Vec<_>>());
        let boxed: Vec<String> = local.boxed(at).cloned().collect();
        prop_assert_eq!(remote.boxed(at).wait().expect("a result"), boxed);
        prop_assert_eq!(remote.list().wait().expect("a result"), local.list().into_iter().collect::<Vec<_>>());
        let after = local.after(at).map(|rest| rest.map(str::to_owned).collect::<Vec<_>>());
        prop_assert_eq!(remote.after(at).wait().expect("a result"), after);
        prop_assert_eq!(remote.first().wait().expect("a result"), local.first().map(Iterator::collect::<Vec<_>>));
        remote.push_take().expect("a slot is free");
        let Ok(Some(IndexOutput::Take(drained))) = remote.wait_pull() else { panic!("something was pushed") };
        prop_assert_eq!(drained, local.take().collect::<Vec<_>>());
    }
}
