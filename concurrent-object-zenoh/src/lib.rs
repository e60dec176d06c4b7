//! Objects of `concurrent-object` on other machines, over Zenoh.
//!
//! Each machine that may hold objects runs the user's own program as a *host*. A *site* is the other
//! end: it knows the hosts of its realm, and chooses one for an object.
//!
//! ```no_run
//! use concurrent_object::{RestartPolicy, concurrent_object};
//! use concurrent_object_zenoh::{Config, Host, Site};
//!
//! pub struct Adder {
//!     sum: u64,
//! }
//!
//! #[concurrent_object]
//! impl Adder {
//!     pub fn new(first: u64) -> Self {
//!         Self { sum: first }
//!     }
//!     pub fn add(&mut self, by: u64) -> u64 {
//!         self.sum += by;
//!         self.sum
//!     }
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     concurrent_object::init();
//!     let config = Config::from_file("site.toml")?;
//!     // On each machine that may hold objects: the same program.
//!     if std::env::args().nth(1).as_deref() == Some("host") {
//!         let host = Host::new(config, "gpu-3").register(|types| {
//!             types.register::<Adder, AdderOutput>();
//!         });
//!         return Ok(host.serve()?);
//!     }
//!     // Where the proxies are.
//!     let site = Site::connect(&config)?;
//!     site.wait_for_hosts(std::time::Duration::from_secs(5), |hosts| !hosts.is_empty()).map_err(|_| "no host")?;
//!     let adder = AdderProxy::builder("adder").on(site.anywhere()).restart(RestartPolicy::on_death()).start(5)?;
//!     assert_eq!(adder.add(1).wait()?, 6);
//!     Ok(())
//! }
//! ```
//!
//! | what happens | what the caller sees |
//! |---|---|
//! | a method panics, the object's process dies | what it sees of an object here |
//! | the host's process dies | [`CallError::Lost`](concurrent_object::CallError::Lost) at once |
//! | the link is cut, the host's process is stopped or hangs | the same, at most `limits.lease` and a second later |
//! | the proxy's process dies | the object ends after `limits.owner_grace` |
//! | no host is there, or all are full | [`StartError::NoHost`](concurrent_object::StartError::NoHost) |
//! | the host runs another build | [`StartError::VersionSkew`](concurrent_object::StartError::VersionSkew) |
//!
//! A call runs at most once, unless its method is `#[concurrent_object(idempotent)]`. With a [`RestartPolicy`](concurrent_object::RestartPolicy), an object
//! that is lost starts again on another host, with its newest saved state if it has one.
//!
//! [`Config`] says who may talk to whom, and over which endpoints. It refuses what is not safe: a
//! plaintext endpoint that another machine can reach, a key that it does not know, a certificate
//! without rules. It also sets what the defaults of Zenoh leave open: no discovery by multicast or
//! gossip, a lease of two seconds, and access denied unless a rule allows it.
#![deny(missing_docs)]

mod config;
mod control;
mod error;
mod host;
mod identity;
mod keys;
mod near;
mod placement;
mod presence;
mod reply;
mod session;
mod site;
mod trace;
mod wire;

pub use bytesize::ByteSize;
pub use config::{Access, Certificates, Config, Limits, Mode};
pub use error::{ConfigError, SiteError};
pub use host::{Host, Serving};
pub use presence::HostInfo;
pub use site::Site;

/// How to set up hosts and sites, and what is lost when a machine is.
pub mod guide {
    #![doc = include_str!("../docs/guide.md")]
}
