//! The guide is true: its commands make certificates that its configurations use, and each message that
//! it explains is one that the library has.
#![allow(missing_docs)]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use concurrent_object_zenoh::{Config, Host, Site};

concurrent_object::init_before_main!();

const GUIDE: &str = include_str!("../docs/guide.md");
const SOON: Duration = Duration::from_secs(30);

/// The blocks of this language.
fn blocks(language: &str) -> Vec<String> {
    let begin = format!("```{language}\n");
    let blocks = GUIDE.split(&begin).skip(1).map(|rest| rest.split("```").next().expect("a first part"));
    blocks.map(str::to_owned).collect()
}

/// Runs the guide's commands, with addresses of this machine.
fn certify(folder: &Path) {
    let [commands] = &blocks("sh")[..] else { panic!("one block of commands") };
    let commands = commands.replace("IP:192.0.2.3", "IP:127.0.0.1");
    let output = Command::new("bash").args(["-euc", &commands]).current_dir(folder).output().expect("it is installed");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for name in ["gpu-3", "gpu-4", "front"] {
        assert!(text.contains(&format!("{name}.pem: OK")), "{text}");
    }
}

/// The guide's configurations, with the files of a folder and a port of this machine.
fn configurations(folder: &Path) -> [String; 2] {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback").local_addr().expect("bound").port();
    let files = folder.to_str().expect("text");
    let texts = blocks("toml").into_iter().map(|text| {
        for begin in ["authority", "gpu-3", "front"] {
            assert!(!text.contains(&format!("\"/{begin}")), "the guide has no absolute paths");
        }
        let here = text.replace("0.0.0.0:7447", &format!("127.0.0.1:{port}"));
        let here = here.replace("192.0.2.3:7447", &format!("127.0.0.1:{port}"));
        here.replace(" = \"authority.", &format!(" = \"{files}/authority."))
            .replace(" = \"gpu-3.", &format!(" = \"{files}/gpu-3."))
            .replace(" = \"front.", &format!(" = \"{files}/front."))
    });
    texts.collect::<Vec<_>>().try_into().expect("one for a host, one for a program")
}

#[test]
fn the_commands_and_the_configurations_connect_a_program_to_a_host() {
    let folder = tempfile::tempdir().expect("room");
    certify(folder.path());
    let [host, front] = configurations(folder.path());
    let _serving = Host::new(Config::from_toml(&host).expect("valid"), "gpu-3").start().expect("it listens");
    let site = Site::connect(&Config::from_toml(&front).expect("valid")).expect("it opens");
    site.wait_for_hosts(SOON, |hosts| hosts.iter().any(|host| host.host == "gpu-3")).expect("it is let in");
}

#[test]
fn each_message_of_the_guide_is_one_of_the_library() {
    let table = GUIDE.split("| message | what to do |").nth(1).expect("the table");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let messages =
        rows.map(|row| row.split(" | ").next().expect("a first column").trim_start_matches("| ")).collect::<Vec<_>>();
    assert!(messages.len() >= 8, "{messages:?}");
    let mut sources = String::new();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder");
    read(&workspace.join("concurrent-object-zenoh/src"), &mut sources);
    read(&workspace.join("concurrent-object/src/error"), &mut sources);
    // A message may be broken into lines.
    let sources = sources.split_whitespace().collect::<Vec<_>>().join(" ").replace("\\ ", "");
    for message in messages {
        assert!(sources.contains(message), "{message}");
    }
}

fn read(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { read(&path, into) } else { *into += &std::fs::read_to_string(&path).expect("text") }
    }
}
