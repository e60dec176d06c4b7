//! Two namespaces, each with a host, and a link from each to the namespace of the proxies.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use concurrent_object_zenoh::Host;

use super::witness::{Witness, WitnessOutput};
use super::{HOST, SOON, config};

const PORT: u16 = 7447;

/// A namespace, its link, and the host that runs in it.
pub struct Space {
    pub name: &'static str,
    number: usize,
    /// Keeps the namespace while there is no host in it.
    holder: Child,
    host: Mutex<Child>,
}

pub struct Network {
    pub spaces: Vec<Space>,
}

/// Runs a program that must succeed.
fn run(line: &str) {
    let mut words = line.split(' ');
    let program = words.next().expect("a program");
    let output = Command::new(program).args(words).output().expect("it is installed");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Network {
    pub fn build() -> Self {
        run("ip link set lo up");
        Self { spaces: ["one", "two"].into_iter().enumerate().map(|(at, name)| Space::build(name, at + 1)).collect() }
    }

    pub fn endpoints(&self) -> impl Iterator<Item = String> {
        self.spaces.iter().map(|space| endpoint(space.number))
    }

    /// Ends the hosts in good order, and the namespaces.
    pub fn end(self) {
        for Space { host, mut holder, name, .. } in self.spaces {
            let mut host = host.into_inner().expect("no panic");
            run(&format!("kill -TERM {}", host.id()));
            let begin = Instant::now();
            let status = loop {
                if let Some(status) = host.try_wait().expect("it is a child") {
                    break status;
                }
                assert!(begin.elapsed() < SOON, "the host {name} does not end");
                std::thread::sleep(Duration::from_millis(20));
            };
            assert!(status.success(), "the host {name} ended with {status}");
            holder.kill().expect("it is a child");
            holder.wait().expect("it has ended");
        }
    }
}

impl Space {
    fn build(name: &'static str, number: usize) -> Self {
        let mut command = Command::new("unshare");
        let holder = command.args(["--net", "sleep", "infinity"]).spawn().expect("it is installed");
        let own = |process: &str| fs::read_link(format!("/proc/{process}/ns/net")).expect("it runs");
        // Until then, it has the network of this process.
        while own(&holder.id().to_string()) == own("self") {
            std::thread::yield_now();
        }
        let inside = format!("nsenter --target {} --net", holder.id());
        run(&format!("ip link add to-{name} type veth peer name eth0 netns {}", holder.id()));
        run(&format!("ip addr add 10.78.{number}.1/24 dev to-{name}"));
        run(&format!("ip link set to-{name} up"));
        run(&format!("{inside} ip addr add 10.78.{number}.2/24 dev eth0"));
        run(&format!("{inside} ip link set eth0 up"));
        let host = Mutex::new(start(name, number, holder.id()));
        Self { name, number, holder, host }
    }

    /// Kills the host, and starts it again after a while.
    pub fn kill(&self, pause: Duration) {
        let mut host = self.host.lock().expect("no panic");
        host.kill().expect("it is a child");
        host.wait().expect("it has ended");
        std::thread::sleep(pause);
        *host = start(self.name, self.number, self.holder.id());
    }

    /// Stops the host's process for a while. Its objects run on.
    pub fn stop(&self, pause: Duration) {
        let host = self.host.lock().expect("no panic").id();
        run(&format!("kill -STOP {host}"));
        std::thread::sleep(pause);
        run(&format!("kill -CONT {host}"));
    }

    /// Takes the link down for a while.
    pub fn cut(&self, pause: Duration) {
        run(&format!("ip link set to-{} down", self.name));
        std::thread::sleep(pause);
        run(&format!("ip link set to-{} up", self.name));
    }
}

fn endpoint(number: usize) -> String {
    format!("tcp/10.78.{number}.2:{PORT}")
}

/// Starts this program as a host in the namespace of a process.
fn start(name: &str, number: usize, holder: u32) -> Child {
    let mut command = Command::new("nsenter");
    command.args(["--target", &holder.to_string(), "--net"]).arg(std::env::current_exe().expect("it runs"));
    // `nsenter` executes the program, so it has the process that is killed.
    command.args([endpoint(number)]).env(HOST, name);
    command.stderr(Stdio::inherit()).stdout(Stdio::null()).spawn().expect("it is installed")
}

/// The main function of a host.
pub fn serve(name: &str) {
    let endpoint = std::env::args().nth(1).expect("its endpoint");
    let host = Host::new(config().listen(endpoint), name).capacity(16).register(|types| {
        types.register::<Witness, WitnessOutput>();
    });
    host.serve().expect("it serves");
}

/// A process of the namespace that is not this one.
pub fn others() -> Option<String> {
    let own = std::process::id().to_string();
    let entries = fs::read_dir("/proc").expect("it is mounted").filter_map(Result::ok);
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let processes = names.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()) && *name != own);
    // One that has ended, and that this one did not reap, has no command line.
    processes
        .filter_map(|process| fs::read_to_string(format!("/proc/{process}/cmdline")).ok())
        .find(|line| !line.is_empty())
}
