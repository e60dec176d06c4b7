//! The near end: the session of a program that calls objects on other machines.
//!
//! Knows the hosts of its realm; knows nothing of calls. Invariant: all clones share one session.

use std::sync::Arc;
use std::time::Duration;

use concurrent_object::bridge::{Refusal, Remote, RemoteStart};
use zenoh::Wait;
use zenoh::liveliness::LivelinessToken;

use crate::control::StartRequest;
use crate::keys::Keys;
use crate::near::{Guard, Place, Placed, SiteLimits};
use crate::placement::{self, Load};
use crate::presence::{Hosts, Placement};
use crate::session::{Declared, Outbox};
use crate::trace::TraceContext;
use crate::{Config, HostInfo, SiteError};

/// A connection to the hosts of a realm.
///
/// Connecting does not wait for a host: [`wait_for_hosts`](Self::wait_for_hosts) does.
#[derive(Clone, Debug)]
pub struct Site {
    inner: Arc<Inner>,
}

/// What the clones of a site, and its objects, share.
#[derive(Debug)]
pub struct Inner {
    pub(crate) outbox: Outbox,
    pub(crate) keys: Keys,
    pub(crate) limits: SiteLimits,
    pub(crate) guard: Guard,
    hosts: Hosts,
    owner: String,
    any_build: bool,
    pub(crate) trace: TraceContext,
    /// Random. Makes the ids of this session differ from those of all others.
    session: u64,
    _token: Declared<LivelinessToken>,
}

impl Site {
    /// Opens a session on a thread of its own.
    ///
    /// # Errors
    ///
    /// [`SiteError`] if the configuration is refused, or Zenoh cannot open the session. As a client of a
    /// router: if none answers in ten seconds.
    pub fn connect(config: &Config) -> Result<Self, SiteError> {
        let outbox = Outbox::open(config)?;
        let keys = Keys::new(config.realm());
        let owner = format!("{:032x}", random());
        let key = keys.owner(&owner);
        let token = outbox.ask(move |session| session.liveliness().declare_token(key).wait());
        let token = outbox.hold(token.map_err(SiteError::zenoh("announce a proxy"))?);
        let hosts = Hosts::follow(&outbox, keys.clone(), config.lease())?;
        let limits = SiteLimits { message: config.message_limit(), lease: config.lease() };
        let (any_build, session, trace) = (config.allows_any_build(), random() as u64, config.trace().clone());
        let guard = Guard::begin(config.lease() / 4).map_err(SiteError::Thread)?;
        let inner = Inner { _token: token, outbox, keys, limits, guard, hosts, owner, any_build, trace, session };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The hosts that are there, by name, each with its load.
    pub fn hosts(&self) -> Vec<HostInfo> {
        self.inner.hosts.list()
    }

    /// Waits until `fulfils` accepts the list of hosts, and returns the list. Blocks the calling thread.
    ///
    /// # Errors
    ///
    /// The list of hosts that were there when the time was over.
    pub fn wait_for_hosts(
        &self,
        timeout: Duration,
        fulfils: impl Fn(&[HostInfo]) -> bool,
    ) -> Result<Vec<HostInfo>, Vec<HostInfo>> {
        match self.inner.hosts.wait(timeout, fulfils, || self.inner.look()) {
            (list, true) => Ok(list),
            (list, false) => Err(list),
        }
    }

    /// The less loaded of two random hosts, for a builder's `on`. The site chooses again for each start.
    pub fn anywhere(&self) -> Arc<dyn Remote> {
        Arc::new(Placed { site: self.inner.clone(), place: Place::Anywhere })
    }

    /// The host of this name, for a builder's `on`.
    pub fn host(&self, name: impl Into<String>) -> Arc<dyn Remote> {
        Arc::new(Placed { site: self.inner.clone(), place: Place::Host(name.into()) })
    }
}

impl Inner {
    /// The id of a message that is no call: its lower half means nothing.
    pub(crate) fn control_id(&self) -> u128 {
        u128::from(self.session) << 64
    }

    /// An id that no other message of any session has, and that no other side can guess.
    pub(crate) fn next_id(&self) -> u128 {
        random()
    }

    /// The id of a call. The numbers of one object differ, and so do the sessions.
    pub(crate) fn call_id(&self, call: u64) -> u128 {
        u128::from(self.session) << 64 | u128::from(call)
    }

    pub(crate) fn request(&self, instance: u128, start: RemoteStart) -> StartRequest {
        let build = crate::identity::build().to_owned();
        let owner = self.owner.clone();
        StartRequest { instance, owner, session: self.session, build, start, lengths: [0; 4] }
    }

    fn look(&self) {
        self.hosts.look(&self.outbox, &self.keys, self.limits.lease);
    }

    /// The name of the host for a new object, or why there is none.
    ///
    /// `fingerprint`: of the constructors and methods of the type. `tried`: the hosts that had no room.
    pub(crate) fn place(
        &self,
        place: &Place,
        (type_name, fingerprint): (&str, u64),
        tried: &[String],
    ) -> Result<(String, Placement), Refusal> {
        let mut able = self.hosts.list();
        if let Place::Host(name) = place {
            able.retain(|info| info.host == *name);
        }
        if able.is_empty() {
            self.look();
            return Err(Refusal::NoHost(match place {
                Place::Anywhere => "no host of the realm is there".to_owned(),
                Place::Host(name) => format!("the host \"{name}\" is not there"),
            }));
        }
        able.retain(|info| !tried.contains(&info.host));
        able.retain(|info| info.types.iter().any(|name| name == type_name));
        if able.is_empty() {
            return Err(Refusal::NoHost(format!("no host that is there has registered the type `{type_name}`")));
        }
        let (ours, seen) = (crate::identity::build(), able[0].build.clone());
        able.retain(|info| self.any_build || info.build == ours);
        if able.is_empty() {
            return Err(Refusal::VersionSkew { ours: ours.to_owned(), seen });
        }
        let seen = able[0].fingerprint(type_name).unwrap_or_default();
        able.retain(|info| info.fingerprint(type_name) == Some(fingerprint));
        if able.is_empty() {
            let build = |fingerprint| format!("`{type_name}` with the fingerprint {fingerprint:016x}");
            return Err(Refusal::VersionSkew { ours: build(fingerprint), seen: build(seen) });
        }
        let is_open = |info: &HostInfo| info.objects < info.capacity;
        if !able.iter().any(is_open) {
            able.iter().for_each(|info| self.hosts.ask(&self.outbox, &self.keys, &info.host, self.limits.lease));
            return Err(Refusal::NoHost("each host that could start it is full".to_owned()));
        }
        able.retain(is_open);
        // Longer than a token of a host that is gone can stay.
        let mut able = self.hosts.trusted(able, self.limits.lease + Duration::from_secs(1));
        let loads = able.iter().map(|info| Load { objects: info.objects, capacity: info.capacity }).collect::<Vec<_>>();
        let chosen = placement::choose(&loads, |n| fastrand::usize(..n)).expect("each has room");
        let host = able.swap_remove(chosen).host;
        let placement = self.hosts.place(&host);
        Ok((host, placement))
    }

    /// An object was lost there.
    pub(crate) fn lost_at(&self, host: &str) {
        self.hosts.lost(host);
    }
}

/// Random numbers of the kernel: no other side can guess them.
fn random() -> u128 {
    let mut bytes = [0; 16];
    let filled = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty());
    assert_eq!(filled, Ok(16), "the kernel always has 16 random bytes once it has started");
    u128::from_le_bytes(bytes)
}
