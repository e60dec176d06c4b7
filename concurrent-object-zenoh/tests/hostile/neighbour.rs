//! An object of another program on the attacked host, whose bytes are a secret.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use concurrent_object_zenoh::Site;

use super::SOON;
use super::vault::VaultProxy;

pub struct Neighbour {
    secret: [u8; 16],
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl Neighbour {
    pub fn start(site: &Site) -> Self {
        let secret = std::array::from_fn(|_| fastrand::u8(..));
        let vault = VaultProxy::builder("neighbour").on(site.anywhere()).start(&secret).expect("starts");
        vault.wait_until_ready().expect("ready");
        let is_over = Arc::new(AtomicBool::new(false));
        let seen = is_over.clone();
        let thread = std::thread::spawn(move || call(&vault, secret, &seen));
        Self { secret, is_over, thread }
    }

    pub fn secret(&self) -> [u8; 16] {
        self.secret
    }

    /// Returns how many calls had the right result: all of them.
    pub fn finish(self) -> u64 {
        self.is_over.store(true, Ordering::Release);
        self.thread.join().expect("no panic")
    }
}

fn call(vault: &VaultProxy, secret: [u8; 16], is_over: &AtomicBool) -> u64 {
    let mut count = 0;
    while !is_over.load(Ordering::Acquire) {
        let bytes = secret.repeat(1 + (count % 40) as usize);
        // Several are under way, so that slots are full of the secret.
        let mut calls = (0..8).map(|_| vault.echo(&bytes)).collect::<Vec<_>>();
        for call in &mut calls {
            let echo = call.wait_timeout(SOON).expect("it is in time").expect("the object lives");
            assert_eq!(echo, bytes);
            count += 1;
        }
        assert_eq!(vault.kept().wait().expect("the object lives"), secret, "it is the same object");
    }
    count
}
