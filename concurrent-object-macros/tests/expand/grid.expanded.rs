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
/// Starts a [`GridProxy`]: set options, then call one of `start…`.
#[must_use = "a builder starts nothing until one of `start…` is called"]
pub struct GridProxyBuilder<T: Scalar, const N: usize>
where
    T: Default,
{
    options: ::concurrent_object::private::Options,
    object: ::core::marker::PhantomData<fn() -> Grid<T, N>>,
}
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
            GridProxyBuilder {
                options: ::concurrent_object::private::Options::new(name),
                object: ::core::marker::PhantomData,
            }
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
        /// Submits a call of [`row`](Self::row) without a handle.
        ///
        /// Returns at once. `pull` yields the result, as [`GridOutput::Row`].
        ///
        /// # Errors
        ///
        /// The push is rejected if
        /// - all slots are in use,
        /// - the arguments are too large or cannot be encoded, or
        /// - the object is gone, or is restarting under a policy that fails fast.
        ///
        /// The error returns the arguments that were passed by value.
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
        /// Submits a call of [`width`](Self::width) without a handle.
        ///
        /// Returns at once. `pull` yields the result, as [`GridOutput::Width`].
        ///
        /// # Errors
        ///
        /// The push is rejected if
        /// - all slots are in use,
        /// - the arguments are too large or cannot be encoded, or
        /// - the object is gone, or is restarting under a policy that fails fast.
        ///
        /// The error returns the arguments that were passed by value.
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
        /// Submits a call of [`sorted`](Self::sorted) without a handle.
        ///
        /// Returns at once. `pull` yields the result, as [`GridOutput::Sorted`].
        ///
        /// # Errors
        ///
        /// The push is rejected if
        /// - all slots are in use,
        /// - the arguments are too large or cannot be encoded, or
        /// - the object is gone, or is restarting under a policy that fails fast.
        ///
        /// The error returns the arguments that were passed by value.
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
    #[allow(
        dead_code,
        clippy::needless_pass_by_value,
        clippy::result_large_err,
        clippy::type_complexity
    )]
    impl<T: Scalar, const N: usize> GridProxyBuilder<T, N>
    where
        T: Default,
    {
        /// Sets the maximum size of one call's arguments: bytes, or text such as `"4 MB"`.
        ///
        /// The default is 64 MiB plus 64 KiB.
        pub fn max_input_size(self, size: impl ::concurrent_object::IntoSize) -> Self {
            Self {
                options: self.options.max_input_size(size),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets the maximum size of one call's result: bytes, or text such as `"4 MB"`.
        ///
        /// The default is 64 MiB plus 64 KiB.
        pub fn max_output_size(self, size: impl ::concurrent_object::IntoSize) -> Self {
            Self {
                options: self.options.max_output_size(size),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets how much memory the lists and maps of one decoded result may take in this
        /// process.
        ///
        /// The default is 16 times `max_output_size`. An element that takes one byte in a message
        /// may take hundreds in memory. Each element counts with the size of its type; the
        /// contents of its boxes do not count. A result beyond the limit is a
        /// `CallError::Decode`.
        pub fn max_decoded_size(self, size: impl ::concurrent_object::IntoSize) -> Self {
            Self {
                options: self.options.max_decoded_size(size),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets how many calls can be in flight at once. The default is 16.
        pub fn slots(self, count: usize) -> Self {
            Self {
                options: self.options.slots(count),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets the stack size of constructor and methods: bytes, or text such as `"64 MiB"`.
        ///
        /// The default is the stack of the child's main thread (`ulimit -s`). With this option
        /// the object runs on another thread of the child. The kernel allocates the memory as the
        /// stack grows. A stack overflow ends the process, with and without this option.
        pub fn stack_size(self, size: impl ::concurrent_object::IntoSize) -> Self {
            Self {
                options: self.options.stack_size(size),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets how long the child may take to exit before the parent kills it.
        ///
        /// The default is five seconds.
        pub fn grace(self, period: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.grace(period),
                object: ::core::marker::PhantomData,
            }
        }
        /// Backs the shared memory with unnamed files in this directory, instead of with memory.
        ///
        /// Needs `max_input_size` and `max_output_size`.
        pub fn backing_dir(
            self,
            dir: impl ::core::convert::Into<::std::path::PathBuf>,
        ) -> Self {
            Self {
                options: self.options.backing_dir(dir),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets whether the memory of all slots is allocated at the start, instead of at its
        /// first use.
        ///
        /// Needs `max_input_size` and `max_output_size`.
        pub fn prefault(self, pages: bool) -> Self {
            Self {
                options: self.options.prefault(pages),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets how long a method may run, from its start. There is no limit by default.
        pub fn timeout(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.timeout(time),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets how long a call may wait for its start. There is no limit by default.
        pub fn queue_timeout(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.queue_timeout(time),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets how long a method may run on after cancellation was requested.
        ///
        /// Then the parent kills the child. The default is one second.
        pub fn cancel_grace(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.cancel_grace(time),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets how long the constructor may take. Then the parent kills the child.
        ///
        /// There is no limit by default.
        pub fn ready_timeout(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.ready_timeout(time),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets whether a new process takes the place of a dead one. By default none does.
        pub fn restart(self, policy: ::concurrent_object::RestartPolicy) -> Self {
            Self {
                options: self.options.restart(policy),
                object: ::core::marker::PhantomData,
            }
        }
        /// Adds a variable to the child's environment.
        pub fn env(
            self,
            name: impl ::core::convert::Into<::std::ffi::OsString>,
            value: impl ::core::convert::Into<::std::ffi::OsString>,
        ) -> Self {
            Self {
                options: self.options.env(name, value),
                object: ::core::marker::PhantomData,
            }
        }
        /// Passes an open descriptor to the child, which takes it with `take_inherited_fd(name)`.
        ///
        /// A child inherits no other descriptors. The parent keeps this one open, for restarts
        /// too, until the proxy and the builder are dropped. There can be at most 64, with
        /// distinct names.
        pub fn inherit_fd(
            self,
            name: impl ::core::convert::Into<::std::string::String>,
            descriptor: impl ::core::convert::Into<::std::os::fd::OwnedFd>,
        ) -> Self {
            Self {
                options: self.options.inherit_fd(name, descriptor),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets whether the object serves further calls after a panic. By default it does.
        pub fn on_panic(self, reaction: ::concurrent_object::OnPanic) -> Self {
            Self {
                options: self.options.on_panic(reaction),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets where the child's standard output goes. By default the child inherits it.
        pub fn stdout(self, stream: ::concurrent_object::ChildStdio) -> Self {
            Self {
                options: self.options.stdout(stream),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets where the child's standard error goes. By default the child inherits it.
        pub fn stderr(self, stream: ::concurrent_object::ChildStdio) -> Self {
            Self {
                options: self.options.stderr(stream),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets a function that is called once if the object's process dies unexpectedly.
        ///
        /// It is called for a death during construction too, and also while the program does not
        /// use the object. The thread that notices the death calls it. That is a thread that
        /// waits for the object or checks it at that time. If there is none, the one thread that
        /// calls the hooks of all objects calls it, one hook after another. No other thread waits
        /// for the function. The function may use the object, and wait for its next process. A
        /// panic in it is caught, and traced.
        pub fn on_death(
            self,
            hook: impl ::core::ops::Fn(
                &::concurrent_object::Death,
            ) + ::core::marker::Send + ::core::marker::Sync + 'static,
        ) -> Self {
            Self {
                options: self.options.on_death(hook),
                object: ::core::marker::PhantomData,
            }
        }
        /// Fills it.
        ///
        /// Starts a child process that constructs the object with `Grid::new`.
        ///
        /// Does not wait for the constructor. If it fails, `wait_until_ready` and every call return
        /// its error.
        ///
        /// # Errors
        ///
        /// An option is invalid, the arguments cannot be encoded, or the system cannot provide
        /// another process.
        pub fn start(
            self,
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
                    self.options,
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
    impl<T: Scalar, const N: usize> ::core::clone::Clone for GridProxyBuilder<T, N>
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
    impl<T: Scalar, const N: usize> ::core::fmt::Debug for GridProxyBuilder<T, N>
    where
        T: Default,
    {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            __formatter
                .debug_struct("GridProxyBuilder")
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
        ) -> ::core::result::Result<Self, ::concurrent_object::private::Failure> {
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
                _ => {
                    ::core::result::Result::Err(
                        ::concurrent_object::private::Failure::no_method(__method),
                    )
                }
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
        ) -> ::core::result::Result<Self, ::concurrent_object::private::Failure> {
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
                _ => {
                    ::core::result::Result::Err(
                        ::concurrent_object::private::Failure::no_constructor(
                            __constructor,
                        ),
                    )
                }
            }
        }
        fn call(
            &mut self,
            __method: u32,
            __arguments: &mut ::concurrent_object::private::ArgumentReader<'_>,
            __reply: &mut ::concurrent_object::private::Reply<'_>,
        ) -> ::core::result::Result<(), ::concurrent_object::private::Failure> {
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
                _ => {
                    ::core::result::Result::Err(
                        ::concurrent_object::private::Failure::no_method(__method),
                    )
                }
            }
        }
    }
};
