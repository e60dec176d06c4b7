//! A program on a system that cannot have a sandbox: `unsupported CALL ERRNO SANDBOX`. The call is
//! denied with this error number, and the sandbox is `pure`, `files` or `best_effort`.
//!
//! It prints `sum: 6`, or the kind and the text of the error.

use std::env;

use concurrent_object::{Error, Sandbox, concurrent_object};
use concurrent_object_tests::seccomp;

struct Summer;

#[concurrent_object]
impl Summer {
    pub fn new() -> Self {
        Self
    }

    pub fn sum(&self, values: &[u8]) -> u64 {
        values.iter().map(|&value| u64::from(value)).sum()
    }
}

fn main() {
    let arguments: Vec<_> = env::args().collect();
    let [_, call, errno, sandbox] = &arguments[..] else { panic!("a call, an error and a sandbox") };
    tracing_subscriber::fmt().with_writer(std::io::stdout).init();
    concurrent_object::init();
    seccomp::deny(call.parse().expect("a number"), errno.parse().expect("a number"));
    let sandbox = match sandbox.as_str() {
        "pure" => Sandbox::pure(),
        "files" => Sandbox::read_only(["/etc"]),
        "best_effort" => Sandbox::read_only(["/etc"]).best_effort(),
        other => panic!("what is `{other}`?"),
    };
    match sum(sandbox) {
        Ok(sum) => println!("sum: {sum}"),
        Err(Error::Start(error)) => println!("{:?}: {error}", error.kind()),
        Err(error) => println!("{error}"),
    }
}

fn sum(sandbox: Sandbox) -> Result<u64, Error> {
    let summer = SummerProxy::builder("summer").sandbox(sandbox).start()?;
    summer.wait_until_ready()?;
    Ok(summer.sum(&[1, 2, 3]).wait()?)
}
