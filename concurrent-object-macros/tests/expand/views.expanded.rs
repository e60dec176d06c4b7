impl<'c> Statement<'c> {
    pub fn rows(&mut self, parameters: &[f64]) -> Result<Rows<'_>, Error> {
        todo!()
    }
    pub fn sql(&self) -> &'c str {
        todo!()
    }
    pub fn finalize(self) -> bool {
        todo!()
    }
}
/// A handle to a `Statement` that an object keeps in its child process.
///
/// Each method runs the method of the same name there. When the last clone of a handle is dropped,
/// the child drops what is behind it, before the object's next call. After the child has died,
/// every call of the handle is an error.
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
pub struct StatementHandle {
    handle: ::concurrent_object::private::ObjectHandle,
}
#[allow(dead_code)]
const _: () = {
    use ::concurrent_object::private as __private;
    #[allow(unused_imports)]
    use __private::{Chain as _, Plain as _, Displays as _, Sources as _};
    static __NUMBERS: __private::HandleNumbers = __private::HandleNumbers::new(
        &["Statement::rows", "Statement::sql", "Statement::finalize"],
    );
    #[automatically_derived]
    impl ::core::convert::AsRef<__private::ObjectHandle> for StatementHandle {
        fn as_ref(&self) -> &__private::ObjectHandle {
            &self.handle
        }
    }
    #[automatically_derived]
    impl __private::Serialize for StatementHandle {
        fn serialize<S: __private::Serializer>(
            &self,
            __to: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            __private::Serialize::serialize(&self.handle, __to)
        }
    }
    #[automatically_derived]
    impl<'de> __private::Deserialize<'de> for StatementHandle {
        fn deserialize<D: __private::Deserializer<'de>>(
            __from: D,
        ) -> ::core::result::Result<Self, D::Error> {
            __private::Deserialize::deserialize(__from).map(|handle| Self { handle })
        }
    }
    impl StatementHandle {
        /// Returns a handle to the object that keeps this one: its process, its statistics.
        #[must_use]
        pub fn handle(&self) -> ::concurrent_object::Handle {
            self.handle.of_object()
        }
    }
    impl StatementHandle {
        /// Runs `Statement::rows` in the child. The `Call` yields its result.
        pub fn rows(
            &self,
            parameters: &[f64],
        ) -> ::concurrent_object::Call<
            ::core::result::Result<RowsHandle, ::concurrent_object::RemoteError>,
        > {
            __private::call(
                __private::HandleTarget(&self.handle, &__NUMBERS),
                0,
                |__to| __to.put("parameters", parameters),
            )
        }
        /// Runs `Statement::sql` in the child. The `Call` yields its result.
        pub fn sql(&self) -> ::concurrent_object::Call<::std::string::String> {
            __private::call(__private::HandleTarget(&self.handle, &__NUMBERS), 1, |_| {})
        }
        /// Runs `Statement::finalize` in the child. The `Call` yields its result.
        ///
        /// This is the last call of the handle: other clones of it are stale then.
        pub fn finalize(self) -> ::concurrent_object::Call<bool> {
            __private::call(__private::HandleTarget(&self.handle, &__NUMBERS), 2, |_| {})
        }
    }
    impl __private::Family for Statement<'static> {
        type At<'v> = Statement<'v>;
    }
    #[automatically_derived]
    impl __private::ViewObject for Statement<'static> {
        const NAME: &'static str = "Statement";
        fn call_view(
            __this: &__private::ViewOwner<Self>,
            __method: u32,
            __arguments: &mut __private::ArgumentReader<'_>,
            __reply: &mut __private::Reply<'_>,
        ) -> __private::OrFailure<()> {
            match __method {
                0 => {
                    let parameters = __arguments.borrow::<[f64]>("parameters")?;
                    __arguments.end()?;
                    __private::check_room()?;
                    __this
                        .lend_mut(|__this, __views| {
                            __reply
                                .send(
                                    &<Result<
                                        Rows<'_>,
                                        Error,
                                    > as __private::Fallible>::told(
                                            <Statement<'_>>::rows(__this, &parameters),
                                            |__error| (&&&&__private::Described(&__error)).tell(),
                                        )
                                        .map(|__part| __views.keep::<Rows<'static>>(__part)),
                                )
                        })
                }
                1 => {
                    __arguments.end()?;
                    __this.read(|__this| { __reply.send(<Statement<'_>>::sql(__this)) })
                }
                _ => __private::no_method(__method),
            }
        }
        const CONSUMING: &'static [u32] = &[2];
        fn consume_view(
            __key: __private::HandleKey,
            __method: u32,
            __arguments: &mut __private::ArgumentReader<'_>,
            __reply: &mut __private::Reply<'_>,
        ) -> __private::OrFailure<()> {
            match __method {
                2 => {
                    __arguments.end()?;
                    __private::take_view::<
                        Self,
                        _,
                    >(
                        __key,
                        |__this, _| { __reply.send(&<Statement<'_>>::finalize(__this)) },
                    )
                }
                _ => __private::no_method(__method),
            }
        }
    }
};
impl Connection {
    pub fn open() -> Self {
        todo!()
    }
    pub fn prepare(&self, sql: &str) -> Result<Statement<'_>, Error> {
        todo!()
    }
    pub fn count(&self) -> u64 {
        todo!()
    }
}
/// The parent's handle of a `Connection` that lives in a child process.
///
/// Each method runs the method of the same name in the child. Dropping the proxy ends the child
/// and waits for its exit, for the grace period at most.
#[derive(::core::fmt::Debug)]
pub struct ConnectionProxy {
    proxy: ::concurrent_object::Proxy<ConnectionOutput>,
}
/// The constructors of [`ConnectionProxy`], as functions of its builder.
#[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::default::Default)]
pub struct ConnectionProxyStart {
    options: ::concurrent_object::private::Options,
}
/// Starts a [`ConnectionProxy`]: set options, then call one of `start…`.
#[allow(dead_code)]
pub type ConnectionProxyBuilder = ::concurrent_object::Builder<ConnectionProxyStart>;
/// The result of one pushed call, as a pull of [`ConnectionProxy`] yields it.
#[allow(dead_code)]
pub enum ConnectionOutput {
    /// The result of `prepare`.
    Prepare(::core::result::Result<StatementHandle, ::concurrent_object::RemoteError>),
    /// The result of `count`.
    Count(u64),
}
#[allow(dead_code)]
const _: () = {
    use ::concurrent_object::private as __private;
    #[allow(unused_imports)]
    use __private::{Chain as _, Plain as _, Displays as _, Sources as _};
    impl ConnectionProxy {
        /// Returns a builder for an object named `name` in logs, errors and the process list.
        pub fn builder(
            name: impl ::core::convert::Into<::std::string::String>,
        ) -> ConnectionProxyBuilder {
            __private::builder(name)
        }
        /// Runs `Connection::prepare` in the child. The `Call` yields its result.
        pub fn prepare(
            &self,
            sql: &str,
        ) -> ::concurrent_object::Call<
            ::core::result::Result<StatementHandle, ::concurrent_object::RemoteError>,
        > {
            __private::call(&self.proxy, 0, |__to| __to.put("sql", sql))
        }
        /// Submits a call of [`prepare`](Self::prepare); `pull` yields [`ConnectionOutput::Prepare`].
        /// # Errors
        /// All slots are in use, the arguments do not fit, or the object is gone.
        pub fn push_prepare(&self, sql: &str) -> ::concurrent_object::PushResult<()> {
            __private::push(&self.proxy, 0, |__to| __to.put("sql", sql))
                .map_err(|__refused| __refused.give_back(()))
        }
        /// Runs `Connection::count` in the child. The `Call` yields its result.
        pub fn count(&self) -> ::concurrent_object::Call<u64> {
            __private::call(&self.proxy, 1, |_| {})
        }
        /// Submits a call of [`count`](Self::count); `pull` yields [`ConnectionOutput::Count`].
        /// # Errors
        /// All slots are in use, the arguments do not fit, or the object is gone.
        pub fn push_count(&self) -> ::concurrent_object::PushResult<()> {
            __private::push(&self.proxy, 1, |_| {})
                .map_err(|__refused| __refused.give_back(()))
        }
    }
    impl ::core::ops::Deref for ConnectionProxy {
        type Target = ::concurrent_object::Proxy<ConnectionOutput>;
        fn deref(&self) -> &Self::Target {
            &self.proxy
        }
    }
    impl __private::Starter for ConnectionProxyStart {
        fn options(&mut self) -> &mut __private::Options {
            &mut self.options
        }
    }
    impl ConnectionProxyStart {
        /// Starts a child process that constructs the object with `Connection::open`, and returns at once.
        /// If the constructor fails, `wait_until_ready` and every call return its error.
        /// # Errors
        /// An option is invalid, the arguments cannot be encoded, or the system has no further process.
        pub fn start_open(&self) -> __private::StartResult<ConnectionProxy> {
            __private::start::<Connection, _>(self, 0, |_| {})
                .map(|proxy| ConnectionProxy { proxy })
        }
    }
    impl ::core::fmt::Debug for ConnectionOutput {
        fn fmt(&self, __to: &mut __private::Formatter<'_>) -> __private::Formatted {
            match *self {
                Self::Prepare(..) => __to.write_str("Prepare"),
                Self::Count(..) => __to.write_str("Count"),
            }
        }
    }
    impl __private::Methods for ConnectionOutput {
        const METHODS: &'static [&'static str] = &["prepare", "count"];
        const SHAPE: u64 = 0xa01b_ee54_5b1e_ecc0;
        const HANDLES: bool = true;
        fn decode(
            __method: u32,
            __result: &mut __private::ResultReader<'_>,
        ) -> __private::OrFailure<Self> {
            match __method {
                0 => __result.take().map(Self::Prepare),
                1 => __result.take().map(Self::Count),
                _ => __private::no_method(__method),
            }
        }
    }
    #[automatically_derived]
    #[allow(clippy::needless_borrow, clippy::needless_option_as_deref)]
    impl ::concurrent_object::ConcurrentObject for Connection {
        fn construct(
            __constructor: u32,
            __arguments: &mut __private::ArgumentReader<'_>,
        ) -> __private::OrFailure<Self> {
            match __constructor {
                0 => {
                    __arguments.end()?;
                    ::core::result::Result::Ok(Self::open())
                }
                _ => __private::no_constructor(__constructor),
            }
        }
        const LENDS: bool = true;
        fn call_lending(
            __this: &__private::ViewOwner<__private::Whole<Self>>,
            __method: u32,
            __arguments: &mut __private::ArgumentReader<'_>,
            __reply: &mut __private::Reply<'_>,
        ) -> __private::OrFailure<()> {
            match __method {
                0 => {
                    let sql = __arguments.borrow::<str>("sql")?;
                    __arguments.end()?;
                    __private::check_room()?;
                    __this
                        .lend(|__this, __views| {
                            __reply
                                .send(
                                    &<Result<
                                        Statement<'_>,
                                        Error,
                                    > as __private::Fallible>::told(
                                            Self::prepare(__this, &sql),
                                            |__error| (&&&&__private::Described(&__error)).tell(),
                                        )
                                        .map(|__part| __views.keep::<Statement<'static>>(__part)),
                                )
                        })
                }
                1 => {
                    __arguments.end()?;
                    __this.read(|__this| { __reply.send(&Self::count(__this)) })
                }
                _ => __private::no_method(__method),
            }
        }
    }
};
