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
const _: () = {
    #[allow(unused_imports)]
    use ::concurrent_object::private::{Unwritable as _, Writable as _};
    #[allow(non_camel_case_types)]
    enum new {}
    #[allow(non_camel_case_types)]
    enum row {}
    #[allow(non_camel_case_types)]
    enum sorted {}
    #[allow(
        dead_code,
        clippy::needless_pass_by_value,
        clippy::result_large_err,
        clippy::type_complexity
    )]
    impl<T: Scalar, const N: usize> GridProxy<T, N>
    where
        T: Default,
    {
        /// Returns a builder for an object named `name` in logs, errors and the process list.
        ///
        /// Nothing is started until one of the builder's `start…` is called.
        pub fn builder(
            name: impl ::core::convert::Into<::std::string::String>,
        ) -> GridProxyBuilder<T, N> {
            ::concurrent_object::private::builder(name)
        }
        /// One row.
        ///
        /// Runs `Grid::row` in the child. The `Call` yields its result.
        pub fn row(
            &self,
            at: usize,
        ) -> ::concurrent_object::Call<Option<::std::vec::Vec<T>>>
        where
            T: ::concurrent_object::private::Travels,
        {
            <Option<
                ::std::vec::Vec<T>,
            > as ::concurrent_object::private::Returned<
                row,
            >>::call(
                &self.proxy,
                0,
                |__arguments| {
                    __arguments.put("at", &at);
                },
            )
        }
        /// Submits a call of [`row`](Self::row) without a handle, and returns at once.
        /// `pull` yields the result, as [`GridOutput::Row`].
        ///
        /// # Errors
        ///
        /// All slots are in use, the arguments do not fit, or the object is gone. The error returns the
        /// arguments that were passed by value.
        pub fn push_row(
            &self,
            at: usize,
        ) -> ::core::result::Result<
            ::concurrent_object::CallId,
            ::concurrent_object::PushError<(usize,)>,
        >
        where
            T: ::concurrent_object::private::Travels,
        {
            ::concurrent_object::private::push(
                    &self.proxy,
                    0,
                    |__arguments| {
                        __arguments.put("at", &at);
                    },
                )
                .map_err(|__refused| __refused.give_back((at,)))
        }
        /// How wide it is.
        ///
        /// Runs `Grid::width` in the child. The `Call` yields its result.
        pub fn width(&self) -> ::concurrent_object::Call<usize> {
            ::concurrent_object::private::call(&self.proxy, 1, |_| {})
        }
        /// Submits a call of [`width`](Self::width) without a handle, and returns at once.
        /// `pull` yields the result, as [`GridOutput::Width`].
        ///
        /// # Errors
        ///
        /// All slots are in use, the arguments do not fit, or the object is gone. The error returns the
        /// arguments that were passed by value.
        pub fn push_width(
            &self,
        ) -> ::core::result::Result<
            ::concurrent_object::CallId,
            ::concurrent_object::PushError<()>,
        > {
            ::concurrent_object::private::push(&self.proxy, 1, |_| {})
                .map_err(|__refused| __refused.give_back(()))
        }
        /// All cells, from the least to the greatest.
        ///
        /// Runs `Grid::sorted` in the child. The `Call` yields its result.
        pub fn sorted(&self) -> ::concurrent_object::Call<Vec<T>>
        where
            T: Ord,
            T: ::concurrent_object::private::Travels,
        {
            <Vec<
                T,
            > as ::concurrent_object::private::Returned<
                sorted,
            >>::call(&self.proxy, 2, |_| {})
        }
        /// Submits a call of [`sorted`](Self::sorted) without a handle, and returns at once.
        /// `pull` yields the result, as [`GridOutput::Sorted`].
        ///
        /// # Errors
        ///
        /// All slots are in use, the arguments do not fit, or the object is gone. The error returns the
        /// arguments that were passed by value.
        pub fn push_sorted(
            &self,
        ) -> ::core::result::Result<
            ::concurrent_object::CallId,
            ::concurrent_object::PushError<()>,
        >
        where
            T: Ord,
            T: ::concurrent_object::private::Travels,
        {
            ::concurrent_object::private::push(&self.proxy, 2, |_| {})
                .map_err(|__refused| __refused.give_back(()))
        }
    }
    #[automatically_derived]
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
    #[automatically_derived]
    impl<T: Scalar, const N: usize> ::concurrent_object::private::Starter
    for GridProxyStart<T, N>
    where
        T: Default,
    {
        fn of(options: ::concurrent_object::private::Options) -> Self {
            Self {
                options,
                object: ::core::marker::PhantomData,
            }
        }
        fn into_options(self) -> ::concurrent_object::private::Options {
            self.options
        }
    }
    #[allow(
        dead_code,
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
        ///
        /// # Errors
        ///
        /// An option is invalid, the arguments cannot be encoded, or the system has no further process.
        pub fn start(
            &self,
            rows: usize,
            fill: T,
        ) -> ::core::result::Result<GridProxy<T, N>, ::concurrent_object::StartError>
        where
            Grid<T, N>: ::concurrent_object::ConcurrentObject,
            GridOutput<T>: ::concurrent_object::private::Methods,
            T: ::concurrent_object::private::Travels,
        {
            ::concurrent_object::private::start::<
                Grid<T, N>,
                GridOutput<T>,
            >(
                    &self.options,
                    0,
                    |__arguments| {
                        __arguments.put("rows", &rows);
                        <T as ::concurrent_object::private::Argument<
                            '_,
                            new,
                        >>::put(&fill, "fill", __arguments);
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
    impl<T: Scalar> ::core::fmt::Debug for GridOutput<T>
    where
        T: Default,
    {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            match *self {
                Self::Row(..) => __formatter.write_str("Row"),
                Self::Width(..) => __formatter.write_str("Width"),
                Self::Sorted(..) => __formatter.write_str("Sorted"),
            }
        }
    }
    #[automatically_derived]
    impl<T: Scalar> ::concurrent_object::private::Methods for GridOutput<T>
    where
        T: Default,
        T: ::concurrent_object::private::Travels,
    {
        const METHODS: &'static [&'static str] = &["row", "width", "sorted"];
        fn decode(
            __method: u32,
            __result: &mut ::concurrent_object::private::ResultReader<'_>,
        ) -> ::concurrent_object::private::OrFailure<Self> {
            match __method {
                0 => {
                    <Option<
                        ::std::vec::Vec<T>,
                    > as ::concurrent_object::private::Returned<row>>::take(__result)
                        .map(Self::Row)
                }
                1 => __result.take().map(Self::Width),
                2 => {
                    <Vec<
                        T,
                    > as ::concurrent_object::private::Returned<sorted>>::take(__result)
                        .map(Self::Sorted)
                }
                _ => ::concurrent_object::private::no_method(__method),
            }
        }
    }
    #[automatically_derived]
    impl<T: Scalar, const N: usize> ::concurrent_object::ConcurrentObject for Grid<T, N>
    where
        T: Default,
        T: 'static,
        T: ::concurrent_object::private::Travels,
        T: Ord,
    {
        fn construct(
            __constructor: u32,
            __arguments: &mut ::concurrent_object::private::ArgumentReader<'_>,
        ) -> ::concurrent_object::private::OrFailure<Self> {
            match __constructor {
                0 => {
                    let rows = __arguments.take::<usize>("rows")?;
                    let fill = <T as ::concurrent_object::private::Argument<
                        '_,
                        new,
                    >>::take("fill", __arguments)?;
                    __arguments.end()?;
                    ::core::result::Result::Ok(Self::new(rows, fill))
                }
                _ => ::concurrent_object::private::no_constructor(__constructor),
            }
        }
        fn call(
            &mut self,
            __method: u32,
            __arguments: &mut ::concurrent_object::private::ArgumentReader<'_>,
            __reply: &mut ::concurrent_object::private::Reply<'_>,
        ) -> ::concurrent_object::private::OrFailure<()> {
            match __method {
                0 => {
                    let at = __arguments.take::<usize>("at")?;
                    __arguments.end()?;
                    (&&::concurrent_object::private::Lent(&Self::row(self, at)))
                        .send(__reply)
                }
                1 => {
                    __arguments.end()?;
                    __reply.send(&Self::width(self))
                }
                2 => {
                    __arguments.end()?;
                    <Vec<
                        T,
                    > as ::concurrent_object::private::Returned<
                        sorted,
                    >>::send(&Self::sorted(self), __reply)
                }
                _ => ::concurrent_object::private::no_method(__method),
            }
        }
    }
};
