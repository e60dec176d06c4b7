//! The source files, and what can be seen of them line by line. They are formatted, so a block ends
//! where a line begins with its closing bracket at the depth at which the block began.

use std::fs;
use std::path::{Path, PathBuf};

/// One file. Its name is its path below the folder.
#[derive(Debug)]
pub struct Source {
    pub folder: &'static str,
    pub name: String,
    pub text: String,
}

/// The runtime's files.
pub fn runtime() -> Vec<Source> {
    found_in("concurrent-object/src", &[])
}

/// The macro's files.
pub fn macros() -> Vec<Source> {
    found_in("concurrent-object-macros/src", &[])
}

/// The benchmarks' files.
pub fn benches() -> Vec<Source> {
    found_in("benches", &[])
}

/// Every file that is read by people: not what the compiler is to refuse, nor what the macro wrote,
/// nor signatures of other crates.
pub fn all() -> Vec<Source> {
    let crates = runtime().into_iter().chain(macros());
    let others =
        ["tests", "examples", "benches"].into_iter().flat_map(|folder| found_in(folder, &["ui", "corpus/blocks"]));
    crates.chain(others).collect()
}

fn found_in(folder: &'static str, without: &[&str]) -> Vec<Source> {
    let root = root_of(folder);
    let mut paths = Vec::new();
    collect(&root, without, &mut paths);
    assert!(!paths.is_empty(), "no sources in {}", root.display());
    paths.sort();
    let name = |path: &Path| path.strip_prefix(&root).expect("below it").to_str().expect("text").to_owned();
    let read = |path: &PathBuf| fs::read_to_string(path).expect("readable");
    paths.iter().map(|path| Source { folder, name: name(path), text: read(path) }).collect()
}

fn root_of(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").join(folder)
}

