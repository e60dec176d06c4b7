//! A type as a signature has it, found by where it begins.

/// Returns the type that begins here, without a reference or an `Option` around it: `Batch` of
/// `Option<&Batch>) -> u8`. `None` if it names a lifetime, or if it is no type with a name.
pub(crate) fn type_at_start(text: &str) -> Option<String> {
    let whole = &text[..end(text)];
    let inner = whole.strip_prefix("Option<").and_then(|rest| rest.strip_suffix('>')).unwrap_or(whole);
    let inner = inner.trim_start_matches('&').trim_start_matches("mut ");
    let is_named = inner.starts_with(|letter: char| letter.is_alphabetic()) && !inner.starts_with("impl ");
    let is_borrowed = inner.contains('\'') && inner.replace("'static", "").contains('\'');
    (is_named && !is_borrowed).then(|| inner.to_owned())
}

/// Returns what an alias of the file stands for: `Result<Row<u8>>` of `Found<u8>`.
pub(crate) fn behind_alias(lines: &[String], alias: &str) -> Option<String> {
    let (name, argument) = alias.strip_suffix('>')?.split_once('<')?;
    let declared = format!("type {name}<");
    let line = lines.iter().find_map(|line| line.split_once(&declared).map(|(_, rest)| rest))?;
    let (parameter, whole) = line.strip_suffix(';')?.split_once("> = ")?;
    // The letter of the parameter is a word of its own.
    let words = whole.split_inclusive(|letter: char| !letter.is_alphanumeric());
    let replaced = words.map(|word| match word.strip_prefix(parameter) {
        Some(rest) if rest.chars().all(|letter| !letter.is_alphanumeric()) => format!("{argument}{rest}"),
        _ => word.to_owned(),
    });
    Some(replaced.collect())
}

/// Returns where the type ends: at the comma, bracket or `where` after it.
fn end(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut before = ' ';
    let end = text.char_indices().find(|(at, letter)| {
        let is_outside = depth == 0;
        match letter {
            '(' | '<' | '[' => depth += 1,
            '>' if before == '-' => {}
            ')' | '>' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let before_it = std::mem::replace(&mut before, *letter);
        let is_over = |words: &str| text[*at..].starts_with(words);
        let is_bracket = matches!(letter, ',' | ')' | ']' | '{' | '=' | ';') || (*letter == '>' && before_it != '-');
        is_outside && (is_bracket || is_over(" where ") || is_over(" + "))
    });
    text[..end.map_or(text.len(), |(at, _)| at)].trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::{behind_alias, type_at_start};

    #[test]
    fn a_type_ends_where_its_brackets_do() {
        let found = |text| type_at_start(text).unwrap_or_default();
        assert_eq!(found("Batch) -> Result<()> {"), "Batch");
        assert_eq!(found("Option<&Batch>, other: u8) {"), "Batch");
        assert_eq!(found("Box<dyn Fn(u8) -> u8 + 'static>) {"), "Box<dyn Fn(u8) -> u8 + 'static>");
        assert_eq!(found("Rc<dyn Hooks> {"), "Rc<dyn Hooks>");
        assert_eq!(found("fn(&str) -> bool + Send> Trait for F {"), "fn(&str) -> bool");
        assert_eq!([found("&[Flag<'_>]) {"), found("Object<'_>) {"), found("impl Read) {")], [""; 3]);
    }

    #[test]
    fn an_alias_stands_for_its_type() {
        let lines = ["pub type Found<T> = Result<Row<T>>;".to_owned()];
        assert_eq!(behind_alias(&lines, "Found<Vec<u8>>").as_deref(), Some("Result<Row<Vec<u8>>>"));
        assert_eq!(behind_alias(&lines, "Result<u8>"), None);
    }
}
