//! The table of what `skip_unsupported` alone does: printed, recorded, read again and compared.

use std::fmt;

use crate::alone::Alone;
use crate::figures::percent;

/// The figures of all blocks, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AloneTable {
    rows: Vec<Alone>,
}

impl AloneTable {
    /// Sorts the figures.
    #[must_use]
    pub fn new(mut rows: Vec<Alone>) -> Self {
        rows.sort_by(|one, other| one.name.cmp(&other.name));
        Self { rows }
    }

    /// Reads a table that was printed.
    ///
    /// # Panics
    /// If the text is no such table.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let rows = text.lines().skip(1).take_while(|line| !line.is_empty()).map(|line| {
            let cells: Vec<_> = line.split_whitespace().collect();
            let number = |at: usize| cells[at].parse().expect("a number");
            let (name, is_accepted) = (cells[0].to_owned(), cells[1] == "yes");
            Alone { name, is_accepted, methods: number(2), callable: number(3) }
        });
        Self { rows: rows.collect() }
    }

    /// Returns in what this table is worse than the recorded one.
    #[must_use]
    pub fn worse_than(&self, recorded: &Self) -> Vec<String> {
        let shape = |table: &Self| table.rows.iter().map(|row| (row.name.clone(), row.methods)).collect::<Vec<_>>();
        if shape(self) != shape(recorded) {
            return vec!["the blocks are not those of the recorded table".to_owned()];
        }
        let pairs = self.rows.iter().zip(&recorded.rows);
        let is_worse = |new: &Alone, old: &Alone| new.callable < old.callable || (!new.is_accepted && old.is_accepted);
        let worse = pairs.filter(|(new, old)| is_worse(new, old));
        worse.map(|(new, old)| format!("{new:?}, was {old:?}")).collect()
    }
}

impl fmt::Display for AloneTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_row(f, ["block", "accepted", "methods", "callable", "%"])?;
        for row in &self.rows {
            let accepted = if row.is_accepted { "yes" } else { "no" };
            let [methods, callable] = [row.methods, row.callable].map(|number| number.to_string());
            let percent = format!("{}%", percent(row.callable, row.methods));
            write_row(f, [&row.name, accepted, &methods, &callable, &percent])?;
        }
        let accepted = self.rows.iter().filter(|row| row.is_accepted).count();
        let (methods, callable) =
            self.rows.iter().fold((0, 0), |(methods, callable), row| (methods + row.methods, callable + row.callable));
        writeln!(f, "\naccepted with `skip_unsupported` alone: {accepted} of {}", self.rows.len())?;
        writeln!(f, "methods that can be called then: {callable} of {methods}, {}%", percent(callable, methods))
    }
}

fn write_row(f: &mut fmt::Formatter<'_>, cells: [&str; 5]) -> fmt::Result {
    let [name, rest @ ..] = cells;
    write!(f, "{name:<14}")?;
    rest.iter().try_for_each(|cell| write!(f, "{cell:>9}"))?;
    writeln!(f)
}

#[cfg(test)]
mod tests {
    use super::AloneTable;
    use crate::alone::Alone;

    fn table(is_accepted: bool, callable: usize) -> AloneTable {
        AloneTable::new(vec![Alone { name: "regex".to_owned(), is_accepted, methods: 9, callable }])
    }

    #[test]
    fn a_printed_table_is_read_again() {
        assert_eq!(AloneTable::parse(&table(true, 5).to_string()), table(true, 5));
    }

    #[test]
    fn worse_is_what_got_worse() {
        assert_eq!(table(true, 5).worse_than(&table(false, 4)), [""; 0]);
        assert_eq!(table(true, 3).worse_than(&table(true, 4)).len(), 1);
        assert_eq!(table(false, 4).worse_than(&table(true, 4)).len(), 1);
    }
}
