//! What the library itself does in a sandbox: restarts, snapshots, shared memory, loans, handles,
//! streams, pools, and releasing memory.

use concurrent_object::{CallError, LoanMut, Pool, RestartPolicy, Sandbox, Shared, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};

pub struct Ledger {
    entries: Vec<u64>,
}

#[concurrent_object]
impl Ledger {
    pub fn new() -> Self {
        Self { entries: Vec::new() }
    }

    #[concurrent_object(restore)]
    pub fn with(entries: Vec<u64>) -> Self {
        Self { entries }
    }

    #[concurrent_object(snapshot)]
    pub fn entries(&self) -> Vec<u64> {
        self.entries.clone()
    }

    pub fn add(&mut self, entry: u64) -> usize {
        self.entries.push(entry);
        self.entries.len()
    }

    pub fn sum(&self, numbers: &[u64]) -> u64 {
        numbers.iter().sum()
    }

    pub fn sum_shared(&self, numbers: &Shared<[u64]>) -> u64 {
        numbers.iter().sum()
    }

    pub fn share(&self, len: usize) -> Result<Shared<[u64]>, String> {
        Shared::<[u64]>::filled(len, |numbers| numbers.fill(1)).map_err(|error| error.to_string())
    }

    pub fn ones(&self, len: usize) -> Vec<u64> {
        vec![1; len]
    }

    #[concurrent_object(stream)]
    pub fn count(&self, to: u64) -> impl Iterator<Item = u64> + '_ {
        0..to
    }

    pub fn misbehave(&self) -> bool {
        std::net::UdpSocket::bind("127.0.0.1:0").is_ok()
    }
}

/// A strict sandbox: the library itself asks no question that another one would refuse.
fn builder() -> LedgerProxyBuilder {
    LedgerProxy::builder("ledger").sandbox(Sandbox::pure().strict())
}

#[test]
fn state_outlives_the_death_of_a_sandboxed_process() {
    within(SOON, || {
        let ledger = builder().restart(RestartPolicy::on_death().max(2)).start().expect("starts");
        for n in 0..10 {
            ledger.add(n).wait().expect("served");
        }
        for _ in 0..2 {
            assert!(matches!(ledger.misbehave().wait(), Err(CallError::Died { .. })));
            assert_eq!(ledger.entries().wait().expect("restored").len(), 10);
        }
    });
}

#[test]
fn large_values_loans_streams_and_shared_arguments_work() {
    within(SOON, || {
        let ledger = builder().start().expect("starts");
        let numbers = vec![1_u64; 1 << 20];
        assert_eq!(ledger.sum(&numbers).wait().expect("8 MiB"), 1 << 20);
        assert_eq!(ledger.ones(1 << 20).wait().expect("8 MiB").len(), 1 << 20);
        let shared = Shared::<[u64]>::new(&numbers).expect("room");
        assert_eq!(ledger.sum_shared(&shared).wait().expect("mapped"), 1 << 20);
        let mut loan: LoanMut<u64> = ledger.loan(1000).expect("a slot is free");
        loan.fill(3);
        assert_eq!(ledger.sum(&loan).wait().expect("lent"), 3000);
        drop(loan);
        let counted: Result<Vec<_>, _> = ledger.count(10_000).collect();
        assert_eq!(counted.expect("all").len(), 10_000);
        assert!(ledger.handle().trim().expect("released"));
        assert_eq!(ledger.add(1).wait().expect("serves on"), 1);
    });
}

#[test]
fn shared_results_need_a_permission_of_their_own() {
    within(SOON, || {
        let refused = LedgerProxy::builder("ledger").sandbox(Sandbox::pure()).start().expect("starts");
        let refused = refused.share(1000).wait().expect("an error is data");
        let error = refused.expect_err("not allowed");
        assert!(error.contains("memfd_create"), "{error}");
        let allowed = LedgerProxy::builder("ledger").sandbox(Sandbox::custom().shared_results(true)).start();
        let shared = allowed.expect("starts").share(100_000).wait().expect("answers").expect("allowed");
        assert_eq!(shared.iter().sum::<u64>(), 100_000);
    });
}

#[test]
fn pool_replaces_members_that_violate_their_sandbox() {
    within(SOON, || {
        let pool =
            Pool::new(2, |seat| LedgerProxy::builder(format!("ledger-{}", seat)).sandbox(Sandbox::pure()).start());
        let pool = pool.expect("starts");
        for n in 0..20_u64 {
            if n % 5 == 0 {
                assert!(matches!(pool.call(LedgerProxy::misbehave).wait(), Err(CallError::Died { .. })));
            }
            assert_eq!(pool.call(|ledger| ledger.sum(&[n, 1])).wait().expect("served"), n + 1);
        }
        pool.close().expect("ends");
    });
}
