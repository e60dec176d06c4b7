//! A generic object.
/// Rows of cells.
pub struct Grid<T, const N: usize> {
    rows: Vec<[T; N]>,
}
impl<T: Scalar, const N: usize> Grid<T, N>
where
    T: Default,
{
    /// Fills it.
    pub fn new(rows: usize, fill: T) -> Self {
        Self {
            rows: vec![[fill; N]; rows],
        }
    }
    /// One row.
    pub fn row(&self, at: usize) -> Option<&[T]> {
        self.rows.get(at).map(|row| &row[..])
    }
    /// How wide it is.
    pub fn width(&self) -> usize {
        N
    }
    /// All cells, from the least to the greatest.
    pub fn sorted(&self) -> Vec<T>
    where
        T: Ord,
    {
        sorted(&self.rows)
    }
}
/// The parent's handle of a `Grid` that lives in a child process.
///
/// Each method runs the method of the same name in the child. Dropping the proxy ends the child
/// and waits for its exit, for the grace period at most.
pub struct GridProxy<T: Scalar, const N: usize>
where
    T: Default,
{
    proxy: ::concurrent_object::Proxy<GridOutput<T>>,
    object: ::core::marker::PhantomData<fn() -> Grid<T, N>>,
}
/// The constructors of [`GridProxy`], as functions of its builder.
pub struct GridProxyStart<T: Scalar, const N: usize>
where
    T: Default,
{
    options: ::concurrent_object::private::Options,
    object: ::core::marker::PhantomData<fn() -> Grid<T, N>>,
}
/// Starts a [`GridProxy`]: set options, then call one of `start…`.
#[allow(dead_code)]
pub type GridProxyBuilder<T, const N: usize> = ::concurrent_object::Builder<
    GridProxyStart<T, N>,
