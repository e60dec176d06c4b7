//! Takes the starts that proxies ask for, whole or in pieces, and hands them to the host's thread.
//!
//! Runs on threads of Zenoh, and never waits. The bytes come from a client that may be hostile.
//! Invariant: at most `MAX_WAITING` starts wait, with the bytes of at most `MAX_LARGE` of the largest, and at
//! most `MAX_UNFINISHED` have pieces missing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use concurrent_object::bridge::{Event, Message, Refusal};
use zenoh::Wait;
use zenoh::bytes::ZBytes;
use zenoh::query::Query;

use super::worker::Work;
use crate::control::{self, MAX_START};
use crate::session::Lane;
use crate::wire::{self, Assembly, Header, Kind};

/// How many starts may wait: a program starts many objects at once. More are refused.
const MAX_WAITING: usize = 4096;
/// How many of the largest starts may wait.
const MAX_LARGE: u64 = 32;
/// How many starts may have pieces missing. A further one takes the place of the one that has waited
/// longest for its next piece, so that no client keeps all others out.
const MAX_UNFINISHED: usize = 64;
/// How long that has waited at least. Otherwise the further one is refused.
const GIVES_WAY_AFTER: Duration = Duration::from_secs(1);
/// How many queries may wait for their end.
const MAX_REPLIES: usize = 64;
/// A start whose next piece does not come for so long makes room for others.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(30);

/// Takes starts.
pub struct Starts {
    key: String,
    limit: u64,
    waiting: Arc<Mutex<Waiting>>,
    unfinished: Mutex<HashMap<u128, Unfinished>>,
    lane: Arc<Lane>,
    work: mpsc::Sender<Work>,
}

struct Unfinished {
    query: Query,
    assembly: Assembly,
    since: Instant,
}

/// The starts that wait.
#[derive(Debug, Default)]
struct Waiting {
    starts: usize,
    bytes: u64,
}

/// One of the starts that wait, until this is dropped.
#[derive(Debug)]
pub struct Turn {
    waiting: Arc<Mutex<Waiting>>,
    bytes: u64,
}

impl Turn {
    /// A turn for a start of this size. `None` if too many wait, or those that wait are too large.
    fn new(waiting: &Arc<Mutex<Waiting>>, bytes: u64, limit: u64) -> Option<Self> {
        let mut state = locked(waiting);
        let sum = state.bytes.saturating_add(bytes);
        if state.starts >= MAX_WAITING || sum > limit.saturating_mul(MAX_LARGE) {
            return None;
        }
        *state = Waiting { starts: state.starts + 1, bytes: sum };
        Some(Self { waiting: waiting.clone(), bytes })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = locked(&self.waiting);
        *state = Waiting { starts: state.starts - 1, bytes: state.bytes - self.bytes };
    }
}

