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
    /// `tls/…`, not `tcp/…`.
    pub tls: bool,
    loopback: bool,
}

impl<'t> Endpoint<'t> {
    /// Reads an endpoint from the list named `key`.
    pub fn parse(key: &'static str, text: &'t str) -> Result<Self, ConfigError> {
        let refused = |reason| ConfigError::Refused { key, value: text.to_owned(), reason };
        let form = "an endpoint is `tls/address:port` or `tcp/address:port`; write it so";
        let (protocol, address) = text.split_once('/').ok_or_else(|| refused(form))?;
        let tls = match protocol {
            "tls" => true,
            "tcp" => false,
            _ => return Err(refused("this crate supports `tcp/…` and `tls/…` only; use one of them")),
        };
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
