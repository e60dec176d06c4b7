//! The functions of a pool that wait, as futures.
//!
//! Knows the futures of its members. Invariant: each future has what it needs, so it borrows
//! nothing, and can be spawned.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::member::Member;
use super::seats::Seats;
use crate::error::{Error, StartError};
use crate::parent::object::team::Team;
use crate::proxy::futures::Futures;

/// The functions of a [`Pool`](super::Pool) that wait, as futures for any executor:
/// [`Pool::futures`](super::Pool::futures) returns it. What they ask for is asked at once, also if
/// the future is not awaited.
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
///     let pool = Pool::new(2, |_| DividerProxy::builder("divider").start())?;
///     pollster::block_on(async {
///         pool.futures().ready().await?;
///         assert_eq!(pool.call(|divider| divider.divide(42, 6)).await?, 7);
///         pool.futures().close().await?;
///         Ok::<_, Box<dyn std::error::Error>>(())
///     })
/// }
/// ```
pub struct PoolFutures<P>(pub(super) Arc<Seats<P>>);

impl<P: Member> PoolFutures<P> {
    /// Resolves when all present members are ready, or one has failed.
    ///
    /// # Errors
    /// As for [`Pool::wait_until_ready`](super::Pool::wait_until_ready).
    pub fn ready(&self) -> impl Future<Output = Result<(), StartError>> + Send + 'static + use<P> {
        let members: Vec<_> = self.0.members().iter().map(|member| of(member.object()).ready()).collect();
        async move {
            for ready in members {
                ready.await?;
            }
            Ok(())
        }
    }

    /// Lets the members serve every call that was submitted, then ends them. New calls are refused
    /// from now on. Resolves when they have ended.
    ///
    /// # Errors
    /// As for [`Pool::close`](super::Pool::close).
    pub fn close(&self) -> impl Future<Output = Result<(), Error>> + Send + 'static + use<P> {
        let members = self.0.begin_close();
        let ends = members.iter().flatten().map(|member| of(member.object()).close()).collect();
        all_ends(ends, self.0.team.clone(), members.map(drop))
    }

    /// Ends the members after their running methods. Resolves when they have ended.
    ///
    /// # Errors
    /// As for [`Pool::terminate`](super::Pool::terminate).
    pub fn terminate(&self) -> impl Future<Output = Result<(), Error>> + Send + 'static + use<P> {
        let members = self.0.begin_terminate();
        let ends = members.iter().flatten().map(|member| of(member.object()).terminate()).collect();
        all_ends(ends, self.0.team.clone(), members.map(drop))
    }
}

/// The futures of one member, of whatever type its outcomes are.
fn of(object: &Arc<crate::parent::object::Object>) -> Futures<()> {
    Futures::new(object.clone())
}

/// Awaits all ends. `begun`: the error of a pool that this process did not start.
async fn all_ends<F: Future<Output = Result<(), Error>>>(
    ends: Vec<F>,
    team: Arc<Team>,
    begun: Result<(), Error>,
) -> Result<(), Error> {
    let mut outcome = begun;
    for end in ends {
        outcome = outcome.and(end.await);
    }
    team.give_up_kept();
    outcome
}

impl<P> fmt::Debug for PoolFutures<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolFutures").finish_non_exhaustive()
    }
}
