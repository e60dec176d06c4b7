//! What can go wrong before there is an object: a configuration that is refused, a session that
//! cannot be opened.
//!
//! Knows nothing of calls. Each message says what is wrong and what to do.

use std::path::PathBuf;

/// A configuration that was refused. Nothing was opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file could not be read.
    #[error("the configuration {} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system answered.
        source: std::io::Error,
    },
    /// The text is not TOML, or has a key or a value that this version does not know.
    #[error("the configuration is not valid; correct or remove what the cause names")]
    Malformed(#[source] Box<toml::de::Error>),
    /// A value that has the right type, and that cannot be used.
    #[error("`{key}` is \"{value}\", but {reason}")]
    Refused {
        /// The key in the TOML form.
        key: &'static str,
        /// Its value.
        value: String,
        /// What is wrong, and what to do.
        reason: &'static str,
    },
    /// A plaintext endpoint that other machines can reach.
    #[error(
        "the endpoint \"{endpoint}\" is not encrypted and is not a loopback address; use `quic/…` with \
         `[certificates]`, or allow it with `insecure = true`"
    )]
    Plaintext {
        /// The endpoint.
        endpoint: String,
    },
    /// Two settings that do not go together, or one that needs another.
    #[error("{0}")]
    Incomplete(&'static str),
    /// Zenoh refused a value that this crate made from the configuration.
    #[error("Zenoh refuses `{key}`")]
    Zenoh {
        /// The key in Zenoh's configuration.
        key: &'static str,
        /// What Zenoh answered.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A session that could not be opened, or was lost.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SiteError {
    /// The configuration was refused.
    #[error("the configuration is refused")]
    Config(#[from] ConfigError),
    /// Zenoh could not do what was asked.
    #[error("Zenoh could not {action}")]
    Zenoh {
        /// What was asked of Zenoh.
        action: &'static str,
        /// What Zenoh answered.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The kernel refused a thread.
    #[error("a thread of the session cannot be started")]
    Thread(#[source] std::io::Error),
    /// This process is a forked copy of one that has opened a session of Zenoh.
    #[error(
        "this process is a forked copy of one with a session of Zenoh, and has none of the threads of Zenoh; \
         connect in the process that was copied, or in a program that is executed"
    )]
    ForkedCopy,
}

impl SiteError {
    /// The error of a request to Zenoh.
    pub(crate) fn zenoh(action: &'static str) -> impl FnOnce(Box<dyn std::error::Error + Send + Sync>) -> Self {
        move |source| Self::Zenoh { action, source }
    }
}
