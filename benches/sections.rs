//! The sections: one file for each aim, or for few.

mod arrays;
mod awaited;
pub(crate) mod counts;
mod idle;
mod latency;
mod loaded;
mod many;
mod nested;
mod pages;
mod pause;
mod pipelined;
mod plain;
#[cfg(feature = "peers")]
mod pools;
mod returned;
mod sandbox;
mod sharing;
mod snapshots;
mod start;
mod streams;
mod structured;
#[cfg(feature = "peers")]
mod tasks;
mod turns;
mod waiting;

use crate::Options;
use crate::measure::{Contender, Effort};
use crate::outcome::Outcome;
use crate::report::Findings;
use crate::work::Request;

/// A section, as named on the command line.
#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
pub(crate) enum Section {
    /// Round trips of a small call, on idle cores.
    Latency,
    /// The same with one busy process for each core.
    Loaded,
    /// The same with 10 ms between the calls.
    Pause,
    /// The same on shared cores, after pauses, and with a real-time parent.
    Waiting,
    /// The same awaited, and the first of several objects.
    Awaited,
    /// Items mapped over several objects.
    #[cfg(feature = "peers")]
    Pools,
    /// What waiting in tasks costs others.
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
    /// A typical struct as an argument.
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
    /// Many objects alive, one of them called.
    Many,
    /// Many objects alive, none called.
    Idle,
    /// More objects than cores, called in turn.
    Turns,
    /// Allocations and system calls of a small call.
    Counts,
}

impl Section {
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
            Self::Many => many::measure(effort, options.objects),
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
