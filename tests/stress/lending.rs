//! Memory that is lent to an object, and memory that all objects share.

use std::sync::Arc;

use concurrent_object::{LoanError, Shared};

use crate::calls::{Caller, Form};
use crate::content::{self, Content};
use crate::life::Life;
use crate::object::VictimProxy;
use crate::plan::size;
use crate::report::{differs, must};
use crate::worker::Worker;

impl Worker<'_> {
    pub fn lend(&mut self, life: &Arc<Life>, proxy: &VictimProxy, len: usize) {
        let mut loan = match proxy.loan::<u8>(len) {
            Ok(loan) => loan,
            Err(LoanError::Full { .. }) => return,
            Err(LoanError::Gone(error)) => return self.judge(life, &error),
            Err(error) => differs(&format!("{}: no loan: {error}", life.name)),
        };
        self.seats.tally.count("loans");
        loan.copy_from_slice(&content::bytes(self.rng.u64(..), len));
        let mut lent = loan.freeze();
        for _ in 0..self.rng.usize(1..4) {
            let form = if self.rng.bool() { Form::Held } else { Form::Pushed };
            Caller { worker: self, life, proxy, form, hangs: false }.digest_of(&lent);
            let digest = lent.digest();
            lent = match lent.try_into_mut() {
                Ok(mut loan) => {
                    loan.reverse();
                    loan.freeze()
                }
                Err(lent) => {
                    must!(lent.digest() == digest, "{}: what is lent has changed", life.name);
                    lent
                }
            };
        }
    }

    pub fn any_table(&mut self) -> Shared<[u64]> {
        if self.tables.len() < 4 || self.rng.u32(..10) == 0 {
            let words = content::words(self.rng.u64(..), size(&mut self.rng) / 8);
            self.tables.push(Shared::new(&words).unwrap_or_else(|error| differs(&format!("no table: {error:?}"))));
        }
        if self.tables.len() > 6 {
            self.tables.swap_remove(0);
        }
        self.tables[self.rng.usize(..self.tables.len())].clone()
    }
}
