//! The hosts of a realm as a site sees them, kept up to date.
//!
//! Knows tokens and descriptions; what an object needs is in `placement`. A token can lag behind the end
//! of a link, and a description behind a start. So the site itself notes which host it has lost, and
//! where it has placed objects. Invariant: a host is listed only while its token is there.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use zenoh::Wait;
use zenoh::bytes::ZBytes;
use zenoh::pubsub::Subscriber;
use zenoh::sample::{Sample, SampleKind};

use super::asking::Asking;
use super::{HostLoad, lock, read};
use crate::keys::Keys;
use crate::session::{Declared, Outbox};
use crate::{HostInfo, SiteError};

/// How often a thread that waits for hosts looks for them itself.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The most hosts that are listed. Each side with the rights of a host may declare tokens.
const MAX_HOSTS: usize = 4096;
/// The most hosts that have not described themselves yet. Each of them is asked again and again.
const MAX_SILENT: usize = 256;

/// The hosts of a realm, kept up to date.
#[derive(Debug)]
pub struct Hosts {
    shared: Arc<Shared>,
    _tokens: Declared<Subscriber<()>>,
    _changes: Declared<Subscriber<()>>,
}

/// What the site, its queries and its placements share.
#[derive(Debug, Default)]
pub struct Shared {
    hosts: Mutex<BTreeMap<String, Seen>>,
    /// Grows with each change, under the lock.
    changes: AtomicU64,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Seen {
    /// `None` until the host has described itself.
    info: Option<HostInfo>,
    /// When the site lost an object there. The token may not be gone yet.
    lost_at: Option<Instant>,
    /// The objects of this site that the host has not taken yet.
    placed: u32,
}

impl Seen {
    /// What is known of the host.
    fn info(&self) -> Option<HostInfo> {
        let mut info = self.info.clone()?;
        info.objects = info.objects.saturating_add(self.placed);
        Some(info)
    }
}

/// An object of this site that goes to a host, until the host has taken it.
#[derive(Debug)]
pub struct Placement {
    shared: Arc<Shared>,
    host: String,
}

impl Placement {
    /// The host has taken it, and counts it.
    pub fn taken(self, load: HostLoad) {
        self.shared.loaded(&self.host, load);
    }
}

impl Drop for Placement {
    fn drop(&mut self) {
        if let Some(seen) = lock(&self.shared.hosts).get_mut(&self.host) {
            // The host may have gone and come since.
            seen.placed = seen.placed.saturating_sub(1);
        }
    }
}

impl Hosts {
    /// Begins to follow the hosts of a realm.
    pub fn follow(outbox: &Outbox, keys: Keys, lease: Duration) -> Result<Self, SiteError> {
        let shared = Arc::new(Shared::default());
        let (follower, asker) = (shared.clone(), outbox.downgrade());
        let token_keys = keys.clone();
        let tokens = move |sample: Sample| {
            let Some(host) = token_keys.host_of(sample.key_expr().as_str()) else { return };
            match sample.kind() {
                SampleKind::Put => {
                    if follower.appeared(host)
                        && let Some(outbox) = asker.upgrade()
                    {
                        Asking::new(&outbox, &token_keys, host, lease, follower.clone()).ask(&outbox);
                    }
                }
                SampleKind::Delete => follower.left(host),
            }
        };
        let (follower, about_keys) = (shared.clone(), keys.clone());
        let changes = move |sample: Sample| {
            if let Some(host) = about_keys.host_of_about(sample.key_expr().as_str()) {
                follower.described(host, sample.payload());
            }
        };
        let declared = outbox.ask(move |session| {
            let changes = session.declare_subscriber(keys.about("*")).callback(changes).wait()?;
            let tokens = session.liveliness().declare_subscriber(keys.all_hosts()).history(true).callback(tokens);
            Ok((tokens.wait()?, changes))
        });
        let (tokens, changes) = declared.map_err(SiteError::zenoh("follow the hosts"))?;
        Ok(Self { shared, _tokens: outbox.hold(tokens), _changes: outbox.hold(changes) })
    }

    /// The hosts that are there and have described themselves.
    pub fn list(&self) -> Vec<HostInfo> {
        lock(&self.shared.hosts).values().filter_map(|seen| seen.info()).collect()
    }

    /// Those of the list that the site has not lost within this time, or all if there are none.
    pub fn trusted(&self, list: Vec<HostInfo>, within: Duration) -> Vec<HostInfo> {
        trusted_of(&lock(&self.shared.hosts), list, within)
    }

    /// Asks a host for its description: a report of its load may be lost.
    pub fn ask(&self, outbox: &Outbox, keys: &Keys, host: &str, lease: Duration) {
        Asking::new(outbox, keys, host, lease, self.shared.clone()).ask(outbox);
    }

    /// An object of this site was lost there.
    pub fn lost(&self, host: &str) {
        self.shared.lost(host);
    }

    /// An object of this site goes there: it counts before the host says so.
    pub fn place(&self, host: &str) -> Placement {
        if let Some(seen) = lock(&self.shared.hosts).get_mut(host) {
            seen.placed += 1;
        }
        Placement { shared: self.shared.clone(), host: host.to_owned() }
    }

