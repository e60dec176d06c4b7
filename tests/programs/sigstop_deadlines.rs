//! A program that is stopped and continued. Its arguments are a gate and the limits of its objects,
//! in milliseconds. It prints the outcome of a call, or of a constructor, for each kind of limit.

use std::path::Path;
use std::thread;
use std::time::Duration;

use concurrent_object_tests::gate;
use concurrent_object_tests::mortal::{MortalProxy, MortalProxyBuilder};

fn main() {
    concurrent_object::init();
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [gate, limit] = &arguments[..] else { panic!("what is {arguments:?}?") };
    let limit = Duration::from_millis(limit.parse().expect("a number"));
    run(Path::new(gate), limit);
}

fn builder() -> MortalProxyBuilder {
    // Each object has one short limit of the five, which it is there to test.
    MortalProxy::builder("object").cancel_grace(Duration::from_millis(10))
}

/// Creates a gate for one object. It opens when the program's gate opens.
fn gate_of(gate: &Path, name: &str) -> std::path::PathBuf {
    let own = gate.join(name);
    std::fs::create_dir(&own).expect("a directory");
    std::os::unix::fs::symlink(gate.join("open"), own.join("open")).expect("a link");
    own
}

fn run(gate: &Path, limit: Duration) {
    let gates = ["timeout", "queue", "ready", "cancel", "grace"].map(|name| gate_of(gate, name));
    let timed = builder().timeout(limit).start().expect("start");
    let queued = builder().slots(1).queue_timeout(limit).start().expect("start");
    let late = builder().ready_timeout(limit).start_late(&gates[2]).expect("start");
    let cancelling = MortalProxy::builder("object").cancel_grace(limit).start().expect("start");
    let ending = builder().grace(limit).start().expect("start");
    let in_time = timed.add_after(&gates[0], 40);
    let (first, behind) = (queued.add_after(&gates[1], 40), queued.add(2));
    let cancelled = cancelling.add_after(&gates[3], 40);
    let last = ending.add_after(&gates[4], 40);
    while !gates.iter().all(|gate| gate.join("reached").exists()) {
        thread::sleep(Duration::from_millis(1));
    }
    cancelled.cancel();
    let end = thread::spawn(move || ending.terminate());
    gate::reach(gate);
    println!("timeout: {:?}", in_time.wait());
    first.wait().expect("it has no limit");
    println!("queue_timeout: {:?}", behind.wait());
    println!("ready_timeout: {:?}", late.wait_until_ready());
    cancelled.wait().expect_err("it was cancelled");
    println!("cancel_grace: {}", if cancelling.add(0).wait().is_ok() { "lives" } else { "killed" });
    println!("grace: {:?}", last.wait());
    end.join().expect("no panic").expect("it ends");
}
