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
        let parties =
            [("access.hosts", &self.hosts), ("access.proxies", &self.proxies), ("access.routers", &self.routers)];
        for (key, names) in parties {
            if names.is_empty() && key != "access.routers" {
                return refused(key, "", "an empty list allows no side to talk; name the certificates' common names");
            }
            // Zenoh compares names as text. A pattern would match no certificate.
            if let Some(name) = names.iter().find(|name| name.is_empty() || name.contains(['*', '$', '"', '\n'])) {
                return refused(key, name, "it must be the common name of one certificate; patterns are not supported");
            }
        }
        let all = [&self.hosts, &self.proxies, &self.routers];
        match all.into_iter().flatten().find(|name| all.iter().filter(|names| names.contains(name)).count() > 1) {
            Some(name) => refused("access", name, "it is in two lists; give each role a certificate of its own"),
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
    let (about, calls, tokens, owners) = ([about], [calls], [hosts], [owners]);
    // A side may subscribe only to what concerns it: calls go to hosts, and the key of a call is secret.
    let token_reads = &["liveliness_query", "declare_liveliness_subscriber"];
    let proxies = [
        "proxies-ask",
        "proxies-call",
        "proxies-follow",
        "proxies-follow-tokens",
        "proxies-live",
        "proxies-are-answered",
        "proxies-are-told",
        "proxies-see-calls-taken",
        "proxies-see-hosts",
    ];
    let hosts = [
        "hosts-answer",
        "hosts-tell",
        "hosts-take-calls",
        "hosts-follow-tokens",
        "hosts-live",
        "hosts-are-asked",
        "hosts-are-called",
        "hosts-are-followed",
        "hosts-show-tokens",
        "hosts-see-owners",
    ];
    // A router speaks for both.
    let parties = [("proxies", &access.proxies), ("hosts", &access.hosts), ("routers", &access.routers)];
    let parties = parties.into_iter().filter(|(_, names)| !names.is_empty());
    let subjects = parties.clone().map(|(id, names)| json!({ "id": id, "cert_common_names": names }));
    let policies = parties.map(|(id, _)| match id {
        "proxies" => json!({ "rules": proxies, "subjects": [id] }),
        "hosts" => json!({ "rules": hosts, "subjects": [id] }),
        _ => {
            let both = [&proxies[..], &hosts[..], &["routers-show-owners"]].concat();
            json!({ "rules": both, "subjects": [id] })
        }
    });
    json!({
        "enabled": true,
        "default_permission": "deny",
        "rules": [
            rule("proxies-ask", "ingress", &["query"], &asked),
            rule("proxies-call", "ingress", &["put"], &calls),
            rule("proxies-follow", "ingress", &["declare_subscriber"], &about),
            rule("proxies-follow-tokens", "ingress", token_reads, &tokens),
            rule("proxies-live", "ingress", &["liveliness_token"], &owners),
            rule("proxies-are-answered", "egress", &["reply", "declare_queryable"], &asked),
            rule("proxies-are-told", "egress", &["put"], &about),
            rule("proxies-see-calls-taken", "egress", &["declare_subscriber"], &calls),
            rule("proxies-see-hosts", "egress", &["liveliness_token"], &tokens),
            rule("hosts-answer", "ingress", &["reply", "declare_queryable"], &asked),
            rule("hosts-tell", "ingress", &["put"], &about),
            rule("hosts-take-calls", "ingress", &["declare_subscriber"], &calls),
            rule("hosts-follow-tokens", "ingress", token_reads, &owners),
            rule("hosts-live", "ingress", &["liveliness_token"], &tokens),
            rule("hosts-are-asked", "egress", &["query"], &asked),
            rule("hosts-are-called", "egress", &["put"], &calls),
            rule("hosts-are-followed", "egress", &["declare_subscriber"], &about),
            rule("hosts-show-tokens", "egress", token_reads, &tokens),
            rule("hosts-see-owners", "egress", &["liveliness_token"], &owners),
            // A peer is shown the tokens of its peers. A router has to be asked for them.
            rule("routers-show-owners", "egress", token_reads, &owners),
        ],
        "subjects": subjects.collect::<Vec<_>>(),
        "policies": policies.collect::<Vec<_>>(),
    })
}

fn rule(id: &str, flow: &str, messages: &[&str], keys: &[String]) -> Value {
    json!({ "id": id, "permission": "allow", "flows": [flow], "messages": messages, "key_exprs": keys })
}
