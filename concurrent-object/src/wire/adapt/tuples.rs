//! Tuples.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Adapted, Composite, ReadAs, Reads, Writes};

macro_rules! tuples {
    ($($(($value:ident $type:ident $adapter:ident))+;)*) => {$(
        impl<$($type, $adapter: Writes<$type>),+> Writes<($($type,)+)> for Composite<($($adapter,)+)> {
            fn write<Z: Serializer>(($($value,)+): &($($type,)+), serializer: Z) -> Result<Z::Ok, Z::Error> {
                ($(Adapted::<$type, $adapter>::new($value),)+).serialize(serializer)
            }
        }

        impl<'de, $($type, $adapter: Reads<'de, $type>),+> Reads<'de, ($($type,)+)> for Composite<($($adapter,)+)> {
            fn read<Z: Deserializer<'de>>(deserializer: Z) -> Result<($($type,)+), Z::Error> {
                let ($($value,)+) = <($(ReadAs<$type, $adapter>,)+)>::deserialize(deserializer)?;
                Ok(($($value.into_inner(),)+))
            }
        }
    )*};
}

tuples! {
    (t T A);
    (t T A)(u U B);
    (t T A)(u U B)(v V C);
    (t T A)(u U B)(v V C)(w W D);
    (t T A)(u U B)(v V C)(w W D)(x X E);
    (t T A)(u U B)(v V C)(w W D)(x X E)(y Y F);
    (t T A)(u U B)(v V C)(w W D)(x X E)(y Y F)(s S G);
    (t T A)(u U B)(v V C)(w W D)(x X E)(y Y F)(s S G)(r R H);
}
