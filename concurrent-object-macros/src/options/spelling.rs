//! What somebody may have meant who wrote a name that is none.

/// `; did you mean …?`, if one of the names is close enough to this one.
pub(crate) fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let nearest = names.into_iter().map(|known| (distance(name, known), known)).min()?;
    (nearest.0 <= 2).then(|| format!("did you mean `{}`?", nearest.1))
}

/// What is said of a name that is no option, where these are.
pub(super) fn unknown_option(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(hint) => format!("unknown option `{name}`; {hint}"),
        None => format!("unknown option `{name}`; expected one of `{}`", known.join("`, `")),
    }
}

/// How many letters must be put in, taken out or changed to make `a` of `b` (Levenshtein).
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
    fn only_what_is_close_is_offered() {
        assert_eq!(nearest("renam", ["skip", "rename"]), Some("did you mean `rename`?".to_owned()));
        assert_eq!(nearest("colour", ["skip", "rename"]), None);
    }
}
