//! Async functions run to their end in the child, on the runtime that the user chooses.

use std::future::Future;
use std::sync::OnceLock;
use std::time::Duration;

use concurrent_object::concurrent_object;
use tokio::runtime::{Handle, Runtime};

/// A runtime as a user of tokio would write it: one for the child.
fn with_tokio<F: Future>(future: F) -> F::Output {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime")).block_on(future)
}

macro_rules! fetcher {
    ($name:ident, $block_on:path, $pause:expr) => {
        pub struct $name {
            fetched: Vec<String>,
        }

        #[concurrent_object(block_on = $block_on)]
        impl $name {
            pub async fn new(first: &str) -> Result<Self, std::fmt::Error> {
                $pause.await;
                Ok(Self { fetched: vec![first.to_owned()] })
            }

            pub async fn fetch(&mut self, name: &str, list: &[u8]) -> Result<usize, String> {
                $pause.await;
                self.fetched.push(name.to_owned());
                if list.is_empty() { Err("nothing".to_owned()) } else { Ok(list.len()) }
            }

            pub async fn last(&self) -> Option<&str> {
                $pause.await;
                self.fetched.last().map(|last| &**last)
            }

            pub fn named(&self, name: &str) -> impl Future<Output = Result<bool, String>> {
                let is_there = self.fetched.iter().any(|one| one == name);
                async move {
                    $pause.await;
                    if is_there { Ok(true) } else { Err("not fetched".to_owned()) }
                }
            }

            pub fn boxed(&self) -> std::pin::Pin<Box<dyn Future<Output = usize> + '_>> {
                Box::pin(async {
                    $pause.await;
                    self.fetched.len()
                })
            }

            pub async fn sort(&self, list: &mut [u8]) {
                $pause.await;
                list.sort_unstable();
            }

            pub fn count(&self) -> usize {
                self.fetched.len()
            }

            pub async fn finish(self) -> Vec<String> {
                $pause.await;
                self.fetched
            }
        }
    };
}

mod tokio_runtime {
    use super::*;
    fetcher!(OnTokio, with_tokio, async {
        assert!(Handle::try_current().is_ok());
        tokio::time::sleep(Duration::from_millis(1)).await;
    });
}

mod smol_runtime {
    use super::*;
    fetcher!(OnSmol, smol::block_on, smol::Timer::after(Duration::from_millis(1)));
}

mod pollster_runtime {
    use super::*;
    fetcher!(OnPollster, pollster::block_on, std::future::ready(()));
}

macro_rules! assert_fetches {
    ($proxy:path) => {{
        type Proxy = $proxy;
        let fetcher = Proxy::builder("fetcher").start("first").expect("a child starts");
        assert_eq!(fetcher.fetch("second", &[1, 2]).wait().expect("a result"), Ok(2));
        assert_eq!(fetcher.fetch("third", &[]).wait().expect("a result"), Err("nothing".to_owned()));
        assert_eq!(fetcher.last().wait().expect("a result").as_deref(), Some("third"));
        assert_eq!(fetcher.named("third").wait().expect("a result"), Ok(true));
        assert_eq!(fetcher.boxed().wait().expect("a result"), 3);
        let mut list = [3, 1, 2];
        fetcher.sort(&mut list).wait().expect("a result");
        assert_eq!(list, [1, 2, 3]);
        assert_eq!(fetcher.count().wait().expect("a result"), 3);
        assert_eq!(fetcher.finish().wait().expect("a result"), ["first", "second", "third"]);
    }};
}

#[test]
fn tokio_runs_async_methods() {
    assert_fetches!(tokio_runtime::OnTokioProxy);
}

#[test]
fn smol_runs_async_methods() {
    assert_fetches!(smol_runtime::OnSmolProxy);
}

#[test]
fn pollster_runs_async_methods() {
    assert_fetches!(pollster_runtime::OnPollsterProxy);
}
