//! A link of TCP that can be closed and cut: it forwards from one port to another.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// A link between the process that connects to `port`, and another port.
pub struct Valve {
    pub port: u16,
    there: Arc<Flow>,
    back: Arc<Flow>,
    links: Arc<Mutex<Vec<TcpStream>>>,
}

#[derive(Default)]
struct Flow {
    is_closed: Mutex<bool>,
    /// Bytes in a second. 0 is no limit.
    rate: AtomicU64,
    changed: Condvar,
}

impl Flow {
    fn close(&self) {
        *self.is_closed.lock().expect("no panic") = true;
    }

    fn reopen(&self) {
        *self.is_closed.lock().expect("no panic") = false;
        self.changed.notify_all();
    }

    fn wait(&self) {
        let closed = self.is_closed.lock().expect("no panic");
        drop(self.changed.wait_while(closed, |closed| *closed).expect("no panic"));
    }
}

impl Valve {
    /// Forwards from the first port to the second one.
    pub fn open(port: u16, to: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("it is free");
        let valve = Self { port, there: Arc::default(), back: Arc::default(), links: Arc::default() };
        let (there, back, links) = (valve.there.clone(), valve.back.clone(), valve.links.clone());
        thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(("127.0.0.1", to)) else { continue };
                links
                    .lock()
                    .expect("no panic")
                    .extend([near.try_clone().expect("a copy"), far.try_clone().expect("a copy")]);
                for (from, to, flow) in [(&near, &far, &there), (&far, &near, &back)] {
                    let (from, to) = (from.try_clone().expect("a copy"), to.try_clone().expect("a copy"));
                    let flow = flow.clone();
                    thread::spawn(move || drop(forward(from, to, &flow)));
                }
            }
        });
        valve
    }

    /// Nothing goes through, and both sides keep their connections.
    pub fn close(&self) {
        self.there.close();
        self.close_back();
    }

    /// So many bytes in a second go to the other port from now on.
    pub fn slow(&self, rate: u64) {
        self.there.rate.store(rate, Ordering::Relaxed);
    }

    /// Nothing comes back.
    pub fn close_back(&self) {
        self.back.close();
    }

    pub fn reopen(&self) {
        self.there.reopen();
        self.back.reopen();
    }

    /// Breaks the connections. A side may connect again at once.
    pub fn cut(&self) {
        for link in self.links.lock().expect("no panic").drain(..) {
            // An error says that it is broken already.
            let _ = link.shutdown(Shutdown::Both);
        }
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream, flow: &Flow) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = from.read(&mut buffer)?;
        flow.wait();
        if let Some(time) = (count as u64 * 1_000_000).checked_div(flow.rate.load(Ordering::Relaxed)) {
            thread::sleep(Duration::from_micros(time));
        }
        if count == 0 {
            return to.shutdown(Shutdown::Both);
        }
        to.write_all(&buffer[..count])?;
    }
}