    /// Looks for hosts whose tokens Zenoh has not reported: if a token is declared while a link is made,
    /// that can happen.
    pub fn look(&self, outbox: &Outbox, keys: &Keys, lease: Duration) {
        let (shared, keys, asker) = (self.shared.clone(), keys.clone(), outbox.downgrade());
        outbox.post(move |session| {
            let all = keys.all_hosts();
            let found = move |reply: zenoh::query::Reply| {
                let Ok(sample) = reply.result() else { return };
                let Some(host) = keys.host_of(sample.key_expr().as_str()) else { return };
                if shared.is_unknown(host)
                    && let Some(outbox) = asker.upgrade()
                    && shared.appeared(host)
                {
                    Asking::new(&outbox, &keys, host, lease, shared.clone()).ask(&outbox);
                }
            };
            if let Err(error) = session.liveliness().get(all).timeout(lease).callback(found).wait() {
                tracing::debug!(%error, "the site could not look for hosts");
            }
        });
    }

    /// Waits until the list fulfils a condition. Returns the list, and whether it does. Calls `look` each
    /// second.
    pub fn wait(
        &self,
        timeout: Duration,
        fulfils: impl Fn(&[HostInfo]) -> bool,
        look: impl Fn(),
    ) -> (Vec<HostInfo>, bool) {
        let deadline = Instant::now().checked_add(timeout);
        loop {
            let (list, changes) = {
                let hosts = lock(&self.shared.hosts);
                (hosts.values().filter_map(Seen::info).collect::<Vec<_>>(), self.shared.changes.load(Ordering::Acquire))
            };
            // The caller's function may ask for the list itself, so it does not run under the lock.
            let fulfilled = fulfils(&list);
            let rest = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if fulfilled || rest == Some(Duration::ZERO) {
                return (list, fulfilled);
            }
            let rest = rest.unwrap_or(LOOK_EVERY).min(LOOK_EVERY);
            let is_same = |_: &mut _| self.shared.changes.load(Ordering::Acquire) == changes;
            let waited = self.shared.changed.wait_timeout_while(lock(&self.shared.hosts), rest, is_same);
            let (hosts, timed_out) = waited.unwrap_or_else(PoisonError::into_inner);
            drop(hosts);
            if timed_out.timed_out() {
                look();
            }
        }
    }
}

fn trusted_of(hosts: &BTreeMap<String, Seen>, list: Vec<HostInfo>, within: Duration) -> Vec<HostInfo> {
    let is_trusted = |info: &&HostInfo| {
        let lost_at = hosts.get(&info.host).and_then(|seen| seen.lost_at);
        lost_at.is_none_or(|at| at.elapsed() >= within)
    };
    let trusted = list.iter().filter(is_trusted).cloned().collect::<Vec<_>>();
    if trusted.is_empty() { list } else { trusted }
}

impl Shared {
    fn lost(&self, host: &str) {
        if let Some(seen) = lock(&self.hosts).get_mut(host) {
            seen.lost_at = Some(Instant::now());
        }
    }

    /// Zenoh reports a token again after each cut of the link: a known host stays as it is. False if there
    /// are too many. One that is left out is found by a later look.
    fn appeared(&self, host: &str) -> bool {
        let mut hosts = lock(&self.hosts);
        let silent = || hosts.values().filter(|seen| seen.info.is_none()).count();
        if !hosts.contains_key(host) && (hosts.len() >= MAX_HOSTS || silent() >= MAX_SILENT) {
            tracing::warn!(host, "a host is left out: there are too many");
            return false;
        }
        hosts.entry(host.to_owned()).or_default().lost_at = None;
        true
    }

    fn left(&self, host: &str) {
        let mut hosts = lock(&self.hosts);
        hosts.remove(host);
        self.tell(&hosts);
    }

    fn tell(&self, _locked: &BTreeMap<String, Seen>) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.changed.notify_all();
    }

    /// Notes a load that is newer than what is known.
    fn loaded(&self, host: &str, load: HostLoad) {
        if let Some(info) = lock(&self.hosts).get_mut(host).and_then(|seen| seen.info.as_mut())
            && load.changes > info.changes
        {
            (info.objects, info.changes) = (load.objects, load.changes);
        }
    }

    fn is_unknown(&self, host: &str) -> bool {
        !lock(&self.hosts).contains_key(host)
    }

    /// Whether the token of the host is there, and its description is not.
    pub(super) fn lacks_description(&self, host: &str) -> bool {
        lock(&self.hosts).get(host).is_some_and(|seen| seen.info.is_none())
    }

    pub(super) fn described(&self, host: &str, payload: &ZBytes) {
        let Some(info) = read(host, payload) else {
            tracing::warn!(host, "a host's description is not valid, and ignored");
            return;
        };
        // A description can arrive after its token went: then the host is gone.
        let mut hosts = lock(&self.hosts);
        if let Some(seen) = hosts.get_mut(host) {
            let is_old =
                seen.info.as_ref().is_some_and(|known| known.epoch == info.epoch && known.changes > info.changes);
            if !is_old {
                seen.info = Some(info);
            }
        }
        self.tell(&hosts);
    }
}

#[cfg(test)]
mod tests;
