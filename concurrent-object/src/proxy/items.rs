//! The items of a method that streams them, as an iterator and as a stream.
//!
//! Knows the types of items; the bytes come from `reader`. Invariant: dropping it half-way asks the
//! method to end.

pub(crate) mod reader;

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::{FusedStream, Stream};
use serde::de::DeserializeOwned;

use self::reader::ItemReader;
use super::call::pending::elsewhere::refuse_elsewhere;
use super::call::pending::submit_for;
use super::call::{Canceller, Target};
use crate::clock::Moment;
use crate::error::{CallError, CallId};
use crate::parent::calls::arguments::ArgumentWriter;
use crate::parent::calls::table::Owner;
use crate::protocol::failure::Failure;
use crate::protocol::methods::ResultReader;

/// The items of a method with the option `stream`, which come while the method runs.
///
/// It is an iterator; [`into_stream`](Self::into_stream) makes it a stream for async code. An item
/// is a `Result<T, CallError>`. After an error there are no more items.
///
/// The method runs in the child at once, ahead of the consumer. It waits when the unread items fill
/// the ring of items, so a consumer that stops costs no more memory than that. The ring is the
/// largest power of two within the builder's `max_output_size`, of which a stream uses one
/// mebibyte, or two to four times the size of its largest item. An item may take half of the ring.
///
/// While the method runs, further calls of the object wait, as for any method. So a thread that
/// waits for another call of the same object must first read the items, or drop this.
///
/// Dropping it half-way asks the method to end, and never blocks. A method that has not begun never
/// runs. Otherwise the iterator of the method is
/// dropped after its current item, and [`is_cancelled`](crate::is_cancelled) is true in it. No time
/// limit is set by that, so a method that makes one item for a long time runs until then. If the
/// process dies, the items that were written come first, and then the error.
///
/// # Examples
/// ```
/// # use concurrent_object::concurrent_object;
/// # struct Counter;
/// #[concurrent_object]
/// impl Counter {
///     # pub fn new() -> Self { Self }
///     #[concurrent_object(stream)]
///     pub fn count(&self, to: u64) -> impl Iterator<Item = u64> {
///         1..=to
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let counter = CounterProxy::builder("counter").start()?;
///     assert_eq!(counter.count(1000).sum::<Result<u64, _>>()?, 500_500);
///     for number in counter.count(u64::MAX) {
///         if number? == 100 {
///             break; // drops the items: the method ends
///         }
///     }
///     assert_eq!(counter.count(3).count(), 3);
///     Ok(())
/// }
/// ```
#[must_use = "the method is asked to end when its items are dropped; iterate over them"]
pub struct Items<T, P = ()> {
    pub(crate) reader: ItemReader,
    /// Decodes an item. Stored here so that the code that takes items needs no bounds on `T`.
    decode: DecodeItem<T>,
    progress: PhantomData<fn() -> P>,
}

