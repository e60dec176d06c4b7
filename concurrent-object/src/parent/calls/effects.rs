//! The effects of transitions of calls: work to be done after the object's lock is released.
//!
//! Knows waiters, and values whose drop may run user code or take time.
//!
//! Invariant: no effect is performed under the lock.

use super::references::References;
use super::waiter::Waiter;
use crate::descriptor::OwnedFd;

/// Effects that the object performs after it has released its lock.
#[derive(Default)]
pub(crate) struct CallEffects {
    /// They are woken, and discarded ones are dropped.
    pub(crate) wake: Vec<Waiter>,
    pub(crate) ring_child: bool,
    pub(crate) ring_driver: bool,
    /// What the pool learns of this member.
    pub(crate) news: MemberNews,
    /// What settled calls referred to. It is dropped.
    pub(crate) references: Vec<References>,
    /// Files that came with replies to detached calls. They are closed.
    pub(crate) received: Vec<Box<[OwnedFd]>>,
    /// Calls whose results were dropped unread, if results can name objects that the child keeps.
    pub(crate) unread: Vec<u64>,
}

impl CallEffects {
    /// Drops waiters that wait no more, after the lock is released.
    pub(crate) fn discard(&mut self, waiters: impl IntoIterator<Item = Waiter>) {
        self.wake.extend(waiters.into_iter().filter_map(Waiter::discard));
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        let Self { wake, ring_child, ring_driver, news, references, received, unread } = self;
        let rings = *ring_child | *ring_driver | (*news != MemberNews::None);
        !rings && wake.is_empty() && references.is_empty() && received.is_empty() && unread.is_empty()
    }
}

/// What a pool learns of a member. The greater news count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MemberNews {
    #[default]
    None,
    /// It has nothing to do.
    Idle,
    /// It is ready, its process has died, or it has ended.
    Phase,
}

impl CallEffects {
    /// Has the pool learn this, if the object is a member of one.
    #[inline]
    pub(crate) fn tell_pool(&mut self, is_pooled: bool, news: MemberNews) {
        if is_pooled {
            self.news = self.news.max(news);
        }
    }
}
