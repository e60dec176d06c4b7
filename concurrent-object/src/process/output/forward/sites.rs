//! Callsites for the events of children, as the parent's subscriber needs them.
//!
//! `tracing` requires the level, target and field names of an event as `'static` data, registered
//! once. Those of a child are known only when its events arrive. So each combination is leaked once
//! and kept in a table. A child could invent a new combination for each event: beyond `MAX_SITES`
//! an event gets one of five spare sites, with its target and fields as text.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use tracing::callsite::{self, Callsite, Identifier};
use tracing::field::FieldSet;
use tracing::metadata::Kind;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata};

use crate::memory::fork::PerProcess;

/// The largest number of sites, without the spare ones.
const MAX_SITES: usize = 512;

/// The target of the spare sites.
pub(crate) const SPARE: &str = "concurrent_object::child";

type Key = (Level, String, Vec<String>);

static SITES: PerProcess<Mutex<HashMap<Key, &'static Site>>> = PerProcess::new();

/// One callsite.
#[derive(Debug)]
pub(crate) struct Site {
    metadata: OnceLock<Metadata<'static>>,
    interest: AtomicU8,
}

const NEVER: u8 = 1;

impl Callsite for Site {
    fn set_interest(&self, interest: Interest) {
        // Relaxed: the subscriber is asked again for each event.
        self.interest.store(if interest.is_never() { NEVER } else { 0 }, Ordering::Relaxed);
    }

    fn metadata(&self) -> &Metadata<'_> {
        self.known()
    }
}

impl Site {
    pub(crate) fn known(&self) -> &Metadata<'static> {
        self.metadata.get().expect("it is set before the site is shown to anything")
    }

    /// Whether the subscriber wants no events from this site.
    pub(crate) fn is_off(&self) -> bool {
        self.interest.load(Ordering::Relaxed) == NEVER
    }
}

/// Returns the site for this combination, or `None` if there are too many.
pub(crate) fn site(level: Level, target: &str, names: Vec<String>) -> Option<&'static Site> {
    let key = (level, target.to_owned(), names);
    let mut sites = SITES.get().lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = sites.get(&key) {
        return Some(known);
    }
    if sites.len() >= MAX_SITES && target != SPARE {
        return None;
    }
    let site = leaked(&key);
    sites.insert(key, site);
    drop(sites);
    // The subscriber is code of the user, so it is called without the lock.
    callsite::register(site);
    Some(site)
}

fn leaked((level, target, names): &Key) -> &'static Site {
    let leak = |text: &String| -> &'static str { Box::leak(text.clone().into_boxed_str()) };
    let names: Vec<_> = names.iter().map(leak).collect();
    let site: &'static Site = Box::leak(Box::new(Site { metadata: OnceLock::new(), interest: AtomicU8::new(0) }));
    let fields = FieldSet::new(Box::leak(names.into_boxed_slice()), Identifier(site));
    site.metadata
        .get_or_init(|| Metadata::new("event of a child", leak(target), *level, None, None, None, fields, Kind::EVENT));
    site
}
