//! Random choices: how objects are created, which calls are made, what is done to objects.
//!
//! Knows probabilities and sizes; does nothing. A new feature of the library starts here: another
//! `Work` or `Step`, with its `Expected` in `calls.rs`.

use std::path::Path;
use std::time::Duration;

use concurrent_object::StartError;
use concurrent_object_tests::fate::Fate;
use fastrand::Rng;

use crate::life::MAX_SIZE;
use crate::limits::Limits;
use crate::nested;
use crate::object::{VictimProxy, VictimProxyBuilder};
use crate::restored::Saving;

/// The way in which an object is created.
#[derive(Clone, Debug)]
pub struct Birth {
    pub way: Way,
    pub slots: usize,
    pub grace: Duration,
    pub ends_on_panic: bool,
    pub limits: Limits,
    pub saving: Saving,
    pub room: Room,
}

/// The backing of its memory, and whether all of it is allocated at the start.
#[derive(Clone, Copy, Debug, Default)]
pub struct Room {
    pub on_disk: bool,
    pub prefault: bool,
}

/// The constructor.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    New,
    Late(Duration),
    /// With a nested object.
    Nesting,
    Refusing,
    Panicking,
    Dying(Fate),
    /// Until its limit ends it.
    Hanging,
}

impl Birth {
    pub fn choose(rng: &mut Rng) -> Self {
        let way = match rng.u32(..100) {
            0..73 => Way::New,
            73..80 => Way::Nesting,
            80..82 => Way::Hanging,
            82..94 => Way::Late(Duration::from_millis(rng.u64(1..40))),
            94..96 => Way::Refusing,
            96..98 => Way::Panicking,
            _ => Way::Dying(fate(rng)),
        };
        let grace = Duration::from_millis(rng.u64(0..200));
        let mut limits = if rng.u32(..5) < 2 { Limits::none() } else { Limits::choose(rng) };
        if matches!(way, Way::Hanging) {
            limits.ready_timeout = Some(Duration::from_millis(rng.u64(1..150)));
        }
        let room = Room { on_disk: rng.u32(..25) == 0, prefault: rng.u32(..25) == 0 };
        // Few slots, so that a lost slot is noticed.
        let saving = Saving::choose(rng);
        let most = if room.on_disk || room.prefault { 2 } else { 8 };
        let slots = rng.usize(1..=if limits.may_kill() { most.min(3) } else { most });
        Self { way, slots, grace, ends_on_panic: rng.u32(..8) == 0, limits, saving, room }
    }
}

impl Way {
    pub fn start(self, builder: VictimProxyBuilder, notes: &Path) -> Result<VictimProxy, StartError> {
        match self {
            Self::New => builder.start(notes),
            Self::Late(pause) => builder.start_late(notes, pause),
            Self::Nesting => builder.start_nesting(notes, &nested::notes_beside(notes)),
            Self::Refusing => builder.start_refusing("planned"),
            Self::Panicking => builder.start_panicking(),
            Self::Dying(fate) => builder.start_dying(fate),
            Self::Hanging => builder.start_hanging(()),
        }
    }

    /// Whether its constructor can fail with this error.
    pub fn may_fail_so(self, error: &StartError) -> bool {
        match error {
            StartError::Constructor { message, .. } => matches!(self, Self::Refusing) && message == "planned",
            StartError::ConstructorPanicked { .. } => matches!(self, Self::Panicking),
            _ => false,
        }
    }

    /// Whether the constructor succeeds.
    pub fn succeeds(self) -> bool {
        matches!(self, Self::New | Self::Late(_) | Self::Nesting)
    }

    pub fn fate(self) -> Option<Fate> {
        if let Self::Dying(fate) = self { Some(fate) } else { None }
    }
}

/// Chooses how a process dies. Not by a stack overflow, which would print to the terminal.
fn fate(rng: &mut Rng) -> Fate {
    [Fate::Abort, Fate::Exit(3), Fate::NullWrite, Fate::Kill][rng.usize(..4)]
}

/// One call.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    Nothing,
    Digest(usize),
    Turn(usize),
    Record(usize),
    Produce(usize),
    Table,
    MakeTable(usize),
    /// So many small tables, which may be more than a socket holds.
    MakeTables(u64),
    Grow(usize),
    /// Words, and a handle that is dropped with them.
    Keep(usize),
    Pause(Duration),
    Refuse,
    Panic,
    Run(Option<Duration>),
    /// Forks a copy of the object's process.
    Fork(Duration),
    /// Forwards the call to the nested object.
    Relay(usize),
    TooLarge,
    Die(Fate),
    Stream(Streaming),
    /// Ends when cancellation is requested if it `obeys`; otherwise never.
    Hang {
        obeys: bool,
    },
}

