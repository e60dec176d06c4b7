//! Spans: each call and each start takes the span of its own caller along, in each life.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use concurrent_object::Pool;
use concurrent_object::StartError;
use concurrent_object::bridge::{
    CallLimits, Carrier, EndKind, Event, Events, Message, Remote, RemoteExit, RemoteStart, TraceParent,
};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::Gate;

use super::ends::at_once;
use super::recorder::Recorder;
use super::{builder_on, loopback};

thread_local! {
    /// The span that this thread is in.
    static SPAN: Cell<Option<TraceParent>> = const { Cell::new(None) };
}

/// A remote whose callers have spans. Notes what it passes on to another one.
#[derive(Clone)]
struct Traced {
    remote: Arc<dyn Remote>,
    noted: Arc<Mutex<Noted>>,
}

#[derive(Default)]
struct Noted {
    starts: Vec<Option<TraceParent>>,
    calls: Vec<(Vec<u8>, Option<TraceParent>)>,
}

struct TracedCarrier(Box<dyn Carrier>, Arc<Mutex<Noted>>);

impl Remote for Traced {
    fn start(&self, start: RemoteStart, events: Events) -> Result<Box<dyn Carrier>, StartError> {
        self.noted.lock().expect("no panic").starts.push(start.traceparent);
        Ok(Box::new(TracedCarrier(self.remote.start(start, events)?, self.noted.clone())))
    }

    fn traceparent(&self) -> Option<TraceParent> {
        SPAN.get()
    }
}

impl Carrier for TracedCarrier {
    fn send(&self, call: u64, message: Message) {
        self.1.lock().expect("no panic").calls.push((message.structured.clone(), message.traceparent));
        self.0.send(call, message);
    }

    fn cancel(&self, call: u64, grace: Option<Duration>) {
        self.0.cancel(call, grace);
    }

    fn limit(&self, call: u64, limits: CallLimits) {
        self.0.limit(call, limits);
    }

    fn end(&self, how: EndKind) {
        self.0.end(how);
    }
}

impl fmt::Debug for Traced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Traced")
    }
}

impl Traced {
    fn over(remote: Arc<dyn Remote>) -> Arc<Self> {
        Arc::new(Self { remote, noted: Arc::default() })
    }

    fn calls(&self) -> Vec<Option<TraceParent>> {
        self.noted.lock().expect("no panic").calls.iter().map(|(_, span)| *span).collect()
    }

    fn starts(&self) -> Vec<Option<TraceParent>> {
        self.noted.lock().expect("no panic").starts.clone()
    }
}

/// A span that differs for each number.
fn span(number: u8) -> Option<TraceParent> {
    format!("00-0af7651916cd43dd8448eb211c80319c-00000000000000{number:02x}-01").parse().ok()
}

/// Runs it in the span of this number.
fn in_span<R>(number: u8, body: impl FnOnce() -> R) -> R {
    let before = SPAN.replace(span(number));
    let result = body();
    SPAN.set(before);
    result
}

#[test]
fn each_call_takes_the_span_of_its_caller_along() {
    within(SOON, || {
        let remote = Traced::over(loopback());
        let far = in_span(1, || builder_on(remote.clone()).start(0)).expect("starts");
        in_span(2, || far.add(1)).wait().expect("added");
        far.add(1).wait().expect("added");
        in_span(3, || far.push_sum(&[1; 1000])).expect("room");
        far.pull().expect("an outcome");
        thread::scope(|scope| {
            let far = &far;
            scope.spawn(move || in_span(4, || far.add(1)).wait().expect("added"));
        });
        assert_eq!(remote.starts(), [span(1)]);
        assert_eq!(remote.calls(), [span(2), None, span(3), span(4)]);
    });
}

#[test]
fn calls_that_waited_for_a_slot_or_for_the_next_life_keep_their_span() {
    within(SOON, || {
        let recorder = Recorder::default();
        let remote = Traced::over(Arc::new(recorder.clone()));
        let builder = builder_on(remote.clone()).slots(2).restart(at_once());
        let far = in_span(1, || builder.start(0)).expect("starts");
        let mut calls: Vec<_> = (2..6).map(|number| in_span(number, || far.add(number.into()))).collect();
        recorder.sent(2);
        assert_eq!(remote.calls(), [span(2), span(3)]);
        let events = recorder.events();
        events.put(Event::Ready { pid: 1, host: "there".into() });
        // No call has begun, so the next life serves them all.
        events.put(Event::Died(RemoteExit::Unknown));
        let first = recorder.sent(4)[2].0;
        recorder.sent(4);
        assert_eq!(remote.calls(), [span(2), span(3), span(2), span(3)]);
        assert_eq!(remote.starts(), [span(1), span(1)]);
        let events = recorder.events();
        events.put(Event::Ready { pid: 2, host: "there".into() });
        events.put(Event::Answered(first, Message::new(1, 8, vec![7, 0, 0, 0, 0, 0, 0, 0], Vec::new())));
        assert_eq!(calls.remove(0).wait().expect("answered"), 7);
        recorder.sent(5);
        assert_eq!(remote.calls()[4], span(4));
    });
}

#[test]
fn calls_that_move_to_another_member_of_a_pool_keep_their_span() {
    within(SOON, || {
        let remote = Traced::over(loopback());
        let home = remote.clone();
        let pool = Pool::new(2, move |_| builder_on(home.clone()).slots(1).start(0)).expect("starts");
        // A pool prefers members that are ready.
        pool.members().for_each(|far| far.wait_until_ready().expect("ready"));
        let gates = [Gate::new(), Gate::new()];
        let blocked: Vec<_> = gates.iter().map(|gate| pool.call(|far| far.wait_at(gate.path()))).collect();
        gates.iter().for_each(Gate::wait_until_reached);
        let calls: Vec<_> =
            (1..21_u8).map(|number| in_span(number, || pool.call(|far| far.add(number.into())))).collect();
        gates[0].open();
        for call in calls {
            call.wait().expect("the member that is free serves it");
        }
        wait_for("calls that have moved are counted", || pool.statistics().moved > 0);
        gates[1].open();
        blocked.into_iter().for_each(|call| call.wait().expect("it ends"));
        let noted = remote.noted.lock().expect("no panic");
        // The gates have no span. A call that moved may have been passed on twice.
        let with_span =
            noted.calls.iter().filter_map(|(arguments, span)| Some((arguments, span.as_ref()?.to_string())));
        let spans: BTreeMap<_, _> = with_span.clone().map(|(arguments, span)| (span, arguments)).collect();
        assert_eq!(spans.len(), 20, "{spans:?}");
        for (arguments, span) in with_span {
            assert_eq!(spans[&span], arguments);
        }
    });
}
