//! Messages to a host, and jobs that send them.
//!
//! Knows Zenoh, and which messages wait for the link. Invariant: an object whose call cannot be sent is lost.

use std::sync::Arc;
use std::time::Duration;

use zenoh::bytes::ZBytes;
use zenoh::qos::{CongestionControl, Priority};
use zenoh::query::{ConsolidationMode, QueryTarget, Reply};
use zenoh::{Session, Wait};

use super::life::{Life, Request};
use super::target::Target;
use crate::control::Control;
use crate::session::{Deliver, Job};
use crate::wire::{self, Kind};

/// Longer than any object lives. A query without a limit is not possible in Zenoh.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// Makes jobs that send calls again.
pub(super) fn again_jobs(deliver: Deliver) -> Box<dyn Fn(Vec<Request>) -> Job + Send> {
    Box::new(move |calls| {
        let deliver = deliver.clone();
        Box::new(move |session| {
            let parts = calls.into_iter().flat_map(|(id, message)| wire::message(Kind::Call, id, message));
            parts.for_each(|part| deliver(session, part));
        })
    })
}

/// What sends the parts of calls.
pub(super) fn deliver(target: Arc<Target>, life: Arc<Life>) -> Deliver {
    Arc::new(move |session, part| {
        if let Err(error) = life.sending(|| send(session, &target.object(), part, Priority::DEFAULT)) {
            life.lost(format!("a call could not be sent: {error}"));
        }
    })
}

pub(super) fn control_job(target: Arc<Target>, id: u128, control: &Control, priority: Priority) -> Job {
    let message = wire::valued(Kind::Control, id, &control.to_bytes());
    Box::new(move |session| {
        // If it is lost, the connection is, and the stream of events says so.
        if let Err(error) = send(session, &target.object(), message, priority) {
            tracing::debug!(%error, "an object on another machine was not reached");
        }
    })
}

/// Sends a message to an object. Blocks while the link is congested.
///
/// It is no query: for each of them Zenoh keeps a timer until its limit, also when it is answered.
pub(super) fn send(session: &Session, key: &str, message: ZBytes, priority: Priority) -> zenoh::Result<()> {
    session.put(key, message).congestion_control(CongestionControl::Block).priority(priority).wait()
}

/// Sends a query. Blocks while the link is congested.
pub(super) fn ask(
    session: &Session,
    key: &str,
    message: ZBytes,
    limit: Option<Duration>,
    replies: impl Fn(Reply) + Send + Sync + 'static,
) -> zenoh::Result<()> {
    let query = session.get(key).payload(message).target(QueryTarget::BestMatching);
    // With consolidation, Zenoh would keep the last reply only, until the query ends.
    let query = query.consolidation(ConsolidationMode::None).congestion_control(CongestionControl::Block);
    query.timeout(limit.unwrap_or(FOR_EVER)).callback(replies).wait()
}
