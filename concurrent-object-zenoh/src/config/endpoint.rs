//! An endpoint in Zenoh's form, `protocol/address:port`, read strictly.
//!
//! Knows which endpoints other machines can reach. Invariant: what this parser accepts has no part that
//! changes how Zenoh treats the endpoint: Zenoh would read settings after `#` and `?`.

use std::net::IpAddr;

use crate::ConfigError;

/// An endpoint that was read.
#[derive(Debug)]
pub struct Endpoint<'t> {
    /// As it was written.
    pub text: &'t str,
    /// `tls/…` or `quic/…`, not `tcp/…`.
    pub tls: bool,
    loopback: bool,
}

/// Where Zenoh's runtime takes its settings from. It reads them once, when the first session opens.
const RUNTIME: &str = "ZENOH_RUNTIME";

/// Whether `tls/…` is sound with these settings of Zenoh's runtime.
///
/// Zenoh 1.10 reads and writes the stream of `tls/…` on two threads at once, without a lock
/// (eclipse-zenoh/zenoh, issue 2557). With messages in both directions the link breaks within seconds,
/// and memory may be corrupted. It does not if one thread does both.
fn is_tls_sound(runtime: Option<&str>) -> bool {
    let text = runtime.unwrap_or_default().replace(char::is_whitespace, "");
    // `tx` has one thread, unless it has settings of its own.
    text.contains("rx:(handover:tx)") && !text.contains("tx:(")
}

fn check_tls(runtime: Option<&str>) -> Result<(), &'static str> {
    if is_tls_sound(runtime) {
        return Ok(());
    }
    Err("Zenoh 1.10 breaks `tls/…` links that both sides use at once; use `quic/…`, which takes the same \
         certificates, or start the program with ZENOH_RUNTIME='(rx: (handover: tx))'")
}

impl<'t> Endpoint<'t> {
    /// Reads an endpoint from the list named `key`.
    pub fn parse(key: &'static str, text: &'t str) -> Result<Self, ConfigError> {
        let refused = |reason| ConfigError::Refused { key, value: text.to_owned(), reason };
        let form = "an endpoint is `quic/address:port`, `tls/address:port` or `tcp/address:port`; write it so";
        let (protocol, address) = text.split_once('/').ok_or_else(|| refused(form))?;
        let tls = match protocol {
            "tls" | "quic" if cfg!(feature = "tls") => true,
            "tls" | "quic" => return Err(refused("this program was built without the feature `tls`; enable it")),
            "tcp" => false,
            _ => return Err(refused("this crate supports `quic/…`, `tls/…` and `tcp/…` only; use one of them")),
        };
        if protocol == "tls" {
            check_tls(std::env::var(RUNTIME).ok().as_deref()).map_err(refused)?;
        }
        let (host, port) = address.rsplit_once(':').ok_or_else(|| refused(form))?;
        // A port of 0 is one that the kernel chooses, and that no other side could know.
        if !port.bytes().all(|byte| byte.is_ascii_digit()) || port.parse::<u16>().unwrap_or(0) == 0 {
            return Err(refused("the port must be 1 to 65535"));
        }
        let ip = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(six) => Some(six.parse().map(IpAddr::V6).map_err(|_| refused(form))?),
            None if host.contains(':') => return Err(refused("an IPv6 address stands in brackets: `tcp/[::1]:7447`")),
            None => host.parse().ok().map(IpAddr::V4),
        };
        let named = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        if ip.is_none() && (host.is_empty() || !host.bytes().all(named)) {
            return Err(refused(form));
        }
        // A name counts as another machine's, also `localhost`: a resolver may answer anything.
        Ok(Self { text, tls, loopback: ip.is_some_and(|ip| ip.is_loopback()) })
    }

    /// Whether another machine can read what passes here.
    pub fn is_exposed(&self) -> bool {
        !self.tls && !self.loopback
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_sound_only_with_one_thread_for_both_directions() {
        assert!(is_tls_sound(Some("(rx: (handover: tx))")));
        let others =
            [None, Some(""), Some("(rx: (worker_threads: 1))"), Some("(rx: (handover: tx), tx: (worker_threads: 2))")];
        for runtime in others {
            assert!(!is_tls_sound(runtime), "{runtime:?}");
            assert!(check_tls(runtime).is_err_and(|reason| reason.contains("use `quic/…`")));
        }
    }
}
