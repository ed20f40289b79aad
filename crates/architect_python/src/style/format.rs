//! How source is formatted: as configured, or as counted in the code.

mod config;
mod counted;

use architect_model::FormatStyle;
use rayon::prelude::*;
use ruff_python_ast::{Expr, Stmt};

pub(crate) use config::{item, other};
use counted::Counted;

use crate::Sources;
use crate::style::path;

/// Files that are counted; more of them would not change the answer.
const SAMPLE: usize = 400;

/// Reads the format of the sources below `root`.
pub(super) fn read(sources: &Sources, root: &str, files: &[super::File]) -> FormatStyle {
    let configured = config::read(sources, root);
    let is_counted = |file: &&super::File| path::is_below(&file.path, root) && !is_revision(file.body());
    let sample: Vec<&super::File> = files.iter().filter(is_counted).take(SAMPLE).collect();
    let each = sample.par_iter().map(|file| Counted::of(file.source(), file.body()));
    let counted = each.reduce(Counted::default, Counted::and);
    let brief = FormatStyle::default();
    let any = counted.files > 0;
    // A formatter's default is what it does; a linter alone leaves the quotes to the authors.
    let double = if configured.formatter || !any { true } else { counted.double >= counted.single };
    let length = if configured.formatter || !any { brief.line_length } else { counted.line_length() };
    let mut first_party = configured.first_party;
    first_party.extend(packages(root, files));
    first_party.sort_unstable();
    first_party.dedup();
    first_party.retain(|name| !configured.third_party.contains(name));
    FormatStyle {
        line_length: configured.line_length.unwrap_or(length),
        double_quotes: configured.double_quotes.unwrap_or(double),
        indent: configured.indent.unwrap_or_else(|| counted.indent()),
        python: configured.python.unwrap_or(if any { (3, counted.python.max(9)) } else { brief.python }),
        config: configured.file,
        future_annotations: any && counted.future * 2 > counted.files,
        first_party,
        sorted_imports: configured.sorted_imports.unwrap_or_else(|| counted.sorted_imports()),
        crlf: any && counted.crlf * 2 > counted.files,
        docstrings: brief.docstrings,
        open_docstrings: brief.open_docstrings,
    }
}

/// Whether a file is a revision of Alembic: made by a program, and seldom formatted.
fn is_revision(body: &[Stmt]) -> bool {
    let names = |target: &Expr| target.as_name_expr().is_some_and(|name| name.id == "down_revision");
    body.iter().any(|stmt| match stmt {
        Stmt::Assign(assign) => assign.targets.iter().any(names),
        Stmt::AnnAssign(assign) => names(&assign.target),
        _ => false,
    })
}

/// Packages and modules that stand in the source root.
fn packages<'a>(root: &str, files: &'a [super::File]) -> impl Iterator<Item = String> + use<'a> {
    let prefix = if root.is_empty() { 0 } else { root.len() + 1 };
    let root = root.to_owned();
    files
        .iter()
        .filter(move |file| path::is_below(&file.path, &root))
        .filter_map(move |file| file.path.get(prefix..)?.split_once('/'))
        .filter(|(_, rest)| !rest.is_empty())
        .map(|(package, _)| package.to_owned())
        .filter(|package| !package.starts_with('.') && !package.contains('-'))
}
