//! The object, and a model that predicts the outcome of each call. Calls run in the order in which
//! they were made. So a model that runs each at once, beside the proxy, knows every outcome
//! beforehand.

use std::fs::File;

use concurrent_object::{Call, CallError, Payload, PushErrorKind, Shared, concurrent_object};
use concurrent_object_tests::home;
use concurrent_object_tests::random::Random;

/// The limit of arguments and results, in bytes.
pub const LIMIT: usize = 4_000;

pub struct Machine {
    pub sum: u64,
}

#[concurrent_object(output_derive(Debug, Clone, PartialEq))]
impl Machine {
    pub fn new() -> Self {
        let quiet =
            File::options().write(true).open("/dev/null").and_then(|null| Ok(rustix::stdio::dup2_stderr(null)?));
        quiet.expect("its many panics are not shown");
        Self { sum: 0 }
    }

    pub fn add(&mut self, n: u64) -> u64 {
        self.sum = self.sum.wrapping_add(n);
        self.sum
    }

    pub fn total(&mut self, numbers: &[u64], factor: u64) -> u64 {
        self.add(numbers.iter().fold(0, |sum: u64, n| sum.wrapping_add(*n)).wrapping_mul(factor))
    }

    pub fn total_shared(&mut self, numbers: Shared<[u64]>) -> u64 {
        self.total(&numbers, 3)
    }

    pub fn shared(&mut self, len: usize) -> Shared<[u64]> {
        let first = self.add(2);
        Shared::filled(len, |numbers| numbers.fill(first)).expect("there is room")
    }

    pub fn bytes(&mut self, size: usize) -> Vec<u8> {
        vec![self.add(1) as u8; size]
    }

    pub fn text(&mut self, text: String) -> String {
        format!("{text} {}", self.add(text.len() as u64))
    }

    pub fn divide(&mut self, n: u64, by: u64) -> Result<u64, String> {
        self.add(1);
        n.checked_div(by).ok_or_else(|| format!("{n} by nothing"))
    }

    pub fn fail(&mut self, n: u64) {
        self.add(n);
        panic!("failed with {n}");
    }
}

/// A call that could be made.
#[derive(Clone, Debug)]
pub enum Order {
    Add(u64),
    Total(Vec<u64>, u64),
    TotalShared(Shared<[u64]>),
    Shared(usize),
    Bytes(usize),
    Text(String),
    Divide(u64, u64),
    Fail(u64),
}

/// The outcome that a call must have, unless the object is killed.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    Output(MachineOutput),
    Panic(String),
    ResultTooLarge(usize),
    ArgumentsTooLarge(usize),
}

/// Returns numbers in a shared file, or too few numbers to need one.
fn some_shared(random: &mut Random) -> Shared<[u64]> {
    let len = random.below(1000);
    Shared::filled(len, |numbers| numbers.iter_mut().for_each(|number| *number = random.any())).expect("there is room")
}

impl Order {
    pub fn any(random: &mut Random) -> Self {
        match random.below(20) {
            0..8 => Self::Add(random.any()),
            8..11 => Self::Total((0..random.below(LIMIT / 8)).map(|_| random.any()).collect(), random.any()),
            11 => Self::Total(vec![1; LIMIT / 8 + random.below(3)], 1),
            12 => Self::TotalShared(some_shared(random)),
            13 if random.below(2) == 0 => Self::Shared(random.below(1000)),
            13 => Self::Bytes(random.below(200)),
            14 => Self::Bytes(LIMIT - 1 + random.below(3)),
            15..17 => Self::Text("x".repeat(random.below(100))),
            17 | 18 => Self::Divide(random.any(), random.below(3) as u64),
            _ => Self::Fail(random.any()),
        }
    }

    /// Runs the call on the model.
    pub fn expect(&self, model: &mut Machine) -> Expected {
        match self {
            // The slice, and the factor beside it.
            Self::Total(numbers, _) if numbers.len() * 8 + 8 > LIMIT => {
                Expected::ArgumentsTooLarge(numbers.len() * 8 + 8)
            }
            Self::Add(n) => Expected::Output(MachineOutput::Add(model.add(*n))),
            Self::Total(numbers, factor) => Expected::Output(MachineOutput::Total(model.total(numbers, *factor))),
            // Shared memory is copied there.
            Self::TotalShared(numbers) if home::is_elsewhere() && numbers.len() * 8 > LIMIT => {
                Expected::ArgumentsTooLarge(numbers.len() * 8)
            }
            Self::Shared(len) if home::is_elsewhere() && len * 8 > LIMIT => {
                model.shared(*len);
                Expected::ResultTooLarge(len * 8)
            }
            Self::TotalShared(numbers) => {
                Expected::Output(MachineOutput::TotalShared(model.total_shared(numbers.clone())))
            }
            Self::Shared(len) => Expected::Output(MachineOutput::Shared(model.shared(*len))),
            Self::Bytes(size) => match model.bytes(*size) {
                bytes if bytes.len() > LIMIT => Expected::ResultTooLarge(bytes.len()),
                bytes => Expected::Output(MachineOutput::Bytes(bytes)),
            },
            Self::Text(text) => Expected::Output(MachineOutput::Text(model.text(text.clone()))),
            Self::Divide(n, by) => Expected::Output(MachineOutput::Divide(model.divide(*n, *by))),
            Self::Fail(n) => {
                model.add(*n);
                Expected::Panic(format!("failed with {n}"))
            }
        }
    }

