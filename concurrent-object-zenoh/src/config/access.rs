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
    let (about, starts, calls) = (keys.about("*"), keys.start("*"), keys.all_objects());
    let (hosts, owners) = (keys.all_hosts(), keys.all_owners());
    let asked = [starts, about.clone()];
    let (about, calls, hosts, owners) = ([about], [calls], [hosts], [owners]);
    // A side may subscribe only to what concerns it: calls go to hosts, and the key of a call is secret.
    let token_reads = &["liveliness_query", "declare_liveliness_subscriber"];
    json!({
        "enabled": true,
        "default_permission": "deny",
        "rules": [
            rule("proxies-ask", "ingress", &["query"], &asked),
            rule("proxies-call", "ingress", &["put"], &calls),
            rule("proxies-follow", "ingress", &["declare_subscriber"], &about),
            rule("proxies-follow-tokens", "ingress", token_reads, &hosts),
            rule("proxies-live", "ingress", &["liveliness_token"], &owners),
            rule("proxies-are-answered", "egress", &["reply", "declare_queryable"], &asked),
            rule("proxies-are-told", "egress", &["put"], &about),
            rule("proxies-see-calls-taken", "egress", &["declare_subscriber"], &calls),
            rule("proxies-see-hosts", "egress", &["liveliness_token"], &hosts),
            rule("hosts-answer", "ingress", &["reply", "declare_queryable"], &asked),
            rule("hosts-tell", "ingress", &["put"], &about),
            rule("hosts-take-calls", "ingress", &["declare_subscriber"], &calls),
            rule("hosts-follow-tokens", "ingress", token_reads, &owners),
            rule("hosts-live", "ingress", &["liveliness_token"], &hosts),
            rule("hosts-are-asked", "egress", &["query"], &asked),
            rule("hosts-are-called", "egress", &["put"], &calls),
            rule("hosts-are-followed", "egress", &["declare_subscriber"], &about),
            rule("hosts-show-tokens", "egress", token_reads, &hosts),
            rule("hosts-see-owners", "egress", &["liveliness_token"], &owners),
        ],
        "subjects": [
            { "id": "proxies", "cert_common_names": access.proxies },
            { "id": "hosts", "cert_common_names": access.hosts },
        ],
        "policies": [
            { "rules": ["proxies-ask", "proxies-call", "proxies-follow", "proxies-follow-tokens", "proxies-live",
                "proxies-are-answered", "proxies-are-told", "proxies-see-calls-taken", "proxies-see-hosts"],
              "subjects": ["proxies"] },
            { "rules": ["hosts-answer", "hosts-tell", "hosts-take-calls", "hosts-follow-tokens", "hosts-live",
                "hosts-are-asked", "hosts-are-called", "hosts-are-followed", "hosts-show-tokens", "hosts-see-owners"],
              "subjects": ["hosts"] },
        ],
    })
}

fn rule(id: &str, flow: &str, messages: &[&str], keys: &[String]) -> Value {
    json!({ "id": id, "permission": "allow", "flows": [flow], "messages": messages, "key_exprs": keys })
}
