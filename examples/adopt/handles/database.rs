//! `rusqlite`: a library of databases, their statements and the rows of these. None of them can
//! leave its process. A statement borrows from its database, and rows from their statement.

use anyhow::{Result, ensure};
use concurrent_object::{CallError, HandleProblem, RestartPolicy, concurrent_object};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params_from_iter};

use crate::assert_gone;

/// The object: it opens databases, and keeps none of them itself.
struct Library;

#[concurrent_object(handles(Database))]
impl Library {
    pub fn new() -> Self {
        Self
    }

    /// A `Database` is no data, so the caller gets a handle. An error arrives as text.
    pub fn open(&self, sql: &str) -> rusqlite::Result<Database> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(sql)?;
        Ok(Database { connection })
    }

    /// Counts the tables of two databases: handles are arguments too.
    pub fn tables(&self, one: &Database, other: &Database) -> rusqlite::Result<u32> {
        Ok(one.tables()? + other.tables()?)
    }

    pub fn crash(&self) {
        std::process::abort();
    }
}

/// A connection is not `Sync`: it stays on the child's thread.
struct Database {
    connection: Connection,
}

#[concurrent_object(handle, handles(Statement))]
impl Database {
    /// A statement borrows from its connection, so it is a view: it stays beside the database.
    pub fn prepare(&self, sql: &str) -> rusqlite::Result<Statement<'_>> {
        self.connection.prepare(sql).map(Statement)
    }

    pub fn tables(&self) -> rusqlite::Result<u32> {
        self.connection.query_row("SELECT count(*) FROM sqlite_master WHERE type = 'table'", [], |row| row.get(0))
    }
}

/// A view of a database.
struct Statement<'c>(rusqlite::Statement<'c>);

#[concurrent_object(handle, handles(Rows))]
impl Statement<'_> {
    /// Begins a query. No other query of this statement can begin while its rows have a handle.
    pub fn query(&mut self, parameters: Vec<f64>) -> rusqlite::Result<Rows<'_>> {
        self.0.query(params_from_iter(parameters)).map(Rows)
    }
}

/// A view of a statement: the rows of one query that were not fetched yet.
struct Rows<'s>(rusqlite::Rows<'s>);

#[concurrent_object(handle)]
impl Rows<'_> {
    /// Returns some rows. Fewer than `count` are the last.
    pub fn next_rows(&mut self, count: usize) -> rusqlite::Result<Vec<Vec<String>>> {
        let mut rows = Vec::new();
        while rows.len() < count
            && let Some(row) = self.0.next()?
        {
            rows.push(columns(row)?);
        }
        Ok(rows)
    }
}

fn columns(row: &Row<'_>) -> rusqlite::Result<Vec<String>> {
    let width = row.as_ref().column_count();
    (0..width).map(|at| row.get_ref(at).map(shown)).collect()
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "-".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

const BIRDS: &str = "CREATE TABLE birds (name TEXT, grams REAL);
    INSERT INTO birds VALUES ('wren', 9.5), ('robin', 18), ('crow', 500);";
const CITIES: &str = "CREATE TABLE cities (name TEXT); CREATE TABLE rivers (name TEXT);";

/// Queries databases in a child, and asks their handles after a crash.
pub(crate) fn query() -> Result<()> {
    let library = LibraryProxy::builder("library").restart(RestartPolicy::on_death()).start()?;
    let birds = library.open(BIRDS).wait()??;
    let cities = library.open(CITIES).wait()??;
    println!("tables in both: {}", library.tables(&birds, &cities).wait()??);

    let light = birds.prepare("SELECT name, grams FROM birds WHERE grams < ? ORDER BY grams").wait()??;
    let rows = light.query(vec![100.0]).wait()??;
    for row in rows.next_rows(10).wait()?? {
        println!("{}", row.join(": "));
    }
    let error = light.query(vec![10.0]).wait().expect_err("the rows of the first query have a handle");
    ensure!(matches!(error, CallError::Handle { problem: HandleProblem::Borrowed { .. }, .. }), "{error}");
    println!("a second query: {error}");
    drop(rows);
    light.query(vec![10.0]).wait()??;
    let error = birds.prepare("SELECT wings FROM birds").wait()?.expect_err("birds have no such column");
    println!("the child's database says: {error}");

    drop((light, cities));
    println!("handles that are left: {}", library.handle().statistics().handles);

    let death = library.crash().wait().expect_err("it crashes");
    ensure!(matches!(death, CallError::Died { .. }), "{death}");
    let error = birds.tables().wait().expect_err("the database was in the process that died");
    ensure!(matches!(error, CallError::Handle { problem: HandleProblem::Stale, .. }), "{error}");
    println!("after the crash: {error}");
    println!("a new one has tables: {}", library.open(BIRDS).wait()??.tables().wait()??);
    Ok(())
}

/// Kills the child while it runs a query without end. Returns how many handles answered then.
pub(crate) fn kill() -> Result<usize> {
    let library = LibraryProxy::builder("library").start()?;
    let birds = library.open(BIRDS).wait()??;
    let all = birds.prepare("SELECT name FROM birds ORDER BY name").wait()??;
    let rows = all.query(Vec::new()).wait()??;
    ensure!(rows.next_rows(2).wait()?? == [["crow"], ["robin"]]);

    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    let endless = birds.prepare(endless).wait()??;
    let endless = endless.query(Vec::new()).wait()??;
    let runs = endless.next_rows(1);
    library.kill()?;
    assert_gone(runs.wait())?;
    assert_gone(endless.next_rows(1).wait())?;
    assert_gone(rows.next_rows(1).wait())?;
    assert_gone(all.query(Vec::new()).wait())?;
    assert_gone(birds.tables().wait())?;
    Ok(4)
}
