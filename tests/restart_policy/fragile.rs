//! An object that dies, and records what it does before.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use concurrent_object::{RestartPolicy, Shared, concurrent_object};
use concurrent_object_tests::{gate, home};

/// Records every construction, and every method that starts.
pub struct Fragile {
    ledger: PathBuf,
    count: u64,
    table: Shared<[u64]>,
}

#[concurrent_object]
impl Fragile {
    pub fn new(ledger: &Path, table: Shared<[u64]>) -> Self {
        let fragile = Self { ledger: ledger.into(), count: 0, table };
        fragile.note("new");
        fragile
    }

    /// Dies in its second construction and all later ones.
    pub fn once(ledger: &Path) -> Self {
        let before = fs::read_to_string(ledger).unwrap_or_default().lines().count();
        let fragile = Self { ledger: ledger.into(), count: 0, table: Shared::new(&[]).expect("nothing") };
        fragile.note("new");
        assert!(before == 0, "only once");
        fragile
    }

    /// Hangs in its second construction.
    pub fn hanging_again(ledger: &Path) -> Self {
        if ledger.exists() {
            thread::sleep(Duration::from_secs(1000));
        }
        Self::new(ledger, Shared::new(&[]).expect("nothing"))
    }

    /// Returns from the constructor once the gate is open.
    pub fn late(ledger: &Path, gate: &Path) -> Self {
        gate::pass(gate);
        Self::new(ledger, Shared::new(&[]).expect("nothing"))
    }

    pub fn add(&mut self, number: u64) -> u64 {
        self.note(&number.to_string());
        self.count += 1;
        number
    }

    /// Creates this file and dies, unless the file exists.
    #[concurrent_object(idempotent)]
    pub fn die_once(&mut self, number: u64, mark: &Path) -> u64 {
        self.note(&number.to_string());
        if !mark.exists() {
            fs::write(mark, "").expect("a mark");
            std::process::abort();
        }
        number
    }

    #[concurrent_object(idempotent)]
    pub fn die_always(&mut self, number: u64) {
        self.note(&number.to_string());
        std::process::abort();
    }

    pub fn die(&mut self, number: u64) {
        self.note(&number.to_string());
        std::process::abort();
    }

    pub fn die_after(&mut self, number: u64, gate: &Path) {
        gate::pass(gate);
        self.die(number);
    }

    /// Returns the number of calls of `add` in this process.
    pub fn finish(self, number: u64) -> u64 {
        self.note(&number.to_string());
        self.count
    }

    pub fn sum(&self, numbers: &[u64]) -> u64 {
        numbers.iter().sum::<u64>() + self.table.iter().sum::<u64>()
    }

    pub fn copy(&self, numbers: Vec<u64>) -> Vec<u64> {
        numbers
    }

    pub fn fail(&self) {
        panic!("it fails");
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    pub fn nap(&self, pause: Duration) {
        thread::sleep(pause);
    }

    pub fn last(self) -> u64 {
        std::process::abort()
    }

    fn note(&self, what: &str) {
        use std::io::Write;
        let ledger = fs::File::options().append(true).create(true).open(&self.ledger);
        ledger.and_then(|mut ledger| writeln!(ledger, "{what}")).expect("the ledger is written");
    }
}

pub struct Watched {
    pub fragile: FragileProxy,
    folder: tempfile::TempDir,
}

pub fn at_once() -> RestartPolicy {
    RestartPolicy::on_death().max(1000).backoff(Duration::ZERO..Duration::ZERO)
}

impl Watched {
    pub fn new(options: impl FnOnce(FragileProxyBuilder) -> FragileProxyBuilder) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let table = Shared::filled(1000, |numbers| numbers.fill(1)).expect("room");
        let builder = options(home::without_backtraces(FragileProxy::builder("fragile").restart(at_once())));
        Self { fragile: builder.start(&folder.path().join("ledger"), table).expect("a child starts"), folder }
    }

    pub fn ledger(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("ledger")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    pub fn mark(&self) -> PathBuf {
        self.folder.path().join("mark")
    }
}
