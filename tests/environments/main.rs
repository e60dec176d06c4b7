//! Runs the checks, and writes one line for each to standard output, or to the file that its
//! argument names.

use std::env;
use std::fs::File;
use std::io::{self, Write};
use std::process::ExitCode;

use concurrent_object_environments::checks;

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    concurrent_object_environments::init();
    let mut report: Box<dyn Write> = match env::args_os().nth(1) {
        Some(path) => Box::new(File::create(path).expect("the report can be written")),
        None => Box::new(io::stdout()),
    };
    for (name, check) in checks::ALL {
        let line = match check() {
            Ok(()) => format!("ok: {name}"),
            Err(error) => format!("failed: {name}: {error:?}"),
        };
        writeln!(report, "{line}").expect("the report can be written");
        if !line.starts_with("ok") {
            return ExitCode::FAILURE;
        }
    }
    writeln!(report, "all checks passed").expect("the report can be written");
    ExitCode::SUCCESS
}
