//! The lifetimes of an impl block, replaced by `'static`.

/// Returns the lifetimes that `impl<'a, 'b: 'a, T>` declares.
pub(crate) fn lifetimes(head: &str) -> Vec<String> {
    let declared = head.strip_prefix("impl<").and_then(|rest| rest.split('>').next()).unwrap_or_default();
    let names = declared.split(',').filter_map(|parameter| parameter.trim().strip_prefix('\''));
    names.map(|name| name.split(':').next().unwrap_or(name).trim().to_owned()).collect()
}

/// Makes each use of a lifetime `'static`.
pub(crate) fn lasting(line: &str, lifetime: &str) -> String {
    let mut parts = line.split('\'');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.strip_prefix(lifetime);
        let rest = rest.filter(|rest| !rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_'));
        text.push('\'');
        text.push_str(&rest.map_or(part.to_owned(), |rest| format!("static{rest}")));
    }
    text
}
