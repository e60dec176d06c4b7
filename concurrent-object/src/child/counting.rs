//! Small calls with parent and child on one thread, for counting their instructions.
//!
//! `benches/instructions.sh` runs this test under callgrind, which cannot follow a process that
//! executes `/proc/self/exe`. Knows both sides. Invariant: each iteration of the test makes one
//! counted call.

use std::fs::File;
use std::hint::black_box;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use super::{ArgumentReader, Bootstrap, ConcurrentObject, Home, Reply, Server, SharedFileTable};
use crate::memory::fork::Origin;
use crate::memory::sealed::{Sealed, Unsealed};
use crate::memory::segment::Backing;
use crate::parent::calls::timing::Limits;
use crate::parent::life::backend::Backend;
use crate::parent::life::instance::Instance;
use crate::parent::life::on_drop::OnDrop;
use crate::parent::life::report::Report;
use crate::parent::life::restart_policy::RestartPolicy;
use crate::parent::life::shared_files::SentFiles;
use crate::parent::object::{Identity, Kept, Object};
use crate::process::child::Child;
use crate::process::confinement::Confinement;
use crate::process::handshake::control_socket;
use crate::process::oom::Before;
use crate::process::output::Captured;
use crate::protocol::failure::Failure;
use crate::protocol::hello::Hello;
use crate::protocol::on_panic::OnPanic;
use crate::proxy::call::{self, Reached, Target};
use crate::transport::layout::Layout;
use crate::transport::mapped::{Channel, Lease};

/// The number of counted calls, by which the script divides.
const CALLS: u64 = 10_000;

struct Adder;

impl ConcurrentObject for Adder {
    fn construct(_constructor: u32, _arguments: &mut ArgumentReader<'_>) -> Result<Self, Failure> {
        Ok(Self)
    }

    fn call(&mut self, _method: u32, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> Result<(), Failure> {
        let (a, b) = (arguments.take::<u64>("a")?, arguments.take::<u64>("b")?);
        arguments.end()?;
        reply.send(&(a + b))
    }
}

fn both_ends() -> (Arc<Object>, Server) {
    let layout = Layout::new(16, 1024, 1024).expect("small");
    let (channel, files, leases) = Channel::create(layout, &Backing::Memory).expect("files");
    let again = |fd: &dyn AsFd| fd.as_fd().try_clone_to_owned().expect("a descriptor");
    let bell = again(&channel.reply_bell);
    let (childs_channel, childs_leases) = Channel::attach(layout, &files, bell).expect("mapped again");
    let identity = Identity {
        name: "counted".into(),
        methods: &["add"],
        grace: Duration::ZERO,
        limits: Limits::default(),
        restart: RestartPolicy::never(),
        on_drop: OnDrop::Wait,
        idempotent: &[],
        report: Report::default(),
        uses_handles: false,
        confinement: Confinement::default(),
        remote: None,
    };
    let (ours, childs) = control_socket().expect("a socket");
    let nothing = || File::open("/dev/null").expect("it exists").into();
    let object = Object::new(
        identity,
        Backend::process(Instance {
            child: Child::unwatched(),
            streams: Captured::default(),
            oom_kills: Before::now(),
        }),
        Origin::here().expect("a page"),
        (channel, leases),
        SentFiles::new(ours, Origin::here().expect("a page"), &[]),
        (Kept { arguments: nothing(), files: Vec::new() }, None),
    );
    (object, served(layout, (childs_channel, childs_leases), childs))
}

/// The child's end, which serves an object without a constructor.
fn served(layout: Layout, (channel, leases): (Channel, Vec<Lease>), socket: OwnedFd) -> Server {
    let sealed = Unsealed::new("nothing").and_then(Unsealed::seal).and_then(Sealed::map).expect("an empty file");
    let hello = Hello {
        protocol: crate::protocol::hello::PROTOCOL,
        executable: (0, 0),
        entry: 0,
        type_name: String::new(),
        name: String::new(),
        layout,
        on_panic: OnPanic::Continue,
        snapshots: None,
        is_relayed: false,
        constructor: 0,
        structured_offset: 0,
        stack_size: None,
        prefault: false,
        files: Vec::new(),
        inherited: Vec::new(),
        stderr_has_reader: false,
        confinement: Confinement::default(),
    };
    let bootstrap = Bootstrap {
        hello,
        channel: Arc::new(channel),
        leases,
        arguments: sealed,
        home: Home::Process,
        shared_files: Arc::new(SharedFileTable::new(socket, Home::Process)),
    };
    Server::new(bootstrap, &["add"], None)
}

/// Lets the test call the object without a proxy.
impl Target for &Arc<Object> {
    const IS_LAST: bool = false;

    #[inline]
    fn reached(&self) -> Reached<'_> {
        Reached(self)
    }
}

/// One call, from the caller's arguments to the caller's result. The script counts this function.
#[inline(never)]
fn one_counted_call(object: &Arc<Object>, server: &mut Server, number: u64) -> u64 {
    let call = one_submitted_call(object, number);
    let entry = server.next_request().expect("not asked to end");
    assert!(server.accept(entry));
    server.serve_request(&mut Adder, entry);
    call.wait().expect("a sum")
}

#[inline(never)]
fn one_submitted_call(object: &Arc<Object>, number: u64) -> call::Call<u64> {
    call::make(object, 0, |arguments| {
        arguments.put("a", &number);
        arguments.put("b", &1_u64);
    })
}

#[test]
fn calls_are_answered_on_one_thread() {
    let (object, mut server) = both_ends();
    server.publish_ready();
    for number in 0..CALLS {
        assert_eq!(black_box(one_counted_call(&object, &mut server, number)), number + 1);
    }
}