impl Work {
    pub fn choose(rng: &mut Rng) -> Self {
        match rng.u32(..1000) {
            0..250 => Self::Nothing,
            250..450 => Self::Digest(size(rng)),
            450..480 => Self::Stream(Streaming::choose(rng)),
            480..550 => Self::Turn(size(rng) / 8),
            550..615 => Self::Record(size(rng) / 4),
            615..640 => Self::Relay(size(rng) / 4),
            640..740 => Self::Produce(size(rng)),
            740..800 => Self::Table,
            800..836 => Self::MakeTable(size(rng) / 8),
            836..840 => Self::MakeTables(rng.u64(..500)),
            840..900 => Self::Grow(size(rng) / 9),
            900..910 => Self::Keep(rng.usize(..200)),
            910..940 => Self::Pause(Duration::from_micros(rng.u64(..5000))),
            940..957 => Self::Refuse,
            957..965 => Self::Hang { obeys: rng.u32(..3) != 0 },
            965..980 => Self::Panic,
            980..983 => Self::Fork(Duration::from_millis(rng.u64(..1500))),
            983..986 => Self::Run((rng.bool()).then(|| Duration::from_millis(rng.u64(1..2000)))),
            986..994 => Self::TooLarge,
            _ => Self::Die(fate(rng)),
        }
    }
}

/// How a stream is made and read.
#[derive(Clone, Copy, Debug)]
pub struct Streaming {
    pub count: u64,
    /// How many items the worker reads before it drops the rest.
    pub taken: u64,
    /// The item at which the process dies, and how.
    pub fate: Option<(u64, Fate)>,
    pub is_awaited: bool,
}

impl Streaming {
    fn choose(rng: &mut Rng) -> Self {
        let count = if rng.u32(..4) == 0 { rng.u64(..20_000) } else { rng.u64(..300) };
        let taken = if rng.u32(..3) == 0 { rng.u64(..=count) } else { u64::MAX };
        let fate = (rng.u32(..60) == 0).then(|| (rng.u64(..=count), fate(rng)));
        Self { count, taken, fate, is_awaited: rng.bool() }
    }
}

/// Chooses a size in bytes: mostly small, sometimes zero, sometimes the limit.
pub fn size(rng: &mut Rng) -> usize {
    match rng.u32(..100) {
        0..8 => 0,
        8..55 => rng.usize(1..200),
        55..85 => rng.usize(200..20_000),
        85..97 => rng.usize(20_000..1 << 20),
        97..99 => rng.usize(1 << 20..MAX_SIZE),
        _ => MAX_SIZE,
    }
}

/// The next action of a worker.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// A call that is held. Its outcome is taken now, later or never.
    Hold,
    /// So many pushes in a row, or as many as fit.
    Push(usize),
    /// Pulls the outcomes that are there, or waits for the oldest.
    Pull,
    /// Takes the outcome of a call that was held.
    Settle,
    Loan(usize),
    Trim,
    Look,
    /// Makes and uses handles.
    Keepsakes,
    /// Waits for a short time until the object is ready.
    Ready,
    /// Forks a copy of this program, which tries operations that must fail.
    Copy,
    /// A check that needs an object of its own.
    Scene,
    /// A method that never ends, and then the end of its object.
    Spin,
    Replace,
}

impl Step {
    pub fn choose(rng: &mut Rng) -> Self {
        match rng.u32(..1000) {
            0..300 => Self::Hold,
            300..450 => Self::Push(rng.usize(1..4)),
            450..480 => Self::Push(40),
            480..680 => Self::Pull,
            680..880 => Self::Settle,
            880..915 => Self::Loan(size(rng)),
            915..930 => Self::Keepsakes,
            930..940 => Self::Trim,
            940..964 => Self::Look,
            964..976 => Self::Ready,
            976..979 => Self::Copy,
            979..980 => Self::Scene,
            980..984 => Self::Spin,
            _ => Self::Replace,
        }
    }
}

/// The way in which an object is ended.
#[derive(Clone, Copy, Debug)]
pub enum Ending {
    Terminate,
    Close,
    Kill,
    Drop,
    /// By a method that consumes it.
    Finish,
}

impl Ending {
    pub fn choose(rng: &mut Rng) -> Self {
        [Self::Terminate, Self::Close, Self::Close, Self::Kill, Self::Drop, Self::Finish][rng.usize(..6)]
    }
}
