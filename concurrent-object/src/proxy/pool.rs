//! Several objects of one type that share their work.
//!
//! Knows members as proxies, and never their methods: a call is made in a closure, which gets the
//! proxy of the chosen member. Invariants: code of the user (the closure, the maker of members, the
//! drop of a proxy) runs without any lock of the pool. In a forked copy of the parent no lock is
//! taken.

pub(crate) mod ending;
pub(crate) mod futures;
pub(crate) mod growth;
pub(crate) mod keeper;
pub(crate) mod lanes;
pub(crate) mod map;
pub(crate) mod map_stream;
pub(crate) mod member;
pub(crate) mod results;
pub(crate) mod retired;
pub(crate) mod rules;
pub(crate) mod seats;
pub(crate) mod statistics;

use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use self::futures::PoolFutures;
use self::keeper::Keeper;
use self::map::Map;
use self::member::{Member, Seat};
use self::seats::Seats;
use self::statistics::PoolStatistics;
use crate::error::{Error, StartError};
use crate::proxy::builder::IntoSize;
use crate::proxy::call::Call;

/// Several objects of one type, which share their work. A call goes to the member that has the
/// least to do.
///
/// A call that has not begun may move: a member without work takes over calls that wait in another
/// one. If the process of a member dies, the call that ran fails, and the others move. The pool
/// then makes a new member. So a call that kills its process costs itself, and no other call.
///
/// Calls that are made on a member itself ([`keyed`](Self::keyed), [`members`](Self::members)) do
/// not move, and keep their order. A call that refers to a [`LoanMut`](crate::LoanMut) or to a
/// handle of a member does not move either.
///
/// Dropping the pool ends all members, as [`terminate`](Self::terminate) does.
///
/// # Examples
/// ```
/// # use concurrent_object::concurrent_object;
/// use concurrent_object::Pool;
/// # struct Divider;
/// # #[concurrent_object]
/// # impl Divider {
/// #     pub fn new() -> Self { Self }
/// #     pub fn divide(&self, a: u64, b: u64) -> u64 { a / b }
/// # }
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let pool = Pool::new(2, |index| DividerProxy::builder(format!("divider-{index}")).start())?;
///     let call = pool.call(|divider| divider.divide(42, 6));
///     assert_eq!(call.wait()?, 7);
///     let quotients: Result<Vec<u64>, _> = pool.map(1..=4, |divider, n| divider.divide(12, n)).collect();
///     assert_eq!(quotients?, [12, 6, 4, 3]);
///     Ok(())
/// }
/// ```
pub struct Pool<P: Member> {
    seats: Arc<Seats<P>>,
    keeper: Keeper,
}

impl<P: Member> Pool<P> {
    /// Starts a pool of `size` members; 0 stands for the number of cores. `make` starts each member
    /// and gets its index, counted from 0: for its name, a port or a graphics card. Does not wait
    /// until they are ready.
    ///
    /// The pool keeps `make`, to replace a member that has died, for instance. Then a thread of the
    /// pool calls it.
    ///
    /// # Errors
    /// The error of `make`, if a member cannot be started. The members that were started are ended.
    pub fn new(
        size: usize,
        make: impl FnMut(usize) -> Result<P, StartError> + Send + 'static,
    ) -> Result<Self, StartError> {
        let size = if size == 0 { available_parallelism().map_or(1, usize::from) } else { size };
        let seats = Arc::new(Seats::fill(size, Box::new(make))?);
        let keeper = Keeper::begin(&seats)?;
        Ok(Self { seats, keeper })
    }

    /// Replaces each member after it was given so many calls; 0 counts as 1. The next member is
    /// started first, and takes the place when it is ready. Meanwhile the old one goes on, so it
    /// may serve more. It ends when it has served what it was given.
    pub fn recycle_after(self, calls: u64) -> Self {
        self.seats.set_rules(|rules| rules.recycle_after = Some(calls.max(1)));
        self
    }

    /// Replaces each member whose process uses more memory than this (its resident set), as
    /// [`recycle_after`](Self::recycle_after) does. The memory is read once a second at most, and
    /// only after calls. A member that lives in a thread has no memory of its own, and is not
    /// replaced.
    ///
    /// # Errors
    /// [`StartError::InvalidSize`] if the size is text that cannot be parsed.
    pub fn recycle_above(self, memory: impl IntoSize) -> Result<Self, StartError> {
        let bytes = memory.into_size().bytes("recycle_above")?;
        self.seats.set_rules(|rules| rules.recycle_above = Some(bytes));
        Ok(self)
    }