>;
/// The result of one pushed call, as a pull of [`GridProxy`] yields it.
#[allow(dead_code)]
pub enum GridOutput<T: Scalar>
where
    T: Default,
{
    /// The result of `row`.
    Row(Option<::std::vec::Vec<T>>),
    /// The result of `width`.
    Width(usize),
    /// The result of `sorted`.
    Sorted(Vec<T>),
}
#[allow(dead_code)]
const _: () = {
    use ::concurrent_object::private as __private;
    #[allow(unused_imports)]
    use __private::{Unwritable as _, Writable as _};
    #[allow(non_camel_case_types)]
    enum new {}
    #[allow(non_camel_case_types)]
    enum row {}
    #[allow(non_camel_case_types)]
    enum sorted {}
    impl<T: Scalar, const N: usize> GridProxy<T, N>
    where
        T: Default,
    {
        /// Returns a builder for an object named `name` in logs, errors and the process list.
        pub fn builder(
            name: impl ::core::convert::Into<::std::string::String>,
        ) -> GridProxyBuilder<T, N> {
            __private::builder(name)
        }
        /// One row.
        ///
        /// Runs `Grid::row` in the child. The `Call` yields its result.
        pub fn row(
            &self,
            at: usize,
        ) -> ::concurrent_object::Call<Option<::std::vec::Vec<T>>>
        where
            T: __private::Travels,
        {
            <Option<
                ::std::vec::Vec<T>,
            > as __private::Returned<
                row,
            >>::call(&self.proxy, 0, |__to| __to.put("at", &at))
        }
        /// Submits a call of [`row`](Self::row); `pull` yields [`GridOutput::Row`].
        /// # Errors
        /// All slots are in use, the arguments do not fit, or the object is gone.
        pub fn push_row(&self, at: usize) -> ::concurrent_object::PushResult<(usize,)>
        where
            T: __private::Travels,
        {
            __private::push(&self.proxy, 0, |__to| __to.put("at", &at))
                .map_err(|__refused| __refused.give_back((at,)))
        }
        /// How wide it is.
        ///
        /// Runs `Grid::width` in the child. The `Call` yields its result.
        pub fn width(&self) -> ::concurrent_object::Call<usize> {
            __private::call(&self.proxy, 1, |_| {})
        }
        /// Submits a call of [`width`](Self::width); `pull` yields [`GridOutput::Width`].
        /// # Errors
        /// All slots are in use, the arguments do not fit, or the object is gone.
        pub fn push_width(&self) -> ::concurrent_object::PushResult<()> {
            __private::push(&self.proxy, 1, |_| {})
                .map_err(|__refused| __refused.give_back(()))
        }
        /// All cells, from the least to the greatest.
        ///
        /// Runs `Grid::sorted` in the child. The `Call` yields its result.
        pub fn sorted(&self) -> ::concurrent_object::Call<Vec<T>>
        where
            T: Ord,
            T: __private::Travels,
        {
            <Vec<T> as __private::Returned<sorted>>::call(&self.proxy, 2, |_| {})
        }
        /// Submits a call of [`sorted`](Self::sorted); `pull` yields [`GridOutput::Sorted`].
        /// # Errors
        /// All slots are in use, the arguments do not fit, or the object is gone.
        pub fn push_sorted(&self) -> ::concurrent_object::PushResult<()>
        where
            T: Ord,
            T: __private::Travels,
        {
            __private::push(&self.proxy, 2, |_| {})
                .map_err(|__refused| __refused.give_back(()))
        }
    }
    impl<T: Scalar, const N: usize> ::core::ops::Deref for GridProxy<T, N>
    where
        T: Default,
    {
        type Target = ::concurrent_object::Proxy<GridOutput<T>>;
        fn deref(&self) -> &Self::Target {
            &self.proxy
        }
    }
    #[automatically_derived]
    impl<T: Scalar, const N: usize> ::core::fmt::Debug for GridProxy<T, N>
    where
        T: Default,
    {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            __formatter.debug_struct("GridProxy").field("proxy", &self.proxy).finish()
        }
    }
    impl<T: Scalar, const N: usize> __private::Starter for GridProxyStart<T, N>
    where
        T: Default,
    {
        fn options(&mut self) -> &mut __private::Options {
            &mut self.options
        }
    }
    #[allow(
        clippy::needless_pass_by_value,
        clippy::result_large_err,
        clippy::type_complexity
    )]
    impl<T: Scalar, const N: usize> GridProxyStart<T, N>
    where
        T: Default,
    {
        /// Fills it.
        ///
        /// Starts a child process that constructs the object with `Grid::new`, and returns at once.
        /// If the constructor fails, `wait_until_ready` and every call return its error.
        /// # Errors
        /// An option is invalid, the arguments cannot be encoded, or the system has no further process.
        pub fn start(
            &self,
            rows: usize,
            fill: T,
        ) -> __private::StartResult<GridProxy<T, N>>
        where
            Grid<T, N>: ::concurrent_object::ConcurrentObject,
            GridOutput<T>: __private::Methods,
            T: __private::Travels,
        {
            __private::start::<
                Grid<T, N>,
                _,
            >(
                    self,
                    0,
                    |__to| {
                        __to.put("rows", &rows);
                        <T as __private::Argument<'_, new>>::put(&fill, "fill", __to);
                    },
                )
                .map(|proxy| GridProxy {
                    proxy,
                    object: ::core::marker::PhantomData,
                })
        }
    }
    #[automatically_derived]
    impl<T: Scalar, const N: usize> ::core::clone::Clone for GridProxyStart<T, N>
    where
        T: Default,
    {
        fn clone(&self) -> Self {
            Self {
                options: ::core::clone::Clone::clone(&self.options),
                object: ::core::marker::PhantomData,
            }
        }
    }
    #[automatically_derived]
    impl<T: Scalar, const N: usize> ::core::fmt::Debug for GridProxyStart<T, N>
    where
        T: Default,
    {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            __formatter
                .debug_struct("GridProxyStart")
                .field("options", &self.options)
                .finish()
        }
    }
    #[automatically_derived]
    impl<T: Scalar, const N: usize> ::core::default::Default for GridProxyStart<T, N>
    where
        T: Default,
    {
        fn default() -> Self {
            Self {
                options: ::core::default::Default::default(),
                object: ::core::marker::PhantomData,
            }
        }
    }
    impl<T: Scalar> ::core::fmt::Debug for GridOutput<T>
    where
        T: Default,
    {
        fn fmt(&self, __to: &mut __private::Formatter<'_>) -> __private::Formatted {
            match *self {
                Self::Row(..) => __to.write_str("Row"),
                Self::Width(..) => __to.write_str("Width"),
                Self::Sorted(..) => __to.write_str("Sorted"),
            }
        }
    }
    impl<T: Scalar> __private::Methods for GridOutput<T>
    where
        T: Default,
        T: __private::Travels,
    {
        const METHODS: &'static [&'static str] = &["row", "width", "sorted"];
        const SHAPE: u64 = 0x53ff_8724_a208_08ba;
        fn decode(
            __method: u32,
            __result: &mut __private::ResultReader<'_>,
        ) -> __private::OrFailure<Self> {
            match __method {
                0 => {
                    <Option<
                        ::std::vec::Vec<T>,
                    > as __private::Returned<row>>::take(__result)
                        .map(Self::Row)
                }
                1 => __result.take().map(Self::Width),
                2 => {
                    <Vec<T> as __private::Returned<sorted>>::take(__result)
                        .map(Self::Sorted)
                }
                _ => __private::no_method(__method),
            }
        }
    }
    #[automatically_derived]
    impl<T: Scalar, const N: usize> ::concurrent_object::ConcurrentObject for Grid<T, N>
    where
        T: Default,
        T: 'static,
        T: __private::Travels,
        T: Ord,
    {
        fn construct(
            __constructor: u32,
            __arguments: &mut __private::ArgumentReader<'_>,
        ) -> __private::OrFailure<Self> {
            match __constructor {
                0 => {
                    let rows = __arguments.take::<usize>("rows")?;
                    let fill = <T as __private::Argument<
                        '_,
                        new,
                    >>::take("fill", __arguments)?;
                    __arguments.end()?;
                    ::core::result::Result::Ok(Self::new(rows, fill))
                }
                _ => __private::no_constructor(__constructor),
            }
        }
        fn call(
            &mut self,
            __method: u32,
            __arguments: &mut __private::ArgumentReader<'_>,
            __reply: &mut __private::Reply<'_>,
        ) -> __private::OrFailure<()> {
            match __method {
                0 => {
                    let at = __arguments.take::<usize>("at")?;
                    __arguments.end()?;
                    (&&__private::Lent(&Self::row(self, at))).send(__reply)
                }
                1 => {
                    __arguments.end()?;
                    __reply.send(&Self::width(self))
                }
                2 => {
                    __arguments.end()?;
                    <Vec<
                        T,
                    > as __private::Returned<sorted>>::send(&Self::sorted(self), __reply)
                }
                _ => __private::no_method(__method),
            }
        }
    }
};
