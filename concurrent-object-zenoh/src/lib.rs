//! Objects of `concurrent-object` on other machines, over Zenoh.
//!
//! Each machine that may hold objects runs the user's own program as a *host*. A *site* is the other
//! end: it knows the hosts of its realm, and chooses one for an object.
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
