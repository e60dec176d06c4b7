//! `rusqlite::Connection`: a C library, and a type that is not `Sync`. Its statements and
//! transactions borrow from it, and its closures access it, so they stay in the child. Its errors
//! arrive as text.

use std::path::Path;
use std::time::Duration;

use concurrent_object::concurrent_object;
use rusqlite::types::{self, FromSql, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Result, Row, ToSql, params_from_iter};
use serde::{Deserialize, Serialize};

use crate::pictures::Thumbnail;
use crate::{assert_not_made, assert_told};

/// `rusqlite::types::Value`, which `serde` does not support.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

pub(crate) struct Database(Connection);

#[concurrent_object]
impl Database {
    #[concurrent_object(with(P = &Path))]
    pub(crate) fn open<P: AsRef<Path>>(path: P) -> Result<Self> {
        Connection::open(path).map(Self)
    }

    pub(crate) fn open_in_memory() -> Result<Self> {
        Connection::open_in_memory().map(Self)
    }

    pub(crate) fn path(&self) -> Option<&str> {
        self.0.path()
    }

    pub(crate) fn busy_timeout(&self, timeout: Duration) -> Result<()> {
        self.0.busy_timeout(timeout)
    }

    pub(crate) fn execute_batch(&self, sql: &str) -> Result<()> {
        self.0.execute_batch(sql)
    }

    /// `rusqlite` takes `impl Params` here, a sealed trait. These are the bounds of its
    /// `params_from_iter`.
    #[concurrent_object(with(I = Vec<Value>))]
    pub(crate) fn execute<I>(&self, sql: &str, params: I) -> Result<usize>
    where
        I: IntoIterator,
        I::Item: ToSql,
    {
        self.0.execute(sql, params_from_iter(params))
    }

    /// Instead of a closure, this takes a type that can be created from a row.
    #[concurrent_object(with(T = (String, f64), I = Vec<Value>))]
    pub(crate) fn query_row<T, I>(&self, sql: &str, params: I) -> Result<T>
    where
        T: for<'r> TryFrom<&'r Row<'r>, Error = rusqlite::Error>,
        I: IntoIterator,
        I::Item: ToSql,
    {
        self.0.query_row(sql, params_from_iter(params), |row| T::try_from(row))
    }

    /// A statement would borrow from the connection, so it exists only during this call.
    #[concurrent_object(with(I = Vec<Value>))]
    pub(crate) fn query<I>(&self, sql: &str, params: I) -> Result<impl Iterator<Item = Vec<Value>>>
    where
        I: IntoIterator,
        I::Item: ToSql,
    {
        let mut statement = self.0.prepare(sql)?;
        let width = statement.column_count();
        let rows = statement.query_map(params_from_iter(params), |row| (0..width).map(|at| row.get(at)).collect())?;
        Ok(rows.collect::<Result<Vec<_>>>()?.into_iter())
    }

    /// A transaction would borrow from the connection, so all of it is one call. Returns the number
    /// of changed rows.
    pub(crate) fn transaction(&mut self, statements: &[(&str, Vec<Value>)]) -> Result<usize> {
        let transaction = self.0.transaction()?;
        let changed = statements.iter().map(|(sql, params)| transaction.execute(sql, params_from_iter(params)));
        let changed = changed.sum::<Result<usize>>()?;
        transaction.commit()?;
        Ok(changed)
    }

    pub(crate) fn last_insert_rowid(&self) -> i64 {
        self.0.last_insert_rowid()
    }

    pub(crate) fn changes(&self) -> u64 {
        self.0.changes()
    }

