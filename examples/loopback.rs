//! Measures an object behind a bridge beside one in a child process: the same proxy, and one
//! changed line. The loopback carries the calls within this program. So the difference is the price
//! of the bridge, and a transport adds that of its network.

use std::sync::Arc;
use std::time::{Duration, Instant};

use concurrent_object::bridge::{Loopback, Registry, Remote};
use concurrent_object::concurrent_object;

struct Summer {
    sum: u64,
}

#[concurrent_object]
impl Summer {
    pub fn new() -> Self {
        Self { sum: 0 }
    }

    pub fn add(&mut self, by: u64) -> u64 {
        self.sum += by;
        self.sum
    }

    pub fn sum(&self, values: &[f64]) -> f64 {
        values.iter().sum()
    }

    pub fn fill(&self, len: usize) -> Vec<f64> {
        vec![0.5; len]
    }
}

const ROUNDS: usize = 21;

fn main() -> anyhow::Result<()> {
    concurrent_object::init();
    let mut registry = Registry::new();
    registry.register::<Summer, SummerOutput>();
    let remote: Arc<dyn Remote> = Arc::new(Loopback::new(registry));
    let here = SummerProxy::builder("here").start()?;
    let there = SummerProxy::builder("there").on(remote).start()?;
    there.wait_until_ready()?;
    println!("the other one lives on {}", there.handle().host().unwrap_or_default());

    let values = vec![0.25; 8 << 20];
    type Work<'w> = (&'static str, Box<dyn Fn(&SummerProxy) -> anyhow::Result<()> + 'w>);
    let works: [Work<'_>; 4] = [
        (
            "200 small calls, one by one",
            Box::new(|summer| Ok((0..200).try_for_each(|_| summer.add(1).wait().map(drop))?)),
        ),
        (
            "1,000 calls at once",
            Box::new(|summer| {
                let calls: Vec<_> = (0..1000).map(|_| summer.add(1)).collect();
                Ok(calls.into_iter().try_for_each(|call| call.wait().map(drop))?)
            }),
        ),
        ("an argument of 64 MiB", Box::new(|summer| Ok(summer.sum(&values).wait().map(drop)?))),
        ("a result of 64 MiB", Box::new(|summer| Ok(summer.fill(8 << 20).wait().map(drop)?))),
    ];
    for (name, work) in works {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            for (times, summer) in times.iter_mut().zip([&here, &there]) {
                let began = Instant::now();
                work(summer)?;
                times.push(began.elapsed());
            }
        }
        let [here, there] = times.map(median);
        let ratio = there.as_secs_f64() / here.as_secs_f64();
        println!("{name}: {here:?} in a child process, {there:?} behind the bridge: {ratio:.2} times");
    }
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
