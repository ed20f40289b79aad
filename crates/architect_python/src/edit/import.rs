//! Adds an import: a name in a list that is there, or a statement in its sorted place.

use architect_model::FormatStyle;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Alias, Stmt, StmtImportFrom};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Refused;
use super::document::Document;
use super::import_place::{is_type_checking, place};
use super::listing::Listing;
use crate::write::import_order::{Section, compare_members};
use crate::write::imports::from_line;

/// An import to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImport {
    /// Module; a relative one begins with its dots.
    pub module: String,
    /// Name inside it; none for `import module`.
    pub name: Option<String>,
    /// Name it is bound to, where it is another.
    pub alias: Option<String>,
    /// Whether it is for annotations only, and stands under `if TYPE_CHECKING:`.
    pub typing_only: bool,
    /// Comment behind the statement, without `#`: `noqa: F401`. It gets a statement of its own then.
    pub comment: Option<String>,
}

impl NewImport {
    /// `from module import name`
    pub fn from(module: impl Into<String>, name: impl Into<String>) -> Self {
        let (module, name) = (module.into(), Some(name.into()));
        Self { module, name, alias: None, typing_only: false, comment: None }
    }

    /// `import module`
    pub fn module(module: impl Into<String>) -> Self {
        Self { module: module.into(), name: None, alias: None, typing_only: false, comment: None }
    }

    /// The same with `as alias`.
    #[must_use]
    pub fn bound_to(mut self, alias: impl Into<String>) -> Self {
        self.alias = Some(alias.into());
        self
    }

    /// The same under `if TYPE_CHECKING:`.
    #[must_use]
    pub fn typing_only(mut self) -> Self {
        self.typing_only = true;
        self
    }

    /// The same with a comment behind it.
    #[must_use]
    pub fn with_comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// The statement, without a line break.
    pub(super) fn statement(&self, width: usize, indent: usize) -> String {
        let alias = self.alias.as_ref().map(|alias| format!(" as {alias}")).unwrap_or_default();
        let comment = self.comment.as_ref().map(|comment| format!("  # {comment}")).unwrap_or_default();
        match &self.name {
            None => format!("import {}{alias}{comment}", self.module),
            Some(name) if alias.is_empty() && comment.is_empty() => {
                from_line(&self.module, &[name], width, indent).trim_end().to_owned()
            }
            Some(name) => {
                let line = format!("from {} import {name}{alias}{comment}", self.module);
                if line.chars().count() <= width {
                    return line;
                }
                let margin = " ".repeat(indent);
                format!("from {} import ({comment}\n{margin}{name}{alias},\n)", self.module)
            }
        }
    }
}

/// Adds an import, unless the module has it already.
pub fn add_import(text: &str, new: &NewImport, style: &FormatStyle) -> Result<String, Refused> {
    let mut document = Document::parse(text)?;
    if new.typing_only && type_checking_block(document.body()).is_none() && !is_bound(document.body(), new) {
        return with_new_block(text, new, style);
    }
    put_import(&mut document, new, style);
    document.finish()
}

/// Plans the same in a document that gets more. What is for annotations only is put under `if TYPE_CHECKING:` where the
/// document has that.
pub(crate) fn put_import(document: &mut Document<'_>, new: &NewImport, style: &FormatStyle) {
    if is_bound(document.body(), new) {
        return;
    }
    let unit = " ".repeat(usize::from(style.indent));
    let block = new.typing_only.then(|| type_checking_block(document.body())).flatten();
    let body = block.unwrap_or(document.body()).to_vec();
    let list = mergeable(document, &body, new).cloned();
    match (list, &new.name) {
        (Some(list), Some(name)) => add_name(document, &list, name, style, &unit),
        _ => place(document, &body, new, style),
    }
}

/// `if TYPE_CHECKING:` behind the imports, and the import in it.
fn with_new_block(text: &str, new: &NewImport, style: &FormatStyle) -> Result<String, Refused> {
    let text = add_import(text, &NewImport::from("typing", "TYPE_CHECKING"), style)?;
    let mut document = Document::parse(&text)?;
    let imports = document.body().iter().filter(|stmt| matches!(stmt, Stmt::Import(_) | Stmt::ImportFrom(_)));
    let Some(last) = imports.last() else { return Ok(text.clone()) };
    let at = document.next_line(last.end());
    let statement = new.statement(usize::from(style.line_length), usize::from(style.indent));
    let margin = " ".repeat(usize::from(style.indent));
    let gap = if document.line_at(at).is_some_and(|line| !line.trim().is_empty()) { "\n" } else { "" };
    document.insert_lines(at, &format!("\nif TYPE_CHECKING:\n{}{gap}", super::document::indented(&statement, &margin)));
    document.finish()
}

fn type_checking_block(body: &[Stmt]) -> Option<&[Stmt]> {
    body.iter().find_map(|stmt| match stmt {
        Stmt::If(stmt) if is_type_checking(&stmt.test) => Some(&stmt.body[..]),
        _ => None,
    })
}

/// Whether the module binds what the import would bind.
fn is_bound(body: &[Stmt], new: &NewImport) -> bool {
    body.iter().any(|stmt| match stmt {
        Stmt::Import(stmt) => new.name.is_none() && stmt.names.iter().any(|alias| is_alias(alias, &new.module, new)),
        Stmt::ImportFrom(stmt) => new.name.as_ref().is_some_and(|name| {
            module_of(stmt) == new.module
                && stmt
                    .names
                    .iter()
                    .any(|alias| is_alias(alias, name, new) || alias.name.as_str() == "*" && new.alias.is_none())
        }),
        Stmt::If(stmt) if is_type_checking(&stmt.test) => new.typing_only && is_bound(&stmt.body, new),
        Stmt::Try(stmt) => is_bound(&stmt.body, new),
        _ => false,
    })
}

