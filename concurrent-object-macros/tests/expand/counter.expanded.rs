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
/// The constructors of [`CounterProxy`], as functions of its builder.
#[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::default::Default)]
pub struct CounterProxyStart {
    options: ::concurrent_object::private::Options,
}
/// Starts a [`CounterProxy`]: set options, then call one of `start…`.
#[allow(dead_code)]
pub type CounterProxyBuilder = ::concurrent_object::Builder<CounterProxyStart>;
/// The result of one pushed call, as a pull of [`CounterProxy`] yields it.
#[allow(dead_code)]
pub enum CounterOutput {
    /// The result of `add`.
    Add(u64),
}
#[allow(dead_code)]
const _: () = {
    use ::concurrent_object::private as __private;
    impl CounterProxy {
        /// Returns a builder for an object named `name` in logs, errors and the process list.
        pub fn builder(
            name: impl ::core::convert::Into<::std::string::String>,
        ) -> CounterProxyBuilder {
            __private::builder(name)
        }
        /// Adds `by` and returns the sum.
        ///
        /// Runs `Counter::add` in the child. The `Call` yields its result.
        pub fn add(&self, by: u64) -> ::concurrent_object::Call<u64> {
            __private::call(&self.proxy, 0, |__to| __to.put("by", &by))
        }
        /// Submits a call of [`add`](Self::add); `pull` yields [`CounterOutput::Add`].
        /// # Errors
        /// All slots are in use, the arguments do not fit, or the object is gone.
        pub fn push_add(&self, by: u64) -> ::concurrent_object::PushResult<(u64,)> {
            __private::push(&self.proxy, 0, |__to| __to.put("by", &by))
                .map_err(|__refused| __refused.give_back((by,)))
        }
    }
    impl ::core::ops::Deref for CounterProxy {
        type Target = ::concurrent_object::Proxy<CounterOutput>;
        fn deref(&self) -> &Self::Target {
            &self.proxy
        }
    }
    impl __private::Starter for CounterProxyStart {
        fn options(&mut self) -> &mut __private::Options {
            &mut self.options
        }
    }
    impl CounterProxyStart {
        /// Starts counting at `value`.
        ///
        /// Starts a child process that constructs the object with `Counter::new`, and returns at once.
        /// If the constructor fails, `wait_until_ready` and every call return its error.
        /// # Errors
        /// An option is invalid, the arguments cannot be encoded, or the system has no further process.
        pub fn start(&self, value: u64) -> __private::StartResult<CounterProxy> {
            __private::start::<Counter, _>(self, 0, |__to| __to.put("value", &value))
                .map(|proxy| CounterProxy { proxy })
        }
    }
    impl ::core::fmt::Debug for CounterOutput {
        fn fmt(&self, __to: &mut __private::Formatter<'_>) -> __private::Formatted {
            match *self {
                Self::Add(..) => __to.write_str("Add"),
            }
        }
    }
    impl __private::Methods for CounterOutput {
        const METHODS: &'static [&'static str] = &["add"];
        const SHAPE: u64 = 0x9521_727a_2a6d_deda;
        fn decode(
            __method: u32,
            __result: &mut __private::ResultReader<'_>,
        ) -> __private::OrFailure<Self> {
            match __method {
                0 => __result.take().map(Self::Add),
                _ => __private::no_method(__method),
            }
        }
    }
    #[automatically_derived]
    impl ::concurrent_object::ConcurrentObject for Counter {
        fn construct(
            __constructor: u32,
            __arguments: &mut __private::ArgumentReader<'_>,
        ) -> __private::OrFailure<Self> {
            match __constructor {
                0 => {
                    let value = __arguments.take::<u64>("value")?;
                    __arguments.end()?;
                    ::core::result::Result::Ok(Self::new(value))
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
                    let by = __arguments.take::<u64>("by")?;
                    __arguments.end()?;
                    __reply.send(&Self::add(self, by))
                }
                _ => __private::no_method(__method),
            }
        }
    }
};
