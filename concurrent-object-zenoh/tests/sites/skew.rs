//! Hosts and proxies of different builds, and of programs whose types differ.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use concurrent_object::bridge::{Registry, Remote};
use concurrent_object::{StartError, concurrent_object};
use concurrent_object_zenoh::{Config, Host, Site};

use super::far::FarProxy;
use super::support::{HostProcess, SOON, connecting, free_port, host, listening, within};

/// The type `Changing` as one program has it.
struct Version {
    register: fn(&mut Registry),
    start: fn(Arc<dyn Remote>) -> Result<u8, StartError>,
}

/// All that one function makes have the same name.
macro_rules! version {
    ($($functions:tt)*) => {{
        struct Changing;

        #[concurrent_object]
        impl Changing {
            $($functions)*
        }

        Version {
            register: |registry| {
                registry.register::<Changing, ChangingOutput>();
            },
            start: |remote| {
                let changing = ChangingProxy::builder("changing").on(remote).start()?;
                changing.wait_until_ready()?;
                Ok(changing.twice(4).wait().expect("doubled"))
            },
        }
    }};
}

fn versions() -> [Version; 2] {
    [
        version! { pub fn new() -> Self { Self } pub fn twice(&self, of: u8) -> u8 { 2 * of } },
        version! {
            pub fn new() -> Self { Self }
            pub fn twice(&self, of: u8) -> u8 { 2 * of }
            pub fn thrice(&self, of: u8) -> u8 { 3 * of }
        },
    ]
}

fn host_of(version: &Version, name: &str, config: Config) -> Host {
    Host::new(config, name).capacity(8).register(|types| (version.register)(types))
}

/// A copy of this program with another build id: what a second build of the same source is.
fn other_build(folder: &Path) -> PathBuf {
    let mut program = std::fs::read("/proc/self/exe").expect("it can be read");
    // The note: the lengths of name and id, the type, the name, and the id.
    let note = [&[4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0][..], b"GNU\0"].concat();
    match program.windows(note.len()).position(|window| window == note) {
        Some(at) => program[at + note.len()] ^= 1,
        // Without a build id, the crate takes a hash of the file.
        None => program.push(0),
    }
    let path = folder.join("other-build");
    std::fs::write(&path, program).expect("room");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&path, executable).expect("it is ours");
    path
}

const PORT: &str = "CONCURRENT_OBJECT_ZENOH_TEST_SKEW_PORT";
const ANY_BUILD: &str = "CONCURRENT_OBJECT_ZENOH_TEST_SKEW_ANY_BUILD";

/// The other program as a host.
fn other_host(program: &Path, any_build: bool, port: u16) -> HostProcess {
    let mut command = Command::new(program);
    command.stdout(Stdio::null()).args(["--exact", "skew::serve_as_another_program", "--nocapture"]);
    command.env(PORT, port.to_string()).env(ANY_BUILD, any_build.to_string());
    HostProcess(command.spawn().expect("the copy can be executed"))
}

/// Not a test: the main function of the other program. Its type has one method more.
#[test]
fn serve_as_another_program() {
    let Ok(port) = std::env::var(PORT) else { return };
    let config = listening(port.parse().expect("a port"));
    let any_build = std::env::var(ANY_BUILD).is_ok_and(|value| value == "true");
    let [_, more] = versions();
    let host = host(config.any_build(any_build)).register(|types| (more.register)(types));
    host.serve().expect("serves");
}

/// A site that sees the host, whatever its build.
fn site(port: u16, any_build: bool) -> Site {
    let site = Site::connect(&connecting(port).any_build(any_build)).expect("it opens");
    site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).expect("the host appears");
    site
}

fn skew(started: Result<(), StartError>) -> (String, String) {
    match started {
        Err(StartError::VersionSkew { ours, seen, .. }) => (ours, seen),
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_build_is_refused_unless_both_sides_allow_it() {
    within(|| {
        let folder = tempfile::tempdir().expect("room");
        let program = other_build(folder.path());
        let start = |site: &Site| {
            let far = FarProxy::builder("far").on(site.anywhere()).start(1)?;
            far.wait_until_ready().map(|()| assert_eq!(far.add(1).wait().expect("added"), 2))
        };
        let (strict, lenient) = (free_port(), free_port());
        let _hosts = [other_host(&program, false, strict), other_host(&program, true, lenient)];
        for (port, any_build) in [(strict, false), (strict, true), (lenient, false)] {
            let site = site(port, any_build);
            let (ours, seen) = skew(start(&site));
            assert_eq!(seen, site.hosts()[0].build, "{any_build}");
            assert_ne!(ours, seen);
        }
        start(&site(lenient, true)).expect("both sides allow it");
    });
}

#[test]
fn a_program_whose_type_has_one_method_more_is_a_skew_also_if_any_build_is_allowed() {
    within(|| {
        let folder = tempfile::tempdir().expect("room");
        let [old, more] = versions();
        let port = free_port();
        let _host = other_host(&other_build(folder.path()), true, port);
        let site = site(port, true);
        let (ours, seen) = skew((old.start)(site.anywhere()).map(drop));
        assert!(ours.contains("Changing` with the fingerprint") && ours != seen, "{ours} {seen}");
        assert_eq!((more.start)(site.anywhere()).expect("it has the same"), 8);
    });
}

#[test]
fn a_site_chooses_a_host_whose_type_is_the_same() {
    within(|| {
        let [old, more] = versions();
        let (first, second) = (free_port(), free_port());
        let _hosts = [("old", &old, first), ("more", &more, second)]
            .map(|(name, version, port)| host_of(version, name, listening(port)).start().expect("it listens"));
        let config = connecting(first).connect(format!("tcp/127.0.0.1:{second}"));
        let site = Site::connect(&config).expect("it opens");
        site.wait_for_hosts(SOON, |hosts| hosts.len() == 2).expect("both appear");
        for _ in 0..8 {
            assert_eq!((old.start)(site.anywhere()).expect("one host has it"), 8);
            assert_eq!((more.start)(site.anywhere()).expect("one host has it"), 8);
        }
        skew((old.start)(site.host("more")).map(drop));
    });
}
