//! Adds a class or function to a module.

use ruff_python_ast::Stmt;
use ruff_text_size::{Ranged, TextSize};

use super::Refused;
use super::document::{Document, size, words};

/// Adds a class, a function or another top-level statement, two empty lines from its neighbours: behind the class or
/// function `after`, or at the end of the file. One of the same name that is there already must say the same.
pub fn add_definition(text: &str, after: Option<&str>, definition: &str) -> Result<String, Refused> {
    let mut document = Document::parse(text)?;
    let definition = definition.trim_matches(['\r', '\n']);
    let new = Document::parse(definition).map_err(|refused| Refused { line: 1, ..refused })?;
    let wanted = words(definition);
    let present = |stmt: &&Stmt| words(document.source(stmt)) == wanted;
    if document.body().iter().any(|stmt| present(&stmt)) {
        return Ok(text.to_owned());
    }
    for name in new.body().iter().filter_map(defined) {
        if let Some(known) = document.body().iter().find(|stmt| defined(stmt) == Some(name)) {
            return Err(document.refuse(known.start(), format!("`{name}` is defined already")));
        }
    }
    let anchor = match after {
        None => document.body().last(),
        Some(name) => match document.body().iter().find(|stmt| defined(stmt) == Some(name)) {
            Some(found) => Some(found),
            None => return Err(document.refuse(TextSize::new(0), format!("there is no `{name}` in this file"))),
        },
    };
    let is_last = anchor.is_none_or(|stmt| document.body().last().is_some_and(|last| last.range() == stmt.range()));
    if is_last {
        append(&mut document, definition);
    } else if let Some(anchor) = anchor {
        let at = document.next_line(anchor.end());
        document.insert_lines(at, &format!("\n\n{definition}\n"));
    }
    document.finish()
}

/// The last class or function of a file that `wanted` takes, where everything that is defined behind it is none of
/// `words`: what is added there must not need it.
pub fn last_definition(text: &str, wanted: impl Fn(&str) -> bool, words: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let at = document.body().iter().rposition(|stmt| defined(stmt).is_some_and(&wanted))?;
    let used = |name: &str| words.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
    let behind = document.body().iter().skip(at + 1);
    let needed = behind.clone().filter_map(defined).any(used) || behind.into_iter().any(binds_name);
    let name = document.body().get(at).and_then(defined)?;
    (!needed).then(|| name.to_owned())
}

/// Whether a statement binds names in another way than a definition does: what depends on them is not looked for.
fn binds_name(stmt: &Stmt) -> bool {
    !matches!(stmt, Stmt::ClassDef(_) | Stmt::FunctionDef(_))
}

/// At the end of the file, comments there included.
fn append(document: &mut Document<'_>, definition: &str) {
    let content = document.text.trim_end();
    let bare = content.trim_start_matches('\u{feff}');
    let end = size(document.text.len());
    if bare.is_empty() {
        document.insert_lines(end, &format!("{definition}\n"));
        return;
    }
    let blank = document.text[content.len()..].matches('\n').count();
    // The first line break ends the last line; what is missing of two empty ones is added.
    // What stands behind the last line break would be the margin of what follows.
    let open = usize::from(!document.text.ends_with('\n'));
    let gap = "\n".repeat(3_usize.saturating_sub(blank).max(open));
    let text = document.native(&format!("{gap}{definition}\n"));
    document.insert(end, text);
}

/// Name of a class or function.
pub(super) fn defined(stmt: &Stmt) -> Option<&str> {
    match stmt {
        Stmt::ClassDef(stmt) => Some(stmt.name.as_str()),
        Stmt::FunctionDef(stmt) => Some(stmt.name.as_str()),
        _ => None,
    }
}
