//! The objects that are called, and the host that holds them.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use concurrent_object::concurrent_object;
use concurrent_object_zenoh::{ByteSize, Config, Host, Limits, Site};

use crate::outcome::Outcome;

/// More than the largest value.
const ROOM: &str = "80 MiB";

/// Does next to nothing, so that the call itself is measured.
pub(crate) struct Sums;

#[concurrent_object]
impl Sums {
    pub(crate) fn new() -> Self {
        Self
    }
    pub(crate) fn add(&self, a: u64, b: u64) -> u64 {
        a + b
    }
    pub(crate) fn sum(&self, values: &[f64]) -> f64 {
        values.iter().sum()
    }
    pub(crate) fn fill(&self, count: usize) -> Vec<f64> {
        vec![1.0; count]
    }
}

/// Objects on a host. One has room for many calls at once, and one for large values.
pub(crate) struct Adder {
    pub(crate) small: SumsProxy,
    /// With 128 slots.
    pub(crate) many: SumsProxy,
    pub(crate) large: SumsProxy,
    _site: Site,
    _host: Partner,
}

impl Adder {
    pub(crate) fn start() -> Outcome<Self> {
        let host = Partner::start("--host")?;
        let site = Site::connect(&config().connect(host.endpoint()))?;
        site.wait_for_hosts(Duration::from_secs(30), |hosts| !hosts.is_empty()).map_err(|_| "the host is not there")?;
        let small = SumsProxy::builder("small").on(site.anywhere()).start()?;
        let builder = SumsProxy::builder("many").on(site.anywhere()).slots(128);
        let many = builder.max_input_size("64 KiB").max_output_size("64 KiB").start()?;
        let builder = SumsProxy::builder("large").on(site.anywhere()).slots(2);
        let large = builder.max_input_size(ROOM).max_output_size(ROOM).start()?;
        small.wait_until_ready()?;
        many.wait_until_ready()?;
        large.wait_until_ready()?;
        Ok(Self { small, many, large, _site: site, _host: host })
    }
}

fn config() -> Config {
    let mut limits = Limits::default();
    limits.message = ByteSize::mib(128);
    Config::new("benches").limits(limits)
}

/// The main function of the host.
pub(crate) fn serve(port: u16) -> Outcome {
    let host = Host::new(config().listen(format!("tcp/127.0.0.1:{port}")), "far").capacity(3).register(|types| {
        types.register::<Sums, SumsOutput>();
    });
    Ok(host.serve()?)
}

/// This program in another role, which ends with this one.
pub(crate) struct Partner {
    port: u16,
    process: Child,
}

impl Partner {
    pub(crate) fn start(role: &str) -> Outcome<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new(std::env::current_exe()?);
        let process = command.args([role, &port.to_string()]).stdin(Stdio::null()).spawn()?;
        Ok(Self { port, process })
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("tcp/127.0.0.1:{}", self.port)
    }
}

impl Drop for Partner {
    fn drop(&mut self) {
        // An error says that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
