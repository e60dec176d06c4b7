//! What a host says of itself.
//!
//! A host's liveliness token says that its process lives. A token carries no data in Zenoh, so the
//! host answers queries for its description, and publishes each change. The texts come from another
//! machine. Invariant: a host is listed only while its token is there.

mod asking;
mod hosts;

pub use hosts::{Hosts, Placement};

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use zenoh::bytes::ZBytes;
use zenoh::liveliness::LivelinessToken;
use zenoh::query::Queryable;
use zenoh::{Session, Wait};

use crate::keys::{self, Keys};
use crate::session::{Declared, Lane, Outbox};
use crate::{ConfigError, SiteError};

/// The largest description of a host that is read.
const MAX_ABOUT: usize = 16 << 10;
/// How many descriptions may wait to be sent. A site that gets none asks again.
const MAX_ABOUTS: usize = 64;

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
    /// A number for the constructors and methods of each.
    pub(crate) fingerprints: Vec<u64>,
    /// Random: it differs for each start of the program.
    pub(crate) epoch: u64,
    /// How many times `objects` has changed in this epoch.
    pub(crate) changes: u64,
}

/// How many objects a host holds, and how many times that has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostLoad {
    /// The objects.
    pub objects: u32,
    /// The changes: of two loads, the one with more is newer.
    pub changes: u64,
}

impl HostInfo {
    /// A host without objects that runs this program.
    pub fn new(host: impl Into<String>, capacity: u32, types: Vec<(String, u64)>) -> Self {
        let (types, fingerprints) = types.into_iter().unzip();
        Self {
            host: host.into(),
            build: crate::identity::build().to_owned(),
            capacity,
            objects: 0,
            types,
            fingerprints,
            epoch: fastrand::u64(..),
            changes: 0,
        }
    }

    /// The number for the constructors and methods of a type, if the host can start it.
    pub(crate) fn fingerprint(&self, type_name: &str) -> Option<u64> {
        let position = self.types.iter().position(|name| name == type_name)?;
        self.fingerprints.get(position).copied()
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
        if info.to_bytes().len() > MAX_ABOUT {
            let reason = "the names of its types take more than 16 KiB; register fewer types on this host";
            return Err(ConfigError::Refused { key: "host", value: info.host, reason }.into());
        }
        let (about, token) = (keys.about(&info.host), keys.host(&info.host));
        let info = Arc::new(Mutex::new(info));
        let (key, said) = (about.clone(), info.clone());
        // The queryable comes first: a site that sees the token asks at once.
        let lane = outbox.lane(|_| None, || ()).map_err(SiteError::Thread)?;
        let declared = outbox.ask(move |session| declare(session, lane, key, token, said));
        let (queryable, token) = declared.map_err(SiteError::zenoh("announce a host"))?;
        Ok(Self { _token: outbox.hold(token), _queryable: outbox.hold(queryable), outbox: outbox.clone(), about, info })
    }

    /// Reports how many objects the host holds now. Sends nothing if that has not changed.
    pub fn report(&self, objects: u32) -> HostLoad {
        let mut info = lock(&self.info);
        if info.objects == objects {
            return HostLoad { objects, changes: info.changes };
        }
        (info.objects, info.changes) = (objects, info.changes + 1);
        let load = HostLoad { objects, changes: info.changes };
        let (about, bytes) = (self.about.clone(), info.to_bytes());
        self.outbox.post(move |session| {
            // A site that misses this asks again when the token is back.
            if let Err(error) = session.put(about, bytes).wait() {
                tracing::debug!(%error, "a host's load was not published");
            }
        });
        load
    }
}

type Announced = (Queryable<()>, LivelinessToken);

fn declare(
    session: &Session,
    lane: Lane,
    about: String,
    token: String,
    info: Arc<Mutex<HostInfo>>,
) -> zenoh::Result<Announced> {
    let key = about.clone();
    let answer = move |query: zenoh::query::Query| {
        // A reply waits for a slow link, so not here. A client that does not read gets no more.
        if lane.waiting() < MAX_ABOUTS {
            let (key, bytes) = (key.clone(), lock(&info).to_bytes());
            lane.post(move |_| {
                if let Err(error) = query.reply(&key, bytes).wait() {
                    tracing::debug!(%error, "a host's description was not sent");
                }
            });
        }
    };
    let queryable = session.declare_queryable(about).complete(true).callback(answer).wait()?;
    let token = session.liveliness().declare_token(token).wait()?;
    Ok((queryable, token))
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
        let info = HostInfo::new("gpu-3", 8, vec![("Detector".to_owned(), 1)]);
        let bytes = info.to_bytes();
        assert_eq!(read("gpu-3", &bytes.clone().into()), Some(info));
        assert_eq!(read("gpu-4", &bytes.clone().into()), None);
        assert_eq!(read("gpu-3", &bytes[..bytes.len() - 1].to_vec().into()), None);
        let large = HostInfo::new("gpu-3", 8, vec![("x".repeat(MAX_ABOUT), 1)]);
        assert_eq!(read("gpu-3", &large.to_bytes().into()), None);
    }
}
