//! The summary of a run as Markdown, for `docs/performance.md`: of each section what was measured
//! beside its aim, single facts, and the plots.
//!
//! The times of every contender are in the output of the run, not here.

use std::fmt::{self, Display, Formatter};

use super::aim::{Aim, verdict};
use super::{Fact, Measured, plots};
use crate::table;

pub(super) fn of(sections: &[Measured]) -> String {
    sections.iter().map(|section| Summary(section).to_string()).collect::<Vec<_>>().join("\n")
}

/// One section.
struct Summary<'a>(&'a Measured);

impl Display for Summary<'_> {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        let Measured { section, title, findings } = self.0;
        writeln!(to, "### {title}\n\nThe section `{section}`.\n")?;
        if !findings.aims.is_empty() {
            writeln!(to, "| work | aim | measured | |\n|---|---|---|---|")?;
        }
        for Aim { work, aim, measured, met } in &findings.aims {
            writeln!(to, "| {} | {} | {measured} | {} |", cell(work), cell(aim), verdict(*met).to_lowercase())?;
        }
        if !findings.facts.is_empty() {
            writeln!(to, "\n| fact | |\n|---|---|")?;
        }
        for Fact { what, value } in &findings.facts {
            writeln!(to, "| {} | {} |", cell(what), table::short(*value))?;
        }
        for (name, title) in plots::of(findings) {
            writeln!(to, "\n![{title}](bench/{name}.svg)")?;
        }
        Ok(())
    }
}

/// Returns the text with what would end a cell of a table, or begin a link or code, escaped.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('[', "\\[").replace('<', "\\<").replace('_', "\\_")
}
