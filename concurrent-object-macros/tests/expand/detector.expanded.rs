//! All ways to pass an argument and to return a result, and the attributes that are carried over.
pub struct Detector {
    threshold: f32,
    labels: Vec<String>,
}
impl Detector {
    /// Loads the model.
    pub fn new(model: &Path, threshold: f32) -> Result<Self, LoadError> {
        Self::load(model, threshold)
    }
    /// Opens a model by its number.
    #[cfg(feature = "numbers")]
    pub fn open(id: u32) -> Option<Self> {
        numbers::open(id)
    }
    /// Finds what is in a picture.
    ///
    /// Takes longer for larger pictures.
    pub fn detect(&mut self, frame: &[u8], size: (u32, u32)) -> Vec<Detection> {
        detect(frame, size, self.threshold)
    }
    /// The label of one thing, or of all.
    #[must_use]
    pub(crate) fn label(&self, of: Option<&Key>, default: Option<&str>) -> &str {
        label(of, default)
    }
    /// Which of `words` is known.
    #[deprecated = "use `label`"]
    pub fn known<'w>(&self, words: &[&'w str], exact: &Exactness) -> Option<&'w str> {
        known(words, exact)
    }
    /// Forgets everything.
    #[cfg(not(feature = "frozen"))]
    pub fn reset(&mut self) {
        self.labels.clear();
    }
    /// Sets the threshold.
    pub fn set(&mut self, mut threshold: f32) -> &mut Self {
        threshold = threshold.abs();
        self.threshold = threshold;
        self
    }
    /// Marks what was found in the picture itself.
    pub fn mark(&self, frame: &mut [u8], found: &mut Vec<Detection>) -> usize {
        mark(frame, found)
    }
    /// All labels.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().map(|label| &**label)
    }
    /// Stores the model.
    pub async fn store<P: AsRef<Path>>(&mut self, path: P) -> io::Result<()> {
        store(path.as_ref()).await
    }
    /// Ends it, and gives the model back.
    pub fn into_model(self) -> Result<Model, ModelError> {
        Model::of(self)
    }
    /// Watches for ever.
    pub fn watch(&self) -> ! {
        watch(self.threshold)
    }
    /// Stays in the child.
    pub fn raw(&self) -> *const f32 {
        &raw const self.threshold
    }
    fn load(model: &Path, threshold: f32) -> Result<Self, LoadError> {
        load(model, threshold)
    }
}
/// The parent's handle of a `Detector` that lives in a child process.
///
/// Each method runs the method of the same name in the child. Dropping the proxy ends the child
/// and waits for its exit, for the grace period at most.
#[derive(::core::fmt::Debug)]
pub struct RemoteDetector {
    proxy: ::concurrent_object::Proxy<DetectorOutput>,
}
/// The constructors of [`RemoteDetector`], as functions of its builder.
#[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::default::Default)]
pub struct RemoteDetectorStart {
    options: ::concurrent_object::private::Options,
}
/// Starts a [`RemoteDetector`]: set options, then call one of `start…`.
#[allow(dead_code)]
pub type RemoteDetectorBuilder = ::concurrent_object::Builder<RemoteDetectorStart>;
/// The result of one pushed call, as a pull of [`RemoteDetector`] yields it.
#[derive(Debug, Clone)]
#[allow(dead_code)]
pub enum DetectorOutput {
    /// The result of `detect`.
    Detect(Vec<Detection>),
    /// The result of `label`.
    Label(::std::string::String),
    /// The result of `known`.
    Known(Option<::std::string::String>),
    /// The result of `reset`.
    #[cfg(not(feature = "frozen"))]
    Reset(()),
    /// The result of `with_threshold`.
    WithThreshold(()),
    /// The result of `labels`.
    Labels(::std::vec::Vec<::std::string::String>),
    /// The result of `store`.
    Store(::core::result::Result<(), ::concurrent_object::RemoteError>),
    /// The result of `watch`.
    Watch(::core::convert::Infallible),
}
#[allow(dead_code)]
const _: () = {
    use ::concurrent_object::private as __private;
    #[allow(unused_imports)]
    use __private::{Chain as _, Plain as _, Displays as _, Sources as _};
    #[allow(non_camel_case_types)]
    enum new {}
    #[allow(non_camel_case_types)]
    enum detect {}
    #[allow(non_camel_case_types)]
    enum label {}
    #[allow(non_camel_case_types)]
    enum known {}
    #[allow(non_camel_case_types)]
    enum mark {}
    #[allow(non_camel_case_types)]
    enum store {}
    #[allow(non_camel_case_types)]
    enum into_model {}
    #[allow(
        clippy::needless_pass_by_value,
        clippy::result_large_err,
        clippy::type_complexity
    )]
    impl RemoteDetector {
        /// Returns a builder for an object named `name` in logs, errors and the process list.
        pub fn builder(
            name: impl ::core::convert::Into<::std::string::String>,
        ) -> RemoteDetectorBuilder {
            __private::builder(name)
        }
        /// Finds what is in a picture.
        ///
        /// Takes longer for larger pictures.
        ///
        /// Runs `Detector::detect` in the child. The `Call` yields its result.
        pub fn detect(
            &self,
            frame: &[u8],
            size: (u32, u32),
        ) -> ::concurrent_object::Call<Vec<Detection>> {
            <Vec<
                Detection,
            > as __private::Returned<
                detect,
            >>::call(
                &self.proxy,
                0,
                |__to| {
                    __to.put("frame", frame);
                    __to.put("size", &size);
                },
            )
        }
        /// Submits a call of [`detect`](Self::detect); `pull` yields [`DetectorOutput::Detect`].
        /// # Errors
        /// All slots are in use, the arguments do not fit, or the object is gone.
        pub fn push_detect(
            &self,
            frame: &[u8],
            size: (u32, u32),
        ) -> ::concurrent_object::PushResult<((u32, u32),)> {
            __private::push(
                    &self.proxy,
                    0,
                    |__to| {
                        __to.put("frame", frame);
                        __to.put("size", &size);
                    },
                )
                .map_err(|__refused| __refused.give_back((size,)))
        }
        /// The label of one thing, or of all.
        ///
        /// Runs `Detector::label` in the child. The `Call` yields its result.
        pub(crate) fn label(
            &self,
            of: Option<&Key>,
            default: Option<&str>,
        ) -> ::concurrent_object::Call<::std::string::String> {
            __private::call(
                &self.proxy,
                1,
                |__to| {
                    <Key as __private::Argument<'_, label>>::put_option(of, "of", __to);
                    __to.put_option("default", default);
                },
            )
        }
        /// Submits a call of [`label`](Self::label); `pull` yields [`DetectorOutput::Label`].
        /// # Errors
        /// All slots are in use, the arguments do not fit, or the object is gone.
        pub(crate) fn push_label(
            &self,
            of: Option<&Key>,
            default: Option<&str>,
        ) -> ::concurrent_object::PushResult<()> {
            __private::push(
                    &self.proxy,
                    1,
                    |__to| {
                        <Key as __private::Argument<
                            '_,
                            label,
                        >>::put_option(of, "of", __to);
                        __to.put_option("default", default);
                    },
                )
                .map_err(|__refused| __refused.give_back(()))
        }
        /// Which of `words` is known.
        ///
        /// Runs `Detector::known` in the child. The `Call` yields its result.
        #[deprecated = "use `label`"]
        pub fn known(
            &self,
            words: &[&str],
            exact: &Exactness,
        ) -> ::concurrent_object::Call<Option<::std::string::String>> {
            __private::call(
                &self.proxy,
                2,
                |__to| {
                    <&str as __private::Element<'_, known>>::put(words, "words", __to);
                    <Exactness as __private::Argument<
                        '_,
                        known,
                    >>::put(exact, "exact", __to);
                },
            )
        }
        /// Submits a call of [`known`](Self::known); `pull` yields [`DetectorOutput::Known`].
        /// # Errors
        /// All slots are in use, the arguments do not fit, or the object is gone.
        #[deprecated = "use `label`"]
        pub fn push_known(
            &self,
            words: &[&str],
            exact: &Exactness,
        ) -> ::concurrent_object::PushResult<()> {
            __private::push(
                    &self.proxy,
                    2,
                    |__to| {
                        <&str as __private::Element<
                            '_,
                            known,
                        >>::put(words, "words", __to);
                        <Exactness as __private::Argument<
                            '_,
                            known,
                        >>::put(exact, "exact", __to);
                    },
                )
                .map_err(|__refused| __refused.give_back(()))
        }
        /// Forgets everything.
        ///
        /// Runs `Detector::reset` in the child. The `Call` yields its result.
        #[cfg(not(feature = "frozen"))]
        pub fn reset(&self) -> ::concurrent_object::Call<()> {
            __private::call(&self.proxy, 3, |_| {})
        }
        /// Submits a call of [`reset`](Self::reset); `pull` yields [`DetectorOutput::Reset`].
        /// # Errors
        /// All slots are in use, the arguments do not fit, or the object is gone.
        #[cfg(not(feature = "frozen"))]
        pub fn push_reset(&self) -> ::concurrent_object::PushResult<()> {
            __private::push(&self.proxy, 3, |_| {})
                .map_err(|__refused| __refused.give_back(()))
        }
        /// Sets the threshold.
        ///
        /// Runs `Detector::set` in the child. The `Call` yields its result.
        pub fn with_threshold(&self, threshold: f32) -> ::concurrent_object::Call<()> {
            __private::call(&self.proxy, 4, |__to| __to.put("threshold", &threshold))
        }
        /// Submits a call of [`with_threshold`](Self::with_threshold); `pull` yields [`DetectorOutput::WithThreshold`].
        /// # Errors
        /// All slots are in use, the arguments do not fit, or the object is gone.
        pub fn push_with_threshold(
            &self,
            threshold: f32,
        ) -> ::concurrent_object::PushResult<(f32,)> {
            __private::push(&self.proxy, 4, |__to| __to.put("threshold", &threshold))
                .map_err(|__refused| __refused.give_back((threshold,)))
        }
        /// Marks what was found in the picture itself.
        ///
        /// Runs `Detector::mark` in the child. The `CallMut` yields its result.
        ///
        /// Waiting for the call writes the changed arguments back. If the call fails, they
        /// are unchanged. There is no push form, because it would have to keep the arguments
        /// borrowed.
        pub fn mark<'a>(
            &self,
            frame: &'a mut [u8],
            found: &'a mut Vec<Detection>,
        ) -> ::concurrent_object::CallMut<'a, usize> {
            let __call = __private::submit(
                &self.proxy,
                5,
                |__to| {
                    <u8 as __private::InOut<mark>>::put_slice(frame, "frame", __to);
                    <Vec<
                        Detection,
                    > as __private::InOut<mark>>::put(found, "found", __to);
                },
            );
            __private::in_out(
                __call,
                move |__result| {
                    let __returned = __result.take_part::<usize>()?;
                    let __changed_0 = <u8 as __private::InOut<
                        mark,
                    >>::take_slice_back(frame, __result)?;
                    let __changed_1 = <Vec<
                        Detection,
                    > as __private::InOut<mark>>::take_back(found, __result)?;
                    __result.end()?;
                    <u8 as __private::InOut<mark>>::write_slice_back(frame, __changed_0);
                    <Vec<
                        Detection,
                    > as __private::InOut<mark>>::write_back(found, __changed_1);
                    ::core::result::Result::Ok(__returned)
                },
            )
        }
        /// All labels.
        ///
        /// Runs `Detector::labels` in the child. The `Call` yields its result.
        pub fn labels(
            &self,
        ) -> ::concurrent_object::Call<::std::vec::Vec<::std::string::String>> {
            __private::call(&self.proxy, 6, |_| {})
        }
        /// Submits a call of [`labels`](Self::labels); `pull` yields [`DetectorOutput::Labels`].
        /// # Errors
        /// All slots are in use, the arguments do not fit, or the object is gone.
        pub fn push_labels(&self) -> ::concurrent_object::PushResult<()> {
            __private::push(&self.proxy, 6, |_| {})
                .map_err(|__refused| __refused.give_back(()))
        }
        /// Stores the model.
        ///
        /// Runs `Detector::store` in the child. The `Call` yields its result.
        pub fn store(
            &self,
            path: PathBuf,
        ) -> ::concurrent_object::Call<
            ::core::result::Result<(), ::concurrent_object::RemoteError>,
        > {
            __private::call(
                &self.proxy,
                7,
                |__to| <PathBuf as __private::Argument<
                    '_,
                    store,
                >>::put(&path, "path", __to),
            )
        }
        /// Submits a call of [`store`](Self::store); `pull` yields [`DetectorOutput::Store`].
        /// # Errors
        /// All slots are in use, the arguments do not fit, or the object is gone.
        pub fn push_store(
            &self,
            path: PathBuf,
        ) -> ::concurrent_object::PushResult<(PathBuf,)> {
            __private::push(
                    &self.proxy,
                    7,
                    |__to| <PathBuf as __private::Argument<
                        '_,
                        store,
                    >>::put(&path, "path", __to),
                )
                .map_err(|__refused| __refused.give_back((path,)))
        }
        /// Ends it, and gives the model back.
        ///
        /// Runs `Detector::into_model` in the child. The `Call` yields its result.
        ///
        /// This is the object's last call: the child serves the earlier calls and this one,
        /// and exits. The `Call` keeps the child until then. Outcomes of pushed calls that
        /// were not pulled are dropped.
        pub fn into_model(
            self,
        ) -> ::concurrent_object::Call<
            ::core::result::Result<Model, ::concurrent_object::RemoteError>,
        > {
            <::core::result::Result<
                Model,
                ::concurrent_object::RemoteError,
            > as __private::ReturnedResult<into_model>>::call(self.proxy, 8, |_| {})
        }
        /// Watches for ever.
        ///
        /// Runs `Detector::watch` in the child. The `Call` yields its result.
        pub fn watch(&self) -> ::concurrent_object::Call<::core::convert::Infallible> {
            __private::call_never(&self.proxy, 9, |_| {})
        }
        /// Submits a call of [`watch`](Self::watch); `pull` yields [`DetectorOutput::Watch`].
        /// # Errors
        /// All slots are in use, the arguments do not fit, or the object is gone.
        pub fn push_watch(&self) -> ::concurrent_object::PushResult<()> {
            __private::push(&self.proxy, 9, |_| {})
                .map_err(|__refused| __refused.give_back(()))
        }
    }
    impl ::core::ops::Deref for RemoteDetector {
        type Target = ::concurrent_object::Proxy<DetectorOutput>;
        fn deref(&self) -> &Self::Target {
            &self.proxy
        }
    }
    impl __private::Starter for RemoteDetectorStart {
        fn options(&mut self) -> &mut __private::Options {
            &mut self.options
        }
    }
    impl RemoteDetectorStart {
        /// Starts a child process that constructs the object with `Detector::default`, and returns at once.
        /// If the constructor fails, `wait_until_ready` and every call return its error.
        /// # Errors
        /// An option is invalid, the arguments cannot be encoded, or the system has no further process.
        pub fn start_default(&self) -> __private::StartResult<RemoteDetector> {
            __private::start::<Detector, _>(self, 0, |_| {})
                .map(|proxy| RemoteDetector { proxy })
        }
        /// Loads the model.
        ///
        /// Starts a child process that constructs the object with `Detector::new`, and returns at once.
        /// If the constructor fails, `wait_until_ready` and every call return its error.
        /// # Errors
        /// An option is invalid, the arguments cannot be encoded, or the system has no further process.
        pub fn start(
            &self,
            model: &Path,
            threshold: f32,
        ) -> __private::StartResult<RemoteDetector> {
            __private::start::<
                Detector,
                _,
            >(
                    self,
                    1,
                    |__to| {
                        <Path as __private::Borrowed<new>>::put(model, "model", __to);
                        __to.put("threshold", &threshold);
                    },
                )
                .map(|proxy| RemoteDetector { proxy })
        }
        /// Opens a model by its number.
        ///
        /// Starts a child process that constructs the object with `Detector::open`, and returns at once.
        /// If the constructor fails, `wait_until_ready` and every call return its error.
        /// # Errors
        /// An option is invalid, the arguments cannot be encoded, or the system has no further process.
        #[cfg(feature = "numbers")]
        pub fn start_open(&self, id: u32) -> __private::StartResult<RemoteDetector> {
            __private::start::<Detector, _>(self, 2, |__to| __to.put("id", &id))
                .map(|proxy| RemoteDetector { proxy })
        }
    }
    impl __private::Methods for DetectorOutput {
        const METHODS: &'static [&'static str] = &[
            "detect",
            "label",
            "known",
            "reset",
            "set",
            "mark",
            "labels",
            "store",
            "into_model",
            "watch",
        ];
        const SHAPE: u64 = 0xcee3_b881_ee2c_3cfc;
        const TIMEOUTS: &'static [(u32, ::core::time::Duration)] = &[
            (7, ::core::time::Duration::from_millis(2500)),
        ];
        fn decode(
            __method: u32,
            __result: &mut __private::ResultReader<'_>,
        ) -> __private::OrFailure<Self> {
            match __method {
                0 => {
                    <Vec<Detection> as __private::Returned<detect>>::take(__result)
                        .map(Self::Detect)
                }
                1 => __result.take().map(Self::Label),
                2 => __result.take().map(Self::Known),
                #[cfg(not(feature = "frozen"))]
                3 => __result.take().map(Self::Reset),
                4 => __result.take().map(Self::WithThreshold),
                6 => __result.take().map(Self::Labels),
                7 => __result.take().map(Self::Store),
                9 => __private::never(__result).map(Self::Watch),
                _ => __private::no_method(__method),
            }
        }
    }
    #[automatically_derived]
    #[allow(
        clippy::needless_borrow,
        clippy::needless_option_as_deref,
        clippy::too_many_lines
    )]
    impl ::concurrent_object::ConcurrentObject for Detector {
        fn construct(
            __constructor: u32,
            __arguments: &mut __private::ArgumentReader<'_>,
        ) -> __private::OrFailure<Self> {
            match __constructor {
                0 => {
                    __arguments.end()?;
                    ::core::result::Result::Ok(Self::default())
                }
                1 => {
                    let model = <Path as __private::Borrowed<
                        new,
                    >>::take("model", __arguments)?;
                    let threshold = __arguments.take::<f32>("threshold")?;
                    __arguments.end()?;
                    Self::new(&model, threshold)
                        .map_err(|__error| {
                            (&&&&__private::Described(&__error)).tell().into_failure()
                        })
                }
                #[cfg(feature = "numbers")]
                2 => {
                    let id = __arguments.take::<u32>("id")?;
                    __arguments.end()?;
                    Self::open(id).ok_or_else(__private::Failure::none)
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
                    let frame = __arguments.borrow::<[u8]>("frame")?;
                    let size = __arguments.take::<(u32, u32)>("size")?;
                    __arguments.end()?;
                    <Vec<
                        Detection,
                    > as __private::Returned<
                        detect,
                    >>::send(&Self::detect(self, &frame, size), __reply)
                }
                1 => {
                    let of = <Key as __private::Argument<
                        '_,
                        label,
                    >>::take_option("of", __arguments)?;
                    let default = __arguments.borrow_option::<str>("default")?;
                    __arguments.end()?;
                    __reply.send(Self::label(self, of.as_ref(), default.as_deref()))
                }
                #[allow(deprecated)]
                2 => {
                    let words = <&str as __private::Element<
                        '_,
                        known,
                    >>::take("words", __arguments)?;
                    let exact = <Exactness as __private::Argument<
                        '_,
                        known,
                    >>::take("exact", __arguments)?;
                    __arguments.end()?;
                    __reply.send(&Self::known(self, &words, &exact))
                }
                #[cfg(not(feature = "frozen"))]
                3 => {
                    __arguments.end()?;
                    Self::reset(self);
                    __reply.send(&())
                }
                4 => {
                    let threshold = __arguments.take::<f32>("threshold")?;
                    __arguments.end()?;
                    let _ = Self::set(self, threshold);
                    __reply.send(&())
                }
                5 => {
                    let mut frame = <u8 as __private::InOut<
                        mark,
                    >>::take_slice("frame", __arguments)?;
                    let mut found = <Vec<
                        Detection,
                    > as __private::InOut<mark>>::take("found", __arguments)?;
                    __arguments.end()?;
                    __reply
                        .send_all(|__answer| {
                            __answer.put(&Self::mark(self, &mut frame, &mut found))?;
                            <u8 as __private::InOut<
                                mark,
                            >>::put_slice_back(&frame, __answer)?;
                            <Vec<
                                Detection,
                            > as __private::InOut<mark>>::put_back(&found, __answer)?;
                            ::core::result::Result::Ok(())
                        })
                }
                6 => {
                    __arguments.end()?;
                    __reply.send(&__private::collected(Self::labels(self)))
                }
                7 => {
                    let path = <PathBuf as __private::Argument<
                        '_,
                        store,
                    >>::take("path", __arguments)?;
                    __arguments.end()?;
                    __reply
                        .send(
                            &<io::Result<
                                (),
                            > as __private::Fallible>::told(
                                runtime::run(Self::store::<PathBuf>(self, path)),
                                |__error| (&&&&__private::Described(&__error)).tell(),
                            ),
                        )
                }
                9 => {
                    __arguments.end()?;
                    Self::watch(self)
                }
                _ => __private::no_method(__method),
            }
        }
        const CONSUMING: &'static [u32] = &[8];
        fn consume(
            self,
            __method: u32,
            __arguments: &mut __private::ArgumentReader<'_>,
            __reply: &mut __private::Reply<'_>,
        ) -> __private::OrFailure<()> {
            match __method {
                8 => {
                    __arguments.end()?;
                    <::core::result::Result<
                        Model,
                        ::concurrent_object::RemoteError,
                    > as __private::ReturnedResult<
                        into_model,
                    >>::send(
                        &<Result<
                            Model,
                            ModelError,
                        > as __private::Fallible>::told(
                            Self::into_model(self),
                            |__error| (&&&&__private::Described(&__error)).tell(),
                        ),
                        __reply,
                    )
                }
                _ => __private::no_method(__method),
            }
        }
    }
};
