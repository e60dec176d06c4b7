//! Hosts and sites on loopback, and deadlines.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use concurrent_object_zenoh::{Config, Host, Limits, Mode, Serving, Site};

use super::far::{Far, FarOutput, FarProxy, Ledger, LedgerOutput};

/// Longer than anything here takes.
pub const SOON: Duration = Duration::from_secs(30);

/// Fails if the body does not end in time.
pub fn within(body: impl FnOnce() + Send + 'static) {
    // Also if a wait inside of the body has the whole of `SOON`.
    let limit = SOON * 2;
    let (send, done) = mpsc::channel();
    let thread = thread::spawn(move || {
        body();
        send.send(()).expect("the test waits");
    });
    match done.recv_timeout(limit) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("not done after {limit:?}"),
        _ => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    listener.local_addr().expect("it is bound").port()
}

pub fn listening(port: u16) -> Config {
    Config::new("test").listen(format!("tcp/127.0.0.1:{port}"))
}

pub fn connecting(port: u16) -> Config {
    Config::new("test").connect(format!("tcp/127.0.0.1:{port}"))
}

/// For large values: on a busy machine, unoptimized code may take seconds for one.
pub fn patient() -> Limits {
    let mut limits = Limits::default();
    limits.lease = Duration::from_secs(10);
    limits
}

pub fn host(config: Config) -> Host {
    host_named("far", config)
}

pub fn host_named(name: &str, config: Config) -> Host {
    Host::new(config, name).capacity(8).register(|types| {
        types.register::<Far, FarOutput>();
        types.register::<Ledger, LedgerOutput>();
    })
}

/// A host in this process, and a site that sees it.
pub fn pair() -> (Serving, Site) {
    let port = free_port();
    let serving = host(listening(port)).start().expect("it listens");
    (serving, site(&connecting(port)))
}

/// A site that sees a host.
pub fn site(config: &Config) -> Site {
    let site = Site::connect(config).expect("it opens");
    site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).expect("the host appears");
    site
}

pub fn start(site: &Site) -> FarProxy {
    let far = FarProxy::builder("far").on(site.anywhere()).start(0).expect("starts");
    far.wait_until_ready().expect("ready");
    far
}

const HOST: &str = "CONCURRENT_OBJECT_ZENOH_TEST_HOST";
const CLIENT: &str = "CONCURRENT_OBJECT_ZENOH_TEST_CLIENT";
const PROXY: &str = "CONCURRENT_OBJECT_ZENOH_TEST_PROXY";

/// A host in a process of its own: this program, with a variable that `serve_as_host` looks at.
pub fn host_process(port: u16) -> HostProcess {
    process("support::serve_as_host", HOST, port)
}

/// A host in a process of its own that connects to a router.
pub fn client_process(router: u16) -> HostProcess {
    process("support::serve_as_host", CLIENT, router)
}

/// A proxy in a process of its own, which keeps it until it is killed.
pub fn proxy_process(port: u16) -> HostProcess {
    process("support::keep_a_proxy", PROXY, port)
}

fn process(test: &str, variable: &str, port: u16) -> HostProcess {
    let mut command = Command::new("/proc/self/exe");
    command.stdout(Stdio::null()).args(["--exact", test, "--nocapture"]).env(variable, port.to_string());
    HostProcess(command.spawn().expect("this program can be executed"))
}

/// Killed with the test that started it, also if that fails.
pub struct HostProcess(pub Child);

impl Drop for HostProcess {
    fn drop(&mut self) {
        // An error says that it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends a signal to a process.
pub fn signal(process: u32, name: &str) {
    let sent = std::process::Command::new("kill").args([format!("-{name}"), process.to_string()]).status();
    assert!(sent.expect("kill is there").success());
}

fn port(variable: &str) -> Option<u16> {
    std::env::var(variable).ok().map(|port| port.parse().expect("a port"))
}

/// Not a test: the main function of a host's process.
#[test]
fn serve_as_host() {
    if let Some(port) = port(HOST) {
        host_named(&format!("far-{port}"), listening(port)).serve().expect("serves");
    }
    if let Some(port) = port(CLIENT) {
        host(connecting(port).mode(Mode::Client)).serve().expect("serves");
    }
}

/// Not a test: the main function of a proxy's process.
#[test]
fn keep_a_proxy() {
    if let Some(port) = port(PROXY) {
        let far = start(&site(&connecting(port)));
        far.add(1).wait().expect("added");
        loop {
            thread::park();
        }
    }
}
