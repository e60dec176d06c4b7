//! Which hosts of a realm are there, and what they say of themselves.
//!
//! A host's liveliness token says that its process lives. A token carries no data in Zenoh, so the
//! host answers queries for its description, and publishes each change. The texts come from another
//! machine. Invariant: a host is listed only while its token is there.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use zenoh::bytes::ZBytes;
use zenoh::liveliness::LivelinessToken;
use zenoh::pubsub::Subscriber;
use zenoh::query::{ConsolidationMode, QueryTarget, Queryable};
use zenoh::sample::{Sample, SampleKind};
use zenoh::{Session, Wait};

use crate::keys::{self, Keys};
use crate::session::{Declared, Outbox};
use crate::{ConfigError, SiteError};

/// The largest description of a host that is read.
const MAX_ABOUT: usize = 1 << 18;

/// A host, as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HostInfo {
    /// Its name, unique in the realm.
    pub host: String,
    /// Which build of the program it runs.
    pub build: String,
    /// How many objects it may hold.
    pub capacity: u32,
    /// How many objects it holds.
    pub objects: u32,
    /// The names of the types that it can start.
    pub types: Vec<String>,
}

impl HostInfo {
    /// A host without objects that runs this program.
    pub fn new(host: impl Into<String>, capacity: u32, types: Vec<String>) -> Self {
        Self { host: host.into(), build: crate::identity::build().to_owned(), capacity, objects: 0, types }
    }

    fn to_bytes(&self) -> Vec<u8> {
        rmp_serde::to_vec(self).expect("texts and numbers can be written to memory")
    }
}

/// Reads a description that another machine sent. `None` if it is none, or another host's.
fn read(host: &str, payload: &ZBytes) -> Option<HostInfo> {
    if payload.len() > MAX_ABOUT {
        return None;
    }
    let info = rmp_serde::from_slice::<HostInfo>(&payload.to_bytes()).ok()?;
    (info.host == host).then_some(info)
}

/// A host's presence in a realm. The others see it go when this is dropped, or the process dies.
#[derive(Debug)]
pub struct HostPresence {
    outbox: Outbox,
    about: String,
    info: Arc<Mutex<HostInfo>>,
    // Dropped in this order: the token goes first, so that no site asks a host that cannot answer.
    _token: Declared<LivelinessToken>,
    _queryable: Declared<Queryable<()>>,
}

impl HostPresence {
    /// Announces the host in a session.
    pub fn with(outbox: &Outbox, keys: &Keys, info: HostInfo) -> Result<Self, SiteError> {
        if !keys::is_name(&info.host) {
            let reason = "a host's name is 1 to 64 letters, digits, `-`, `_` or `.`; choose another";
            return Err(ConfigError::Refused { key: "host", value: info.host, reason }.into());
        }
        let (about, token) = (keys.about(&info.host), keys.host(&info.host));
        let info = Arc::new(Mutex::new(info));
        let (key, said) = (about.clone(), info.clone());
        // The queryable comes first: a site that sees the token asks at once.
        let declared = outbox.ask(move |session| declare(session, key, token, said));
        let (queryable, token) = declared.map_err(SiteError::zenoh("announce a host"))?;
        Ok(Self { _token: outbox.hold(token), _queryable: outbox.hold(queryable), outbox: outbox.clone(), about, info })
    }

    /// Reports how many objects the host holds now. Sends nothing if that has not changed.
    pub fn report(&self, objects: u32) {
        let mut info = lock(&self.info);
        if info.objects == objects {
            return;
        }
        info.objects = objects;
        let (about, bytes) = (self.about.clone(), info.to_bytes());
        self.outbox.post(move |session| {
            // A site that misses this asks again when the token is back.
            if let Err(error) = session.put(about, bytes).wait() {
                tracing::debug!(%error, "a host's load was not published");
            }
        });
    }
}

type Announced = (Queryable<()>, LivelinessToken);

fn declare(session: &Session, about: String, token: String, info: Arc<Mutex<HostInfo>>) -> zenoh::Result<Announced> {
    let key = about.clone();
    let answer = move |query: zenoh::query::Query| {
        let bytes = lock(&info).to_bytes();
        // A description is small: Zenoh queues it without waiting for the link.
        if let Err(error) = query.reply(&key, bytes).wait() {
            tracing::debug!(%error, "a host's description was not sent");
        }
    };
    let queryable = session.declare_queryable(about).complete(true).callback(answer).wait()?;
    let token = session.liveliness().declare_token(token).wait()?;
    Ok((queryable, token))
}

