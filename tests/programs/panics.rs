//! An object that panics, in a method and in its constructor. The program prints the errors that
//! the parent gets.

use std::error::Error;

use concurrent_object::{CallError, StartError, concurrent_object};

struct Fragile;

#[concurrent_object]
impl Fragile {
    pub fn new() -> Self {
        Self
    }

    pub fn broken() -> Self {
        panic!("broken from the start")
    }

    pub fn add(&self, a: u32, b: u32) -> u32 {
        a + b
    }

    pub fn panic(&self) {
        panic!("broken at work")
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    concurrent_object::init();
    let fragile = FragileProxy::builder("fragile").start()?;
    println!("added: {}", fragile.add(1, 2).wait()?);
    match fragile.panic().wait() {
        Err(CallError::Panicked { panic, .. }) => println!("caught: {} at line {}", panic.message, panic.line),
        Err(CallError::Died { death, .. }) => {
            let name = death.exit.signal_name().unwrap_or("no signal");
            let panic = death.last_panic.as_ref().ok_or("no panic was reported")?;
            println!("died of {name}: {} at line {}", panic.message, panic.line);
        }
        other => println!("{other:?}"),
    }
    println!("still serves: {}", fragile.add(1, 2).wait().is_ok());
    match FragileProxy::builder("fragile").start_broken()?.wait_until_ready() {
        Err(StartError::ConstructorPanicked { panic, .. }) => println!("not constructed: {}", panic.message),
        other => println!("{other:?}"),
    }
    Ok(())
}
