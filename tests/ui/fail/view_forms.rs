use std::collections::HashMap;

use concurrent_object::concurrent_object;

pub struct Statement<'c>(&'c Connection);

#[concurrent_object(handle)]
impl<'c> Statement<'c> {
    pub fn bind(&mut self, value: &'c str) {
        let _ = value;
    }

    pub fn again(&self) -> Self {
        Self(self.0)
    }

    pub fn other(&self) -> Statement<'c> {
        Statement(self.0)
    }

    pub fn for_ever(&'c self) -> u32 {
        0
    }
}

pub struct Pair<'a, 'b>(&'a str, &'b str);

#[concurrent_object(handle)]
impl<'a, 'b> Pair<'a, 'b> {
    pub fn first(&self) -> &'a str {
        self.0
    }

    pub fn second(&self) -> &'b str {
        self.1
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

#[concurrent_object(handles(Statement, Pair))]
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

    pub fn pair(&self) -> Pair<'_, '_> {
        Pair("", "")
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