    /// `rusqlite` returns the connection beside the error, for another try. Here it would have to
    /// come from the child.
    #[concurrent_object(rename = finish)]
    pub(crate) fn close(self) -> Result<()> {
        self.0.close().map_err(|(_, error)| error)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl FromSql for Value {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(match types::Value::column_result(value)? {
            types::Value::Null => Self::Null,
            types::Value::Integer(number) => Self::Integer(number),
            types::Value::Real(number) => Self::Real(number),
            types::Value::Text(text) => Self::Text(text),
            types::Value::Blob(bytes) => Self::Blob(bytes),
        })
    }
}

const SCHEMA: &str =
    "CREATE TABLE pictures (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, brightness REAL, content BLOB)";
const INSERT: &str = "INSERT INTO pictures (name, brightness, content) VALUES (?, ?, ?)";
const NOTHING: Vec<Value> = Vec::new();
const ALL: &str = "SELECT * FROM pictures ORDER BY name";
const BRIGHTEST: &str = "SELECT name, max(brightness) FROM pictures WHERE brightness <= ?";

/// Stores the pictures in a database file that a child has open, and in an in-memory database of
/// this process.
pub(crate) fn keep(thumbnails: &[Thumbnail], folder: &Path) -> anyhow::Result<()> {
    let file = folder.join("pictures.db");
    let (child, mut here) = (DatabaseProxy::builder("database").start_open(&file)?, Database::open_in_memory()?);
    assert_eq!(child.path().wait()?.as_deref(), file.to_str());
    child.busy_timeout(Duration::from_secs(1)).wait_flat()?;
    child.execute_batch(SCHEMA).wait_flat()?;
    here.execute_batch(SCHEMA)?;

    let rows: Vec<_> = thumbnails.iter().map(|one| (INSERT, row(one))).collect();
    assert_eq!(child.transaction(&rows).wait_flat()?, here.transaction(&rows)?);
    let more = vec![Value::Text("nothing".into()), Value::Null, Value::Integer(7)];
    assert_eq!(child.execute(INSERT, more.clone()).wait_flat()?, here.execute(INSERT, more)?);
    assert_eq!(child.last_insert_rowid().wait()?, here.last_insert_rowid());
    assert_eq!(child.changes().wait()?, here.changes());
    let all: Vec<_> = here.query(ALL, NOTHING)?.collect();
    assert_eq!(child.query(ALL, NOTHING).wait_flat()?, all);
    let (name, brightness) = child.query_row(BRIGHTEST, vec![Value::Real(255.0)]).wait_flat()?;
    assert_eq!((name.clone(), brightness), here.query_row(BRIGHTEST, vec![Value::Real(255.0)])?);
    println!("database: {} rows, the brightest: {name} ({brightness:.0})", all.len());

    check_errors(&child, &mut here, &rows)?;
    stop_runaway(&child)?;
    let child = DatabaseProxy::builder("database").start_open(&file)?;
    assert_eq!(child.query(ALL, NOTHING).wait_flat()?, all);
    println!("  a query without end was killed in its transaction; another child finds {} rows", all.len());
    child.finish().wait_flat()?;
    Ok(here.close()?)
}

fn row(thumbnail: &Thumbnail) -> Vec<Value> {
    let Thumbnail { name, brightness, content } = thumbnail;
    vec![Value::Text(name.clone()), Value::Real(*brightness), Value::Blob(content.clone())]
}

/// Checks that SQLite's errors arrive with their sources.
fn check_errors(child: &DatabaseProxy, here: &mut Database, rows: &[(&str, Vec<Value>)]) -> anyhow::Result<()> {
    let twice = child.transaction(rows).wait()?.expect_err("the names are there already");
    assert_told(&twice, &here.transaction(rows).expect_err("here too"));
    let unknown = child.query("SELECT size FROM pictures", NOTHING).wait()?.expect_err("there is no such column");
    assert_told(&unknown, &here.query("SELECT size FROM pictures", NOTHING).err().expect("here neither"));
    println!("  an error of SQLite: {:#}", anyhow::Error::from(twice));

    let memory = DatabaseProxy::builder("memory").start_open_in_memory()?;
    assert_eq!(memory.path().wait()?.as_deref(), here.path());
    let refused = DatabaseProxy::builder("nowhere").start_open(Path::new("/no/such/folder"))?;
    let refused = refused.wait_until_ready().expect_err("there is no such folder");
    assert_not_made(&refused, &Database::open("/no/such/folder").err().expect("here neither"));
    Ok(())
}

/// Stops an SQLite statement that would change rows without end.
fn stop_runaway(child: &DatabaseProxy) -> anyhow::Result<()> {
    let count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    let mut call = child.execute_batch(&format!("BEGIN; DELETE FROM pictures; {count}"));
    anyhow::ensure!(call.wait_timeout(Duration::from_millis(200)).is_none(), "it came to an end");
    child.kill()?;
    let error = call.wait().expect_err("it was killed");
    assert!(error.object_gone(), "{error}");
    Ok(())
}
