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
/// Starts a [`RemoteDetector`]: set options, then call one of `start…`.
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
#[must_use = "a builder starts nothing until one of `start…` is called"]
pub struct RemoteDetectorBuilder {
    options: ::concurrent_object::private::Options,
}
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
            RemoteDetectorBuilder {
                options: ::concurrent_object::private::Options::new(name),
            }
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
        /// Submits a call of [`detect`](Self::detect) without a handle.
        ///
        /// Returns at once. `pull` yields the result, as [`DetectorOutput::Detect`].
        ///
        /// # Errors
        ///
        /// The push is rejected if
        /// - all slots are in use,
        /// - the arguments are too large or cannot be encoded, or
        /// - the object is gone, or is restarting under a policy that fails fast.
        ///
        /// The error returns the arguments that were passed by value.
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
        /// Submits a call of [`label`](Self::label) without a handle.
        ///
        /// Returns at once. `pull` yields the result, as [`DetectorOutput::Label`].
        ///
        /// # Errors
        ///
        /// The push is rejected if
        /// - all slots are in use,
        /// - the arguments are too large or cannot be encoded, or
        /// - the object is gone, or is restarting under a policy that fails fast.
        ///
        /// The error returns the arguments that were passed by value.
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
        /// Submits a call of [`known`](Self::known) without a handle.
        ///
        /// Returns at once. `pull` yields the result, as [`DetectorOutput::Known`].
        ///
        /// # Errors
        ///
        /// The push is rejected if
        /// - all slots are in use,
        /// - the arguments are too large or cannot be encoded, or
        /// - the object is gone, or is restarting under a policy that fails fast.
        ///
        /// The error returns the arguments that were passed by value.
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
        /// Submits a call of [`reset`](Self::reset) without a handle.
        ///
        /// Returns at once. `pull` yields the result, as [`DetectorOutput::Reset`].
        ///
        /// # Errors
        ///
        /// The push is rejected if
        /// - all slots are in use,
        /// - the arguments are too large or cannot be encoded, or
        /// - the object is gone, or is restarting under a policy that fails fast.
        ///
        /// The error returns the arguments that were passed by value.
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
        /// Submits a call of [`with_threshold`](Self::with_threshold) without a handle.
        ///
        /// Returns at once. `pull` yields the result, as [`DetectorOutput::WithThreshold`].
        ///
        /// # Errors
        ///
        /// The push is rejected if
        /// - all slots are in use,
        /// - the arguments are too large or cannot be encoded, or
        /// - the object is gone, or is restarting under a policy that fails fast.
        ///
        /// The error returns the arguments that were passed by value.
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
        /// Submits a call of [`labels`](Self::labels) without a handle.
        ///
        /// Returns at once. `pull` yields the result, as [`DetectorOutput::Labels`].
        ///
        /// # Errors
        ///
        /// The push is rejected if
        /// - all slots are in use,
        /// - the arguments are too large or cannot be encoded, or
        /// - the object is gone, or is restarting under a policy that fails fast.
        ///
        /// The error returns the arguments that were passed by value.
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
        /// Submits a call of [`store`](Self::store) without a handle.
        ///
        /// Returns at once. `pull` yields the result, as [`DetectorOutput::Store`].
        ///
        /// # Errors
        ///
        /// The push is rejected if
        /// - all slots are in use,
        /// - the arguments are too large or cannot be encoded, or
        /// - the object is gone, or is restarting under a policy that fails fast.
        ///
        /// The error returns the arguments that were passed by value.
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
        /// Submits a call of [`watch`](Self::watch) without a handle.
        ///
        /// Returns at once. `pull` yields the result, as [`DetectorOutput::Watch`].
        ///
        /// # Errors
        ///
        /// The push is rejected if
        /// - all slots are in use,
        /// - the arguments are too large or cannot be encoded, or
        /// - the object is gone, or is restarting under a policy that fails fast.
        ///
        /// The error returns the arguments that were passed by value.
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
    #[allow(
        dead_code,
        clippy::needless_pass_by_value,
        clippy::result_large_err,
        clippy::type_complexity
    )]
    impl RemoteDetectorBuilder {
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
        /// Starts a child process that constructs the object with `Detector::default`.
        ///
        /// Does not wait for the constructor. If it fails, `wait_until_ready` and every call return
        /// its error.
        ///
        /// # Errors
        ///
        /// An option is invalid, the arguments cannot be encoded, or the system cannot provide
        /// another process.
        pub fn start_default(
            self,
        ) -> ::core::result::Result<RemoteDetector, ::concurrent_object::StartError> {
            ::concurrent_object::private::start::<
                Detector,
                DetectorOutput,
            >(self.options, 0, |_| {})
                .map(|proxy| RemoteDetector { proxy })
        }
        /// Loads the model.
        ///
        /// Starts a child process that constructs the object with `Detector::new`.
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
            model: &Path,
            threshold: f32,
        ) -> ::core::result::Result<RemoteDetector, ::concurrent_object::StartError> {
            ::concurrent_object::private::start::<
                Detector,
                DetectorOutput,
            >(
                    self.options,
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
        /// Starts a child process that constructs the object with `Detector::open`.
        ///
        /// Does not wait for the constructor. If it fails, `wait_until_ready` and every call return
        /// its error.
        ///
        /// # Errors
        ///
        /// An option is invalid, the arguments cannot be encoded, or the system cannot provide
        /// another process.
        #[cfg(feature = "numbers")]
        pub fn start_open(
            self,
            id: u32,
        ) -> ::core::result::Result<RemoteDetector, ::concurrent_object::StartError> {
            ::concurrent_object::private::start::<
                Detector,
                DetectorOutput,
            >(
                    self.options,
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
        ) -> ::core::result::Result<Self, ::concurrent_object::private::Failure> {
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
                _ => {
                    ::core::result::Result::Err(
                        ::concurrent_object::private::Failure::no_method(__method),
                    )
                }
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
        ) -> ::core::result::Result<Self, ::concurrent_object::private::Failure> {
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
                _ => {
                    ::core::result::Result::Err(
                        ::concurrent_object::private::Failure::no_method(__method),
                    )
                }
            }
        }
        const CONSUMING: &'static [u32] = &[8];
        fn consume(
            self,
            __method: u32,
            __arguments: &mut ::concurrent_object::private::ArgumentReader<'_>,
            __reply: &mut ::concurrent_object::private::Reply<'_>,
        ) -> ::core::result::Result<(), ::concurrent_object::private::Failure> {
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
                _ => {
                    ::core::result::Result::Err(
                        ::concurrent_object::private::Failure::no_method(__method),
                    )
                }
            }
        }
    }
};
