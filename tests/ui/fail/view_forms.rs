use std::collections::HashMap;

use concurrent_object::concurrent_object;

pub struct Statement<'c>(&'c Connection);

#[concurrent_object(handle)]
impl<'c> Statement<'c> {
    pub fn bind(&mut self, value: &'c str) {
        let _ = value;
    }

    pub fn again(&self) -> HashMap<u32, Self> {
        HashMap::new()
    }

    pub fn into_other<'a>(self, _sql: &'a str) -> Option<Statement<'a>> {
        None
    }

    pub fn for_ever(&'c self) -> u32 {
        0
    }
}

pub struct Bounded<'a>(&'a str);

#[concurrent_object(handle)]
impl<'a: 'static> Bounded<'a> {
    pub fn text(&self) -> &'a str {
        self.0
    }
}

pub struct Connection;

#[concurrent_object(handles(Statement))]
impl Connection {
    pub fn new() -> Self {
        Self
    }

    pub fn both<'a>(&'a self, _sql: &'a str) -> Statement<'a> {
        Statement(self)
    }

    pub fn of_argument<'a>(&self, statement: &'a str) -> Option<Statement<'a>> {
        let _ = statement;
        None
    }

    pub fn map(&self) -> HashMap<u32, Statement<'_>> {
        HashMap::new()
    }

    pub fn run(&self, statement: &mut Statement<'_>) -> u32 {
        let _ = statement;
        0
    }
}

pub struct Saved;

#[concurrent_object(handles(Statement))]
impl Saved {
    pub fn new() -> Self {
        Self
    }

    pub fn statement(&self) -> Option<Statement<'_>> {
        None
    }

    #[concurrent_object(snapshot)]
    fn save(&self) -> u32 {
        0
    }

    #[concurrent_object(restore)]
    fn load(_state: u32) -> Self {
        Self
    }
}

pub struct Whole;

#[concurrent_object(parts(more), handles(Statement))]
impl Whole {
    pub fn new() -> Self {
        Self
    }

    pub fn statement(&self) -> Option<Statement<'_>> {
        None
    }
}

#[concurrent_object(part = more)]
impl Whole {
    pub fn more(&self) -> u32 {
        0
    }
}

fn main() {}
