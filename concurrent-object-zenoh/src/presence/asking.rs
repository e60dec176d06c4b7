//! Asks a host for its description, until it has answered.
//!
//! Problem: a query has no answer if the link breaks, the host is stopped, or Zenoh does not yet know that
//! the host answers queries. Without a description the host is not listed. Way here: Zenoh drops the taker
//! of the answers when no more come, and then the site asks again.
//!
//! Knows who lacks a description; knows nothing of tokens. Invariant: nothing is asked again when the host
//! has described itself, its token is gone, or the session closes.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use zenoh::Wait;
use zenoh::query::{ConsolidationMode, QueryTarget, Reply};

use super::hosts::Shared;
use crate::keys::Keys;
use crate::session::{Outbox, WeakOutbox};

/// How long the site waits before it asks again.
const PAUSE: Duration = Duration::from_millis(500);

/// One question. Dropped when no more answers come.
pub struct Asking {
    outbox: WeakOutbox,
    keys: Keys,
    host: String,
    limit: Duration,
    shared: Arc<Shared>,
}

impl Asking {
    /// `limit`: how long an answer may take.
    pub fn new(outbox: &Outbox, keys: &Keys, host: &str, limit: Duration, shared: Arc<Shared>) -> Self {
        Self { outbox: outbox.downgrade(), keys: keys.clone(), host: host.to_owned(), limit, shared }
    }

    /// Asks. The answer comes to a thread of Zenoh.
    pub fn ask(self, outbox: &Outbox) {
        let (about, limit) = (self.keys.about(&self.host), self.limit);
        outbox.post(move |session| {
            let answer = move |reply: Reply| self.take(&reply);
            let query = session.get(about).target(QueryTarget::BestMatching).consolidation(ConsolidationMode::None);
            if let Err(error) = query.timeout(limit).callback(answer).wait() {
                tracing::debug!(%error, "a host was not asked for its description");
            }
        });
    }

    fn take(&self, reply: &Reply) {
        if let Ok(sample) = reply.result() {
            self.shared.described(&self.host, sample.payload());
        }
    }

    fn ask_again(self) {
        thread::sleep(PAUSE);
        if self.shared.lacks_description(&self.host)
            && let Some(outbox) = self.outbox.upgrade()
        {
            self.ask(&outbox);
        }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if !self.shared.lacks_description(&self.host) || self.outbox.upgrade().is_none() {
            return;
        }
        let again = Self {
            outbox: self.outbox.clone(),
            keys: self.keys.clone(),
            host: self.host.clone(),
            limit: self.limit,
            shared: self.shared.clone(),
        };
        // Not here: this runs on a thread of Zenoh. If no thread can be started, the host is listed when it
        // next reports its load.
        let _started = thread::Builder::new().name("co-zenoh-asks".to_owned()).spawn(move || again.ask_again());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use zenoh::query::Query;

    use super::*;
    use crate::{Config, HostInfo, Site};

    #[test]
    fn a_host_that_has_not_answered_is_asked_again() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback is there");
        let endpoint = format!("tcp/{}", listener.local_addr().expect("it is bound"));
        drop(listener);
        let outbox = Outbox::open(&Config::new("asking").listen(&endpoint)).expect("it listens");
        let (keys, asked) = (Keys::new("asking"), Arc::new(AtomicU32::new(0)));
        let (about, token, count) = (keys.about("far"), keys.host("far"), asked.clone());
        let reply_key = about.clone();
        let answer = move |query: Query| {
            if count.fetch_add(1, Ordering::SeqCst) > 0 {
                let bytes = HostInfo::new("far", 8, vec![]).to_bytes();
                query.reply(&reply_key, bytes).wait().expect("it is sent");
            }
        };
        let declared = outbox.ask(move |session| {
            let queryable = session.declare_queryable(about).complete(true).callback(answer).wait()?;
            zenoh::Result::Ok((queryable, session.liveliness().declare_token(token).wait()?))
        });
        let _declared = outbox.hold(declared.expect("both are declared"));
        let site = Site::connect(&Config::new("asking").connect(&endpoint)).expect("it opens");
        let hosts = site.wait_for_hosts(Duration::from_secs(30), |hosts| !hosts.is_empty());
        assert_eq!(hosts.expect("the host is listed").len(), 1);
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }
}
