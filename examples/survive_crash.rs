//! A method writes to address zero, and its process dies. This process prints the reason, and
//! continues with a new object.
//!
//! Run it: `cargo run --release --example survive_crash`
#![allow(unsafe_code, reason = "a null write is what this example is about")]

use std::hint::black_box;
use std::ptr;

use anyhow::{Result, bail};
use concurrent_object::{CallError, concurrent_object};

struct Fragile {
    total: u64,
}

#[concurrent_object]
impl Fragile {
    pub fn new() -> Self {
        Self { total: 0 }
    }

    pub fn add(&mut self, amount: u64) -> u64 {
        self.total += amount;
        self.total
    }

    pub fn write_to_null(&mut self) {
        let nowhere = black_box(ptr::null_mut::<u8>());
        // SAFETY: nothing is mapped at address zero, so the kernel kills the process here, as
        // intended.
        unsafe { nowhere.write_volatile(1) };
    }
}

fn main() -> Result<()> {
    concurrent_object::init();
    let builder = FragileProxy::builder("fragile");

    let object = builder.clone().start()?;
    println!("first object:  process {}, 40 + 2 = {}", object.handle().pid(), sum(&object)?);

    let Err(error) = object.write_to_null().wait() else { bail!("the process must die of a null write") };
    println!("null write:    {error}");

    let Err(error) = object.add(1).wait() else { bail!("a dead object does not add") };
    println!("later call:    {error}");
    assert!(error.object_gone());

    let object = builder.start()?;
    println!("second object: process {}, 40 + 2 = {}", object.handle().pid(), sum(&object)?);
    Ok(())
}

fn sum(object: &FragileProxy) -> Result<u64, CallError> {
    object.add(40).wait()?;
    object.add(2).wait()
}
