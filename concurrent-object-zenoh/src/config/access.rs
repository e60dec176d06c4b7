//! The rules of access, by the common names of certificates, in Zenoh's form.
//!
//! Zenoh ignores a rule with a misspelt key expression without a word. So the rules are a template that
//! the tests try over TLS, and the names that a user puts in are checked.
//! Invariant: what no rule allows is denied.

use serde_json::{Value, json};

use super::Access;
use crate::ConfigError;
use crate::keys::Keys;

impl Access {
    /// Fails unless there is a host and a proxy, each name can be a common name, and none is both.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let refused = |key, value: &str, reason| Err(ConfigError::Refused { key, value: value.to_owned(), reason });
        for (key, names) in [("access.hosts", &self.hosts), ("access.proxies", &self.proxies)] {
            if names.is_empty() {
                return refused(key, "", "an empty list allows no side to talk; name the certificates' common names");
            }
            // Zenoh compares names as text. A pattern would match no certificate.
            if let Some(name) = names.iter().find(|name| name.is_empty() || name.contains(['*', '$', '"', '\n'])) {
                return refused(key, name, "it must be the common name of one certificate; patterns are not supported");
            }
        }
        match self.proxies.iter().find(|name| self.hosts.contains(name)) {
            Some(name) => refused("access.proxies", name, "it is a host too; give it a certificate of its own"),
            None => Ok(()),
        }
    }
}

/// What Zenoh shall allow on the links of this side.
///
/// A message passes a side twice at most: as it comes in from a link, and as it goes out to one. Rules
/// name the side at the other end of the link, so both directions have a rule of their own.
pub fn rules(access: &Access, keys: &Keys) -> Value {
    let all = [keys.all()];
    let host_tokens = [keys.all_hosts()];
    json!({
        "enabled": true,
        "default_permission": "deny",
        "rules": [
            rule("proxies-ask", "ingress", &["query", "put", "liveliness_query", "declare_liveliness_subscriber",
                "declare_subscriber"], &all),
            rule("proxies-live", "ingress", &["liveliness_token"], &[keys.all_owners()]),
            rule("proxies-are-answered", "egress", &["reply", "put", "delete", "declare_queryable",
                "declare_subscriber"], &all),
            rule("proxies-see-hosts", "egress", &["liveliness_token"], &host_tokens),
            rule("hosts-answer", "ingress", &["reply", "put", "delete", "declare_queryable", "declare_subscriber",
                "declare_liveliness_subscriber", "liveliness_query"], &all),
            rule("hosts-live", "ingress", &["liveliness_token"], &host_tokens),
            rule("hosts-are-asked", "egress", &["query", "put", "liveliness_query", "declare_liveliness_subscriber",
                "declare_subscriber"], &all),
            rule("hosts-see-owners", "egress", &["liveliness_token"], &[keys.all_owners()]),
        ],
        "subjects": [
            { "id": "proxies", "cert_common_names": access.proxies },
            { "id": "hosts", "cert_common_names": access.hosts },
        ],
        "policies": [
            { "rules": ["proxies-ask", "proxies-live", "proxies-are-answered", "proxies-see-hosts"],
              "subjects": ["proxies"] },
            { "rules": ["hosts-answer", "hosts-live", "hosts-are-asked", "hosts-see-owners"], "subjects": ["hosts"] },
        ],
    })
}

fn rule(id: &str, flow: &str, messages: &[&str], keys: &[String]) -> Value {
    json!({ "id": id, "permission": "allow", "flows": [flow], "messages": messages, "key_exprs": keys })
}
