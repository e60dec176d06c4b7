//! Who may talk to whom: the realm, the endpoints, the certificates, the rules, the limits.
//!
//! Knows the TOML form and what must hold between its values; turns it into Zenoh's configuration in
//! `config/zenoh.rs`. Invariant: a `Config` that passed `check` opens no plaintext endpoint that
//! another machine can reach, unless the user allowed that by name.

mod access;
mod check;
mod endpoint;
mod limits;
mod zenoh;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::ConfigError;
use crate::trace::TraceContext;
pub use limits::Limits;

/// How hosts and sites of one realm find and trust each other.
///
/// The TOML form has the same names:
///
/// ```
/// let config = concurrent_object_zenoh::Config::from_toml(
///     r#"
///     realm = "lab"
///     listen = ["quic/0.0.0.0:7447"]
///
///     [certificates]
///     authority = "authority.pem"
///     certificate = "gpu-3.pem"
///     key = "gpu-3.key"
///
///     [access]
///     hosts = ["gpu-3"]
///     proxies = ["front"]
///
///     [limits]
///     lease = "2s"
///     message = "64 MiB"
///     "#,
/// )?;
/// # Ok::<(), concurrent_object_zenoh::ConfigError>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    realm: String,
    #[serde(default)]
    mode: Mode,
    #[serde(default)]
    listen: Vec<String>,
    #[serde(default)]
    connect: Vec<String>,
    #[serde(default)]
    insecure: bool,
    #[serde(default)]
    any_build: bool,
    certificates: Option<Certificates>,
    access: Option<Access>,
    #[serde(default)]
    limits: Limits,
    #[serde(skip)]
    trace: TraceContext,
}

/// How a session takes part in the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Mode {
    /// Connects to, and listens on, exactly the endpoints that are given.
    #[default]
    Peer,
    /// Connects to a Zenoh router, which knows the others. One must be there when the session is opened.
    /// If it goes later, the session connects to it again, or to the next one in `connect`.
    Client,
}

/// The files of mutual TLS, in PEM, for `quic/…` and `tls/…` endpoints.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificates {
    /// The authority that signed the certificates of all others.
    pub authority: PathBuf,
    /// The certificate of this side. Its common name is what `[access]` names.
    pub certificate: PathBuf,
    /// The private key of that certificate.
    pub key: PathBuf,
}

/// Who may do what, by the common name of the certificate. All others are denied.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// May start objects on hosts, and call them.
    #[serde(default)]
    pub proxies: Vec<String>,
    /// May hold objects.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Pass on what hosts and proxies say, with `mode = "client"`. See [`Config::to_router`].
    #[serde(default)]
    pub routers: Vec<String>,
}

impl Config {
    /// A peer of a realm, with no endpoint yet.
    pub fn new(realm: impl Into<String>) -> Self {
        Self {
            realm: realm.into(),
            mode: Mode::Peer,
            listen: Vec::new(),
            connect: Vec::new(),
            insecure: false,
            any_build: false,
            certificates: None,
            access: None,
            limits: Limits::default(),
            trace: TraceContext::default(),
        }
    }

    /// Reads the TOML form from a file.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the file cannot be read, or its text is refused.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        Self::from_toml(&text)
    }

    /// Reads the TOML form.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the text has a key that this version does not know, or is not safe.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| ConfigError::Malformed(Box::new(error)))?;
        config.check()?;
        Ok(config)
    }

    /// Adds an endpoint that this side listens on: `quic/0.0.0.0:7447`, `tcp/127.0.0.1:7447`.
    #[must_use]
    pub fn listen(mut self, endpoint: impl Into<String>) -> Self {
        self.listen.push(endpoint.into());
        self
    }

    /// Adds an endpoint that this side connects to, again after each loss.
    #[must_use]
    pub fn connect(mut self, endpoint: impl Into<String>) -> Self {
        self.connect.push(endpoint.into());
        self
    }

    /// Sets how the session takes part in the network.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Allows plaintext endpoints that other machines can reach: who can reach them can call objects.
    #[must_use]
    pub fn insecure(mut self, allowed: bool) -> Self {
        self.insecure = allowed;
        self
    }

    /// Allows two sides to run different builds. Each type is compared by the names of its constructors and
    /// methods, and by how their types are spelled. A field that one build has more is not seen: it is an
    /// error of a call, or worse, another value.
    #[must_use]
    pub fn any_build(mut self, allowed: bool) -> Self {
        self.any_build = allowed;
        self
    }

    /// Sets the files of mutual TLS.
    #[must_use]
    pub fn certificates(mut self, certificates: Certificates) -> Self {
        self.certificates = Some(certificates);
        self
    }

    /// Sets who may do what.
    #[must_use]
    pub fn access(mut self, access: Access) -> Self {
        self.access = Some(access);
        self
    }

    /// Sets the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets what returns the W3C `traceparent` of the current span: the crate knows no tracing system that
    /// has one.
    ///
    /// It runs on the thread that makes a call or starts an object, and must not make a call itself. The call takes the text along, and the
    /// host's span `call` has it in the field `traceparent`; a start does the same for the host's span
    /// `object`. A tracing layer of the host's program can continue the trace from there. Another text than
    /// a `traceparent` of version 0 does not go along.
    #[must_use]
    pub fn traceparent(mut self, current: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        self.trace = TraceContext::new(current);
        self
    }

    /// Returns the configuration of a Zenoh router (`zenohd --config`) for the hosts and proxies of this
    /// realm, in JSON: the endpoints in `listen`, its certificates, and the same rules of access. Its own
    /// common name is one of `access.routers` on all sides.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if this is not safe, or has no `listen`.
    pub fn to_router(&self) -> Result<String, ConfigError> {
        self.router()
    }

    /// What Zenoh is asked for when a session is opened.
    pub(crate) fn opening(&self) -> &'static str {
        match self.mode {
            Mode::Peer => "open a session",
            Mode::Client => "open a session in 10 s: no router in `connect` answers; start one, and try again",
        }
    }

    pub(crate) fn trace(&self) -> &TraceContext {
        &self.trace
    }

    pub(crate) fn realm(&self) -> &str {
        &self.realm
    }

    pub(crate) fn message_limit(&self) -> u64 {
        self.limits.message.as_u64()
    }

    pub(crate) fn window(&self) -> u32 {
        self.limits.window
    }

    pub(crate) fn owner_grace(&self) -> Duration {
        self.limits.owner_grace
    }

    pub(crate) fn allows_any_build(&self) -> bool {
        self.any_build
    }

    pub(crate) fn lease(&self) -> Duration {
        self.limits.lease
    }
}

#[cfg(test)]
mod tests;
