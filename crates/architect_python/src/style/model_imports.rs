//! Where models are imported so that Alembic sees them: `env.py`, or a registry that it reaches.

use std::collections::VecDeque;

use architect_model::{MigrationStyle, ModelImports};
use ruff_python_ast::{Alias, Stmt};

use super::facts::Facts;
use super::path;
use super::places::Placed;
use super::vote::USUAL;
use super::walk::{comment_behind, each_stmt};
use crate::resolve::Resolution;
use crate::syntax::File;

/// One imported thing that brings tables.
struct Line<'a> {
    stmt: &'a Stmt,
    /// The import, alone.
    import: String,
    /// File of the tables.
    tables: &'a File,
    /// The class, where it names one.
    class: Option<&'a str>,
}

/// Finds the file whose imports bring the tables of most modules, from `env.py` on.
pub(super) fn read(facts: &Facts<'_>, migrations: &MigrationStyle, placed: &[Placed]) -> Option<ModelImports> {
    let env = format!("{}/env.py", migrations.script_location.as_deref()?);
    let env = facts.index.files().by_path(&env)?;
    let wanted = table_files(facts);
    let mut best: Option<(&File, Vec<Line<'_>>)> = None;
    for file in reached(facts, env) {
        let lines = lines(facts, file);
        let mut brought: Vec<&str> = lines.iter().map(|line| &*line.tables.path).collect();
        brought.sort_unstable();
        brought.dedup();
        let most = best.as_ref().map_or(0, |(_, lines)| lines.len());
        if brought.len() * 2 > wanted.len() && lines.len() > most {
            best = Some((file, lines));
        }
    }
    let (file, lines) = best?;
    // One file for all tables needs no further line.
    if wanted.len() == 1
        && placed.iter().all(|one| one.held.layer != architect_model::LayerKind::Models || !one.pattern.contains('{'))
    {
        return None;
    }
    let usual = lines.iter().rev().find(|line| facts.weight_of(&line.tables.path) == USUAL);
    let neighbour = usual.or(lines.last())?;
    let module = placed.iter().find(|one| *one.held.file == *neighbour.tables.path).and_then(|one| one.module.clone());
    Some(ModelImports {
        file: file.path.to_string(),
        import: neighbour.import.clone(),
        neighbour: module.unwrap_or_else(|| path::stem(&neighbour.tables.path).to_owned()),
        class: neighbour.class.map(str::to_owned),
        in_all: neighbour.class.is_some_and(|class| is_in_all(file, class)),
        at: lines.last().map(|line| file.at(line.stmt))?,
    })
}

fn table_files(facts: &Facts<'_>) -> Vec<String> {
    let mut files: Vec<String> = facts.tables.iter().map(|table| table.file().path.to_string()).collect();
    files.sort_unstable();
    files.dedup();
    files
}

/// Files that `env.py` imports, nearest first, itself first; not those of the application's layers, which import
/// models because they use them.
fn reached<'a>(facts: &Facts<'a>, env: &'a File) -> Vec<&'a File> {
    let mut found = vec![env];
    let mut queue = VecDeque::from([(env, 0)]);
    while let Some((file, depth)) = queue.pop_front() {
        if depth > 3 {
            continue;
        }
        for next in imported_files(facts, file) {
            let uses = facts.has_handlers(next);
            if !uses && !found.iter().any(|known| known.path == next.path) {
                found.push(next);
                queue.push_back((next, depth + 1));
            }
        }
    }
    found
}

fn imported_files<'a>(facts: &Facts<'a>, file: &'a File) -> Vec<&'a File> {
    let mut found = Vec::new();
    each_stmt(file.body(), &mut |stmt| match stmt {
        Stmt::Import(import) => {
            for alias in &import.names {
                found.extend(module(facts, file, &alias.name));
            }
        }
        Stmt::ImportFrom(import) => {
            let Some(dotted) = facts.index.imported_from(file, import) else { return };
            found.extend(module(facts, file, &dotted));
            for alias in &import.names {
                found.extend(module(facts, file, &format!("{dotted}.{}", alias.name)));
            }
        }
        _ => {}
    });
    found
}

fn module<'a>(facts: &Facts<'a>, file: &'a File, dotted: &str) -> Option<&'a File> {
    match facts.index.module(dotted, file) {
        Resolution::Module(found) if !found.installed => Some(found),
        _ => None,
    }
}

/// The imports of a file that bring tables.
fn lines<'a>(facts: &Facts<'a>, file: &'a File) -> Vec<Line<'a>> {
    let mut found = Vec::new();
    each_stmt(file.body(), &mut |stmt| match stmt {
        Stmt::Import(import) => {
            for alias in &import.names {
                let tables = module(facts, file, &alias.name).filter(|tables| holds_tables(facts, tables));
                found.extend(tables.map(|tables| line(file, stmt, "import", alias, tables, None)));
            }
        }
        Stmt::ImportFrom(import) => {
            let written = import.module.as_ref().map_or("", |module| module.as_str());
            let from = format!("from {}{written} import", ".".repeat(import.level as usize));
            let Some(dotted) = facts.index.imported_from(file, import) else { return };
            for alias in &import.names {
                found.extend(
                    brought(facts, file, &dotted, alias)
                        .map(|(tables, class)| line(file, stmt, &from, alias, tables, class)),
                );
            }
        }
        _ => {}
    });
    found
}

fn line<'a>(
    file: &'a File,
    stmt: &'a Stmt,
    front: &str,
    alias: &'a Alias,
    tables: &'a File,
    class: Option<&'a str>,
) -> Line<'a> {
    let import = format!("{front} {}{}", file.text(alias), comment_behind(file, stmt));
    Line { stmt, import, tables, class }
}

/// The file of tables that a name of `from … import` brings, and the table class where it is one.
fn brought<'a>(
    facts: &Facts<'a>,
    file: &'a File,
    dotted: &str,
    alias: &'a Alias,
) -> Option<(&'a File, Option<&'a str>)> {
    if alias.name.as_str() == "*" {
        return module(facts, file, dotted).filter(|tables| holds_tables(facts, tables)).map(|tables| (tables, None));
    }
    match facts.index.imported(file, dotted, &alias.name) {
        Resolution::Class(class) => facts.table(class).map(|entity| (entity.class.file(), Some(alias.name.as_str()))),
        Resolution::Module(tables) => holds_tables(facts, tables).then_some((tables, None)),
        _ => None,
    }
}

fn holds_tables(facts: &Facts<'_>, file: &File) -> bool {
    facts.tables.iter().any(|table| table.file().path == file.path)
}

pub(super) fn is_in_all(file: &File, class: &str) -> bool {
    file.body().iter().any(|stmt| {
        let Stmt::Assign(assign) = stmt else { return false };
        let is_all =
            assign.targets.first().and_then(|target| target.as_name_expr()).is_some_and(|name| name.id == "__all__");
        let listed = crate::resolve::elements(&assign.value);
        is_all
            && listed.iter().any(|item| item.as_string_literal_expr().is_some_and(|text| text.value.to_str() == class))
    })
}
