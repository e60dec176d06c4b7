//! The guide's tables of what the attribute refuses are those of the compile tests: each message
//! with the code that it points at, the reason, and what to write.
//!
//! `RECORD_GUIDE=1 cargo test -p concurrent-object-tests --test documents` writes them.

use std::collections::BTreeSet;
use std::fs;

use super::{files_in, read, root};

const GUIDE: &str = "concurrent-object/docs/guide/refusals.md";
const FAIL: &str = "tests/ui/fail";

/// Cases whose messages are the compiler's, or repeat those of other cases.
const NOT_SHOWN: [&str; 5] = ["capturing_closure", "judged_calls", "several_mistakes", "undeclared_cfg", "view_misuse"];

/// Beginnings of the names of cases about options.
const OPTIONS: [&str; 19] = [
    "carry_",
    "chosen_for",
    "chosen_type",
    "conditional_option",
    "error_option",
    "handle_forms",
    "idempotent_",
    "option_",
    "part_forms",
    "plain_",
    "repeated_",
    "snapshot_",
    "stream_",
    "timeout_",
    "unknown_",
    "view_forms",
    "view_without",
    "with_on_block",
    "constructor_elsewhere",
];

/// A message of the attribute.
struct Refusal {
    /// The code that it points at.
    code: String,
    why: String,
    what_to_write: String,
}

#[test]
fn guide_lists_what_the_attribute_refuses() {
    let guide = read(GUIDE);
    let cases = files_in(FAIL, ".stderr");
    let mut names: Vec<_> = cases.iter().filter_map(|path| path.rsplit('/').next()?.strip_suffix(".stderr")).collect();
    names.sort_unstable();
    names.retain(|name| !NOT_SHOWN.contains(name));
    let is_about_options = |name: &&str| OPTIONS.iter().any(|start| name.starts_with(start));
    let (options, blocks): (Vec<_>, Vec<_>) = names.into_iter().partition(is_about_options);
    let mut seen = BTreeSet::new();
    let expected = replaced(&guide, "blocks", &table(&blocks, &mut seen));
    let expected = replaced(&expected, "options", &table(&options, &mut seen));
    if std::env::var_os("RECORD_GUIDE").is_some() {
        return fs::write(root().join(GUIDE), expected).expect("recorded");
    }
    assert!(
        guide == expected,
        "`{GUIDE}` does not list the messages of `{FAIL}`; record them with `RECORD_GUIDE=1 cargo test -p \
         concurrent-object-tests --test documents`"
    );
}

/// Replaces the lines between `<!-- name -->` and the next comment.
fn replaced(guide: &str, name: &str, table: &str) -> String {
    let marker = format!("<!-- {name} -->\n");
    let (before, rest) = guide.split_once(&marker).unwrap_or_else(|| panic!("no {marker}"));
    let end = rest.find("<!--").expect("another comment");
    format!("{before}{marker}\n{table}\n{}", &rest[end..])
}

fn table(cases: &[&str], seen: &mut BTreeSet<String>) -> String {
    let mut table = "| for example | because | do this |\n|---|---|---|\n".to_owned();
    for refusal in cases.iter().flat_map(|case| refusals(case)) {
        if seen.insert(without_code(&refusal.why)) {
            let Refusal { code, why, what_to_write } = refusal;
            let row = [format!("`{code}`"), why, what_to_write].map(|cell| cell.replace('|', "\\|"));
            table.push_str(&format!("| {} |\n", row.join(" | ")));
        }
    }
    table
}

/// Returns the beginning of a message with its code left out: it is the same for each use of the
/// rule.
fn without_code(why: &str) -> String {
    let words: String = why.split('`').step_by(2).collect();
    words.chars().take(50).collect()
}

fn refusals(case: &str) -> Vec<Refusal> {
    let source = read(&format!("{FAIL}/{case}.rs"));
    let errors = read(&format!("{FAIL}/{case}.stderr"));
    errors.split("\nerror").filter_map(|error| refusal(error.trim_start_matches("error"), &source)).collect()
}

/// Reads one error. `None` for an error that no rule and no trait of the library reports.
fn refusal(error: &str, source: &str) -> Option<Refusal> {
    let (message, rest) = error.split_once("\n")?;
    let message = message.strip_prefix("[E0277]: ").or_else(|| message.strip_prefix(": "))?;
    let notes: Vec<_> = rest.lines().filter_map(|line| line.trim().strip_prefix("= note: ")).collect();
    let notes: Vec<_> = notes.into_iter().filter(|note| !note.contains("this error originates")).collect();
    let message = message.split("; to leave `").next()?;
    let (why, what_to_write) = match message.split_once("; ") {
        Some((why, what_to_write)) => (why, what_to_write.to_owned()),
        None => (message, notes.join("; ")),
    };
    let is_compilers = why.starts_with("the trait bound") || why.starts_with("mismatched");
    let place = rest.lines().next()?.trim().rsplit(':').map(str::parse::<usize>);
    let [column, line] = place.take(2).collect::<Result<Vec<_>, _>>().ok()?.try_into().ok()?;
    let marks = rest.lines().find_map(|line| line.trim_start().strip_prefix('|').filter(|line| line.contains('^')))?;
    let width = marks.chars().filter(|letter| *letter == '^').count();
    let code: String = source.lines().nth(line - 1)?.chars().skip(column - 1).take(width).collect();
    let why = why.split("`: ").last().filter(|_| why.starts_with('`') && why.contains("`, `")).unwrap_or(why);
    (!is_compilers).then(|| Refusal { code, why: why.to_owned(), what_to_write })
}
