//! The folder with the libraries, in which cargo runs.
//!
//! It is a workspace of its own below the target directory. It starts with a copy of `Cargo.lock`,
//! and accepts no package that is not in it. So the measured versions are those that the project is
//! locked to.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use crate::methods::{TYPES, VARIANTS, Variant};

/// Any version, because the lock has one of each. tarpc itself and its example use `futures`.
const DEPENDENCIES: &str = r#"
futures = "*"
serde = { version = "*", features = ["derive"] }
tarpc = { version = "*", features = ["serde-transport-bincode", "tokio1", "unix"] }
tokio = { version = "*", features = ["rt-multi-thread"] }
"#;

/// The folder with the libraries.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Writes the libraries, and builds their dependencies.
    pub(crate) fn create(commands: &[&[&str]]) -> Result<Self, Box<dyn Error>> {
        let ours = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the benchmarks are in the workspace")?;
        let executable = std::env::current_exe()?;
        let target = executable.ancestors().nth(2).ok_or("the executable is in a target directory")?;
        let workspace = Self { root: target.join("bench/compile-time") };
        workspace.write(ours)?;
        workspace.cargo(&["fetch"])?;
        check_lock(
            &fs::read_to_string(ours.join("Cargo.lock"))?,
            &fs::read_to_string(workspace.root.join("Cargo.lock"))?,
        )?;
        for variant in &VARIANTS {
            for command in commands {
                workspace.cargo(&[command, &["--locked", "--package", variant.package][..]].concat())?;
            }
        }
        Ok(workspace)
    }

    fn write(&self, ours: &Path) -> Result<(), Box<dyn Error>> {
        let runtime = ours.join("concurrent-object");
        fs::create_dir_all(&self.root)?;
        fs::copy(ours.join("Cargo.lock"), self.root.join("Cargo.lock"))?;
        let members = "[workspace]\nresolver = \"3\"\nmembers = [\"leaf-*\"]\n\n[workspace.dependencies]";
        let manifest = format!("{members}{DEPENDENCIES}concurrent-object.path = {runtime:?}\n");
        fs::write(self.root.join("Cargo.toml"), manifest)?;
        for Variant { package, dependencies, source, .. } in &VARIANTS {
            let folder = self.root.join(package);
            let head =
                format!("[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]");
            fs::create_dir_all(folder.join("src"))?;
            fs::write(folder.join("Cargo.toml"), format!("{head}\nserde.workspace = true\n{dependencies}"))?;
            fs::write(folder.join("src/types.rs"), TYPES)?;
            fs::write(folder.join("src/lib.rs"), source())?;
        }
        Ok(())
    }

    /// Returns the time of this command of cargo for this library, without its dependencies.
    pub(crate) fn time(&self, command: &[&str], variant: &Variant) -> Result<Duration, Box<dyn Error>> {
        let file = fs::File::options().append(true).open(self.root.join(variant.package).join("src/lib.rs"))?;
        loop {
            file.set_modified(SystemTime::now())?;
            let began = Instant::now();
            let said = self.cargo(&[command, &["--locked", "--offline", "--package", variant.package][..]].concat())?;
            let took = began.elapsed();
            let done =
                |line: &&str| ["Compiling", "Checking", "Blocking"].iter().any(|word| line.trim().starts_with(word));
            match said.lines().filter(done).collect::<Vec<_>>()[..] {
                [line] if line.contains(variant.package) => return Ok(took),
                // Another cargo on this machine held a lock, so the time includes the wait for it.
                [first, ..] if first.contains("Blocking") => {}
                _ => return Err(format!("cargo was to compile {} alone: {said}", variant.package).into()),
            }
        }
    }

    /// Returns cargo's output, if it succeeded.
    fn cargo(&self, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // A wrapper that caches compilations would be measured instead of the compiler.
        cargo.env("RUSTC_WRAPPER", "").env("CARGO_INCREMENTAL", "0").env("CARGO_TERM_COLOR", "never");
        let output =
            cargo.args(arguments).current_dir(&self.root).env("CARGO_TARGET_DIR", self.root.join("target")).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(said) } else { Err(format!("cargo {}: {said}", arguments.join(" ")).into()) }
    }
}

/// Returns an error if a package is not in this project's lock file.
fn check_lock(ours: &str, theirs: &str) -> Result<(), Box<dyn Error>> {
    let ours = packages(ours);
    match packages(theirs).difference(&ours).find(|package| package.contains("\nsource = ")) {
        Some(package) => Err(format!("not in the workspace's Cargo.lock:\n{package}").into()),
        None => Ok(()),
    }
}

/// Returns the name, version, source and checksum of each package.
fn packages(lock: &str) -> BTreeSet<&str> {
    let identity = |package| str::split_once(package, "\ndependencies").map_or(package, |(identity, _)| identity);
    lock.split("[[package]]").skip(1).map(|package| identity(package).trim()).collect()
}
