//! Types of the standard library without type parameters.
//!
//! Invariant: bytes that stand for no value are an error, never a default.

use std::cmp::Ordering;
use std::ffi::OsStr;
use std::io::SeekFrom;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Instant;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Itself, Reads, Standard, Writes, instant};

impl Writes<Ordering> for Standard {
    fn write<S: Serializer>(value: &Ordering, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i8(*value as i8)
    }
}

impl<'de> Reads<'de, Ordering> for Standard {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Ordering, D::Error> {
        match i8::deserialize(deserializer)? {
            -1 => Ok(Ordering::Less),
            0 => Ok(Ordering::Equal),
            1 => Ok(Ordering::Greater),
            other => Err(de::Error::custom(format_args!("{other} is no `Ordering`"))),
        }
    }
}

impl Writes<Instant> for Standard {
    fn write<S: Serializer>(value: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
        instant::clock_time(*value).serialize(serializer)
    }
}

impl<'de> Reads<'de, Instant> for Standard {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
        let time = i128::deserialize(deserializer)?;
        instant::at_clock_time(time).ok_or_else(|| de::Error::custom(format_args!("no `Instant` is {time} ns")))
    }
}

/// The form of a `SeekFrom` in a message.
#[derive(Serialize, Deserialize)]
enum Position {
    Start(u64),
    End(i64),
    Current(i64),
}

impl Writes<SeekFrom> for Standard {
    fn write<S: Serializer>(value: &SeekFrom, serializer: S) -> Result<S::Ok, S::Error> {
        let position = match *value {
            SeekFrom::Start(offset) => Position::Start(offset),
            SeekFrom::End(offset) => Position::End(offset),
            SeekFrom::Current(offset) => Position::Current(offset),
        };
        position.serialize(serializer)
    }
}

impl<'de> Reads<'de, SeekFrom> for Standard {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<SeekFrom, D::Error> {
        Ok(match Position::deserialize(deserializer)? {
            Position::Start(offset) => SeekFrom::Start(offset),
            Position::End(offset) => SeekFrom::End(offset),
            Position::Current(offset) => SeekFrom::Current(offset),
        })
    }
}

impl Writes<ExitStatus> for Standard {
    fn write<S: Serializer>(value: &ExitStatus, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(raw_of(*value))
    }
}

impl<'de> Reads<'de, ExitStatus> for Standard {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<ExitStatus, D::Error> {
        i32::deserialize(deserializer).map(status_of)
    }
}

#[cfg(unix)]
fn raw_of(status: ExitStatus) -> i32 {
    std::os::unix::process::ExitStatusExt::into_raw(status)
}

#[cfg(unix)]
fn status_of(raw: i32) -> ExitStatus {
    std::os::unix::process::ExitStatusExt::from_raw(raw)
}

/// Windows has an exit code of 32 bits for each process.
#[cfg(windows)]
fn raw_of(status: ExitStatus) -> i32 {
    status.code().unwrap_or_default()
}

#[cfg(windows)]
fn status_of(raw: i32) -> ExitStatus {
    std::os::windows::process::ExitStatusExt::from_raw(raw.cast_unsigned())
}

/// Written as a path, because serde can borrow only that from a message.
impl Writes<&OsStr> for Standard {
    fn write<S: Serializer>(value: &&OsStr, serializer: S) -> Result<S::Ok, S::Error> {
        Itself::write(Path::new(value), serializer)
    }
}

impl<'de> Reads<'de, &'de OsStr> for Standard {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<&'de OsStr, D::Error> {
        <&Path>::deserialize(deserializer).map(Path::as_os_str)
    }
}
