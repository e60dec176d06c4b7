//! The functions of a proxy that wait, as futures.
//!
//! Problem: a future of such a function must not borrow the proxy, or it could not be spawned as a
//! task. Way here: each future has its own reference to the object, so it is `'static` and `Send`.
//!
//! Knows wait keys and what each function waits for. Invariants: no poll blocks. A future that is
//! dropped leaves no waker behind, and takes no outcome.

use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::error::{CallError, Error, StartError};
use crate::parent::calls::key::WaitKey;
use crate::parent::life::phase::Summary;
use crate::parent::object::Object;
use crate::parent::object::awaiting::Polled;
use crate::parent::object::state::ObjectState;
use crate::protocol::methods::Methods;
use crate::proxy::call::read::OutcomeReader;

/// The functions of a [`Proxy`](crate::Proxy) that wait, as futures for any executor:
/// [`Proxy::futures`](crate::Proxy::futures) returns it. The futures borrow nothing, so they can be
/// spawned as tasks, and they do not keep the object from ending.
///
/// # Examples
/// ```
/// # use concurrent_object::concurrent_object;
/// # struct Divider;
/// # #[concurrent_object]
/// # impl Divider {
/// #     pub fn new() -> Self { Self }
/// #     pub fn divide(&self, a: u64, b: u64) -> u64 { a / b }
/// # }
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let divider = DividerProxy::builder("divider").start()?;
///     pollster::block_on(async {
///         divider.futures().ready().await?;
///         divider.push_divide(42, 6)?;
///         assert!(matches!(divider.futures().pull().await?, Some(DividerOutput::Divide(7))));
///         divider.futures().close().await?;
///         Ok::<_, Box<dyn std::error::Error>>(())
///     })
/// }
/// ```
pub struct Futures<O> {
    object: Arc<Object>,
    output: PhantomData<fn() -> O>,
}

impl<O> Futures<O> {
    pub(crate) fn new(object: Arc<Object>) -> Self {
        Self { object, output: PhantomData }
    }

    /// Resolves when the constructor has returned, or has failed.
    ///
    /// # Errors
    /// As for [`Proxy::wait_until_ready`](crate::Proxy::wait_until_ready).
    pub fn ready(&self) -> impl Future<Output = Result<(), StartError>> + Send + 'static + use<O> {
        let mut waiting = TaskWait::new(self.object.clone(), WaitKey::State);
        poll_fn(move |context| {
            if !waiting.object.is_ours() {
                return Poll::Ready(Err(StartError::ForkedCopy));
            }
            waiting.poll(context, |state| match state.summary() {
                Summary::Starting => None,
                Summary::Ready => Some(Ok(())),
                Summary::Ended(end) => Some(Err(end.start_error())),
            })
        })
    }

    /// Lets the object serve every call that was submitted, then ends it. New calls are refused
    /// from the moment of this call. Resolves when the object has ended.
    ///
    /// If the future is dropped before, the object takes no new calls, and ends when its proxy is
    /// dropped.
    ///
    /// # Errors
    /// As for [`Proxy::close`](crate::Proxy::close). Also [`Error::NotEnded`] if the thread that
    /// enforces the grace period cannot be created.
    pub fn close(&self) -> impl Future<Output = Result<(), Error>> + Send + 'static + use<O> {
        let mut waiting = TaskWait::new(self.object.clone(), WaitKey::State);
        let mut ending = None;
        if self.object.is_ours() {
            self.object.take_no_calls();
        }
        poll_fn(move |context| {
            if ending.is_none() {
                waiting.object.check_ours()?;
                ready!(waiting.poll(context, |state| state.has_served_all().then_some(())));
                ending = Some(AwaitedEnd::begin(&waiting.object, Object::terminate_in_background));
            }
            ending.as_mut().map_or(Poll::Pending, |ending| ending.poll(context))
        })
    }

    /// Asks the object to end after the running method, at the moment of this call. Resolves when
    /// it has ended. A thread of the library kills it after the builder's `grace`, also if the
    /// future is dropped.
    ///
    /// # Errors
    /// As for [`close`](Self::close).
    pub fn terminate(&self) -> impl Future<Output = Result<(), Error>> + Send + 'static + use<O> {
        let mut ending = AwaitedEnd::begin(&self.object, Object::terminate_in_background);
        poll_fn(move |context| ending.poll(context))
    }

    /// Kills the child at the moment of this call, whatever it is doing. Resolves when the process
    /// has ended.
    ///
    /// # Errors
    /// As for [`close`](Self::close).
    pub fn kill(&self) -> impl Future<Output = Result<(), Error>> + Send + 'static + use<O> {
        let mut ending = AwaitedEnd::begin(&self.object, Object::kill_in_background);
        poll_fn(move |context| ending.poll(context))
    }
}

