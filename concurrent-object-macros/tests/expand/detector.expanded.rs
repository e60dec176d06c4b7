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
/// The parent's end of a `Detector` that lives in a child process.
///
/// Its functions ask the child to run the method of the same name. Dropping it ends the child and waits for that,
/// for as long as the grace period at most.
#[derive(::core::fmt::Debug)]
pub struct RemoteDetector {
    proxy: ::concurrent_object::Proxy<DetectorOutput>,
}
/// Starts a [`RemoteDetector`]: options, then one of `start…`.
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
#[must_use = "nothing is started before one of `start…`"]
pub struct RemoteDetectorBuilder {
    options: ::concurrent_object::private::Options,
}
/// What a pull of [`RemoteDetector`] yields: the result of one pushed call, by the method's name.
#[derive(Debug, Clone)]
#[allow(dead_code)]
pub enum DetectorOutput {
    /// What `detect` returned.
    Detect(Vec<Detection>),
    /// What `label` returned.
    Label(::std::string::String),
    /// What `known` returned.
    Known(Option<::std::string::String>),
    /// What `reset` returned.
    #[cfg(not(feature = "frozen"))]
    Reset(()),
    /// What `with_threshold` returned.
    WithThreshold(()),
    /// What `labels` returned.
    Labels(::std::vec::Vec<::std::string::String>),
    /// What `store` returned.
    Store(::core::result::Result<(), ::concurrent_object::RemoteError>),
    /// What `watch` returned.
    Watch(::core::convert::Infallible),
}
const _: () = {
    #[allow(unused_imports)]
    use ::concurrent_object::private::{Chain as _, Plain as _, Sources as _};
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
        /// Begins a new object, called `name` in logs, errors and the process list.
        ///
        /// Nothing happens before the builder's `start…`.
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
        /// Runs `Detector::detect` in the child. The `Call` yields what it returned.
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
        /// Pushes a call of [`detect`](Self::detect) and returns at once. `pull` yields what it returned, as
        /// [`DetectorOutput::Detect`].
        ///
        /// # Errors
        ///
        /// The push is refused when all slots are taken, when the arguments are too large or cannot be encoded, and when
        /// the object is gone, or is being restarted and fails fast. The error gives back the arguments that were taken by value.
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
        /// Runs `Detector::label` in the child. The `Call` yields what it returned.
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
        /// Pushes a call of [`label`](Self::label) and returns at once. `pull` yields what it returned, as
        /// [`DetectorOutput::Label`].
        ///
        /// # Errors
        ///
        /// The push is refused when all slots are taken, when the arguments are too large or cannot be encoded, and when
        /// the object is gone, or is being restarted and fails fast. The error gives back the arguments that were taken by value.
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
        /// Runs `Detector::known` in the child. The `Call` yields what it returned.
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
        /// Pushes a call of [`known`](Self::known) and returns at once. `pull` yields what it returned, as
        /// [`DetectorOutput::Known`].
        ///
        /// # Errors
        ///
        /// The push is refused when all slots are taken, when the arguments are too large or cannot be encoded, and when
        /// the object is gone, or is being restarted and fails fast. The error gives back the arguments that were taken by value.
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
        /// Runs `Detector::reset` in the child. The `Call` yields what it returned.
        #[cfg(not(feature = "frozen"))]
        pub fn reset(&self) -> ::concurrent_object::Call<()> {
            ::concurrent_object::private::call(&self.proxy, 3, |_| {})
        }
        /// Pushes a call of [`reset`](Self::reset) and returns at once. `pull` yields what it returned, as
        /// [`DetectorOutput::Reset`].
        ///
        /// # Errors
        ///
        /// The push is refused when all slots are taken, when the arguments are too large or cannot be encoded, and when
        /// the object is gone, or is being restarted and fails fast. The error gives back the arguments that were taken by value.
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
        /// Runs `Detector::set` in the child. The `Call` yields what it returned.
        pub fn with_threshold(&self, threshold: f32) -> ::concurrent_object::Call<()> {
            ::concurrent_object::private::call(
                &self.proxy,
                4,
                |__arguments| {
                    __arguments.put("threshold", &threshold);
                },
            )
        }
        /// Pushes a call of [`with_threshold`](Self::with_threshold) and returns at once. `pull` yields what it returned, as
        /// [`DetectorOutput::WithThreshold`].
        ///
        /// # Errors
        ///
        /// The push is refused when all slots are taken, when the arguments are too large or cannot be encoded, and when
        /// the object is gone, or is being restarted and fails fast. The error gives back the arguments that were taken by value.
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
        /// Runs `Detector::mark` in the child. The `CallMut` yields what it returned.
        ///
        /// Waiting for it writes the changed arguments back; if the call fails they are unchanged. There is no push
        /// form, which would have to keep them borrowed.
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
        /// Runs `Detector::labels` in the child. The `Call` yields what it returned.
        pub fn labels(
            &self,
        ) -> ::concurrent_object::Call<::std::vec::Vec<::std::string::String>> {
            ::concurrent_object::private::call(&self.proxy, 6, |_| {})
        }
        /// Pushes a call of [`labels`](Self::labels) and returns at once. `pull` yields what it returned, as
        /// [`DetectorOutput::Labels`].
        ///
        /// # Errors
        ///
        /// The push is refused when all slots are taken, when the arguments are too large or cannot be encoded, and when
        /// the object is gone, or is being restarted and fails fast. The error gives back the arguments that were taken by value.
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
        /// Runs `Detector::store` in the child. The `Call` yields what it returned.
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
        /// Pushes a call of [`store`](Self::store) and returns at once. `pull` yields what it returned, as
        /// [`DetectorOutput::Store`].
        ///
        /// # Errors
        ///
        /// The push is refused when all slots are taken, when the arguments are too large or cannot be encoded, and when
        /// the object is gone, or is being restarted and fails fast. The error gives back the arguments that were taken by value.
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
        /// Runs `Detector::into_model` in the child. The `Call` yields what it returned.
        ///
        /// The object is gone after it: the child serves the calls made before, this one, and ends. The `Call` keeps the
        /// child until then. Outcomes of pushed calls that were not pulled are dropped.
        pub fn into_model(self) -> ::concurrent_object::Call<Result<Model, ModelError>> {
            <Result<
                Model,
                ModelError,
            > as ::concurrent_object::private::ReturnedResult<
                into_model,
            >>::call(self.proxy, 8, |_| {})
        }
        /// Watches for ever.
        ///
        /// Runs `Detector::watch` in the child. The `Call` yields what it returned.
        pub fn watch(&self) -> ::concurrent_object::Call<::core::convert::Infallible> {
            ::concurrent_object::private::call_never(&self.proxy, 9, |_| {})
        }
        /// Pushes a call of [`watch`](Self::watch) and returns at once. `pull` yields what it returned, as
        /// [`DetectorOutput::Watch`].
        ///
        /// # Errors
        ///
        /// The push is refused when all slots are taken, when the arguments are too large or cannot be encoded, and when
        /// the object is gone, or is being restarted and fails fast. The error gives back the arguments that were taken by value.
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
        /// Starts a child process and makes the object there, with `Detector::default`. Does not wait for it.
        ///
        /// # Errors
        ///
        /// An option makes no sense, the arguments cannot be encoded, or the system has no room for another process. A
        /// constructor that fails is reported by `wait_until_ready` and by every call.
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
        /// Starts a child process and makes the object there, with `Detector::new`. Does not wait for it.
        ///
        /// # Errors
        ///
        /// An option makes no sense, the arguments cannot be encoded, or the system has no room for another process. A
        /// constructor that fails is reported by `wait_until_ready` and by every call.
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
        /// Starts a child process and makes the object there, with `Detector::open`. Does not wait for it.
        ///
        /// # Errors
        ///
        /// An option makes no sense, the arguments cannot be encoded, or the system has no room for another process. A
        /// constructor that fails is reported by `wait_until_ready` and by every call.
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
                            (&&&::concurrent_object::private::Described(&__error))
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
                            &runtime::run(Self::store::<PathBuf>(self, path))
                                .map_err(|__error| {
                                    (&&&::concurrent_object::private::Described(&__error))
                                        .tell()
                                        .into_remote()
                                }),
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
                    <Result<
                        Model,
                        ModelError,
                    > as ::concurrent_object::private::ReturnedResult<
                        into_model,
                    >>::send(&Self::into_model(self), __reply)
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
