//! The keys that hosts and proxies of one realm use: one place for all their spellings.
//!
//! Knows Zenoh's rules for a part of a key; knows nothing of sessions. Invariant: a part of a key
//! that comes from a user or another machine has no character that Zenoh gives a meaning to.

/// The version of the protocol, as a part of each key: sides of two versions do not see each other.
const VERSION: &str = "1";

/// The keys of a realm.
#[derive(Clone, Debug)]
pub struct Keys {
    root: String,
}

/// Whether a text can be a part of a key as it is.
pub fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(fits)
}

impl Keys {
    /// The keys of a realm whose name was checked.
    pub fn new(realm: &str) -> Self {
        debug_assert!(is_name(realm));
        Self { root: format!("co/{realm}/{VERSION}") }
    }

    /// The name of the realm.
    pub fn realm(&self) -> &str {
        self.root.split('/').nth(1).unwrap_or_default()
    }

    /// Everything of the realm.
    #[cfg(test)]
    pub fn all(&self) -> String {
        format!("{}/**", self.root)
    }

    /// A host's token: it is there while the host's process is.
    pub fn host(&self, host: &str) -> String {
        format!("{}/host/{host}", self.root)
    }

    /// The tokens of all hosts.
    pub fn all_hosts(&self) -> String {
        self.host("*")
    }

    /// What a host says of itself. Zenoh's tokens carry no data.
    pub fn about(&self, host: &str) -> String {
        format!("{}/about/{host}", self.root)
    }

    /// Asks a host for an object.
    pub fn start(&self, host: &str) -> String {
        format!("{}/start/{host}", self.root)
    }

    /// The calls of one object.
    pub fn object(&self, host: &str, instance: u128) -> String {
        format!("{}/obj/{host}/{instance:032x}", self.root)
    }

    /// The calls of all objects of a host. The key of one object is secret, so it is not declared.
    pub fn objects(&self, host: &str) -> String {
        format!("{}/obj/{host}/*", self.root)
    }

    /// The calls of all objects.
    pub fn all_objects(&self) -> String {
        format!("{}/obj/*/*", self.root)
    }

    /// The object in a key of a host's calls, if it names one.
    pub fn instance_of(&self, host: &str, key: &str) -> Option<u128> {
        let instance = u128::from_str_radix(key.rsplit('/').next()?, 16).ok()?;
        (key == self.object(host, instance)).then_some(instance)
    }

    /// A proxy's token: it is there while the proxy's session is.
    pub fn owner(&self, owner: &str) -> String {
        format!("{}/owner/{owner}", self.root)
    }

    /// The name of the owner in a key of a token, if it is one.
    pub fn owner_of<'k>(&self, key: &'k str) -> Option<&'k str> {
        self.name_in(key, "/owner/")
    }

    /// The tokens of all proxies.
    pub fn all_owners(&self) -> String {
        format!("{}/owner/*", self.root)
    }

    /// The name of the host in a key of a token, if it is one.
    pub fn host_of<'k>(&self, key: &'k str) -> Option<&'k str> {
        self.name_in(key, "/host/")
    }

    /// The name of the host in a key of a description, if it is one.
    pub fn host_of_about<'k>(&self, key: &'k str) -> Option<&'k str> {
        self.name_in(key, "/about/")
    }

    fn name_in<'k>(&self, key: &'k str, folder: &str) -> Option<&'k str> {
        let name = key.strip_prefix(&self.root)?.strip_prefix(folder)?;
        is_name(name).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_character_that_zenoh_gives_a_meaning_to() {
        assert!(is_name("gpu-3.lab_1"));
        for name in ["", "a/b", "*", "a$b", "a?b", "a#b", "ä", "a b", "@", &"a".repeat(65)] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn a_host_is_read_from_its_token_and_from_no_other_key() {
        let keys = Keys::new("lab");
        assert_eq!(keys.host_of(&keys.host("gpu-3")), Some("gpu-3"));
        for key in [&keys.about("gpu-3"), &keys.all_hosts(), "co/other/1/host/gpu-3", "co/lab/1/host/gpu-3/start"] {
            assert_eq!(keys.host_of(key), None, "{key}");
        }
    }
}
