//! How the two sides wait for each other: by polling, or by an event in each direction.

use std::time::Duration;

use iceoryx2::node::Node;
use iceoryx2::port::listener::Listener;
use iceoryx2::port::notifier::Notifier;
use iceoryx2::prelude::ipc;

use super::Setup;
use crate::outcome::Outcome;

/// How often a waiting side checks whether it must end.
const LOOK: Duration = Duration::from_millis(100);

/// One side's end.
pub(super) struct Bell(Option<(Notifier<ipc::Service>, Listener<ipc::Service>)>);

impl Bell {
    pub(super) fn of_client(node: &Node<ipc::Service>, setup: &Setup) -> Outcome<Self> {
        Self::between(node, setup, ["to", "from"])
    }

    pub(super) fn of_server(node: &Node<ipc::Service>, setup: &Setup) -> Outcome<Self> {
        Self::between(node, setup, ["from", "to"])
    }

    fn between(node: &Node<ipc::Service>, setup: &Setup, [rung, heard]: [&str; 2]) -> Outcome<Self> {
        if !setup.sleeps {
            return Ok(Self(None));
        }
        let event = |which: &str| -> Outcome<_> {
            let name = format!("{}/{which}", setup.name);
            Ok(node.service_builder(&name.as_str().try_into()?).event().open_or_create()?)
        };
        // The listener comes first: the other side may notify as soon as it sees this one.
        let listener = event(heard)?.listener_builder().create()?;
        Ok(Self(Some((event(rung)?.notifier_builder().create()?, listener))))
    }

    pub(super) fn ring(&self) -> Outcome {
        if let Some((notifier, _)) = &self.0 {
            notifier.notify()?;
        }
        Ok(())
    }

    /// Waits. May return early.
    pub(super) fn wait(&self) -> Outcome {
        match &self.0 {
            Some((_, listener)) => drop(listener.timed_wait(|_| (), LOOK)?),
            None => std::hint::spin_loop(),
        }
        Ok(())
    }
}
