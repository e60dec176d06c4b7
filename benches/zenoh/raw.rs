//! Zenoh alone: queries and replies of the same bytes, with Zenoh's own configuration.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use zenoh::bytes::ZBytes;
use zenoh::query::{ConsolidationMode, Query};
use zenoh::{Session, Wait};

use crate::far::Partner;
use crate::outcome::Outcome;

/// Gives the bytes back.
pub(crate) const SMALL: &str = "raw/small";
/// Adds the numbers.
pub(crate) const SUM: &str = "raw/sum";
/// Returns as many numbers as it is asked for.
pub(crate) const FILL: &str = "raw/fill";

const SOON: Duration = Duration::from_secs(60);

/// A session, and the process that answers.
pub(crate) struct Raw {
    session: Session,
    _partner: Partner,
}

/// So many numbers as bytes.
pub(crate) fn payload(count: usize) -> Vec<u8> {
    1.0_f64.to_le_bytes().repeat(count)
}

impl Raw {
    pub(crate) fn start() -> Outcome<Self> {
        let partner = Partner::start("--raw")?;
        let raw = Self { session: open("connect", &partner.endpoint())?, _partner: partner };
        let begin = Instant::now();
        while raw.exchange(SMALL, vec![0]).is_err() {
            if begin.elapsed() > SOON {
                return Err("Zenoh's other side does not answer".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(raw)
    }

    /// Makes a query, and returns the bytes of the reply.
    pub(crate) fn exchange(&self, key: &str, bytes: Vec<u8>) -> Outcome<Vec<u8>> {
        let replies = self.session.get(key).payload(bytes).consolidation(ConsolidationMode::None).timeout(SOON);
        let reply = replies.wait().map_err(text)?.recv().map_err(text)?;
        Ok(reply.result().map_err(|_| "an error as a reply")?.payload().to_bytes().into_owned())
    }

    /// Makes queries of 40 bytes, at most so many at once.
    pub(crate) fn exchange_many(&self, count: u32, window: usize) -> Outcome {
        let (send, replies) = mpsc::channel();
        let mut under_way = 0;
        let wait = |under_way: &mut usize| {
            *under_way -= 1;
            replies.recv_timeout(SOON)
        };
        for _ in 0..count {
            if under_way == window {
                wait(&mut under_way)?;
            }
            let send = send.clone();
            let query =
                self.session.get(SMALL).payload(vec![7; 40]).consolidation(ConsolidationMode::None).timeout(SOON);
            query.callback(move |_| send.send(()).unwrap_or_default()).wait().map_err(text)?;
            under_way += 1;
        }
        while under_way > 0 {
            wait(&mut under_way)?;
        }
        Ok(())
    }
}

/// Opens a session with one endpoint, which finds no others.
fn open(role: &str, endpoint: &str) -> Outcome<Session> {
    let mut config = zenoh::Config::default();
    let settings = [(format!("{role}/endpoints"), format!("[\"{endpoint}\"]"))];
    let off = ["scouting/multicast/enabled", "scouting/gossip/enabled"].map(|key| (key.to_owned(), "false".to_owned()));
    for (key, value) in settings.iter().chain(&off) {
        config.insert_json5(key, value).map_err(text)?;
    }
    if role == "connect" {
        config.insert_json5("listen/endpoints", "[]").map_err(text)?;
    }
    Ok(zenoh::open(config).wait().map_err(text)?)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// The main function of the process that answers.
pub(crate) fn serve(port: u16) -> Outcome {
    let session = open("listen", &format!("tcp/127.0.0.1:{port}"))?;
    let _queryable = session.declare_queryable("raw/*").callback(answer).wait().map_err(text)?;
    loop {
        std::thread::park();
    }
}

fn answer(query: Query) {
    let bytes = query.payload().map(ZBytes::to_bytes).unwrap_or_default();
    let answer = match query.key_expr().as_str() {
        SUM => {
            let numbers = bytes.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().expect("eight")));
            numbers.sum::<f64>().to_le_bytes().to_vec()
        }
        FILL => payload(usize::from_le_bytes(bytes[..].try_into().expect("a number"))),
        _ => bytes.to_vec(),
    };
    let key = query.key_expr().clone();
    // An error says that the other side is gone.
    let _ = query.reply(key, answer).wait();
}