fn locked(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Starts {
    /// Takes starts at this key. `limit` is that of a message.
    pub fn new(key: String, limit: u64, lane: Arc<Lane>, work: mpsc::Sender<Work>) -> Self {
        Self { key, limit, waiting: Arc::default(), unfinished: Mutex::default(), lane, work }
    }

    /// Takes a query.
    pub fn take(&self, query: Query) {
        let payload = query.payload().cloned().unwrap_or_default();
        let is_ours = query.key_expr().as_str() == self.key;
        let refusal = if is_ours && !payload.is_empty() { self.take_message(&payload, &query).err() } else { None };
        drop(payload);
        // A client that does not read fills its link, and waits for the end of its query here.
        if self.lane.waiting() >= MAX_REPLIES {
            return;
        }
        match refusal {
            Some(refusal) => refuse(&self.lane, query, refusal),
            // It asks whether the host is there.
            None if is_ours && query.payload().is_none_or(ZBytes::is_empty) => {
                answer(&self.lane, query, wire::bare(Kind::Taken, 0));
            }
            None => self.lane.post(move |_| drop(query)),
        }
    }

    fn take_message(&self, payload: &ZBytes, query: &Query) -> Result<(), Refusal> {
        let limit = self.limit.saturating_add(MAX_START);
        let header = wire::decode(payload, limit).map_err(|error| Refusal::Other(error.to_string()))?;
        if u64::from(header.structured) > MAX_START || header.raw > self.limit {
            let limit = self.limit;
            let reason = format!("the constructor's arguments are too large; `limits.message` of the host is {limit}");
            return Err(Refusal::Denied(reason));
        }
        match header.kind {
            Kind::Control => self.hand_over(query.clone(), wire::parts(payload, &header)),
            Kind::Announced => self.announce(header, query),
            Kind::Piece => self.put(&header, payload),
            _ => Err(Refusal::Other("this is not the start of an object".to_owned())),
        }
    }

    fn announce(&self, header: Header, query: &Query) -> Result<(), Refusal> {
        let mut unfinished = self.unfinished.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let dropped = unfinished.extract_if(|_, start| now.saturating_duration_since(start.since) >= GIVEN_UP_AFTER);
        for (_, start) in dropped {
            refuse(&self.lane, start.query, Refusal::Other("not all pieces of the start arrived".to_owned()));
        }
        if unfinished.len() >= MAX_UNFINISHED {
            self.make_way(&mut unfinished, now);
        }
        if unfinished.len() >= MAX_UNFINISHED || unfinished.contains_key(&header.id) {
            let reason = "busy: the host receives the arguments of other objects; try again";
            return Err(Refusal::NoHost(reason.to_owned()));
        }
        let assembly = Assembly::begin(header, self.limit.saturating_add(MAX_START));
        let assembly = assembly.map_err(|error| Refusal::Other(error.to_string()))?;
        unfinished.insert(header.id, Unfinished { query: query.clone(), assembly, since: now });
        Ok(())
    }

    /// Refuses the start that has waited longest for a piece, if that is long.
    fn make_way(&self, unfinished: &mut HashMap<u128, Unfinished>, now: Instant) {
        let idlest = unfinished.iter().min_by_key(|(_, start)| start.since);
        let Some((&id, since)) = idlest.map(|(id, start)| (id, start.since)) else { return };
        if now.saturating_duration_since(since) >= GIVES_WAY_AFTER
            && let Some(start) = unfinished.remove(&id)
        {
            let reason = "busy: the start has given way to one whose pieces come sooner; try again";
            refuse(&self.lane, start.query, Refusal::NoHost(reason.to_owned()));
        }
    }

    fn put(&self, header: &Header, payload: &ZBytes) -> Result<(), Refusal> {
        let mut unfinished = self.unfinished.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut start) = unfinished.remove(&header.id) else {
            return Err(Refusal::Other("a piece of a start that is refused, or unknown".to_owned()));
        };
        if let Err(error) = start.assembly.put(header, payload) {
            refuse(&self.lane, start.query, Refusal::Other(format!("a piece of the start is refused: {error}")));
            return Err(Refusal::Other("the piece is refused".to_owned()));
        }
        if !start.assembly.is_whole() {
            unfinished.insert(header.id, Unfinished { since: Instant::now(), ..start });
            return Ok(());
        }
        drop(unfinished);
        let again = start.query.clone();
        let handed = self.hand_over(start.query, start.assembly.into_message());
        handed.unwrap_or_else(|reason| refuse(&self.lane, again, reason));
        Ok(())
    }

    fn hand_over(&self, query: Query, message: Message) -> Result<(), Refusal> {
        let bytes = message.structured.len() as u64 + message.raw.len() as u64;
        let Some(turn) = Turn::new(&self.waiting, bytes, self.limit.saturating_add(MAX_START)) else {
            let reason = "busy: too many starts wait at the host; try again, or choose another host";
            return Err(Refusal::NoHost(reason.to_owned()));
        };
        // The thread ends only after the queryable that calls this is gone.
        let _ = self.work.send(Work::Start(query, Box::new(message), turn));
        Ok(())
    }
}

/// Refuses a start, later.
pub fn refuse(lane: &Lane, query: Query, refusal: Refusal) {
    let bytes = control::event_bytes(&Event::Refused(refusal));
    answer(lane, query, wire::valued(Kind::Event, 0, &bytes));
}

fn answer(lane: &Lane, query: Query, message: ZBytes) {
    lane.post(move |_| {
        if let Err(error) = query.reply(query.key_expr().clone(), message).wait() {
            tracing::debug!(%error, "the answer to a start was not sent");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{Arc, MAX_LARGE, MAX_WAITING, Mutex, Turn, Waiting};

    const LIMIT: u64 = 1000;

    /// How many starts of this size get a turn, of as many as ask.
    fn taken(waiting: &Arc<Mutex<Waiting>>, bytes: u64) -> Vec<Turn> {
        (0..2 * MAX_WAITING).map_while(|_| Turn::new(waiting, bytes, LIMIT)).collect()
    }

    #[test]
    fn starts_wait_by_their_number_if_they_are_small_and_by_their_bytes_otherwise() {
        let waiting = Arc::default();
        assert_eq!(taken(&waiting, 1).len(), MAX_WAITING);
        assert_eq!(taken(&waiting, LIMIT).len() as u64, MAX_LARGE);
        let mut large = taken(&waiting, LIMIT);
        assert!(Turn::new(&waiting, 1, LIMIT).is_none());
        large.pop();
        assert_eq!(taken(&waiting, LIMIT / 2).len(), 2);
    }
}
