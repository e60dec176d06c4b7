//! `tree-sitter`: a parser written in C. Its trees cannot be sent, and a tree is parsed again on
//! the basis of an earlier one. So the trees stay in the child, and the program has handles to
//! them.

use anyhow::{Context, Result, ensure};
use concurrent_object::concurrent_object;
use tree_sitter::{InputEdit, LanguageError, Parser, Point, Tree};

use crate::assert_gone;

struct Json(Parser);

#[concurrent_object(handles(Syntax))]
impl Json {
    pub fn new() -> Result<Self, LanguageError> {
        let mut parser = Parser::new();
        parser.set_language(&tree_sitter_json::LANGUAGE.into())?;
        Ok(Self(parser))
    }

    pub fn parse(&mut self, text: &str) -> Option<Syntax> {
        self.0.parse(text, None).map(Syntax)
    }

    /// Parses only what has changed since the edited tree was made.
    pub fn parse_edited(&mut self, text: &str, old: &Syntax) -> Option<Syntax> {
        self.0.parse(text, Some(&old.0)).map(Syntax)
    }

    pub fn reset(&mut self) {
        self.0.reset();
    }
}

struct Syntax(Tree);

#[concurrent_object(handle, handles(Self))]
impl Syntax {
    /// Tells the tree which bytes of one line were replaced.
    pub fn edit(&mut self, start: usize, old_end: usize, new_end: usize) {
        let point = |column| Point { row: 0, column };
        self.0.edit(&InputEdit {
            start_byte: start,
            old_end_byte: old_end,
            new_end_byte: new_end,
            start_position: point(start),
            old_end_position: point(old_end),
            new_end_position: point(new_end),
        });
    }

    /// A node borrows from its tree, so its text is sent.
    pub fn to_sexp(&self) -> String {
        self.0.root_node().to_sexp()
    }

    pub fn has_error(&self) -> bool {
        self.0.root_node().has_error()
    }

    /// Returns where the other tree differs, in bytes.
    pub fn changed_ranges(&self, other: &Self) -> Vec<(usize, usize)> {
        self.0.changed_ranges(&other.0).map(|range| (range.start_byte, range.end_byte)).collect()
    }
}

/// Parses texts, and kills the child while it parses. Returns how many handles answered then.
pub(crate) fn kill() -> Result<usize> {
    let parser = JsonProxy::builder("json").start()?;
    let parse = |text: &str| parser.parse(text).wait()?.context("no limit was set");
    let mut trees = vec![parse("[1, 2, 3]")?, parse(r#"{"name": "wren"}"#)?];
    ensure!(trees[0].to_sexp().wait()? == "(document (array (number) (number) (number)))");
    ensure!(parse("[1, 2").and_then(|cut_off| Ok(cut_off.has_error().wait()?))?);

    trees[0].edit(4, 5, 9).wait()?;
    let edited = parser.parse_edited(r#"[1, "two", 3]"#, &trees[0]).wait()?.context("no limit was set")?;
    ensure!(edited.to_sexp().wait()? == "(document (array (number) (string (string_content)) (number)))");
    let changed = trees[0].changed_ranges(&edited).wait()?;
    println!("syntax: parsed again after an edit, the changed bytes are {changed:?}");
    trees.push(edited);

    let long = parser.parse(&"[".repeat(4 << 20));
    parser.kill()?;
    assert_gone(long.wait())?;
    trees.iter().try_for_each(|tree| assert_gone(tree.to_sexp().wait()))?;
    assert_gone(trees[0].changed_ranges(&trees[1]).wait())?;
    Ok(trees.len())
}
