//! Lists and sets.

use std::collections::{BTreeSet, BinaryHeap, HashSet, LinkedList, VecDeque};
use std::hash::{BuildHasher, Hash};

use serde::{Deserialize, Deserializer, Serializer};

use super::{Adapted, Composite, ReadAs, Reads, Writes, all};

impl<T, A: Writes<T>> Writes<[T]> for Composite<(A,)> {
    fn write<S: Serializer>(value: &[T], serializer: S) -> Result<S::Ok, S::Error> {
        A::write_list(value, serializer)
    }
}

impl<T, A: Writes<T>> Writes<Vec<T>> for Composite<(A,)> {
    fn write<S: Serializer>(value: &Vec<T>, serializer: S) -> Result<S::Ok, S::Error> {
        A::write_list(value, serializer)
    }
}

impl<'de, T, A: Reads<'de, T>> Reads<'de, Vec<T>> for Composite<(A,)> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
        A::read_list(deserializer)
    }
}

/// The other collections, which are written element by element.
macro_rules! collections {
    ($($container:ident<T $(: $bound:path $(, $more:path)*)?; $($hasher:ident)?>)*) => {$(
        impl<T, A: Writes<T> $(, $hasher)?> Writes<$container<T $(, $hasher)?>> for Composite<(A,)> {
            fn write<S: Serializer>(value: &$container<T $(, $hasher)?>, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(value.iter().map(Adapted::<T, A>::new))
            }
        }

        impl<'de, T $(: $bound $(+ $more)*)?, A: Reads<'de, T> $(, $hasher: BuildHasher + Default)?>
            Reads<'de, $container<T $(, $hasher)?>> for Composite<(A,)>
        {
            fn read<D: Deserializer<'de>>(deserializer: D) -> Result<$container<T $(, $hasher)?>, D::Error> {
                $container::<ReadAs<T, A> $(, $hasher)?>::deserialize(deserializer).map(all)
            }
        }
    )*};
}

collections! {
    VecDeque<T;>
    LinkedList<T;>
    BinaryHeap<T: Ord;>
    BTreeSet<T: Ord;>
    HashSet<T: Eq, Hash; H>
}
