//! The table of figures: printed, recorded, read again and compared.

use std::fmt;

use crate::figures::{Acceptance, Figures, percent};

/// The figures of all blocks, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    rows: Vec<Figures>,
}

impl Table {
    /// Sorts the figures.
    #[must_use]
    pub fn new(mut rows: Vec<Figures>) -> Self {
        rows.sort_by(|one, other| one.name.cmp(&other.name));
        Self { rows }
    }

    /// Reads a table that was printed.
    ///
    /// # Panics
    /// If the text is no such table.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let rows = text.lines().skip(1).take_while(|line| !line.is_empty()).map(parse_row);
        Self { rows: rows.collect() }
    }

    /// Returns in what this table is worse than the recorded one.
    #[must_use]
    pub fn worse_than(&self, recorded: &Self) -> Vec<String> {
        let shape = |table: &Self| table.rows.iter().map(|row| (row.name.clone(), row.methods)).collect::<Vec<_>>();
        if shape(self) != shape(recorded) {
            return vec!["the blocks are not those of the recorded table".to_owned()];
        }
        self.rows.iter().zip(&recorded.rows).flat_map(|(new, old)| new.worse_than(old)).collect()
    }

    fn sum(&self, of: impl Fn(&Figures) -> usize) -> usize {
        self.rows.iter().map(of).sum()
    }

    /// Returns the lower of the two middle values of an even number.
    fn median(&self, of: impl Fn(&Figures) -> usize) -> usize {
        let mut values: Vec<_> = self.rows.iter().map(of).collect();
        values.sort_unstable();
        values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(0)
    }
}

fn parse_row(line: &str) -> Figures {
    let cells: Vec<_> = line.split_whitespace().collect();
    let number = |at: usize| cells[at].trim_end_matches('%').parse().expect("a number");
    let acceptance = [Acceptance::Lost, Acceptance::Edited, Acceptance::AsItIs];
    Figures {
        name: cells[0].to_owned(),
        acceptance: acceptance.into_iter().find(|one| one.to_string() == cells[1]).expect("yes, no or lost"),
        methods: number(2),
        on_the_proxy: number(3),
        edits: number(5),
        leads_on: number(6),
        repeats: number(7),
        leads_nowhere: number(8),
        cascades: number(9),
    }
}

impl fmt::Display for Acceptance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Lost => "lost",
            Self::Edited => "no",
            Self::AsItIs => "yes",
        })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = ["block", "as it is", "methods", "proxy", "%", "edits", "lead on", "repeat", "nowhere", "cascade"];
        write_row(f, heads)?;
        for row in &self.rows {
            let numbers = [row.methods, row.on_the_proxy].map(|number| number.to_string());
            let [methods, proxy] = &numbers;
            let percent = format!("{}%", row.percent());
            let rest = [row.edits, row.leads_on, row.repeats, row.leads_nowhere, row.cascades];
            let [edits, on, repeats, nowhere, cascades] = &rest.map(|number| number.to_string());
            let acceptance = row.acceptance.to_string();
            write_row(f, [&*row.name, &*acceptance, methods, proxy, &*percent, edits, on, repeats, nowhere, cascades])?;
        }
        self.write_sums(f)
    }
}

impl Table {
    fn write_sums(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let accepted = self.sum(|row| usize::from(row.acceptance == Acceptance::AsItIs));
        let lost = self.sum(|row| usize::from(row.acceptance == Acceptance::Lost));
        let (methods, proxy) = (self.sum(|row| row.methods), self.sum(|row| row.on_the_proxy));
        writeln!(f, "\naccepted as they are: {accepted} of {}; lost: {lost}", self.rows.len())?;
        writeln!(
            f,
            "methods on the proxy: {proxy} of {methods}, {}%; median {}%",
            percent(proxy, methods),
            self.median(Figures::percent)
        )?;
        writeln!(f, "edits: {}; median {}", self.sum(|row| row.edits), self.median(|row| row.edits))?;
        let (on, repeats) = (self.sum(|row| row.leads_on), self.sum(|row| row.repeats));
        let (nowhere, cascades) = (self.sum(|row| row.leads_nowhere), self.sum(|row| row.cascades));
        let all = on + repeats + nowhere + cascades;
        writeln!(f, "messages: {all}; {on} lead on, {repeats} repeat, {nowhere} lead nowhere, {cascades} are cascades")
    }
}

fn write_row(f: &mut fmt::Formatter<'_>, cells: [&str; 10]) -> fmt::Result {
    let [name, acceptance, rest @ ..] = cells;
    write!(f, "{name:<14}{acceptance:>9}")?;
    rest.iter().try_for_each(|cell| write!(f, "{cell:>9}"))?;
    writeln!(f)
}

#[cfg(test)]
mod tests {
    use super::Table;
    use crate::figures::{Acceptance, Figures};

    fn table(on_the_proxy: usize, edits: usize) -> Table {
        let (leads_on, repeats, leads_nowhere, cascades) = (3, 1, 2, 0);
        let name = "regex".to_owned();
        let acceptance = Acceptance::Edited;
        Table::new(vec![Figures {
            name,
            acceptance,
            methods: 9,
            on_the_proxy,
            edits,
            leads_on,
            repeats,
            leads_nowhere,
            cascades,
        }])
    }

    #[test]
    fn a_printed_table_is_read_again() {
        assert_eq!(Table::parse(&table(4, 5).to_string()), table(4, 5));
    }

    #[test]
    fn worse_is_what_got_worse() {
        assert_eq!(table(5, 4).worse_than(&table(4, 5)), [""; 0]);
        assert_eq!(
            table(3, 6).worse_than(&table(4, 5)),
            ["regex: 3 methods on the proxy, were 4", "regex: 6 edits, were 5"]
        );
    }
}
