//! The object that the tests start.

use std::time::Duration;

use concurrent_object::concurrent_object;

/// Adds, and can be slow, large, wrong or dead.
pub struct Far {
    sum: u64,
}

#[concurrent_object]
impl Far {
    pub fn new(sum: u64) -> Self {
        Self { sum }
    }
    pub fn with_table(table: &[u64]) -> Self {
        Self { sum: table.iter().sum() }
    }
    pub fn add(&mut self, by: u64) -> u64 {
        self.sum += by;
        self.sum
    }
    pub fn sum(&self, values: &[u64]) -> u64 {
        values.iter().sum()
    }
    pub fn count_up(&self, to: u64) -> Vec<u64> {
        (0..to).collect()
    }
    pub fn shout(&self, text: &str) -> String {
        text.to_uppercase()
    }
    pub fn rest(&mut self, milliseconds: u64) -> u64 {
        std::thread::sleep(Duration::from_millis(milliseconds));
        self.add(1)
    }
    pub fn note_and_rest(&mut self, file: &str, milliseconds: u64) -> u64 {
        std::fs::write(file, "begun").expect("room");
        self.rest(milliseconds)
    }
    pub fn note(&self, file: &str, line: u64) {
        let file = std::fs::OpenOptions::new().append(true).open(file);
        std::io::Write::write_all(&mut file.expect("it is there"), format!("{line}\n").as_bytes()).expect("room");
    }
    pub fn note_and_count_up(&self, file: &str, to: u64) -> Vec<u64> {
        std::fs::write(file, "begun").expect("room");
        self.count_up(to)
    }
    pub fn note_and_wait_for_cancel(&self, file: &str) -> bool {
        std::fs::write(file, "begun").expect("room");
        while !concurrent_object::is_cancelled() {
            std::thread::sleep(Duration::from_millis(1));
        }
        true
    }
    pub fn panic(&self) {
        panic!("on purpose")
    }
    pub fn abort(&self) {
        std::process::abort()
    }
    pub fn process(&self) -> u32 {
        std::process::id()
    }
}

/// Sums, and saves the sum.
pub struct Ledger {
    sum: u64,
}

#[concurrent_object]
impl Ledger {
    pub fn new() -> Self {
        Self { sum: 0 }
    }
    #[concurrent_object(restore)]
    fn load((sum, _padding): (u64, Vec<u64>)) -> Self {
        Self { sum }
    }
    #[concurrent_object(snapshot)]
    fn save(&self) -> (u64, Vec<u64>) {
        // So large that it travels in pieces.
        (self.sum, vec![7; 1_200_000])
    }
    pub fn add(&mut self, by: u64) -> u64 {
        self.sum += by;
        self.sum
    }
}
