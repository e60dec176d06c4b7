//! The smallest object.
pub struct Counter {
    value: u64,
}
impl Counter {
    /// Starts counting at `value`.
    pub fn new(value: u64) -> Self {
        Self { value }
    }
    /// Adds `by` and returns the sum.
    pub fn add(&mut self, by: u64) -> u64 {
        self.value += by;
        self.value
    }
}
/// The parent's handle of a `Counter` that lives in a child process.
///
/// Each method runs the method of the same name in the child. Dropping the proxy ends the child
/// and waits for its exit, for the grace period at most.
#[derive(::core::fmt::Debug)]
pub struct CounterProxy {
    proxy: ::concurrent_object::Proxy<CounterOutput>,
}
/// Starts a [`CounterProxy`]: set options, then call one of `start…`.
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
#[must_use = "a builder starts nothing until one of `start…` is called"]
pub struct CounterProxyBuilder {
    options: ::concurrent_object::private::Options,
}
/// The result of one pushed call, as a pull of [`CounterProxy`] yields it.
#[allow(dead_code)]
pub enum CounterOutput {
    /// The result of `add`.
    Add(u64),
}
const _: () = {
    #[allow(
        dead_code,
        clippy::needless_pass_by_value,
        clippy::result_large_err,
        clippy::type_complexity
    )]
    impl CounterProxy {
        /// Returns a builder for an object named `name` in logs, errors and the process list.
        ///
        /// Nothing is started until one of the builder's `start…` is called.
        pub fn builder(
            name: impl ::core::convert::Into<::std::string::String>,
        ) -> CounterProxyBuilder {
            CounterProxyBuilder {
                options: ::concurrent_object::private::Options::new(name),
            }
        }
        /// Adds `by` and returns the sum.
        ///
        /// Runs `Counter::add` in the child. The `Call` yields its result.
        pub fn add(&self, by: u64) -> ::concurrent_object::Call<u64> {
            ::concurrent_object::private::call(
                &self.proxy,
                0,
                |__arguments| {
                    __arguments.put("by", &by);
                },
            )
        }
        /// Submits a call of [`add`](Self::add) without a handle.
        ///
        /// Returns at once. `pull` yields the result, as [`CounterOutput::Add`].
        ///
        /// # Errors
        ///
        /// The push is rejected if
        /// - all slots are in use,
        /// - the arguments are too large or cannot be encoded, or
        /// - the object is gone, or is restarting under a policy that fails fast.
        ///
        /// The error returns the arguments that were passed by value.
        pub fn push_add(
            &self,
            by: u64,
        ) -> ::core::result::Result<
            ::concurrent_object::CallId,
            ::concurrent_object::PushError<(u64,)>,
        > {
            ::concurrent_object::private::push(
                    &self.proxy,
                    0,
                    |__arguments| {
                        __arguments.put("by", &by);
                    },
                )
                .map_err(|__refused| __refused.give_back((by,)))
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for CounterProxy {
        type Target = ::concurrent_object::Proxy<CounterOutput>;
        fn deref(&self) -> &Self::Target {
            &self.proxy
        }
    }
    #[allow(
        dead_code,
        clippy::needless_pass_by_value,
        clippy::result_large_err,
        clippy::type_complexity
    )]
    impl CounterProxyBuilder {
        /// Sets the maximum size of one call's arguments: bytes, or text such as `"4 MB"`.
        ///
        /// The default is 64 MiB plus 64 KiB.
        pub fn max_input_size(self, size: impl ::concurrent_object::IntoSize) -> Self {
            Self {
                options: self.options.max_input_size(size),
            }
        }
        /// Sets the maximum size of one call's result: bytes, or text such as `"4 MB"`.
        ///
        /// The default is 64 MiB plus 64 KiB.
        pub fn max_output_size(self, size: impl ::concurrent_object::IntoSize) -> Self {
            Self {
                options: self.options.max_output_size(size),
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
            }
        }
        /// Sets how many calls can be in flight at once. The default is 16.
        pub fn slots(self, count: usize) -> Self {
            Self {
                options: self.options.slots(count),
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
            }
        }
        /// Sets how long the child may take to exit before the parent kills it.
        ///
        /// The default is five seconds.
        pub fn grace(self, period: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.grace(period),
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
            }
        }
        /// Sets whether the memory of all slots is allocated at the start, instead of at its
        /// first use.
        ///
        /// Needs `max_input_size` and `max_output_size`.
        pub fn prefault(self, pages: bool) -> Self {
            Self {
                options: self.options.prefault(pages),
            }
        }
        /// Sets how long a method may run, from its start. There is no limit by default.
        pub fn timeout(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.timeout(time),
            }
        }
        /// Sets how long a call may wait for its start. There is no limit by default.
        pub fn queue_timeout(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.queue_timeout(time),
            }
        }
        /// Sets how long a method may run on after cancellation was requested.
        ///
        /// Then the parent kills the child. The default is one second.
        pub fn cancel_grace(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.cancel_grace(time),
            }
        }
        /// Sets how long the constructor may take. Then the parent kills the child.
        ///
        /// There is no limit by default.
        pub fn ready_timeout(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.ready_timeout(time),
            }
        }
        /// Sets whether a new process takes the place of a dead one. By default none does.
        pub fn restart(self, policy: ::concurrent_object::RestartPolicy) -> Self {
            Self {
                options: self.options.restart(policy),
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
            }
        }
        /// Sets whether the object serves further calls after a panic. By default it does.
        pub fn on_panic(self, reaction: ::concurrent_object::OnPanic) -> Self {
            Self {
                options: self.options.on_panic(reaction),
            }
        }
        /// Sets where the child's standard output goes. By default the child inherits it.
        pub fn stdout(self, stream: ::concurrent_object::ChildStdio) -> Self {
            Self {
                options: self.options.stdout(stream),
            }
        }
        /// Sets where the child's standard error goes. By default the child inherits it.
        pub fn stderr(self, stream: ::concurrent_object::ChildStdio) -> Self {
            Self {
                options: self.options.stderr(stream),
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
            }
        }
        /// Starts counting at `value`.
        ///
        /// Starts a child process that constructs the object with `Counter::new`.
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
            value: u64,
        ) -> ::core::result::Result<CounterProxy, ::concurrent_object::StartError> {
            ::concurrent_object::private::start::<
                Counter,
                CounterOutput,
            >(
                    self.options,
                    0,
                    |__arguments| {
                        __arguments.put("value", &value);
                    },
                )
                .map(|proxy| CounterProxy { proxy })
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for CounterOutput {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            match *self {
                Self::Add(..) => __formatter.write_str("Add"),
            }
        }
    }
    #[automatically_derived]
    impl ::concurrent_object::private::Methods for CounterOutput {
        const METHODS: &'static [&'static str] = &["add"];
        fn decode(
            __method: u32,
            __result: &mut ::concurrent_object::private::ResultReader<'_>,
        ) -> ::core::result::Result<Self, ::concurrent_object::private::Failure> {
            match __method {
                0 => __result.take().map(Self::Add),
                _ => {
                    ::core::result::Result::Err(
                        ::concurrent_object::private::Failure::no_method(__method),
                    )
                }
            }
        }
    }
    #[automatically_derived]
    impl ::concurrent_object::ConcurrentObject for Counter {
        fn construct(
            __constructor: u32,
            __arguments: &mut ::concurrent_object::private::ArgumentReader<'_>,
        ) -> ::core::result::Result<Self, ::concurrent_object::private::Failure> {
            match __constructor {
                0 => {
                    let value = __arguments.take::<u64>("value")?;
                    __arguments.end()?;
                    ::core::result::Result::Ok(Self::new(value))
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
                    let by = __arguments.take::<u64>("by")?;
                    __arguments.end()?;
                    __reply.send(&Self::add(self, by))
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
