//! Puts each object of the program on a host of its type, over TCP on loopback.
//!
//! The types are not known before their objects start, and a host registers its types before it serves. So
//! each type has a host of its own, which connects to the one site of the program.
//!
//! Knows nothing of the tests. Invariant: a session is opened by the first start that needs it, never before
//! `main`, and lives as long as the program.

use std::collections::HashMap;
use std::net::TcpListener;
use std::process;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use concurrent_object::bridge::{Registry, Remote, set_default_remote};
use concurrent_object_tests::home;
use concurrent_object_zenoh::{Config, Host, Serving, Site};

/// How the name of each host begins.
pub const HOST: &str = "host-of-";

/// Objects of one type: as many as a test likes.
const CAPACITY: u32 = 10_000;

/// Longer than a session takes to open on a busy machine.
const SOON: Duration = Duration::from_secs(30);

/// A site, and the hosts that are connected to it, by the name of their type.
struct Network {
    endpoint: String,
    site: Site,
    hosts: Mutex<HashMap<String, Serving>>,
}

static NETWORK: LazyLock<Network> = LazyLock::new(Network::open);

impl Network {
    /// Opens the site on a free port. Another program may take that port first, so it tries several.
    fn open() -> Self {
        let tries = (0..10).map(|_| {
            let endpoint = format!("tcp/127.0.0.1:{}", free_port());
            Site::connect(&config().listen(&endpoint)).map(|site| (endpoint.clone(), site))
        });
        let opened = tries.into_iter().reduce(|earlier, next| earlier.or(next)).expect("ten tries");
        let (endpoint, site) = opened.expect("the site listens on a free port");
        Self { endpoint, site, hosts: Mutex::default() }
    }

    /// The place for objects of the type that the registry has.
    fn place(&self, registry: &Registry) -> Arc<dyn Remote> {
        let (name, fingerprint) = registry.types().next().expect("the type of the object");
        let host = format!("{HOST}{fingerprint:016x}");
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.entry(name.to_owned()).or_insert_with(|| {
            let serving = Host::new(config().connect(&self.endpoint), &host)
                .capacity(CAPACITY)
                .register(|types| types.clone_from(registry))
                .start();
            let serving = serving.expect("the host connects");
            let is_there = self.site.wait_for_hosts(SOON, |hosts| hosts.iter().any(|info| info.host == host));
            is_there.expect("the site sees the host");
            serving
        });
        self.site.host(host)
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    listener.local_addr().expect("it is bound").port()
}

/// The realm of this program: another one may take a port that this one tries.
fn config() -> Config {
    Config::new(format!("tests-{}", process::id()))
}

fn choose(registry: &Registry) -> Option<Arc<dyn Remote>> {
    Some(NETWORK.place(registry))
}

/// The harness of the tests has its own `main`, so this runs before. It opens nothing. In a child it runs
/// before the object's code, so the objects of an object have hosts too.
const _: () = {
    #[used]
    #[allow(unsafe_code)]
    // SAFETY: the C library calls each function in this section once, with the standard library usable.
    #[unsafe(link_section = ".init_array.00102")]
    static SET: extern "C" fn() = {
        extern "C" fn set() {
            if home::is_over_zenoh() {
                set_default_remote(choose);
            }
        }
        set
    };
};
