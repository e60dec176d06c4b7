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
/// The parent's end of a `Counter` that lives in a child process.
///
/// Its functions ask the child to run the method of the same name. Dropping it ends the child and waits for that,
/// for as long as the grace period at most.
#[derive(::core::fmt::Debug)]
pub struct CounterProxy {
    proxy: ::concurrent_object::Proxy<CounterOutput>,
}
/// Starts a [`CounterProxy`]: options, then one of `start…`.
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
#[must_use = "nothing is started before one of `start…`"]
pub struct CounterProxyBuilder {
    options: ::concurrent_object::private::Options,
}
/// What a pull of [`CounterProxy`] yields: the result of one pushed call, by the method's name.
#[allow(dead_code)]
pub enum CounterOutput {
    /// What `add` returned.
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
        /// Begins a new object, called `name` in logs, errors and the process list.
        ///
        /// Nothing happens before the builder's `start…`.
        pub fn builder(
            name: impl ::core::convert::Into<::std::string::String>,
        ) -> CounterProxyBuilder {
            CounterProxyBuilder {
                options: ::concurrent_object::private::Options::new(name),
            }
        }
        /// Adds `by` and returns the sum.
        ///
        /// Runs `Counter::add` in the child. The `Call` yields what it returned.
        pub fn add(&self, by: u64) -> ::concurrent_object::Call<u64> {
            ::concurrent_object::private::call(
                &self.proxy,
                0,
                |__arguments| {
                    __arguments.put("by", &by);
                },
            )
        }
        /// Pushes a call of [`add`](Self::add) and returns at once. `pull` yields what it returned, as
        /// [`CounterOutput::Add`].
        ///
        /// # Errors
        ///
        /// The push is refused when all slots are taken, when the arguments are too large or cannot be encoded, and when
        /// the object is gone, or is being restarted and fails fast. The error gives back the arguments that were taken by value.
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
        /// Sets the room for the arguments of one call: bytes, or text such as `"4 MB"`. The default is 64 MiB and 64 KiB.
        pub fn max_input_size(self, size: impl ::concurrent_object::IntoSize) -> Self {
            Self {
                options: self.options.max_input_size(size),
            }
        }
        /// Sets the room for the result of one call: bytes, or text such as `"4 MB"`. The default is 64 MiB and 64 KiB.
        pub fn max_output_size(self, size: impl ::concurrent_object::IntoSize) -> Self {
            Self {
                options: self.options.max_output_size(size),
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
            }
        }
        /// Sets how many calls can be in flight. The default is 16.
        pub fn slots(self, count: usize) -> Self {
            Self {
                options: self.options.slots(count),
            }
        }
        /// Sets how much stack constructor and methods have: bytes, or text such as `"64 MiB"`. By default what the main thread has, `ulimit -s`.
        ///
        /// With a size of its own the object runs on another thread than the child's main thread. Memory is taken as the stack grows. A
        /// full stack ends the process, as it does by default.
        pub fn stack_size(self, size: impl ::concurrent_object::IntoSize) -> Self {
            Self {
                options: self.options.stack_size(size),
            }
        }
        /// Sets how long the child may take to end before it is killed. The default is five seconds.
        pub fn grace(self, period: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.grace(period),
            }
        }
        /// Puts the shared memory into files in this directory, without a name, instead of memory.
        pub fn backing_dir(
            self,
            dir: impl ::core::convert::Into<::std::path::PathBuf>,
        ) -> Self {
            Self {
                options: self.options.backing_dir(dir),
            }
        }
        /// Takes the memory of all slots at the start, not when it is first used. The sizes must be given with it.
        pub fn prefault(self, pages: bool) -> Self {
            Self {
                options: self.options.prefault(pages),
            }
        }
        /// Sets how long a method may run, from when it begins. By default as long as it likes.
        pub fn timeout(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.timeout(time),
            }
        }
        /// Sets how long a call may wait until its method begins. By default as long as it takes.
        pub fn queue_timeout(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.queue_timeout(time),
            }
        }
        /// Sets how long a method may go on that was told to end, before the child is killed. The default is one second.
        pub fn cancel_grace(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.cancel_grace(time),
            }
        }
        /// Sets how long the constructor may take before the child is killed. By default as long as it likes.
        pub fn ready_timeout(self, time: impl ::concurrent_object::IntoTime) -> Self {
            Self {
                options: self.options.ready_timeout(time),
            }
        }
        /// Sets whether the object is made anew when its process dies. By default it is not.
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
            }
        }
        /// Sets what a panic in a method means for the object. By default it lives on.
        pub fn on_panic(self, reaction: ::concurrent_object::OnPanic) -> Self {
            Self {
                options: self.options.on_panic(reaction),
            }
        }
        /// Sets where the child's standard output goes: by default to where this process's goes.
        pub fn stdout(self, stream: ::concurrent_object::ChildStdio) -> Self {
            Self {
                options: self.options.stdout(stream),
            }
        }
        /// Sets where the child's standard error goes: by default to where this process's goes.
        pub fn stderr(self, stream: ::concurrent_object::ChildStdio) -> Self {
            Self {
                options: self.options.stderr(stream),
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
            }
        }
        /// Starts counting at `value`.
        ///
        /// Starts a child process and makes the object there, with `Counter::new`. Does not wait for it.
        ///
        /// # Errors
        ///
        /// An option makes no sense, the arguments cannot be encoded, or the system has no room for another process. A
        /// constructor that fails is reported by `wait_until_ready` and by every call.
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
