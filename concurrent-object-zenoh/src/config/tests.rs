//! What a configuration refuses, and that Zenoh takes what one becomes.

use super::*;
use crate::wire::PIECE;

fn refusal(text: &str) -> String {
    let error = Config::from_toml(text).expect_err("it must be refused");
    let source = std::error::Error::source(&error).map(|source| source.to_string()).unwrap_or_default();
    format!("{error}: {source}")
}

const SECURE: &str = r#"
    realm = "lab"
    listen = ["quic/0.0.0.0:7447"]
    certificates = { authority = "a.pem", certificate = "c.pem", key = "c.key" }
    access = { hosts = ["gpu-3"], proxies = ["front"] }
"#;

#[test]
fn an_unknown_key_is_named_with_those_that_exist() {
    let message = refusal("realm = \"lab\"\nlisten = [\"tcp/127.0.0.1:7447\"]\nlisen = []");
    assert!(message.contains("correct or remove"), "{message}");
    assert!(message.contains("unknown field `lisen`") && message.contains("`listen`"), "{message}");
    for table in ["certificates", "access", "limits"] {
        let message = refusal(&format!("realm = \"lab\"\n[{table}]\nsecret = 1"));
        assert!(message.contains("unknown field `secret`"), "{message}");
    }
}

#[test]
fn plaintext_is_refused_unless_it_is_loopback_or_allowed() {
    let exposed = ["tcp/0.0.0.0:7447", "tcp/10.0.0.1:7447", "tcp/gpu-3:7447", "tcp/localhost:7447", "tcp/[::]:7447"];
    for endpoint in exposed {
        let refused = Config::new("lab").connect(endpoint).check();
        assert!(matches!(refused, Err(ConfigError::Plaintext { .. })), "{endpoint}: {refused:?}");
        Config::new("lab").connect(endpoint).insecure(true).check().expect("it was allowed by name");
    }
    for endpoint in ["tcp/127.0.0.1:7447", "tcp/127.9.9.9:1", "tcp/[::1]:7447"] {
        Config::new("lab").listen(endpoint).check().expect("it is loopback");
    }
}

#[test]
fn endpoints_cannot_carry_settings_of_zenoh() {
    let strange = [
        "tcp/127.0.0.1:7447#iface=eth0",
        "quic/host:7447?rel=0",
        "udp/127.0.0.1:7447",
        "tcp/127.0.0.1",
        "tcp/127.0.0.1:0",
        "tcp/127.0.0.1:+80",
        "tcp/::1:7447",
        "127.0.0.1:7447",
        "tcp/:7447",
        "tcp/127.0.0.1:70000",
    ];
    for endpoint in strange {
        let refused = Config::new("lab").insecure(true).listen(endpoint).check();
        assert!(matches!(refused, Err(ConfigError::Refused { .. })), "{endpoint}: {refused:?}");
    }
}

#[test]
fn trust_is_whole_or_refused() {
    Config::from_toml(SECURE).expect("all is there");
    let without = |line: &str| SECURE.lines().filter(|l| !l.trim().starts_with(line)).collect::<Vec<_>>().join("\n");
    assert!(refusal(&without("certificates")).contains("needs `[certificates]`"));
    assert!(refusal(&without("access")).contains("needs `[access]`"));
    let plain = SECURE.replace("quic/0.0.0.0", "tcp/127.0.0.1");
    assert!(refusal(&plain).contains("without a `quic/…` endpoint"));
    let mixed = SECURE.replace("\"quic/0.0.0.0:7447\"", "\"quic/0.0.0.0:7447\", \"tcp/127.0.0.1:7448\"");
    assert!(refusal(&mixed).contains("use `quic/…` for all"));
    assert!(refusal(&SECURE.replace("\"front\"", "\"gpu-3\"")).contains("a certificate of its own"));
    assert!(refusal(&SECURE.replace("\"front\"", "\"*\"")).contains("patterns are not supported"));
    assert!(refusal(&SECURE.replace("[\"front\"]", "[]")).contains("name the certificates' common names"));
}

#[test]
fn modes_and_limits_are_checked() {
    assert!(refusal("realm = \"lab\"").contains("a peer needs an endpoint"));
    assert!(refusal("realm = \"lab\"\nmode = \"client\"").contains("needs a router"));
    let both = "realm = \"lab\"\nmode = \"client\"\nlisten = [\"tcp/127.0.0.1:1\"]\nconnect = [\"tcp/127.0.0.1:2\"]";
    assert!(refusal(both).contains("a client does not listen"));
    assert!(refusal("realm = \"a/b\"\nlisten = [\"tcp/127.0.0.1:1\"]").contains("rename it"));
    for limit in ["lease = \"1ms\"", "lease = \"2h\"", "message = \"1 KiB\"", "window = 0", "window = 5000"] {
        let text = format!("realm = \"lab\"\nlisten = [\"tcp/127.0.0.1:1\"]\n[limits]\n{limit}");
        assert!(refusal(&text).contains("it must be"), "{limit}");
    }
}

#[test]
fn zenoh_takes_what_a_configuration_becomes() {
    let config = Config::from_toml(SECURE).expect("all is there").to_zenoh().expect("Zenoh knows each key");
    let json = |key: &str| config.get_json(key).expect("Zenoh has the key");
    assert_eq!(json("scouting/multicast/enabled"), "false");
    assert_eq!(json("scouting/gossip/enabled"), "false");
    assert_eq!(json("transport/link/tx/lease"), "2000");
    assert_eq!(json("transport/link/tx/queue/congestion_control/block/wait_before_close"), "2000000");
    assert_eq!(json("transport/link/rx/max_message_size"), (PIECE + 4096).to_string());
    assert_eq!(json("transport/link/tls/enable_mtls"), "true");
    assert_eq!(json("access_control/default_permission"), "\"deny\"");
    assert_eq!(json("access_control/enabled"), "true");
}
