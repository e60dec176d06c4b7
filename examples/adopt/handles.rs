//! Handles: a child holds database connections and their statements, which cannot leave it. The
//! program calls them there, and learns what becomes of a handle when the child dies.
//!
//! Run it: `cargo run --release --example handles`

use std::rc::Rc;

use anyhow::{Result, ensure};
use concurrent_object::{CallError, HandleProblem, RestartPolicy, concurrent_object};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};

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
        Ok(Database { connection: Rc::new(connection) })
    }

    /// Counts the tables of two databases: handles are arguments too.
    pub fn tables(&self, one: &Database, other: &Database) -> rusqlite::Result<u32> {
        Ok(one.tables()? + other.tables()?)
    }

    pub fn crash(&self) {
        std::process::abort();
    }
}

/// A connection is not `Sync`, and an `Rc` not even `Send`: both stay on the child's thread.
struct Database {
    connection: Rc<Connection>,
}

#[concurrent_object(handle, handles(Statement))]
impl Database {
    /// A statement is an object behind a handle of its own.
    pub fn prepare(&self, sql: &str) -> rusqlite::Result<Statement> {
        self.connection.prepare(sql)?;
        Ok(Statement { connection: self.connection.clone(), sql: sql.to_owned() })
    }

    pub fn tables(&self) -> rusqlite::Result<u32> {
        self.connection.query_row("SELECT count(*) FROM sqlite_master WHERE type = 'table'", [], |row| row.get(0))
    }
}

/// `rusqlite::Statement` borrows from its connection, so it cannot be kept. This one shares the
/// connection, and prepares its text for each use.
struct Statement {
    connection: Rc<Connection>,
    sql: String,
}

#[concurrent_object(handle)]
impl Statement {
    pub fn rows(&self, parameters: Vec<f64>) -> rusqlite::Result<Vec<Vec<String>>> {
        let mut statement = self.connection.prepare(&self.sql)?;
        let width = statement.column_count();
        let rows = statement
            .query_map(params_from_iter(parameters), |row| (0..width).map(|at| row.get_ref(at).map(shown)).collect())?;
        rows.collect()
    }
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

fn main() -> Result<()> {
    concurrent_object::init();
    let library = LibraryProxy::builder("library").restart(RestartPolicy::on_death()).start()?;
    let birds = library.open(BIRDS).wait()??;
    let cities = library.open(CITIES).wait()??;
    println!("tables in both: {}", library.tables(&birds, &cities).wait()??);

    let light = birds.prepare("SELECT name, grams FROM birds WHERE grams < ? ORDER BY grams").wait()??;
    for row in light.rows(vec![100.0]).wait()?? {
        println!("{}", row.join(": "));
    }
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
