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
/// is in it. A snapshot fails if saving panics, returns an error, or gives what cannot be encoded. Then the snapshot before stays, and the call
/// has its result all the same, unless [`or_fail`](Self::or_fail) says otherwise. The first failure, and each that follows a success, is
/// a `WARN` in the parent's log; [`Statistics::unsaved`](crate::Statistics::unsaved) counts all of them. If the object dies
/// with a state that is not saved, the death says so and why ([`Death::unsaved`](crate::Death::unsaved)). The parent learns of a failure
/// with the reply to the call; of one while the object had nothing to do, when a thread next uses the object.
///
/// Nothing is saved for an object without a [`RestartPolicy`](crate::RestartPolicy) policy. With one, an object with snapshots holds two more
/// descriptors in the parent, three once it was restored, and memory for two states.
///
/// # Examples
/// ```
/// use concurrent_object::{RestartPolicy, SnapshotPolicy};
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
///     let builder = CounterProxy::builder("counter").restart(RestartPolicy::on_death());
///     let counter = builder.snapshots(SnapshotPolicy::after_calls(2)).start()?;
///     counter.add(1).wait()?;
///     counter.add(10).wait()?; // saved
///     counter.add(100).wait()?;
///     assert!(counter.crash().wait().is_err());
///     assert_eq!(counter.add(0).wait()?, 11);
///     Ok(())
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotPolicy {
    when: When,
    fails_calls: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum When {
    Never,
    AfterCalls(u32),
    Every(Duration),
}

impl SnapshotPolicy {
    /// None are taken: after a death the constructor makes the object.
    #[must_use]
    pub fn never() -> Self {
        Self::when(When::Never)
    }

    /// One after so many calls, counted from the last. `after_calls(0)` is [`never`](Self::never).
    #[must_use]
    pub fn after_calls(count: u32) -> Self {
        Self::when(if count == 0 { When::Never } else { When::AfterCalls(count) })
    }

    /// One when so much time has passed since the last, if there was a call since then: after a call, or while the object has nothing
    /// to do. A method that runs is not interrupted.
    #[must_use]
    pub fn every(time: Duration) -> Self {
        Self::when(When::Every(time))
    }

    /// A call after which a snapshot is due fails if that fails, with [`CallError::NotSaved`](crate::CallError::NotSaved) in place of its
    /// result: then whoever has a result knows that a death cannot undo it. The method has run all the same, and the object lives on.
    ///
    /// # Examples
    /// ```
    /// use concurrent_object::{CallError, RestartPolicy, SnapshotPolicy, concurrent_object};
    ///
    /// struct Journal(Vec<String>);
    ///
    /// #[concurrent_object]
    /// impl Journal {
    ///     pub fn new() -> Self {
    ///         Self(Vec::new())
    ///     }
    ///     #[concurrent_object(restore)]
    ///     fn load(lines: Vec<String>) -> Self {
    ///         Self(lines)
    ///     }
    ///     #[concurrent_object(snapshot)]
    ///     fn save(&self) -> Result<Vec<String>, String> {
    ///         if self.0.len() > 1 { Err("the journal is full".into()) } else { Ok(self.0.clone()) }
    ///     }
    ///     pub fn write(&mut self, line: &str) {
    ///         self.0.push(line.to_owned());
    ///     }
    /// }
    ///
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     concurrent_object::init();
    ///     let builder = JournalProxy::builder("journal").restart(RestartPolicy::on_death());
    ///     let journal = builder.snapshots(SnapshotPolicy::after_calls(1).or_fail()).start()?;
    ///     journal.write("first").wait()?;
    ///     let error = journal.write("second").wait().expect_err("not saved");
    ///     assert!(matches!(&error, CallError::NotSaved { reason, .. } if reason.contains("the journal is full")));
    ///     assert_eq!(journal.handle().statistics().unsaved, 1);
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn or_fail(self) -> Self {
        Self { fails_calls: true, ..self }
    }

    fn when(when: When) -> Self {
        Self { when, fails_calls: false }
    }

    pub(crate) fn fails_calls(self) -> bool {
        self.fails_calls
    }

    pub(crate) fn is_never(self) -> bool {
        self.when == When::Never
    }

    /// Whether one is due that many calls after the last.
    pub(crate) fn is_due_after(self, calls: u32) -> bool {
        matches!(self.when, When::AfterCalls(count) if calls >= count)
    }

    /// How long after the last one the next is taken, if that is what counts.
    pub(crate) fn interval(self) -> Option<Duration> {
        match self.when {
            When::Every(time) => Some(time),
            When::Never | When::AfterCalls(_) => None,
        }
    }
}

impl Default for SnapshotPolicy {
    fn default() -> Self {
        Self::after_calls(1)
    }
}
