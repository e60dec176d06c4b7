//! The head of an impl block: `impl<T: Read> Archive<T> where T: Seek`.

/// The parts of a head, as they are written.
pub(crate) struct Head {
    /// `<T: Read>`, or nothing
    generics: String,
    /// `Archive`
    name: String,
    /// `<T>`, or nothing
    arguments: String,
    /// `T: Seek`, or nothing
    predicates: String,
}

impl Head {
    /// Parses the text from `impl` to the bracket.
    ///
    /// # Panics
    /// If it is no inherent impl of a type with a plain name.
    pub(crate) fn parse(text: &str) -> Self {
        let text = text.trim().strip_prefix("impl").and_then(|text| text.strip_suffix('{')).expect("an impl");
        let (head, predicates) = text.split_once(" where ").unwrap_or((text, ""));
        let (generics, rest) = split_arguments(head.trim());
        let rest = rest.trim();
        let end = rest.find('<').unwrap_or(rest.len());
        let (name, arguments) = rest.split_at(end);
        let predicates = predicates.trim().trim_end_matches(',');
        Self {
            generics: generics.to_owned(),
            name: name.trim().to_owned(),
            arguments: arguments.trim().to_owned(),
            predicates: predicates.to_owned(),
        }
    }

    /// Returns the head of a proxy that has no parameters.
    pub(crate) fn without_generics(self) -> Self {
        Self { name: self.name, generics: String::new(), arguments: String::new(), predicates: String::new() }
    }

    /// Returns a function that compiles if the method can be called on the proxy. The types of the
    /// block's parameters have serde there.
    pub(crate) fn probe(&self, number: usize, method: &str) -> String {
        let Self { generics, name, arguments, predicates } = self;
        let own = (!predicates.is_empty()).then(|| predicates.clone());
        let serde = type_parameters(generics).into_iter();
        let serde = serde.map(|name| format!("{name}: serde::Serialize + serde::de::DeserializeOwned + 'static"));
        let clause = own.into_iter().chain(serde).collect::<Vec<_>>().join(", ");
        let clause = if clause.is_empty() { clause } else { format!("where {clause} ") };
        format!(
            "impl{generics} {name}Proxy{arguments} {clause}{{ fn __probe_{number}() {{ let _ = Self::{method}; }} }}"
        )
    }
}

/// Splits `<T: Into<u8>> Thing<T>` after the first list in angle brackets, if it begins with one.
fn split_arguments(text: &str) -> (&str, &str) {
    if !text.starts_with('<') {
        return ("", text);
    }
    let mut depth = 0;
    let mut before = ' ';
    let end = text.find(|letter| {
        match letter {
            '<' => depth += 1,
            '>' if before != '-' => depth -= 1,
            _ => {}
        }
        before = letter;
        depth == 0
    });
    text.split_at(end.map_or(text.len(), |end| end + 1))
}

/// `T` of `<'a, T: Read, const N: usize>`
fn type_parameters(generics: &str) -> Vec<&str> {
    let inside = generics.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or_default();
    let parameters = crate::message::split_options(inside).into_iter();
    let names = parameters.map(|parameter| parameter.split([':', '=']).next().unwrap_or_default().trim());
    names.filter(|name| !name.is_empty() && !name.starts_with('\'') && !name.starts_with("const ")).collect()
}

#[cfg(test)]
mod tests {
    use super::Head;

    #[test]
    fn a_probe_repeats_the_head_for_the_proxy() {
        let plain = Head::parse("impl Thing {").probe(0, "get");
        assert_eq!(plain, "impl ThingProxy { fn __probe_0() { let _ = Self::get; } }");
        let generic = Head::parse("impl<'a, T: Into<(u8, u8)>, const N: usize> Thing<'a, T, N> where T: Copy, {");
        assert_eq!(
            generic.probe(3, "get"),
            "impl<'a, T: Into<(u8, u8)>, const N: usize> ThingProxy<'a, T, N> where T: Copy, T: serde::Serialize + \
             serde::de::DeserializeOwned + 'static { fn __probe_3() { let _ = Self::get; } }"
        );
    }
}
