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
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
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
const _: () = {
    #[allow(unused_imports)]
    use ::concurrent_object::private::{
        Chain as _, Plain as _, Displays as _, Sources as _,
    };
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
        dead_code,
        clippy::needless_pass_by_value,
        clippy::result_large_err,
        clippy::type_complexity
    )]
    impl RemoteDetector {
        /// Returns a builder for an object named `name` in logs, errors and the process list.
        ///
        /// Nothing is started until one of the builder's `start…` is called.
        pub fn builder(
            name: impl ::core::convert::Into<::std::string::String>,
        ) -> RemoteDetectorBuilder {
            ::concurrent_object::private::builder(name)
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
            > as ::concurrent_object::private::Returned<
                detect,
            >>::call(
                &self.proxy,
                0,
                |__arguments| {
                    __arguments.put("frame", frame);
                    __arguments.put("size", &size);
                },
            )
        }
        /// Submits a call of [`detect`](Self::detect) without a handle, and returns at once.
        /// `pull` yields the result, as [`DetectorOutput::Detect`].
        ///
        /// # Errors
        ///
        /// All slots are in use, the arguments do not fit, or the object is gone. The error returns the
        /// arguments that were passed by value.
        pub fn push_detect(
            &self,
            frame: &[u8],
            size: (u32, u32),
        ) -> ::core::result::Result<
            ::concurrent_object::CallId,
            ::concurrent_object::PushError<((u32, u32),)>,
        > {
            ::concurrent_object::private::push(
                    &self.proxy,
                    0,
                    |__arguments| {
                        __arguments.put("frame", frame);
                        __arguments.put("size", &size);
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
            ::concurrent_object::private::call(
                &self.proxy,
                1,
                |__arguments| {
                    <Key as ::concurrent_object::private::Argument<
                        '_,
                        label,
                    >>::put_option(of, "of", __arguments);
                    __arguments.put_option("default", default);
                },
            )
        }
        /// Submits a call of [`label`](Self::label) without a handle, and returns at once.
        /// `pull` yields the result, as [`DetectorOutput::Label`].
        ///
        /// # Errors
        ///
        /// All slots are in use, the arguments do not fit, or the object is gone. The error returns the
        /// arguments that were passed by value.
        pub(crate) fn push_label(
            &self,
            of: Option<&Key>,
            default: Option<&str>,
        ) -> ::core::result::Result<
            ::concurrent_object::CallId,
            ::concurrent_object::PushError<()>,
        > {
            ::concurrent_object::private::push(
                    &self.proxy,
                    1,
                    |__arguments| {
                        <Key as ::concurrent_object::private::Argument<
                            '_,
                            label,
                        >>::put_option(of, "of", __arguments);
                        __arguments.put_option("default", default);
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
            ::concurrent_object::private::call(
                &self.proxy,
                2,
                |__arguments| {
                    <&str as ::concurrent_object::private::Element<
                        '_,
                        known,
                    >>::put(words, "words", __arguments);
                    <Exactness as ::concurrent_object::private::Argument<
                        '_,
                        known,
                    >>::put(exact, "exact", __arguments);
                },
            )
        }
        /// Submits a call of [`known`](Self::known) without a handle, and returns at once.
        /// `pull` yields the result, as [`DetectorOutput::Known`].
        ///
        /// # Errors
        ///
        /// All slots are in use, the arguments do not fit, or the object is gone. The error returns the
        /// arguments that were passed by value.
        #[deprecated = "use `label`"]
        pub fn push_known(
            &self,
            words: &[&str],
            exact: &Exactness,
        ) -> ::core::result::Result<
            ::concurrent_object::CallId,
            ::concurrent_object::PushError<()>,
        > {
            ::concurrent_object::private::push(
                    &self.proxy,
                    2,
                    |__arguments| {
                        <&str as ::concurrent_object::private::Element<
                            '_,
                            known,
                        >>::put(words, "words", __arguments);
                        <Exactness as ::concurrent_object::private::Argument<
                            '_,
                            known,
                        >>::put(exact, "exact", __arguments);
                    },
                )
                .map_err(|__refused| __refused.give_back(()))
        }
        /// Forgets everything.
        ///
        /// Runs `Detector::reset` in the child. The `Call` yields its result.
        #[cfg(not(feature = "frozen"))]
        pub fn reset(&self) -> ::concurrent_object::Call<()> {
            ::concurrent_object::private::call(&self.proxy, 3, |_| {})
        }
        /// Submits a call of [`reset`](Self::reset) without a handle, and returns at once.
        /// `pull` yields the result, as [`DetectorOutput::Reset`].
        ///
        /// # Errors
        ///
        /// All slots are in use, the arguments do not fit, or the object is gone. The error returns the
        /// arguments that were passed by value.
        #[cfg(not(feature = "frozen"))]
        pub fn push_reset(
            &self,
        ) -> ::core::result::Result<
            ::concurrent_object::CallId,
            ::concurrent_object::PushError<()>,
        > {
            ::concurrent_object::private::push(&self.proxy, 3, |_| {})
                .map_err(|__refused| __refused.give_back(()))
        }
        /// Sets the threshold.
        ///
        /// Runs `Detector::set` in the child. The `Call` yields its result.
        pub fn with_threshold(&self, threshold: f32) -> ::concurrent_object::Call<()> {
            ::concurrent_object::private::call(
                &self.proxy,
                4,
                |__arguments| {
                    __arguments.put("threshold", &threshold);
                },
            )
        }
        /// Submits a call of [`with_threshold`](Self::with_threshold) without a handle, and returns at once.
        /// `pull` yields the result, as [`DetectorOutput::WithThreshold`].
        ///
        /// # Errors
        ///
        /// All slots are in use, the arguments do not fit, or the object is gone. The error returns the
        /// arguments that were passed by value.
        pub fn push_with_threshold(
            &self,
            threshold: f32,
        ) -> ::core::result::Result<
            ::concurrent_object::CallId,
            ::concurrent_object::PushError<(f32,)>,
        > {
            ::concurrent_object::private::push(
                    &self.proxy,
                    4,
                    |__arguments| {
                        __arguments.put("threshold", &threshold);
                    },
                )
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
            let __call = ::concurrent_object::private::submit(
                &self.proxy,
                5,
                |__arguments| {
                    <u8 as ::concurrent_object::private::InOut<
                        mark,
                    >>::put_slice(frame, "frame", __arguments);
                    <Vec<
                        Detection,
                    > as ::concurrent_object::private::InOut<
                        mark,
                    >>::put(found, "found", __arguments);
                },
            );
            ::concurrent_object::private::in_out(
                __call,
                move |__result| {
                    let __returned = __result.take_part::<usize>()?;
                    let __changed_0 = <u8 as ::concurrent_object::private::InOut<
                        mark,
                    >>::take_slice_back(frame, __result)?;
                    let __changed_1 = <Vec<
                        Detection,
                    > as ::concurrent_object::private::InOut<
                        mark,
                    >>::take_back(found, __result)?;
                    __result.end()?;
                    <u8 as ::concurrent_object::private::InOut<
                        mark,
                    >>::write_slice_back(frame, __changed_0);
                    <Vec<
                        Detection,
                    > as ::concurrent_object::private::InOut<
                        mark,
                    >>::write_back(found, __changed_1);
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
            ::concurrent_object::private::call(&self.proxy, 6, |_| {})
        }
        /// Submits a call of [`labels`](Self::labels) without a handle, and returns at once.
        /// `pull` yields the result, as [`DetectorOutput::Labels`].
        ///
        /// # Errors
        ///
        /// All slots are in use, the arguments do not fit, or the object is gone. The error returns the
        /// arguments that were passed by value.
        pub fn push_labels(
            &self,
        ) -> ::core::result::Result<
            ::concurrent_object::CallId,
            ::concurrent_object::PushError<()>,
        > {
            ::concurrent_object::private::push(&self.proxy, 6, |_| {})
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
            ::concurrent_object::private::call(
                &self.proxy,
                7,
                |__arguments| {
                    <PathBuf as ::concurrent_object::private::Argument<
                        '_,
                        store,
                    >>::put(&path, "path", __arguments);
                },
            )
        }
        /// Submits a call of [`store`](Self::store) without a handle, and returns at once.
        /// `pull` yields the result, as [`DetectorOutput::Store`].
        ///
        /// # Errors
        ///
        /// All slots are in use, the arguments do not fit, or the object is gone. The error returns the
        /// arguments that were passed by value.
        pub fn push_store(
            &self,
            path: PathBuf,
        ) -> ::core::result::Result<
            ::concurrent_object::CallId,
            ::concurrent_object::PushError<(PathBuf,)>,
        > {
            ::concurrent_object::private::push(
                    &self.proxy,
                    7,
                    |__arguments| {
                        <PathBuf as ::concurrent_object::private::Argument<
                            '_,
                            store,
                        >>::put(&path, "path", __arguments);
                    },
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
            > as ::concurrent_object::private::ReturnedResult<
                into_model,
            >>::call(self.proxy, 8, |_| {})
        }
        /// Watches for ever.
        ///
        /// Runs `Detector::watch` in the child. The `Call` yields its result.
        pub fn watch(&self) -> ::concurrent_object::Call<::core::convert::Infallible> {
            ::concurrent_object::private::call_never(&self.proxy, 9, |_| {})
        }
        /// Submits a call of [`watch`](Self::watch) without a handle, and returns at once.
        /// `pull` yields the result, as [`DetectorOutput::Watch`].
        ///
        /// # Errors
        ///
        /// All slots are in use, the arguments do not fit, or the object is gone. The error returns the
        /// arguments that were passed by value.
        pub fn push_watch(
            &self,
        ) -> ::core::result::Result<
            ::concurrent_object::CallId,
            ::concurrent_object::PushError<()>,
        > {
            ::concurrent_object::private::push(&self.proxy, 9, |_| {})
                .map_err(|__refused| __refused.give_back(()))
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for RemoteDetector {
        type Target = ::concurrent_object::Proxy<DetectorOutput>;
        fn deref(&self) -> &Self::Target {
            &self.proxy
        }
    }
    #[automatically_derived]
    impl ::concurrent_object::private::Starter for RemoteDetectorStart {
        fn of(options: ::concurrent_object::private::Options) -> Self {
            Self { options }
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
    impl RemoteDetectorStart {
        /// Starts a child process that constructs the object with `Detector::default`, and returns at once.
        /// If the constructor fails, `wait_until_ready` and every call return its error.
        ///
        /// # Errors
        ///
        /// An option is invalid, the arguments cannot be encoded, or the system has no further process.
        pub fn start_default(
            &self,
        ) -> ::core::result::Result<RemoteDetector, ::concurrent_object::StartError> {
            ::concurrent_object::private::start::<
                Detector,
                DetectorOutput,
            >(&self.options, 0, |_| {})
                .map(|proxy| RemoteDetector { proxy })
        }
        /// Loads the model.
        ///
        /// Starts a child process that constructs the object with `Detector::new`, and returns at once.
        /// If the constructor fails, `wait_until_ready` and every call return its error.
        ///
        /// # Errors
        ///
        /// An option is invalid, the arguments cannot be encoded, or the system has no further process.
        pub fn start(
            &self,
            model: &Path,
            threshold: f32,
        ) -> ::core::result::Result<RemoteDetector, ::concurrent_object::StartError> {
            ::concurrent_object::private::start::<
                Detector,
                DetectorOutput,
            >(
                    &self.options,
                    1,
                    |__arguments| {
                        <Path as ::concurrent_object::private::Borrowed<
                            new,
                        >>::put(model, "model", __arguments);
                        __arguments.put("threshold", &threshold);
                    },
                )
                .map(|proxy| RemoteDetector { proxy })
        }
        /// Opens a model by its number.
        ///
        /// Starts a child process that constructs the object with `Detector::open`, and returns at once.
        /// If the constructor fails, `wait_until_ready` and every call return its error.
        ///
        /// # Errors
        ///
        /// An option is invalid, the arguments cannot be encoded, or the system has no further process.
        #[cfg(feature = "numbers")]
        pub fn start_open(
            &self,
            id: u32,
        ) -> ::core::result::Result<RemoteDetector, ::concurrent_object::StartError> {
            ::concurrent_object::private::start::<
                Detector,
                DetectorOutput,
            >(
                    &self.options,
                    2,
                    |__arguments| {
                        __arguments.put("id", &id);
                    },
                )
                .map(|proxy| RemoteDetector { proxy })
        }
    }
    #[automatically_derived]
    impl ::concurrent_object::private::Methods for DetectorOutput {
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
        const TIMEOUTS: &'static [(u32, ::core::time::Duration)] = &[
            (7, ::core::time::Duration::from_millis(2500)),
        ];
        fn decode(
            __method: u32,
            __result: &mut ::concurrent_object::private::ResultReader<'_>,
        ) -> ::concurrent_object::private::OrFailure<Self> {
            match __method {
                0 => {
                    <Vec<
                        Detection,
                    > as ::concurrent_object::private::Returned<detect>>::take(__result)
                        .map(Self::Detect)
                }
                1 => __result.take().map(Self::Label),
                2 => __result.take().map(Self::Known),
                #[cfg(not(feature = "frozen"))]
                3 => __result.take().map(Self::Reset),
                4 => __result.take().map(Self::WithThreshold),
                6 => __result.take().map(Self::Labels),
                7 => __result.take().map(Self::Store),
                9 => ::concurrent_object::private::never(__result).map(Self::Watch),
                _ => ::concurrent_object::private::no_method(__method),
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
            __arguments: &mut ::concurrent_object::private::ArgumentReader<'_>,
        ) -> ::concurrent_object::private::OrFailure<Self> {
            match __constructor {
                0 => {
                    __arguments.end()?;
                    ::core::result::Result::Ok(Self::default())
                }
                1 => {
                    let model = <Path as ::concurrent_object::private::Borrowed<
                        new,
                    >>::take("model", __arguments)?;
                    let threshold = __arguments.take::<f32>("threshold")?;
                    __arguments.end()?;
                    Self::new(&model, threshold)
                        .map_err(|__error| {
                            (&&&&::concurrent_object::private::Described(&__error))
                                .tell()
                                .into_failure()
                        })
                }
                #[cfg(feature = "numbers")]
                2 => {
                    let id = __arguments.take::<u32>("id")?;
                    __arguments.end()?;
                    Self::open(id)
                        .ok_or_else(::concurrent_object::private::Failure::none)
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
                    let frame = __arguments.borrow::<[u8]>("frame")?;
                    let size = __arguments.take::<(u32, u32)>("size")?;
                    __arguments.end()?;
                    <Vec<
                        Detection,
                    > as ::concurrent_object::private::Returned<
                        detect,
                    >>::send(&Self::detect(self, &frame, size), __reply)
                }
                1 => {
                    let of = <Key as ::concurrent_object::private::Argument<
                        '_,
                        label,
                    >>::take_option("of", __arguments)?;
                    let default = __arguments.borrow_option::<str>("default")?;
                    __arguments.end()?;
                    __reply.send(Self::label(self, of.as_ref(), default.as_deref()))
                }
                #[allow(deprecated)]
                2 => {
                    let words = <&str as ::concurrent_object::private::Element<
                        '_,
                        known,
                    >>::take("words", __arguments)?;
                    let exact = <Exactness as ::concurrent_object::private::Argument<
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
                    let mut frame = <u8 as ::concurrent_object::private::InOut<
                        mark,
                    >>::take_slice("frame", __arguments)?;
                    let mut found = <Vec<
                        Detection,
                    > as ::concurrent_object::private::InOut<
                        mark,
                    >>::take("found", __arguments)?;
                    __arguments.end()?;
                    __reply
                        .send_all(|__answer| {
                            __answer.put(&Self::mark(self, &mut frame, &mut found))?;
                            <u8 as ::concurrent_object::private::InOut<
                                mark,
                            >>::put_slice_back(&frame, __answer)?;
                            <Vec<
                                Detection,
                            > as ::concurrent_object::private::InOut<
                                mark,
                            >>::put_back(&found, __answer)?;
                            ::core::result::Result::Ok(())
                        })
                }
                6 => {
                    __arguments.end()?;
                    __reply
                        .send(
                            &::concurrent_object::private::collected(Self::labels(self)),
                        )
                }
                7 => {
                    let path = <PathBuf as ::concurrent_object::private::Argument<
                        '_,
                        store,
                    >>::take("path", __arguments)?;
                    __arguments.end()?;
                    __reply
                        .send(
                            &<io::Result<
                                (),
                            > as ::concurrent_object::private::Fallible>::told(
                                runtime::run(Self::store::<PathBuf>(self, path)),
                                |__error| {
                                    (&&&&::concurrent_object::private::Described(&__error))
                                        .tell()
                                },
                            ),
                        )
                }
                9 => {
                    __arguments.end()?;
                    Self::watch(self)
                }
                _ => ::concurrent_object::private::no_method(__method),
            }
        }
        const CONSUMING: &'static [u32] = &[8];
        fn consume(
            self,
            __method: u32,
            __arguments: &mut ::concurrent_object::private::ArgumentReader<'_>,
            __reply: &mut ::concurrent_object::private::Reply<'_>,
        ) -> ::concurrent_object::private::OrFailure<()> {
            match __method {
                8 => {
                    __arguments.end()?;
                    <::core::result::Result<
                        Model,
                        ::concurrent_object::RemoteError,
                    > as ::concurrent_object::private::ReturnedResult<
                        into_model,
                    >>::send(
                        &<Result<
                            Model,
                            ModelError,
                        > as ::concurrent_object::private::Fallible>::told(
                            Self::into_model(self),
                            |__error| {
                                (&&&&::concurrent_object::private::Described(&__error))
                                    .tell()
                            },
                        ),
                        __reply,
                    )
                }
                _ => ::concurrent_object::private::no_method(__method),
            }
        }
    }
};
