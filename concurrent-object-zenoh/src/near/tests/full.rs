//! A start that a host refuses, since it has no room, with another host at hand.

use zenoh::query::Queryable;

use super::*;

/// Two hosts by hand in one session, and a site that sees both.
struct Pair {
    outbox: Outbox,
    site: Site,
    /// The starts, with the hosts that they come to.
    starts: mpsc::Receiver<(&'static str, Query)>,
    /// The keys of the calls.
    calls: mpsc::Receiver<String>,
    _declared: Vec<(HostPresence, Declared<Queryable<()>>)>,
    _calls: Declared<zenoh::pubsub::Subscriber<()>>,
}

fn pair() -> Pair {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    let endpoint = format!("tcp/{}", listener.local_addr().expect("it is bound"));
    drop(listener);
    let outbox = Outbox::open(&Config::new("lab").listen(&endpoint)).expect("it listens");
    let (keys, (send, starts), (note, calls)) = (Keys::new("lab"), mpsc::channel(), mpsc::channel());
    let declare = |host: &'static str| {
        let (key, send) = (keys.start(host), send.clone());
        let take = move |query: Query| {
            if query.payload().is_some_and(|payload| !payload.is_empty()) {
                send.send((host, query)).unwrap_or_default();
            }
        };
        let declared = outbox.ask(move |session| session.declare_queryable(key).complete(true).callback(take).wait());
        let presence = HostPresence::with(&outbox, &keys, HostInfo::new(host, 8, vec![("Echo".to_owned(), 0)]));
        (presence.expect("it is announced"), outbox.hold(declared.expect("it is declared")))
    };
    let declared = ["one", "two"].map(declare).into();
    let (key, take) = (keys.all_objects(), move |sample: zenoh::sample::Sample| {
        note.send(sample.key_expr().to_string()).unwrap_or_default();
    });
    let all = outbox.ask(move |session| session.declare_subscriber(key).callback(take).wait());
    let all = outbox.hold(all.expect("it is declared"));
    let site = Site::connect(&Config::new("lab").connect(&endpoint)).expect("it opens");
    site.wait_for_hosts(SOON, |hosts| hosts.len() == 2).expect("both appear");
    Pair { outbox, site, starts, calls, _declared: declared, _calls: all }
}

impl Pair {
    /// Takes the next start, and refuses it.
    fn refuse(&self) -> &'static str {
        let (host, query) = self.starts.recv_timeout(SOON).expect("a start comes");
        let refusal = control::event_bytes(&Event::Refused(Refusal::NoHost("full".to_owned())));
        reply(&self.outbox, query, wire::valued(Kind::Event, 0, &refusal));
        host
    }
}

fn reply(outbox: &Outbox, query: Query, message: ZBytes) {
    outbox.ask(move |_| query.reply(query.key_expr().clone(), message).wait()).expect("it is sent");
}

fn begin(remote: &dyn Remote) -> (Box<dyn Carrier>, mpsc::Receiver<Event>) {
    let (send, events) = mpsc::channel();
    let events_of = Events::new(move |event| send.send(event).unwrap_or_default());
    (remote.start(start_of("Echo"), events_of).expect("it begins"), events)
}

#[test]
fn a_start_that_a_full_host_refuses_goes_to_another_one_with_the_calls_that_wait() {
    let pair = pair();
    let (carrier, events) = begin(&*pair.site.anywhere());
    carrier.send(1, Message::new(0, 0, vec![1], vec![]));
    let first = pair.refuse();
    let (second, query) = pair.starts.recv_timeout(SOON).expect("the start comes to the other host");
    assert_ne!(first, second);
    let objects = |name| pair.site.hosts().iter().find(|info| info.host == name).map(|info| info.objects);
    assert_eq!((objects(first), objects(second)), (Some(0), Some(1)), "its place is there now");
    reply(&pair.outbox, query.clone(), wire::bare(Kind::Taken, 1));
    let call = pair.calls.recv_timeout(SOON).expect("the call comes");
    assert!(call.contains(&format!("/obj/{second}/")), "{call}");
    for part in wire::message(Kind::Answer, 1, Message::new(0, 0, vec![7], vec![])) {
        reply(&pair.outbox, query.clone(), part);
    }
    assert!(matches!(events.recv_timeout(SOON), Ok(Event::Answered(1, _))));
}

#[test]
fn a_start_that_all_hosts_refuse_is_refused_and_one_for_a_host_goes_to_no_other() {
    let pair = pair();
    let is_refused = |events: &mpsc::Receiver<Event>| {
        let event = events.recv_timeout(SOON).expect("an event comes");
        assert!(matches!(event, Event::Refused(Refusal::NoHost(_))), "{event:?}");
    };
    let (_carrier, events) = begin(&*pair.site.anywhere());
    assert_ne!(pair.refuse(), pair.refuse());
    is_refused(&events);
    let (_carrier, events) = begin(&*pair.site.host("two"));
    assert_eq!(pair.refuse(), "two");
    is_refused(&events);
    assert!(pair.starts.try_recv().is_err());
}
