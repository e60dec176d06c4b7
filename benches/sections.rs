//! The sections: one file for each aim, or for few.

mod arrays;
mod awaited;
pub(crate) mod counts;
mod growth;
mod idle;
mod latency;
mod loaded;
mod nested;
mod pages;
mod pause;
mod pipelined;
mod plain;
#[cfg(feature = "peers")]
mod pools;
mod returned;
mod sandbox;
mod serializers;
mod sharing;
mod snapshots;
mod start;
mod streams;
mod structured;
#[cfg(feature = "peers")]
mod tasks;
mod turns;
mod waiting;

use clap::ValueEnum;

use crate::Options;
use crate::measure::{Contender, Effort};
use crate::outcome::Outcome;
use crate::report::{Findings, Measured};
use crate::work::Request;

/// A section, as named on the command line.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(crate) enum Section {
    /// Round trips of a small call, on idle cores.
    Latency,
    /// Round trips of a small call, with one busy process for each core.
    Loaded,
    /// Round trips of a small call, with 10 ms between the calls.
    Pause,
    /// Round trips of a small call on shared cores, after pauses, and with a real-time parent.
    Waiting,
    /// Round trips of a small call that is awaited, and the first of several objects.
    Awaited,
    /// Items mapped over the objects of a pool.
    #[cfg(feature = "peers")]
    Pools,
    /// What tasks that wait for calls cost others.
    #[cfg(feature = "peers")]
    Tasks,
    /// Small calls without waiting for each.
    Pipelined,
    /// Items of a method that streams.
    Streams,
    /// Arrays as arguments.
    Arrays,
    /// Arrays as results.
    Returned,
    /// Structs with arrays in them, as arguments and as results.
    Nested,
    /// Lists of plain structs.
    Plain,
    /// A typical struct as an argument; structured values beside other serializers.
    Structured,
    /// A table that several objects have.
    Sharing,
    /// Memory that is touched for the first time.
    Pages,
    /// The state of an object, saved after its calls.
    Snapshots,
    /// What limits and a sandbox cost.
    Sandbox,
    /// From start to ready.
    Start,
    /// What grows with the number of objects, of calling threads, and of bytes.
    Growth,
    /// Many objects alive, none called.
    Idle,
    /// More objects than cores, called in turn.
    Turns,
    /// Allocations and system calls of a small call.
    Counts,
}

impl Section {
    /// Returns its findings beside its name and what it measures, as the command line shows them.
    pub(crate) fn with(self, findings: Findings) -> Measured {
        let value = self.to_possible_value();
        let section = value.as_ref().map_or(String::new(), |value| value.get_name().to_owned());
        let title = value.as_ref().and_then(|value| value.get_help()).map_or(String::new(), ToString::to_string);
        Measured { section, title, findings }
    }

    pub(crate) fn measure(self, options: &Options) -> Outcome<Findings> {
        let effort = Effort::new(options.quick);
        match self {
            Self::Latency => latency::measure(effort),
            Self::Loaded => loaded::measure(effort),
            Self::Pause => pause::measure(effort),
            Self::Waiting => waiting::measure(effort),
            Self::Awaited => awaited::measure(effort),
            #[cfg(feature = "peers")]
            Self::Pools => pools::measure(effort),
            #[cfg(feature = "peers")]
            Self::Tasks => tasks::measure(effort),
            Self::Pipelined => pipelined::measure(effort),
            Self::Streams => streams::measure(effort),
            Self::Arrays => arrays::measure(effort),
            Self::Returned => returned::measure(effort),
            Self::Nested => nested::measure(effort),
            Self::Plain => plain::measure(effort),
            Self::Structured => structured::measure(effort),
            Self::Sharing => sharing::measure(effort),
            Self::Pages => pages::measure(effort),
            Self::Snapshots => snapshots::measure(effort),
            Self::Sandbox => sandbox::measure(effort),
            Self::Start => start::measure(effort, options.held_mib),
            Self::Growth => growth::measure(effort, options.objects),
            Self::Idle => idle::measure(effort),
            Self::Turns => turns::measure(effort),
            Self::Counts => counts::measure(effort),
        }
    }
}

/// Returns the peers that support this request; none if this program was built without them.
#[cfg(feature = "peers")]
fn peers(request: &Request) -> Vec<Contender<'_>> {
    crate::peers::contenders(request)
}

/// As `peers`, of those that pass bytes without encoding each.
#[cfg(feature = "peers")]
fn takers(request: &Request) -> Vec<Contender<'_>> {
    crate::peers::takers(request)
}

#[cfg(not(feature = "peers"))]
fn takers(_request: &Request) -> Vec<Contender<'_>> {
    Vec::new()
}

#[cfg(not(feature = "peers"))]
fn peers(_request: &Request) -> Vec<Contender<'_>> {
    Vec::new()
}

/// The names that aims refer to, whether or not the peers were built.
#[cfg(feature = "peers")]
use crate::peers::{CROSSBEAM, ICEORYX2_BUSY};
#[cfg(not(feature = "peers"))]
const CROSSBEAM: &str = "crossbeam-channel";
#[cfg(not(feature = "peers"))]
const ICEORYX2_BUSY: &str = "iceoryx2";
