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
/// The parent's end of a `Grid` that lives in a child process.
///
/// Its functions ask the child to run the method of the same name. Dropping it ends the child and waits for that,
/// for as long as the grace period at most.
pub struct GridProxy<T: Scalar, const N: usize>
where
    T: Default,
{
    proxy: ::concurrent_object::Proxy<GridOutput<T>>,
    object: ::core::marker::PhantomData<fn() -> Grid<T, N>>,
}
/// Starts a [`GridProxy`]: options, then one of `start…`.
#[must_use = "nothing is started before one of `start…`"]
pub struct GridProxyBuilder<T: Scalar, const N: usize>
where
    T: Default,
{
    options: ::concurrent_object::private::Options,
    object: ::core::marker::PhantomData<fn() -> Grid<T, N>>,
}
/// What a pull of [`GridProxy`] yields: the result of one pushed call, by the method's name.
#[allow(dead_code)]
pub enum GridOutput<T: Scalar>
where
    T: Default,
{
    /// What `row` returned.
    Row(Option<::std::vec::Vec<T>>),
    /// What `width` returned.
    Width(usize),
    /// What `sorted` returned.
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
        /// Begins a new object, called `name` in logs, errors and the process list.
        ///
        /// Nothing happens before the builder's `start…`.
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
        /// Runs `Grid::row` in the child. The `Call` yields what it returned.
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
        /// Pushes a call of [`row`](Self::row) and returns at once. `pull` yields what it returned, as
        /// [`GridOutput::Row`].
        ///
        /// # Errors
        ///
        /// The push is refused when all slots are taken, when the arguments are too large or cannot be encoded, and when
        /// the object is gone, or is being restarted and fails fast. The error gives back the arguments that were taken by value.
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
        /// Runs `Grid::width` in the child. The `Call` yields what it returned.
        pub fn width(&self) -> ::concurrent_object::Call<usize> {
            ::concurrent_object::private::call(&self.proxy, 1, |_| {})
        }
        /// Pushes a call of [`width`](Self::width) and returns at once. `pull` yields what it returned, as
        /// [`GridOutput::Width`].
        ///
        /// # Errors
        ///
        /// The push is refused when all slots are taken, when the arguments are too large or cannot be encoded, and when
        /// the object is gone, or is being restarted and fails fast. The error gives back the arguments that were taken by value.
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
        /// Runs `Grid::sorted` in the child. The `Call` yields what it returned.
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
        /// Pushes a call of [`sorted`](Self::sorted) and returns at once. `pull` yields what it returned, as
        /// [`GridOutput::Sorted`].
        ///
        /// # Errors
        ///
        /// The push is refused when all slots are taken, when the arguments are too large or cannot be encoded, and when
        /// the object is gone, or is being restarted and fails fast. The error gives back the arguments that were taken by value.
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
        /// Sets the room for the arguments of one call: bytes, or text such as `"4 MB"`. The default is 64 MiB and 64 KiB.
        pub fn max_input_size(self, size: impl ::concurrent_object::IntoSize) -> Self {
            Self {
                options: self.options.max_input_size(size),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets the room for the result of one call: bytes, or text such as `"4 MB"`. The default is 64 MiB and 64 KiB.
        pub fn max_output_size(self, size: impl ::concurrent_object::IntoSize) -> Self {
            Self {
                options: self.options.max_output_size(size),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets how much memory the lists and maps of one result may take in this process, once they are read. The default is 16 times
        /// `max_output_size`.
        ///
        /// An element that takes one byte in a message may take hundreds in memory. Counted are the elements, each with the size of its type;
        /// what a result holds in boxes is not. A result beyond it is `CallError::Decode`.
        pub fn max_decoded_size(self, size: impl ::concurrent_object::IntoSize) -> Self {
            Self {
                options: self.options.max_decoded_size(size),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets how many calls can be in flight. The default is 16.
        pub fn slots(self, count: usize) -> Self {
            Self {
                options: self.options.slots(count),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets how much stack constructor and methods have: bytes, or text such as `"64 MiB"`. By default what the main thread has, `ulimit -s`.
        ///
        /// With a size of its own the object runs on another thread than the child's main thread. Memory is taken as the stack grows. A
        /// full stack ends the process, as it does by default.
        pub fn stack_size(self, size: impl ::concurrent_object::IntoSize) -> Self {
            Self {
                options: self.options.stack_size(size),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets how long the child may take to end before it is killed. The default is five seconds.
        pub fn grace(self, period: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.grace(period),
                object: ::core::marker::PhantomData,
            }
        }
        /// Puts the shared memory into files in this directory, without a name, instead of memory.
        pub fn backing_dir(
            self,
            dir: impl ::core::convert::Into<::std::path::PathBuf>,
        ) -> Self {
            Self {
                options: self.options.backing_dir(dir),
                object: ::core::marker::PhantomData,
            }
        }
        /// Takes the memory of all slots at the start, not when it is first used. The sizes must be given with it.
        pub fn prefault(self, pages: bool) -> Self {
            Self {
                options: self.options.prefault(pages),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets how long a method may run, from when it begins. By default as long as it likes.
        pub fn timeout(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.timeout(time),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets how long a call may wait until its method begins. By default as long as it takes.
        pub fn queue_timeout(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.queue_timeout(time),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets how long a method may go on that was told to end, before the child is killed. The default is one second.
        pub fn cancel_grace(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.cancel_grace(time),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets how long the constructor may take before the child is killed. By default as long as it likes.
        pub fn ready_timeout(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.ready_timeout(time),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets whether the object is made anew when its process dies. By default it is not.
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
        /// Hands an open descriptor to the child, which takes it with `take_inherited_fd(name)`. A child inherits no others.
        ///
        /// The parent keeps it open, for restarts too, until the proxy and the builder are dropped. At most 64, each with a name of its own.
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
        /// Sets what a panic in a method means for the object. By default it lives on.
        pub fn on_panic(self, reaction: ::concurrent_object::OnPanic) -> Self {
            Self {
                options: self.options.on_panic(reaction),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets where the child's standard output goes: by default to where this process's goes.
        pub fn stdout(self, stream: ::concurrent_object::ChildStdio) -> Self {
            Self {
                options: self.options.stdout(stream),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets where the child's standard error goes: by default to where this process's goes.
        pub fn stderr(self, stream: ::concurrent_object::ChildStdio) -> Self {
            Self {
                options: self.options.stderr(stream),
                object: ::core::marker::PhantomData,
            }
        }
        /// Sets what is called once if the object's process dies and nobody asked for that, also during construction.
        ///
        /// Nobody need use the object for that. It is called by whichever thread notices the death: one that waits for the object or looks at it just
        /// then, or else one thread that calls the hooks of all objects, one after the other. That thread, and nobody else, is held up while it
        /// runs; it may use the object, and wait for its next process. A panic in it is caught, and traced.
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
        /// Starts a child process and makes the object there, with `Grid::new`. Does not wait for it.
        ///
        /// # Errors
        ///
        /// An option makes no sense, the arguments cannot be encoded, or the system has no room for another process. A
        /// constructor that fails is reported by `wait_until_ready` and by every call.
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
