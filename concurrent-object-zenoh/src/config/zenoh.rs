//! Zenoh's own configuration, made from a checked one.
//!
//! Knows the names of Zenoh's keys. Invariant: each value that decides who can connect is set here,
//! and none is left to a default of Zenoh.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Certificates, Config, Mode, access};
use crate::ConfigError;
use crate::keys::Keys;
use crate::wire::PIECE;

/// What a message needs beside a piece: Zenoh's frame, the key and the header.
const FRAME: usize = 4096;

/// How long a client waits for its router when it opens its session. Later it tries without end.
const ROUTER_TIMEOUT: Duration = Duration::from_secs(10);

/// The only protocols of a session, also for what it hears of others.
const PROTOCOLS: &[&str] = if cfg!(feature = "tls") { &["tcp", "tls", "quic"] } else { &["tcp"] };

impl Config {
    /// The configuration of a session.
    pub(crate) fn to_zenoh(&self) -> Result<zenoh::Config, ConfigError> {
        self.check()?;
        let mode = match self.mode {
            Mode::Peer => "peer",
            Mode::Client => "client",
        };
        let mut config = zenoh::Config::default();
        for (key, value) in self.settings(mode) {
            let refused = |source| ConfigError::Zenoh { key, source };
            config.insert_json5(key, &value.to_string()).map_err(refused)?;
        }
        Ok(config)
    }

    /// The configuration of a router, as Zenoh reads it.
    pub(super) fn router(&self) -> Result<String, ConfigError> {
        self.check()?;
        if self.listen.is_empty() {
            return Err(ConfigError::Incomplete("a router needs an endpoint in `listen`"));
        }
        let mut config = json!({});
        for (key, value) in self.settings("router") {
            let place = key.split('/').fold(&mut config, |place, name| &mut place[name]);
            *place = value;
        }
        Ok(format!("{config:#}"))
    }

    fn settings(&self, mode: &str) -> impl Iterator<Item = (&'static str, Value)> {
        let trust = self.certificates.iter().flat_map(trust);
        let keys = Keys::new(&self.realm);
        let rules = self.access.iter().map(move |access| ("access_control", access::rules(access, &keys)));
        self.network(mode).into_iter().chain(transport(self)).chain(trust).chain(rules)
    }

    fn network(&self, mode: &str) -> Vec<(&'static str, Value)> {
        // A peer tries in the background, without end. A client waits for a router, and gives up.
        let patience = if mode == "client" { json!(ROUTER_TIMEOUT.as_millis() as u64) } else { json!(-1) };
        vec![
            ("mode", json!(mode)),
            ("listen/endpoints", json!(self.listen)),
            ("connect/endpoints", json!(self.connect)),
            ("connect/timeout_ms", patience),
            ("connect/exit_on_failure", json!(false)),
            ("connect/retry", json!({ "period_init_ms": 200, "period_max_ms": 1000, "period_increase_factor": 2 })),
            // By multicast any Zenoh of the network would join. By gossip a side would connect to
            // endpoints that were never checked.
            ("scouting/multicast/enabled", json!(false)),
            ("scouting/gossip/enabled", json!(false)),
            ("adminspace/enabled", json!(false)),
        ]
    }
}

fn transport(config: &Config) -> Vec<(&'static str, Value)> {
    let lease = u64::try_from(config.limits.lease.as_millis()).expect("a checked lease is at most an hour");
    vec![
        ("transport/link/protocols", json!(PROTOCOLS)),
        ("transport/link/tx/lease", json!(lease)),
        ("transport/link/rx/buffer_size", json!(4 << 20)),
        ("transport/link/rx/max_message_size", json!(PIECE + FRAME)),
        ("transport/link/tx/queue/size/data", json!(16)),
        // In microseconds. A sender that waits holds the lock of its queue, and who closes the link waits for
        // that lock on one of the two threads that receive for all sessions of the program. So it is no
        // longer than a silent side is waited for.
        ("transport/link/tx/queue/congestion_control/block/wait_before_close", json!(lease * 1000)),
    ]
}

fn trust(files: &Certificates) -> Vec<(&'static str, Value)> {
    vec![
        ("transport/link/tls/root_ca_certificate", json!(files.authority)),
        ("transport/link/tls/listen_certificate", json!(files.certificate)),
        ("transport/link/tls/listen_private_key", json!(files.key)),
        ("transport/link/tls/connect_certificate", json!(files.certificate)),
        ("transport/link/tls/connect_private_key", json!(files.key)),
        ("transport/link/tls/enable_mtls", json!(true)),
        ("transport/link/tls/verify_name_on_connect", json!(true)),
        ("transport/link/tls/close_link_on_expiration", json!(true)),
    ]
}
