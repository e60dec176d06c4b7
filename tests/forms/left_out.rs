//! `skip_unsupported` leaves out what a rule rejects, and all other functions work.

use std::sync::{Arc, Mutex, MutexGuard};

use concurrent_object::concurrent_object;

pub struct Statement<'c>(pub &'c str);

pub struct Connection {
    text: String,
    lock: Mutex<u8>,
}

macro_rules! getters {
    ($name:ident) => {
        pub fn $name(&self) -> &str {
            &self.text
        }
    };
}

#[concurrent_object(skip_unsupported)]
impl Connection {
    getters!(text);

    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), lock: Mutex::new(7) }
    }

    pub fn with_hook(hook: impl Fn(u8) -> u8) -> Self {
        Self { text: hook(1).to_string(), lock: Mutex::new(7) }
    }

    pub fn length(&self) -> usize {
        self.text().len()
    }

    pub fn prepare<'s>(&'s self, sql: &'s str) -> Statement<'s> {
        Statement(sql)
    }

    pub fn guard(&self) -> MutexGuard<'_, u8> {
        self.lock.lock().expect("not poisoned")
    }

    pub fn status(&self) -> u8 {
        7
    }

    pub fn raw(self: Arc<Self>, to: *mut u8) -> *const u8 {
        to
    }

    pub fn text_mut(&mut self) -> &mut String {
        &mut self.text
    }

    pub fn lock_value(&self) -> u8 {
        *self.guard()
    }
}

#[test]
fn functions_that_cannot_be_carried_are_left_out_and_the_others_work() {
    let connection = ConnectionProxy::builder("connection").start("seven").expect("a child starts");
    assert_eq!(connection.length().wait().expect("a result"), 5);
    connection.push_lock_value().expect("a slot is free");
    assert!(matches!(connection.wait_pull(), Ok(Some(ConnectionOutput::LockValue(7)))));
    let mut local = Connection::with_hook(|value| value + 1);
    let statement = local.prepare("0").0.to_owned();
    local.text_mut().push_str(&statement);
    assert_eq!((local.text(), local.status()), ("20", 7));
    assert!(Arc::new(local).raw(std::ptr::null_mut()).is_null());
}