fn collect(folder: &Path, without: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !without.iter().any(|name| path.ends_with(name)) {
            collect(&path, without, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

impl Source {
    /// Where it is found.
    pub fn path(&self) -> String {
        format!("{}/{}", self.folder, self.name)
    }

    pub fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// Whether it is compiled for tests only: a module above it, or its own declaration, says so.
    pub fn is_test(&self) -> bool {
        let path = self.module_path();
        (1..=path.len()).any(|depth| is_declared_for_tests(self.folder, &path[..depth]))
    }

    /// The modules that lead to it, from the top: `["link", "end"]` for `link/end.rs`, nothing for
    /// `lib.rs`.
    pub fn module_path(&self) -> Vec<&str> {
        let name = self.name.strip_suffix(".rs").unwrap_or(&self.name);
        if name == "lib" { Vec::new() } else { name.split('/').collect() }
    }

    pub fn top_module(&self) -> &str {
        self.module_path().first().copied().unwrap_or("lib")
    }

    pub fn has_doc(&self) -> bool {
        let head =
            self.text.lines().take_while(|line| line.is_empty() || line.starts_with("//") || line.starts_with("#!["));
        head.into_iter().any(|line| line.starts_with("//! ") || line.starts_with("#![doc = include_str!"))
    }

    pub fn allows_unsafe(&self) -> bool {
        self.code().any(|(_, line)| line.contains("allow(unsafe_code"))
    }

    pub fn has_unsafe(&self) -> bool {
        self.unsafe_lines().next().is_some()
    }

    /// Unsafe blocks, functions, traits and impls; an attribute such as `#[unsafe(no_mangle)]` is
    /// none.
    fn unsafe_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code().filter(|(_, line)| {
            let words = ["unsafe {", "unsafe fn ", "unsafe impl", "unsafe trait ", "unsafe extern "];
            words.iter().any(|word| line.contains(word))
        })
    }

    /// The reason stands in the comment above the statement, and a statement has few lines.
    pub fn unsafe_without_reason(&self) -> Vec<String> {
        const REACH: usize = 12;
        let lines: Vec<_> = self.text.lines().collect();
        let has_reason = |at: usize| {
            let above = lines[at.saturating_sub(REACH)..at].iter().rev();
            let statement = above.take_while(|line| !line.trim_end().ends_with(';') && !line.trim().is_empty());
            statement
                .map(|line| line.trim_start())
                .any(|line| line.contains("SAFETY: ") || line.starts_with("/// # Safety"))
        };
        let found = self.unsafe_lines().filter(|(at, _)| !has_reason(*at));
        found.map(|(at, line)| format!("{}:{}: {}", self.path(), at + 1, line.trim())).collect()
    }

    /// The lines of code, from 0, that contain this. A file's own tests at its end are not looked
    /// into.
    pub fn lines_with(&self, text: &str) -> Vec<String> {
        let found = self.text.lines().enumerate().take_while(|(_, line)| *line != "mod tests {");
        let found = found.filter(|(_, line)| line.contains(text));
        found.map(|(at, line)| format!("{}:{}: {}", self.path(), at + 1, line.trim())).collect()
    }

    /// The lines of code that contain this word. A file's own tests at its end are left out.
    pub fn code_with_word(&self, word: &str) -> Vec<String> {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let has_word = |line: &str| line.split(|letter| !is_part(letter)).any(|other| other == word);
        let code = self.code().take_while(|(_, line)| *line != "mod tests {").filter(|(_, line)| has_word(line));
        code.map(|(at, line)| format!("{}:{}: {}", self.path(), at + 1, line.trim())).collect()
    }

    /// The comments of more than 100 columns. Code in an example counts as code.
    pub fn wide_comments(&self) -> Vec<String> {
        let mut is_example = false;
        let lines = self.text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("//"));
        let wide = lines.filter(|(_, line)| {
            is_example ^= line.contains("```");
            !is_example && line.chars().count() > 100
        });
        wide.map(|(at, line)| format!("{}:{}: {} columns", self.path(), at + 1, line.chars().count())).collect()
    }

    /// The lines that are no comment.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Functions (`fn`) or quotations (`quote`) of more lines than that.
    pub fn longer_than(&self, what: &str, limit: usize) -> Vec<String> {
        let lines: Vec<_> = self.text.lines().collect();
        let begins = |line: &str| match what {
            "fn" => is_function(line),
            _ => line.contains("quote!") || line.contains("quote_spanned!"),
        };
        let starts = self.code().filter(|(_, line)| begins(line)).map(|(at, _)| at);
        let sizes = starts.map(|at| (at, size_of_block(&lines[at..])));
        let long = sizes.filter(|(_, size)| *size > limit);
        long.map(|(at, size)| format!("{}:{}: {size} lines", self.path(), at + 1)).collect()
    }
}

/// Whether the parent of the module at this path declares it under `cfg(test)`.
fn is_declared_for_tests(folder: &str, path: &[&str]) -> bool {
    let Some((name, above)) = path.split_last() else { return false };
    let parent = if above.is_empty() { "lib".to_owned() } else { above.join("/") };
    let Ok(text) = fs::read_to_string(root_of(folder).join(format!("{parent}.rs"))) else { return false };
    let declares = |line: &str| line.ends_with(&format!("mod {name};"));
    let mut lines = text.lines().zip(text.lines().skip(1));
    lines.any(|(before, line)| declares(line) && (before == "#[cfg(test)]" || before.starts_with("#[cfg(all(test")))
}

fn is_function(line: &str) -> bool {
    let qualifiers = ["const", "async", "unsafe", "extern"];
    let is_qualifier = |word: &str| word.starts_with("pub") || word.starts_with('"') || qualifiers.contains(&word);
    line.split_whitespace().find(|word| !is_qualifier(word) && !word.starts_with("in")) == Some("fn")
}

/// From the first line to the one that closes it, at the same depth.
fn size_of_block(lines: &[&str]) -> usize {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let first = depth(lines[0]);
    let ends_at_once =
        |line: &str| line.ends_with(';') || line.ends_with('}') || line.ends_with(',') || line.ends_with(')');
    if ends_at_once(lines[0].trim_end()) {
        return 1;
    }
    let closes = |line: &str| depth(line) == first && (line.trim_start().starts_with('}') || line.ends_with(';'));
    let end = lines.iter().skip(1).position(|line| closes(line) && !line.ends_with('{'));
    end.map_or(lines.len(), |end| end + 2)
}