/// The hosts of a realm, kept up to date.
#[derive(Debug)]
pub struct Hosts {
    shared: Arc<Shared>,
    _tokens: Declared<Subscriber<()>>,
    _changes: Declared<Subscriber<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    /// `None` until the host has described itself.
    hosts: Mutex<BTreeMap<String, Option<HostInfo>>>,
    changed: Condvar,
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
                    follower.appeared(host);
                    if let Some(outbox) = asker.upgrade() {
                        ask(&outbox, &token_keys, host, lease, follower.clone());
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
        lock(&self.shared.hosts).values().flatten().cloned().collect()
    }

    /// Waits until the list fulfils a condition. Returns the list, and whether it does.
    pub fn wait(&self, timeout: Duration, fulfils: impl Fn(&[HostInfo]) -> bool) -> (Vec<HostInfo>, bool) {
        let deadline = Instant::now().checked_add(timeout);
        let mut hosts = lock(&self.shared.hosts);
        loop {
            let list = hosts.values().flatten().cloned().collect::<Vec<_>>();
            let fulfilled = fulfils(&list);
            let rest = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if fulfilled || rest == Some(Duration::ZERO) {
                return (list, fulfilled);
            }
            // Without a deadline, an hour is as good as for ever: the loop looks again.
            let rest = rest.unwrap_or(Duration::from_secs(3600));
            let waited = self.shared.changed.wait_timeout(hosts, rest);
            hosts = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Asks a host for its description. The answer comes to a thread of Zenoh.
fn ask(outbox: &Outbox, keys: &Keys, host: &str, lease: Duration, shared: Arc<Shared>) {
    let (about, host) = (keys.about(host), host.to_owned());
    outbox.post(move |session| {
        let answer = move |reply: zenoh::query::Reply| {
            if let Ok(sample) = reply.result() {
                shared.described(&host, sample.payload());
            }
        };
        let query = session.get(about).target(QueryTarget::BestMatching).consolidation(ConsolidationMode::None);
        if let Err(error) = query.timeout(lease).callback(answer).wait() {
            tracing::debug!(%error, "a host was not asked for its description");
        }
    });
}

impl Shared {
    /// Zenoh reports a token again after each cut of the link: a known host stays as it is.
    fn appeared(&self, host: &str) {
        lock(&self.hosts).entry(host.to_owned()).or_default();
    }

    fn left(&self, host: &str) {
        lock(&self.hosts).remove(host);
        self.changed.notify_all();
    }

    fn described(&self, host: &str, payload: &ZBytes) {
        let Some(info) = read(host, payload) else {
            tracing::warn!(host, "a host's description is not valid, and ignored");
            return;
        };
        // A description can arrive after its token went: then the host is gone.
        if let Some(place) = lock(&self.hosts).get_mut(host) {
            *place = Some(info);
        }
        self.changed.notify_all();
    }
}

/// What these locks guard is whole after each line, so a panic of a holder spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_read_only_from_its_own_host_and_within_its_size() {
        let info = HostInfo::new("gpu-3", 8, vec!["Detector".to_owned()]);
        let bytes = info.to_bytes();
        assert_eq!(read("gpu-3", &bytes.clone().into()), Some(info));
        assert_eq!(read("gpu-4", &bytes.clone().into()), None);
        assert_eq!(read("gpu-3", &bytes[..bytes.len() - 1].to_vec().into()), None);
        let large = HostInfo::new("gpu-3", 8, vec!["x".repeat(MAX_ABOUT)]);
        assert_eq!(read("gpu-3", &large.to_bytes().into()), None);
    }

    #[test]
    fn a_description_after_its_token_went_lists_no_host() {
        let shared = Shared::default();
        let bytes = ZBytes::from(HostInfo::new("gpu-3", 8, vec![]).to_bytes());
        shared.appeared("gpu-3");
        shared.left("gpu-3");
        shared.described("gpu-3", &bytes);
        assert!(lock(&shared.hosts).is_empty());
        shared.appeared("gpu-3");
        shared.described("gpu-3", &bytes);
        shared.appeared("gpu-3");
        assert!(lock(&shared.hosts)["gpu-3"].is_some(), "a second token of the same host changes nothing");
    }
}
