//! Which build this program is, so that two sides know whether they are the same.
//!
//! The linker writes a build id into the program: a hash of its contents. A program without one is
//! hashed once. Invariant: equal identities mean equal programs, and a rebuilt one has another.

use std::fmt::Write as _;
use std::fs::File;
use std::hash::Hasher;
use std::io::{self, Read};
use std::sync::OnceLock;

use object::read::{Object, ReadCache};

/// The identity of the running program: `build-` or `file-`, and hexadecimal digits.
///
/// Linux keeps the program reachable at this path even if its file was replaced.
pub fn build() -> &'static str {
    static BUILD: OnceLock<String> = OnceLock::new();
    BUILD.get_or_init(|| {
        of("/proc/self/exe").unwrap_or_else(|error| {
            tracing::warn!(%error, "this program cannot be read, so its build is unknown to other machines");
            // Differs from all others: the process number makes it so.
            format!("unknown-{}", std::process::id())
        })
    })
}

fn of(path: &str) -> io::Result<String> {
    let cache = ReadCache::new(File::open(path)?);
    let id = object::File::parse(&cache).ok().and_then(|file| file.build_id().ok().flatten().map(<[u8]>::to_vec));
    match id {
        Some(id) => Ok(id.iter().fold(String::from("build-"), |mut text, byte| {
            write!(text, "{byte:02x}").expect("text takes text");
            text
        })),
        None => hash(File::open(path)?).map(|hash| format!("file-{hash:016x}")),
    }
}

fn hash(mut file: impl Read) -> io::Result<u64> {
    // `new` has fixed keys, so that two machines get the same.
    let mut hasher = std::hash::DefaultHasher::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finish()),
            n => hasher.write(&buffer[..n]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_has_an_identity_that_stays() {
        assert!(build().starts_with("build-") || build().starts_with("file-"), "{}", build());
        assert_eq!(of("/proc/self/exe").expect("it can be read"), build());
    }

    #[test]
    fn a_file_without_a_build_id_is_hashed() {
        let folder = tempfile::tempdir().expect("there is room");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("there is room");
            of(path.to_str().expect("the path is text")).expect("it can be read")
        };
        let (one, same, other) = (write("one", "text"), write("same", "text"), write("other", "texT"));
        assert!(one.starts_with("file-") && one == same && one != other, "{one} {same} {other}");
    }
}