fn is_alias(alias: &Alias, name: &str, new: &NewImport) -> bool {
    let bound = alias.asname.as_ref().map_or(alias.name.as_str(), |name| name.as_str());
    alias.name.as_str() == name && bound == new.alias.as_deref().unwrap_or(name)
}

/// Module of a `from` import with its dots.
pub(crate) fn module_of(stmt: &StmtImportFrom) -> String {
    let dots = ".".repeat(usize::try_from(stmt.level).unwrap_or_default());
    format!("{dots}{}", stmt.module.as_ref().map_or("", |module| module.as_str()))
}

/// The statement to whose names a plain `from` import can be added.
fn mergeable<'a>(document: &Document<'_>, body: &'a [Stmt], new: &NewImport) -> Option<&'a StmtImportFrom> {
    if new.alias.is_some() || has_one_a_line(body) {
        return None;
    }
    let has_comment = |stmt: &StmtImportFrom| match &new.comment {
        None => true,
        Some(comment) => {
            document.source(TextRange::new(stmt.start(), document.next_line(stmt.end()))).contains(comment)
        }
    };
    body.iter().find_map(|stmt| match stmt {
        Stmt::ImportFrom(stmt) => {
            let is_plain = stmt.names.iter().any(|alias| alias.asname.is_none())
                && stmt.names.iter().all(|alias| alias.name.as_str() != "*");
            (new.name.is_some() && module_of(stmt) == new.module && is_plain && has_comment(stmt)).then_some(stmt)
        }
        _ => None,
    })
}

/// Whether a file imports each name by a statement of its own (ruff: `force-single-line`): it has several of one module,
/// and none of several names.
fn has_one_a_line(body: &[Stmt]) -> bool {
    let all: Vec<&StmtImportFrom> = body.iter().filter_map(Stmt::as_import_from_stmt).collect();
    let again = |stmt: &&&StmtImportFrom| all.iter().filter(|other| module_of(other) == module_of(stmt)).count() > 1;
    all.iter().all(|stmt| stmt.names.len() == 1) && all.iter().any(|stmt| again(&stmt))
}

/// Adds a name to the list of a `from` import, in its place if the list is sorted.
fn add_name(document: &mut Document<'_>, stmt: &StmtImportFrom, name: &str, style: &FormatStyle, unit: &str) {
    let names: Vec<&str> = stmt.names.iter().map(|alias| alias.name.as_str()).collect();
    let index = sorted_place(&names, name);
    let nodes: Vec<TextRange> = stmt.names.iter().map(Ranged::range).collect();
    let (Some(first), Some(last)) = (nodes.first(), nodes.last()) else { return };
    let bracketed = document.source(stmt.range()).ends_with(')');
    let inner = if bracketed {
        TextRange::new(first.start(), stmt.end() - TextSize::new(1))
    } else {
        TextRange::new(first.start(), last.end())
    };
    let is_short = !document.source(stmt.range()).contains('\n');
    let length = line_length(document, stmt) + name.chars().count() + 2;
    if is_short && length > usize::from(style.line_length) && stmt.names.iter().all(|alias| alias.asname.is_none()) {
        let mut names = names;
        names.insert(index, name);
        return explode(document, stmt, &names, unit);
    }
    Listing::new(document, inner, bracketed, &nodes).insert(document, index, name, unit);
}

/// One name a line. A comment behind the statement moves behind the bracket, where `I001` wants it.
fn explode(document: &mut Document<'_>, stmt: &StmtImportFrom, names: &[&str], unit: &str) {
    let margin = document.indentation_of_line(stmt.start());
    let rows: String = names.iter().map(|name| format!("{margin}{unit}{name},\n")).collect();
    let comment = comment_behind(document, stmt);
    let end = comment.map_or(stmt.end(), |comment| comment.end());
    let comment = comment.map(|comment| format!("  {}", document.source(comment))).unwrap_or_default();
    let text = document.native(&format!("({comment}\n{rows}{margin})"));
    document.replace(TextRange::new(list_start(document, stmt), end), text);
}

/// The comment on the line of a statement's end.
fn comment_behind(document: &Document<'_>, stmt: &StmtImportFrom) -> Option<TextRange> {
    let next = document.tokens().after(stmt.end()).first()?;
    (next.kind() == TokenKind::Comment).then(|| next.range())
}

/// Where the names of a `from` import begin, their bracket included.
fn list_start(document: &Document<'_>, stmt: &StmtImportFrom) -> TextSize {
    let tokens = document.tokens().in_range(stmt.range());
    let bracket = tokens.iter().find(|token| token.kind() == TokenKind::Lpar).map(Ranged::start);
    bracket.or_else(|| stmt.names.first().map(Ranged::start)).unwrap_or(stmt.start())
}

/// Length of the line of a `from` import, the comment behind it included.
fn line_length(document: &Document<'_>, stmt: &StmtImportFrom) -> usize {
    let start = document.line_start(stmt.start());
    let end = comment_behind(document, stmt).map_or(stmt.end(), |comment| comment.end());
    document.source(TextRange::new(start, end)).chars().count()
}

/// The index for `name` among sorted names; the end of unsorted ones.
fn sorted_place(names: &[&str], name: &str) -> usize {
    if !names.is_sorted_by(|a, b| compare_members(a, b).is_le()) {
        return names.len();
    }
    names.partition_point(|known| compare_members(known, name).is_lt())
}

/// The section of a module, for placing it.
pub(super) fn section_of(module: &str, style: &FormatStyle) -> Section {
    Section::of(module, &style.first_party)
}
