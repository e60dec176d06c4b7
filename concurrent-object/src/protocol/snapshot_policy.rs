//! When the state of an object is saved for its next process.
//!
//! A setting of the builder that the child receives in its first message. The child decides with it
//! when a snapshot is due.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// When the state of an object is saved, so that a process that replaces a dead one can restore it:
/// the builder's option `snapshots`. The builder has this option if the impl block has a method
/// marked `#[concurrent_object(snapshot)]` and a constructor marked
/// `#[concurrent_object(restore)]`.
///
/// Between two calls, the child saves the state by calling the `snapshot` method, and the parent
/// keeps what it returned. After a death, the `restore` constructor makes the object from the
/// latest snapshot, and from the arguments of the constructor. By default the child takes a
/// snapshot after each call. Then only the effects of the running call are lost.
///
/// After a method that panicked, no snapshot is taken, since its state may be half changed. If the
/// object then dies, all effects since the previous snapshot are lost.
///
/// If `restore` returns an error, the object has ended. If `restore` panics or its process dies,
/// that counts as a death, and the next process tries the same snapshot again.
///
/// No time limit applies to a snapshot that falls due while the object is idle
/// ([`every`](Self::every)). Calls that arrive during it wait for it.
///
/// A snapshot that falls due after a call is taken before the call is answered. So the snapshot
/// contains the effects of every answered call, and its time counts against the call's time limit.
///
/// A snapshot fails if saving panics, returns an error, or returns a value that cannot be encoded.
/// Then the parent keeps the previous snapshot, and the call has its result, unless the policy is
/// to [`or_fail`](Self::or_fail). The first failure, and the first failure after each success, is a
/// `WARN` event in the parent's log. [`Statistics::unsaved`](crate::Statistics::unsaved) counts all
/// failures. If the object dies with a state that is not saved,
/// [`Death::unsaved`](crate::Death::unsaved) says why. The parent learns of a failure with the
/// reply to the call. It learns of a failure while the object was idle when a thread next uses the
/// object.
///
/// An object without a [`RestartPolicy`](crate::RestartPolicy) takes no snapshots. An object with
/// both needs two more descriptors in the parent, three after it was restored, and memory for two
/// states.
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
    /// Takes no snapshots: after a death, the constructor makes the object.
    #[must_use]
    pub fn never() -> Self {
        Self::when(When::Never)
    }

    /// Takes a snapshot after `count` calls, counted from the last one. `after_calls(0)` is
    /// [`never`](Self::never).
    #[must_use]
    pub fn after_calls(count: u32) -> Self {
        Self::when(if count == 0 { When::Never } else { When::AfterCalls(count) })
    }

    /// Takes a snapshot once `time` has passed since the last one, if a call ran since then: after
    /// a call, or while the object is idle. A running method is not interrupted.
    #[must_use]
    pub fn every(time: Duration) -> Self {
        Self::when(When::Every(time))
    }

    /// Makes a call fail if the snapshot after it fails. The call's outcome is
    /// [`CallError::NotSaved`](crate::CallError::NotSaved) in place of its result. So a caller that
    /// has a result knows that a death cannot undo it.
    ///
    /// The method has run all the same, and the object continues to serve calls.
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
    ///         let is_full = self.0.len() > 1;
    ///         if is_full { Err("the journal is full".into()) } else { Ok(self.0.clone()) }
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
    ///     let CallError::NotSaved { reason, .. } = error else { panic!() };
    ///     assert!(reason.contains("the journal is full"));
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

    /// Whether a snapshot is due after `calls` calls since the last one.
    pub(crate) fn is_due_after(self, calls: u32) -> bool {
        matches!(self.when, When::AfterCalls(count) if calls >= count)
    }

    /// Returns the time from one snapshot to the next, if the policy is [`every`](Self::every).
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