    pub fn push(&self, machine: &MachineProxy) -> Result<u64, PushErrorKind> {
        let pushed = match self {
            Self::Add(n) => given_back(machine.push_add(*n), (*n,)),
            Self::Total(numbers, factor) => given_back(machine.push_total(numbers, *factor), (*factor,)),
            Self::TotalShared(numbers) => given_back(machine.push_total_shared(numbers.clone()), (numbers.clone(),)),
            Self::Shared(len) => given_back(machine.push_shared(*len), (*len,)),
            Self::Bytes(size) => given_back(machine.push_bytes(*size), (*size,)),
            Self::Text(text) => given_back(machine.push_text(text.clone()), (text.clone(),)),
            Self::Divide(n, by) => given_back(machine.push_divide(*n, *by), (*n, *by)),
            Self::Fail(n) => given_back(machine.push_fail(*n), (*n,)),
        };
        pushed.map(concurrent_object::CallId::get)
    }

    pub fn call(&self, machine: &MachineProxy) -> Box<dyn Pending> {
        match self {
            Self::Add(n) => pending(machine.add(*n), MachineOutput::Add),
            Self::Total(numbers, factor) => pending(machine.total(numbers, *factor), MachineOutput::Total),
            Self::TotalShared(numbers) => pending(machine.total_shared(numbers.clone()), MachineOutput::TotalShared),
            Self::Shared(len) => pending(machine.shared(*len), MachineOutput::Shared),
            Self::Bytes(size) => pending(machine.bytes(*size), MachineOutput::Bytes),
            Self::Text(text) => pending(machine.text(text.clone()), MachineOutput::Text),
            Self::Divide(n, by) => pending(machine.divide(*n, *by), MachineOutput::Divide),
            Self::Fail(n) => pending(machine.fail(*n), MachineOutput::Fail),
        }
    }
}

/// Checks that a refused push gives its arguments back.
fn given_back<T, A: PartialEq + std::fmt::Debug>(
    pushed: Result<T, concurrent_object::PushError<A>>,
    given: A,
) -> Result<T, PushErrorKind> {
    pushed.map_err(|refused| {
        let kind = refused.kind().clone();
        assert_eq!(refused.into_args(), given, "a refusal gives the arguments back");
        kind
    })
}

impl Expected {
    /// Whether the outcome is the expected one.
    pub fn matches(&self, outcome: &Result<MachineOutput, CallError>) -> bool {
        match (self, outcome) {
            (Self::Output(expected), Ok(output)) => expected == output,
            (Self::Panic(message), Err(CallError::Panicked { panic, .. })) => {
                panic.message == *message && panic.file.ends_with("machine.rs") && panic.line > 0
            }
            (Self::ResultTooLarge(size), Err(CallError::TooLarge { payload: Payload::Result, needed, limit, .. }))
            | (
                Self::ArgumentsTooLarge(size),
                Err(CallError::TooLarge { payload: Payload::Arguments, needed, limit, .. }),
            ) => (size, LIMIT) == (needed, *limit),
            _ => false,
        }
    }
}

/// A call in flight, whatever it returns.
pub trait Pending {
    fn id(&self) -> u64;
    fn wait(self: Box<Self>) -> Result<MachineOutput, CallError>;
    fn try_wait(&mut self) -> Option<Result<MachineOutput, CallError>>;
    fn wait_timeout(&mut self, timeout: std::time::Duration) -> Option<Result<MachineOutput, CallError>>;
}

struct Typed<T> {
    call: Call<T>,
    wrap: fn(T) -> MachineOutput,
}

fn pending<T: serde::de::DeserializeOwned + 'static>(call: Call<T>, wrap: fn(T) -> MachineOutput) -> Box<dyn Pending> {
    Box::new(Typed { call, wrap })
}

impl<T: serde::de::DeserializeOwned> Pending for Typed<T> {
    fn id(&self) -> u64 {
        self.call.id().map_or(0, concurrent_object::CallId::get)
    }

    fn wait(self: Box<Self>) -> Result<MachineOutput, CallError> {
        self.call.wait().map(self.wrap)
    }

    fn try_wait(&mut self) -> Option<Result<MachineOutput, CallError>> {
        self.call.try_wait().map(|outcome| outcome.map(self.wrap))
    }

    fn wait_timeout(&mut self, timeout: std::time::Duration) -> Option<Result<MachineOutput, CallError>> {
        self.call.wait_timeout(timeout).map(|outcome| outcome.map(self.wrap))
    }
}
