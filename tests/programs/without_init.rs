//! A program that does not call `init()`. Its start is refused, and no process is spawned. It
//! prints what it observes.

use concurrent_object::concurrent_object;
use concurrent_object_tests::census::children_of;
use rustix::process::{Resource, Rlimit, setrlimit};

struct Counter(u64);

#[concurrent_object]
impl Counter {
    pub fn new(total: u64) -> Self {
        Self(total)
    }

    pub fn total(&self) -> u64 {
        self.0
    }
}

fn try_to_start() {
    match CounterProxy::builder("counter").start(1) {
        Ok(_) => println!("started"),
        Err(error) => println!("refused: {error}"),
    }
}

fn main() {
    println!("main runs");
    try_to_start();
    try_to_start();
    println!("children: {:?}", children_of(std::process::id()));
    let elsewhere = std::thread::spawn(concurrent_object::init).join();
    println!("elsewhere: {}", elsewhere.expect_err("not the main thread").downcast_ref::<&str>().expect("a text"));
    let only_the_standard_streams = Rlimit { current: Some(3), maximum: Some(3) };
    setrlimit(Resource::Nofile, only_the_standard_streams).expect("a limit may be lowered");
    try_to_start();
}
