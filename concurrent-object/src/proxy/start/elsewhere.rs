//! Starts an object in another program, or for one.
//!
//! Knows what the other program needs. Invariant: what cannot go there is refused before anything
//! is started.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::Code;
use crate::error::StartError;
use crate::memory::fork::watch_forks;
#[cfg(feature = "bridge")]
use crate::memory::sealed::Unsealed;
use crate::parent::life::bridge::RemoteRecipe;
use crate::parent::life::spawn_spec::Recipe;
#[cfg(feature = "bridge")]
use crate::parent::object::Kept;
use crate::process::output::ChildStdio;
use crate::protocol::hello::{Hello, PROTOCOL};
use crate::protocol::methods::{Methods, fingerprint};
use crate::protocol::remote::{Message, Remote, RemoteStart};
use crate::proxy::builder::Settings;
use crate::wire;

/// The number of the next object of this program in another one.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Checks that another program can hold an object of this type.
pub(super) fn check_goes_elsewhere<O: Methods>() -> Result<(), StartError> {
    let refused = |option, reason: &str| Err(StartError::NeedsProcess { option, reason: reason.to_owned() });
    if O::HANDLES {
        return refused("on", "its methods return handles, which mean nothing elsewhere; leave out `on`");
    }
    Ok(())
}

/// Returns what another program needs to start the object, but for the arguments.
fn remote_start<O: Methods>(remote: &dyn Remote, settings: &Settings, code: Code, hello: &Hello) -> RemoteStart {
    RemoteStart {
        protocol: PROTOCOL,
        type_name: (code.type_name)().to_owned(),
        fingerprint: fingerprint::<O>((code.type_name)()),
        name: settings.name.clone(),
        constructor: hello.constructor,
        arguments: Message::default(),
        slots: settings.layout.slots as u32,
        max_input_size: settings.layout.input_limit as u64,
        max_output_size: settings.layout.output_limit as u64,
        on_panic: settings.on_panic.into(),
        stack_size: settings.stack_size.map(|size| size as u64),
        sends_stdout: settings.streams.stdout == ChildStdio::Lines,
        sends_stderr: settings.streams.stderr == ChildStdio::Lines,
        idempotent: O::IDEMPOTENT.to_vec(),
        cancel_grace: settings.limits.cancel_grace,
        snapshots: hello.snapshots,
        state: None,
        // Relaxed: only the numbers must differ.
        object: NEXT.fetch_add(1, Ordering::Relaxed),
        life: 0,
        traceparent: remote.traceparent(),
    }
}

/// Returns how to start the object in the other program. `hello` has what the constructor gets.
pub(super) fn recipe_for_bridge<O: Methods>(
    hello: Hello,
    remote: Arc<dyn Remote>,
    settings: &Settings,
    code: Code,
) -> Recipe {
    watch_forks();
    wire::prepare();
    let start = remote_start::<O>(&*remote, settings, code, &hello);
    let recipe = RemoteRecipe { remote, start, cancel_grace: settings.limits.cancel_grace, kept: Mutex::default() };
    Recipe::Remote(Box::new(hello), Arc::new(recipe))
}

#[cfg(feature = "bridge")]
/// Stores the constructor's arguments that came as bytes, as `store_arguments` does.
pub(crate) fn store_message(arguments: &Message) -> Result<(Kept, usize), StartError> {
    let failed = || StartError::system("storing the constructor's arguments");
    let file = Unsealed::new("concurrent-object:arguments").map_err(failed())?;
    let (mut end, mut outcome) = (0, Ok(()));
    let raw = arguments.raw.each(&mut |bytes| {
        outcome = std::mem::replace(&mut outcome, Ok(())).and_then(|()| file.write(end, bytes));
        end += bytes.len();
    });
    raw.expect("a start lies in no slot");
    outcome.map_err(failed())?;
    file.write(end, &arguments.structured).map_err(failed())?;
    Ok((Kept { arguments: file.seal().map_err(failed())?, files: Vec::new() }, end))
}
