//! A part in a module of its own.

use concurrent_object::concurrent_object;

use super::Script;
use super::ScriptProxy;

#[concurrent_object(part = limits, output_derive(Debug, PartialEq))]
impl Script {
    pub fn limit(&self) -> usize {
        self.limit
    }

    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    pub fn fail(&self) {
        panic!("nothing to do");
    }
}
