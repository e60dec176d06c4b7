//! The argument through which a method reports how far it has come.
//!
//! Knows the cell of its slot. Invariant: it writes while its call runs, because the method only
//! borrows it.

use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use super::reply::Reply;
use crate::transport::mapped::Channel;
use crate::transport::progress_cell::PROGRESS_SIZE;
use crate::transport::ring::Entry;
use crate::wire::{Encoder, RawSink};

/// Reports how far a method has come, to the caller who holds its [`Call`](crate::Call).
///
/// A method takes it as `progress: &Progress<P>`. The attribute knows it by this name. It is not an
/// argument of the method on the proxy, which returns a `Call<T, P>`. There,
/// [`progress`](crate::Call::progress) returns the newest value. Values that were not looked at in
/// time are overwritten. To get all of them, stream them as items.
///
/// A value may take 47 bytes as MessagePack: a few numbers and a short text. Setting one takes some
/// ten nanoseconds, and wakes no thread.
///
/// # Examples
/// ```
/// use concurrent_object::{Progress, concurrent_object};
///
/// struct Summer;
///
/// #[concurrent_object]
/// impl Summer {
///     # pub fn new() -> Self { Self }
///     pub fn sum(&self, numbers: &[u64], progress: &Progress<(usize, String)>) -> u64 {
///         let mut sum = 0;
///         for (at, number) in numbers.iter().enumerate() {
///             progress.set((at, format!("number {number}")));
///             sum += number;
///         }
///         sum
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let summer = SummerProxy::builder("summer").start()?;
///     let mut call = summer.sum(&[1, 2, 3]);
///     let sum = loop {
///         if let Some((at, text)) = call.progress() {
///             assert_eq!(text, format!("number {}", at + 1));
///         }
///         if let Some(sum) = call.wait_timeout(std::time::Duration::from_millis(100)) {
///             break sum?;
///         }
///     };
///     assert_eq!(sum, 6);
///     // Without a caller, as in a unit test of the type itself:
///     assert_eq!(Summer.sum(&[4, 5], &Progress::default()), 9);
///     Ok(())
/// }
/// ```
pub struct Progress<P> {
    /// `None`: no caller reads the values.
    caller: Option<ReportedCall>,
    value: PhantomData<fn(P)>,
}

/// The call of which progress is reported.
struct ReportedCall {
    channel: Arc<Channel>,
    entry: Entry,
    writing: Mutex<ProgressWriting>,
}

#[derive(Default)]
struct ProgressWriting {
    count: u64,
    scratch: Vec<u8>,
}

/// Whether this process has logged that a value is too large.
static TOLD: AtomicBool = AtomicBool::new(false);

impl<P> Default for Progress<P> {
    /// Returns one that reports to no caller: `set` does nothing.
    fn default() -> Self {
        Self { caller: None, value: PhantomData }
    }
}

impl<P: Serialize> Progress<P> {
    /// Sets the newest value. Never blocks, unless another thread sets a value at the same time.
    ///
    /// A value that takes more than 47 bytes as MessagePack, or that cannot be encoded, is not
    /// reported. The first such value of a process is logged as a warning.
    pub fn set(&self, value: P) {
        let Some(ReportedCall { channel, entry, writing }) = &self.caller else { return };
        let mut writing = writing.lock().unwrap_or_else(PoisonError::into_inner);
        let ProgressWriting { count, scratch } = &mut *writing;
        match encode(&value, scratch) {
            Ok(()) => {
                *count += 1;
                channel.progress(entry.slot).write(entry.call, *count, scratch);
            }
            Err(reason) if !TOLD.swap(true, Ordering::Relaxed) => tracing::warn!(
                target: "concurrent_object::calls", call = entry.call, value = std::any::type_name::<P>(), reason,
                "progress is not reported"
            ),
            Err(_) => {}
        }
    }
}

fn encode<P: Serialize>(value: &P, scratch: &mut Vec<u8>) -> Result<(), String> {
    scratch.clear();
    let mut sink = NoRegions::default();
    let mut encoder = Encoder::new(scratch, &mut sink);
    // In a tuple, because a list that is the whole message would be a raw region.
    encoder.put(&(value,)).map_err(|error| error.to_string())?;
    let extent = encoder.finish();
    if sink.is_used || extent.counted > PROGRESS_SIZE || scratch.len() > PROGRESS_SIZE {
        return Err(format!("a value takes {} bytes, and may take {}", extent.counted - 1, PROGRESS_SIZE - 1));
    }
    Ok(())
}

/// Takes no raw regions.
#[derive(Default)]
struct NoRegions {
    is_used: bool,
}

impl RawSink for NoRegions {
    fn write(&mut self, _offset: usize, _bytes: &[u8]) {
        self.is_used = true;
    }

    fn limit(&self) -> usize {
        PROGRESS_SIZE
    }
}

impl Reply<'_> {
    /// Returns the argument through which the method reports its progress.
    #[must_use]
    pub fn progress<P>(&self) -> Progress<P> {
        let caller = self.reported().map(|(channel, entry)| ReportedCall { channel, entry, writing: Mutex::default() });
        Progress { caller, value: PhantomData }
    }
}

impl<P> fmt::Debug for Progress<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = self.caller.as_ref().map(|reported| reported.entry.call);
        f.debug_struct("Progress").field("call", &call).finish_non_exhaustive()
    }
}