type DecodeItem<T> = fn(&mut ResultReader<'_>) -> Result<T, Failure>;

impl<T, P> Items<T, P> {
    /// Returns the number of the call, which errors and trace events show too. `None` if the call
    /// was refused before it got a number.
    #[must_use]
    pub fn id(&self) -> Option<CallId> {
        self.reader.pending.id()
    }

    /// Sets how long the method may run, from its start to its last item. It replaces the timeout
    /// of the method's attribute and of the builder. Never blocks.
    ///
    /// Time in which the method waits for its consumer counts too. At the limit it is asked to end,
    /// as for [`Call::with_timeout`](crate::Call::with_timeout). The items that were written come
    /// first, and then [`CallError::TimedOut`].
    pub fn with_timeout(self, time: Duration) -> Self {
        self.reader.pending.set_timeout(time);
        self
    }

    /// Cancels the call, as [`Call::cancel`](crate::Call::cancel) does. Never blocks.
    ///
    /// The items that were written come first, and then [`CallError::Cancelled`].
    pub fn cancel(&self) {
        self.reader.pending.cancel();
    }

    /// Returns a value that cancels the call from another thread or task.
    pub fn canceller(&self) -> Canceller {
        self.reader.pending.canceller()
    }

    /// Returns the items as a `Stream`, for async code.
    ///
    /// This type is not both an iterator and a stream: the methods of both have the same names, so
    /// a program that imports `StreamExt` could call neither.
    pub fn into_stream(self) -> ItemStream<T, P> {
        ItemStream(self)
    }

    /// Takes the next item if it is there. `None` if it has not come yet; `Some(None)` at the end.
    /// Never blocks.
    pub fn try_next(&mut self) -> Option<Option<Result<T, CallError>>> {
        self.reader.try_next(self.decode)
    }

    /// Blocks until the next item is there, for `timeout` at most. `None` after `timeout`;
    /// `Some(None)` at the end.
    pub fn next_timeout(&mut self, timeout: Duration) -> Option<Option<Result<T, CallError>>> {
        self.reader.next(Some(Moment::after(timeout)), self.decode)
    }
}

impl<T, P: DeserializeOwned> Items<T, P> {
    /// Returns the newest value that the method has set, as
    /// [`Call::progress`](crate::Call::progress) does.
    #[must_use]
    pub fn progress(&self) -> Option<P> {
        self.reader.pending.progress()
    }
}

impl<T> Items<T> {
    /// Returns the same items, of a method that reports such values.
    pub(crate) fn reporting<P>(self) -> Items<T, P> {
        Items { reader: self.reader, decode: self.decode, progress: PhantomData }
    }
}

impl<T, P> Iterator for Items<T, P> {
    type Item = Result<T, CallError>;

    /// Blocks until the next item is there, or the method has ended.
    fn next(&mut self) -> Option<Self::Item> {
        self.reader.next(None, self.decode).flatten()
    }
}

impl<T, P> FusedIterator for Items<T, P> {}

/// The items of a method as a `Stream` of the crate `futures-core`: see [`Items::into_stream`].
#[must_use = "the method is asked to end when its items are dropped; await them"]
pub struct ItemStream<T, P = ()>(Items<T, P>);

impl<T, P: DeserializeOwned> ItemStream<T, P> {
    /// Returns the newest value that the method has set, as
    /// [`Call::progress`](crate::Call::progress) does.
    #[must_use]
    pub fn progress(&self) -> Option<P> {
        self.0.progress()
    }
}

impl<T, P> ItemStream<T, P> {
    /// Returns the items as an iterator again.
    pub fn into_items(self) -> Items<T, P> {
        self.0
    }
}

/// Awaiting the next item works on any executor, as awaiting a [`Call`](crate::Call) does.
impl<T, P> Stream for ItemStream<T, P> {
    type Item = Result<T, CallError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let items = &mut self.get_mut().0;
        items.reader.poll_next(context, items.decode)
    }
}

impl<T, P> FusedStream for ItemStream<T, P> {
    /// Whether the end or an error was returned.
    fn is_terminated(&self) -> bool {
        self.0.reader.is_over()
    }
}

impl<T, P> fmt::Debug for ItemStream<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ItemStream").field(&self.0).finish()
    }
}

impl<T, P> fmt::Debug for Items<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("method", &self.reader.pending.method())
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

/// Submits a call of a method that streams.
pub(crate) fn make<T: DeserializeOwned>(
    target: impl Target,
    method: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
) -> Items<T> {
    read_by(target, method, write, |item| item.take())
}

/// Submits a call of a method that streams. `decode` reads each item.
pub(crate) fn read_by<T>(
    target: impl Target,
    method: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
    decode: DecodeItem<T>,
) -> Items<T> {
    let pending = if target.reached().0.is_bridged() {
        // The ring of items lies in memory that the other program does not have.
        refuse_elsewhere(target, method, "items do not come from another program; let the method return a list")
    } else {
        submit_for(target, Owner::Items, method, write)
    };
    Items { reader: ItemReader::new(pending), decode, progress: PhantomData }
}
