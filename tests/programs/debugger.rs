//! Traces a process as a debugger does, and does not wait for it.
//!
//! `debugger PID first` attaches to its first thread. `debugger PID all` attaches to all of its
//! threads and stops them. It prints `traces` when that is done, and detaches when its standard
//! input ends.
#![allow(unsafe_code)]

use std::io::{self, Read};
use std::{env, fs};

fn main() -> io::Result<()> {
    let arguments: Vec<_> = env::args().collect();
    let [_, pid, which] = &arguments[..] else { panic!("debugger PID first|all") };
    let threads: Vec<i32> = match which.as_str() {
        "first" => vec![pid.parse().expect("a process id")],
        _ => {
            let names = fs::read_dir(format!("/proc/{pid}/task"))?.flatten();
            names.filter_map(|name| name.file_name().to_str()?.parse().ok()).collect()
        }
    };
    for &thread in &threads {
        trace(libc::PTRACE_SEIZE, thread)?;
        if which == "all" {
            trace(libc::PTRACE_INTERRUPT, thread)?;
        }
    }
    println!("traces");
    io::stdin().read_to_end(&mut Vec::new()).map(drop)
}

fn trace(request: libc::c_uint, thread: i32) -> io::Result<()> {
    // SAFETY: both requests take a thread's id and no address.
    let done = unsafe { libc::ptrace(request, thread, 0, 0) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
