//! What must hold between the values of a configuration.
//!
//! Knows what is safe; turns nothing into anything. Invariant: each refusal says what to do.

use std::time::Duration;

use super::endpoint::Endpoint;
use super::{Config, Limits, Mode};
use crate::{ConfigError, keys};

impl Config {
    /// Fails unless all values can be used together. Looks at each endpoint before anything is opened.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if !keys::is_name(&self.realm) {
            let reason = "a realm is 1 to 64 letters, digits, `-`, `_` or `.`; rename it on all sides";
            return Err(ConfigError::Refused { key: "realm", value: self.realm.clone(), reason });
        }
        self.check_mode()?;
        self.check_limits()?;
        let endpoints = self.endpoints()?;
        if let Some(endpoint) = endpoints.iter().find(|endpoint| !self.insecure && endpoint.is_exposed()) {
            return Err(ConfigError::Plaintext { endpoint: endpoint.text.to_owned() });
        }
        self.check_trust(&endpoints)
    }

    fn check_mode(&self) -> Result<(), ConfigError> {
        let problem = match self.mode {
            Mode::Client if self.connect.is_empty() => "`mode = \"client\"` needs a router in `connect`",
            Mode::Client if !self.listen.is_empty() => "a client does not listen: remove `listen`, or the mode",
            Mode::Peer if self.connect.is_empty() && self.listen.is_empty() => {
                "a peer needs an endpoint: add one to `listen` or `connect`"
            }
            _ => return Ok(()),
        };
        Err(ConfigError::Incomplete(problem))
    }

    fn check_limits(&self) -> Result<(), ConfigError> {
        let refused = |key, value: String, reason| Err(ConfigError::Refused { key, value, reason });
        let Limits { lease, message, window, owner_grace: _ } = &self.limits;
        if !(Duration::from_millis(100)..=Duration::from_secs(3600)).contains(lease) {
            return refused("limits.lease", format!("{lease:?}"), "it must be 100ms to 1h");
        }
        if !(4096..=1 << 36).contains(&message.as_u64()) {
            return refused("limits.message", message.to_string(), "it must be 4 KiB to 64 GiB");
        }
        if !(1..=4096).contains(window) {
            return refused("limits.window", window.to_string(), "it must be 1 to 4096");
        }
        Ok(())
    }

    fn endpoints(&self) -> Result<Vec<Endpoint<'_>>, ConfigError> {
        let listen = self.listen.iter().map(|text| Endpoint::parse("listen", text));
        listen.chain(self.connect.iter().map(|text| Endpoint::parse("connect", text))).collect()
    }

    /// With TLS on some endpoints only, the rules by common name would deny the others in silence.
    fn check_trust(&self, endpoints: &[Endpoint<'_>]) -> Result<(), ConfigError> {
        let encrypted = endpoints.iter().filter(|endpoint| endpoint.tls).count();
        let problem = match (encrypted, &self.certificates, &self.access) {
            (0, None, None) => return Ok(()),
            (0, Some(_), _) => "`[certificates]` without a `quic/…` endpoint: change the endpoints, or remove it",
            (0, None, Some(_)) => "`[access]` without a `quic/…` endpoint has no common names: use TLS, or remove it",
            (_, None, _) => "a `quic/…` endpoint needs `[certificates]`",
            (_, _, None) => "a `quic/…` endpoint needs `[access]`: name the hosts and the proxies",
            (n, _, _) if n < endpoints.len() => "some endpoints have TLS and some have not: use `quic/…` for all",
            (_, _, Some(access)) if self.mode == Mode::Client && access.routers.is_empty() => {
                "`mode = \"client\"` with certificates needs `access.routers`: the common names of the routers"
            }
            (_, _, Some(access)) => return access.check(),
        };
        Err(ConfigError::Incomplete(problem))
    }
}