    /// Lets the pool grow to `size` members. It starts one more when a call has to wait, and ends a
    /// member that was added in this way when it had nothing to do for the time `idle`.
    pub fn grow_to(self, size: usize, idle: Duration) -> Self {
        self.seats.set_rules(|rules| rules.grow_to = Some((size, idle)));
        self
    }

    /// Measures how long calls wait and how long they run: see [`PoolStatistics`]. It costs each
    /// call two looks at the clock.
    pub fn measure_times(self) -> Self {
        self.seats.team.measure_times();
        self
    }

    /// Makes a call of the member that has the least to do: `pool.call(|p| p.detect(&image))`.
    /// Never blocks for the call. Until it has begun, the call may move to another member.
    ///
    /// If all members have died, the call waits for a new one. If none can be made, the outcome is
    /// the error of the last member.
    pub fn call<T, Q>(&self, call: impl FnOnce(&P) -> Call<T, Q>) -> Call<T, Q> {
        self.seats.call(call)
    }

    /// Returns the member that has the least to do, for what is not a single call: a stream, a
    /// loan, or calls that must reach the same member. They do not move.
    pub fn least_busy(&self) -> Seat<P> {
        self.seats.least_busy()
    }

    /// Returns the member for this key: the same one for the same key, for as long as that member
    /// lives. For objects that keep something for each customer or file, say.
    pub fn keyed<K: Hash + ?Sized>(&self, key: &K) -> Seat<P> {
        // Its result does not depend on the process, unlike that of a `RandomState`.
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        self.seats.by_hash(hasher.finish())
    }

    /// Returns all present members, to call each: `pool.members().map(|p| p.reload(&model))`.
    pub fn members(&self) -> impl Iterator<Item = Seat<P>> + use<P> {
        self.seats.all().into_iter()
    }

    /// Makes a call for each item, and iterates over the outcomes in the order of the items. Pulls
    /// items only as they are needed, from the calling thread. So items, iterator and closure need
    /// be neither `Send` nor `'static`.
    pub fn map<I, T, F, Q>(&self, items: I, call: F) -> Map<'_, P, I::IntoIter, T, F, Q>
    where
        I: IntoIterator,
        F: FnMut(&P, I::Item) -> Call<T, Q>,
    {
        Map::new(&self.seats, items.into_iter(), call)
    }

    /// Blocks until all present members are ready, or one has failed.
    ///
    /// # Errors
    /// The [`StartError`] of the first member that failed.
    pub fn wait_until_ready(&self) -> Result<(), StartError> {
        self.seats.members().iter().try_for_each(|member| member.proxy.wait_until_ready())
    }

    /// Lets the members serve every call that was submitted, then ends them. Blocks until then. New
    /// calls are refused.
    ///
    /// # Errors
    /// The first error of a member: see [`Proxy::close`](crate::Proxy::close).
    pub fn close(&self) -> Result<(), Error> {
        self.seats.close()
    }

    /// Ends the members after their running methods. Blocks until then, for the longest grace
    /// period of a member at most. The outcome of calls that had not begun is
    /// [`CallError::Ended`](crate::CallError::Ended).
    ///
    /// # Errors
    /// The first error of a member: see [`Proxy::terminate`](crate::Proxy::terminate).
    pub fn terminate(&self) -> Result<(), Error> {
        self.seats.terminate()
    }

    /// Returns the functions that wait as futures: `ready`, `close` and `terminate`.
    #[must_use]
    pub fn futures(&self) -> PoolFutures<P> {
        PoolFutures(self.seats.clone())
    }

    /// Returns the counts of the pool's calls and members. Never blocks.
    #[must_use]
    pub fn statistics(&self) -> PoolStatistics {
        self.seats.statistics()
    }
}

impl<P: Member> Drop for Pool<P> {
    fn drop(&mut self) {
        self.seats.begin_end();
        self.keeper.end();
        self.seats.vacate();
    }
}

impl<P: Member> fmt::Debug for Pool<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("statistics", &self.statistics()).finish_non_exhaustive()
    }
}