impl<O: Methods + 'static> Futures<O> {
    /// Takes the outcome of the oldest pushed call, once it is there. Resolves to `None` at once if
    /// every pushed call was pulled.
    ///
    /// # Errors
    /// As for [`Proxy::pull`](crate::Proxy::pull).
    pub fn pull(&self) -> impl Future<Output = Result<Option<O>, CallError>> + Send + 'static + use<O> {
        let mut pulling = Pulling::new(self.object.clone());
        poll_fn(move |context| pulling.poll(context, false))
    }

    /// Returns the outcomes of all pushed calls as a stream, in the order of the pushes. It ends
    /// when the object has ended and every outcome was pulled.
    pub fn outcomes(&self) -> Outcomes<O> {
        Outcomes { pulling: Pulling::new(self.object.clone()) }
    }
}

impl<O> fmt::Debug for Futures<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Futures").field("object", &self.object).finish()
    }
}

/// The outcomes of the pushed calls of one object: [`Futures::outcomes`] returns it.
///
/// Each item is the outcome of one pushed call: its result, or its [`CallError`].
#[must_use = "a stream takes no outcome unless it is polled"]
pub struct Outcomes<O> {
    pulling: Pulling<O>,
}

impl<O: Methods> Stream for Outcomes<O> {
    type Item = Result<O, CallError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match ready!(self.get_mut().pulling.poll(context, true)) {
            Err(error) if error.call().is_none() => Poll::Ready(None),
            outcome => Poll::Ready(outcome.transpose()),
        }
    }
}

impl<O> fmt::Debug for Outcomes<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcomes").field("object", &self.pulling.waiting.object).finish()
    }
}

/// A wait of a task on an object.
struct TaskWait {
    object: Arc<Object>,
    key: WaitKey,
    polled: Polled,
}

impl TaskWait {
    fn new(object: Arc<Object>, key: WaitKey) -> Self {
        Self { object, key, polled: Polled::default() }
    }

    fn poll<T>(&mut self, context: &Context<'_>, ready: impl FnMut(&mut ObjectState) -> Option<T>) -> Poll<T> {
        let found = self.object.poll_until(self.key, context, &mut self.polled, ready);
        if found.is_ready() {
            self.polled = Polled::default();
        }
        found
    }
}

impl Drop for TaskWait {
    fn drop(&mut self) {
        self.object.forget_task(self.key, &mut self.polled);
    }
}

/// A wait for an outcome of a pushed call.
struct Pulling<O> {
    waiting: TaskWait,
    output: PhantomData<fn() -> O>,
}

impl<O: Methods> Pulling<O> {
    fn new(object: Arc<Object>) -> Self {
        Self { waiting: TaskWait::new(object, WaitKey::Pull), output: PhantomData }
    }

    /// Takes the next outcome. Without a pushed call, waits for one or returns `None`.
    fn poll(&mut self, context: &Context<'_>, waits_for_pushes: bool) -> Poll<Result<Option<O>, CallError>> {
        let TaskWait { object, key, polled } = &mut self.waiting;
        if !object.is_ours() {
            return Poll::Ready(Err(object.forked_copy(None)));
        }
        let found = object.poll_until(*key, context, polled, |state| match state.calls.table.front() {
            Some(key) => object.take(state, key).map(|taken| Ok(Some(taken))),
            None => match object.error_of_end(state) {
                Some(error) => Some(Err(error)),
                None => (!waits_for_pushes).then_some(Ok(None)),
            },
        });
        let taken = ready!(found)?;
        let read = taken.map(|taken| {
            let method = taken.method;
            OutcomeReader(object).read(taken, |result| O::decode(method, result))
        });
        *polled = Polled::default();
        Poll::Ready(read.transpose())
    }
}

/// A wait for an end that was asked for.
struct AwaitedEnd {
    waiting: TaskWait,
    /// Why the end could not be asked for.
    refused: Option<Error>,
}

impl AwaitedEnd {
    fn begin(object: &Arc<Object>, ask: impl FnOnce(&Object) -> Result<(), Error>) -> Self {
        let refused = object.check_ours().and_then(|()| ask(object)).err();
        Self { waiting: TaskWait::new(object.clone(), WaitKey::State), refused }
    }

    fn poll(&mut self, context: &Context<'_>) -> Poll<Result<(), Error>> {
        match &self.refused {
            Some(error) => Poll::Ready(Err(error.clone())),
            None => self.waiting.poll(context, |state| Object::outcome_of_end(state)),
        }
    }
}
