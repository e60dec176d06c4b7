//! The spelling of options: examples of them, and a known name for an unknown one.

/// Returns `did you mean …?` if a known name differs from this one by two edits at most.
pub(crate) fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let nearest = names.into_iter().map(|known| (distance(name, known), known)).min()?;
    (nearest.0 <= 2).then(|| format!("did you mean `{}`?", nearest.1))
}

/// Returns the message for an unknown option, with the known ones.
pub(super) fn unknown_option(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(hint) => format!("unknown option `{name}`; {hint}"),
        None => format!("unknown option `{name}`; expected one of `{}`", known.join("`, `")),
    }
}

/// Returns an example of how the option is written, on the impl block or on a function.
pub(super) fn form_of(option: &str, is_on_block: bool) -> &'static str {
    match option {
        "result" if is_on_block => "result(Type = \"text\")",
        "crate" => "crate = path",
        "proxy" => "proxy = Name",
        "output" => "output = Name",
        "builder" => "builder = Name",
        "output_derive" => "output_derive(Debug, PartialEq)",
        "vis" => "vis = \"pub(crate)\"",
        "block_on" => "block_on = path",
        "error" => "error = \"value\"",
        "timeout" => "timeout = \"2s\"",
        "parts" => "parts(name, other)",
        "handle" => "handle",
        "handles" => "handles(Type, Other)",
        "opaque" => "opaque(Type, Other)",
        "part" => "part = name",
        super::CONSTRUCTOR => "constructor = fn new() -> Self",
        "carry" => "carry(Foreign = u32)",
        "result" => "result = \"text\"",
        "rename" => "rename = name",
        "with" => "with(P = PathBuf)",
        "copy" => "copy",
        "skip_unsupported" => "skip_unsupported",
        "stream" => "stream",
        "idempotent" => "idempotent",
        "snapshot" => "snapshot",
        "restore" => "restore",
        _ => "skip",
    }
}

/// Returns the Levenshtein distance: the fewest letters to insert, remove or change to turn `b`
/// into `a`.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.chars().enumerate() {
            let changed = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[row.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distance_counts_changed_missing_and_extra_letters() {
        assert_eq!(distance("rename", "rename"), 0);
        assert_eq!(distance("renam", "rename"), 1);
        assert_eq!(distance("sikp", "skip"), 2);
        assert_eq!(distance("", "vis"), 3);
    }

    #[test]
    fn only_close_names_are_suggested() {
        assert_eq!(nearest("renam", ["skip", "rename"]), Some("did you mean `rename`?".to_owned()));
        assert_eq!(nearest("colour", ["skip", "rename"]), None);
    }
}
