//! When an object's state is saved, for a process that may have to take its place.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// When the state of an object is saved that is made anew after a death: the builder's option `snapshots`, which is there if the impl
/// block has a method marked `#[concurrent_object(snapshot)]` and a constructor marked `#[concurrent_object(restore)]`.
///
/// The child saves its state by calling the first, between two calls, and the parent keeps what it returned. After a death the
/// second makes the object of the latest snapshot, and of the constructor's arguments. The default is a snapshot after each
/// call: then nothing is lost but what the running call had done.
///
/// After a method that panicked nothing is saved: what it left half done is not for the next process, so its death takes back all that
/// it had done since the snapshot before. If `restore` returns an error, the object has ended; if it panics or dies, that is a death
/// like any other, and the next process tries the same snapshot again.
///
/// Nothing limits the time of a snapshot that falls due while the object has nothing to do ([`every`](Self::every)): what `save` does then
/// holds up the calls that come meanwhile.
///
/// A snapshot that falls due after a call is taken before the call is answered, and takes of its time limit: what was answered before
/// is in it. If saving panics, or gives what cannot be encoded, the call has its result all the same, and the snapshot before stays; if the object
/// dies with a state that is not saved, the death says so and why ([`Death::unsaved`](crate::Death::unsaved)).
///
/// Nothing is saved for an object without a [`Restart`](crate::Restart) policy. With one, an object with snapshots holds two more
/// descriptors in the parent, three once it was restored, and memory for two states.
///
/// # Examples
/// ```
/// use concurrent_object::{Restart, Snapshots};
/// # use concurrent_object::concurrent_object;
/// struct Counter {
///     count: u64,
/// }
///
/// #[concurrent_object]
/// impl Counter {
///     pub fn new() -> Self {
///         Self { count: 0 }
///     }
///     #[concurrent_object(restore)]
///     fn load(count: u64) -> Self {
///         Self { count }
///     }
///     #[concurrent_object(snapshot)]
///     fn save(&self) -> u64 {
///         self.count
///     }
///     pub fn add(&mut self, n: u64) -> u64 {
///         self.count += n;
///         self.count
///     }
///     pub fn crash(&self) {
///         std::process::abort()
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let builder = CounterProxy::builder("counter").restart(Restart::on_death());
///     let counter = builder.snapshots(Snapshots::after_calls(2)).start()?;
///     counter.add(1).wait()?;
///     counter.add(10).wait()?; // saved
///     counter.add(100).wait()?;
///     assert!(counter.crash().wait().is_err());
///     assert_eq!(counter.add(0).wait()?, 11);
///     Ok(())
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshots(When);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum When {
    Never,
    AfterCalls(u32),
    Every(Duration),
}

impl Snapshots {
    /// None are taken: after a death the constructor makes the object.
    #[must_use]
    pub fn never() -> Self {
        Self(When::Never)
    }

    /// One after so many calls, counted from the last. `after_calls(0)` is [`never`](Self::never).
    #[must_use]
    pub fn after_calls(count: u32) -> Self {
        Self(if count == 0 { When::Never } else { When::AfterCalls(count) })
    }

    /// One when so much time has passed since the last, if there was a call since then: after a call, or while the object has nothing
    /// to do. A method that runs is not interrupted.
    #[must_use]
    pub fn every(time: Duration) -> Self {
        Self(When::Every(time))
    }

    pub(crate) fn is_never(self) -> bool {
        self.0 == When::Never
    }

    /// Whether one is due that many calls after the last.
    pub(crate) fn is_due_after(self, calls: u32) -> bool {
        matches!(self.0, When::AfterCalls(count) if calls >= count)
    }

    /// How long after the last one the next is taken, if that is what counts.
    pub(crate) fn interval(self) -> Option<Duration> {
        match self.0 {
            When::Every(time) => Some(time),
            When::Never | When::AfterCalls(_) => None,
        }
    }
}

impl Default for Snapshots {
    fn default() -> Self {
        Self::after_calls(1)
    }
}
