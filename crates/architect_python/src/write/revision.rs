//! Writes the Alembic revision that a change of tables needs, in the conventions of the project.

mod alembic;
mod change;
mod diff;
mod house;
mod identity;
mod layout;
mod merge;
mod message;
mod operation;
mod script;
mod sql;
mod stage;
mod tables;
mod template;
mod types;
mod value;

#[cfg(test)]
mod tests;

use architect_model::{Location, Problem, Project};
use jiff::civil::DateTime;

pub use change::{Fill, TableChange, ValueNeeded};
pub use merge::write_merge;
pub use message::revision_message;
pub use stage::{row_defaults, write_stages};

use change::Transition;
use house::House;
use script::Script;

use crate::Sources;
use crate::edit::{NewImport, add_import};
use crate::format::format;

/// A revision file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRevision {
    /// Path relative to the project root.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Its identifier.
    pub revision: String,
    /// SQL of `upgrade` for PostgreSQL, one statement an item.
    pub sql: Vec<String>,
    /// What is to be known before it runs, one sentence each: what waits, what stops it, what is rewritten; and what could
    /// not be done as the project does it.
    pub remarks: Vec<String>,
    /// What is lost for good when it runs, one sentence each.
    pub losses: Vec<String>,
}

/// Why a part of a revision cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unwritable {
    pub(super) text: String,
    pub(super) at: Location,
}

/// Writes the revision that makes of the tables of `project` what `change` says; `project` is as it will be, read from
/// `sources`. `message` becomes its first line and part of its file name; `now` its date.
///
/// `Ok(None)`: the project keeps no migrations, or nothing changes in the database.
///
/// # Errors
/// Several heads, a part that cannot be written with certainty, or a value that rows which exist need.
pub fn write_revision(
    sources: &Sources,
    project: &Project,
    change: &TableChange<'_>,
    message: &str,
    now: DateTime,
) -> Result<Option<NewRevision>, Vec<Problem>> {
    let style = &project.style.migrations;
    let Some(versions) = style.versions.as_deref() else { return Ok(None) };
    let house = House::of(project);
    let script = Script::of(change, &house);
    if script.is_empty() {
        return Ok(None);
    }
    let head = head(project)?;
    let written = script.written()?;
    let revision = identity::revision(style, head, message, &written.body);
    let file = RevisionFile { revision: &revision, follows: head.as_slice(), message, note: None, now };
    let (path, text, mut remarks) = file.write(sources, project, versions, written.body)?;
    remarks.extend(written.remarks);
    Ok(Some(NewRevision { path, text, revision, sql: written.sql, remarks, losses: written.losses }))
}

/// The revision that a new one follows.
fn head(project: &Project) -> Result<Option<&str>, Vec<Problem>> {
    match project.style.migrations.heads.as_slice() {
        [] => Ok(None),
        [(id, _)] => Ok(Some(id)),
        heads => Err(vec![several_heads(heads)]),
    }
}

/// What stands at the top of a revision file.
struct RevisionFile<'a> {
    revision: &'a str,
    follows: &'a [&'a str],
    message: &'a str,
    /// What is to be known before it runs.
    note: Option<&'a str>,
    now: DateTime,
}

impl RevisionFile<'_> {
    /// Path and text of the file, in the project's conventions, and what could not be done by them.
    fn write(
        &self,
        sources: &Sources,
        project: &Project,
        versions: &str,
        mut body: alembic::Body,
    ) -> Result<(String, String, Vec<String>), Vec<Problem>> {
        let style = &project.style.migrations;
        let (message, revision, now) = (self.message, self.revision, self.now);
        let config = style.config.as_deref().and_then(|config| other(sources, config));
        let name = identity::file_name(style.file_template.as_deref(), config, revision, message, now);
        let given = style.template.as_deref().and_then(|template| other(sources, template));
        let unformatted = style.unformatted.value;
        if unformatted {
            body.upgrade = layout::as_alembic(&body.upgrade);
            body.downgrade = layout::as_alembic(&body.downgrade);
        }
        let date = identity::date(now);
        let follows = self.follows;
        let note = self.note.map(|note| template::wrapped(note, project.style.format.line_length.into()));
        let values = template::Values {
            message,
            note: note.as_deref(),
            revision,
            follows,
            date: &date,
            body: &body,
            unformatted,
        };
        let (mut text, remarks) = template::fill(given, &values);
        text = with_imports(&text, &body, project).map_err(|text| vec![own_problem(versions, text)])?;
        if !unformatted {
            text = without_unused(&text);
        }
        if style.commented.value && !body.upgrade.is_empty() {
            text = template::with_comments(&text);
        }
        if !unformatted {
            text =
                format(&text, &project.style.format).map_err(|error| vec![own_problem(versions, error.to_string())])?;
        }
        Ok((free(sources, &format!("{versions}/{name}")), text, remarks))
    }
}

/// The values that rows which exist need before `change` can be written: a column that is required from now on, and
/// that has no default which static reading knows.
pub fn values_needed(project: &Project, change: &TableChange<'_>) -> Vec<ValueNeeded> {
    let house = House::of(project);
    diff::diff(&Transition::forward(change), &house).1.needed
}

/// The path of a new file, told apart from one that has the same minute and message in its name.
fn free(sources: &Sources, stem: &str) -> String {
    let is_taken = |path: &String| sources.python.iter().any(|file| *file.path == **path);
    let mut path = format!("{stem}.py");
    let mut number = 2;
    while is_taken(&path) {
        path = format!("{stem}_{number}.py");
        number += 1;
    }
    path
}

/// The text of a file that is no Python.
fn other<'a>(sources: &'a Sources, path: &str) -> Option<&'a str> {
    sources.other.iter().find(|file| &*file.path == path).map(|file| &*file.text)
}

fn several_heads(heads: &[(String, String)]) -> Problem {
    let shown: Vec<String> = heads.iter().map(|(id, file)| format!("`{id}` ({file})")).collect();
    Problem {
        text: format!("the migrations have {} heads: {}", heads.len(), shown.join(" and ")),
        help: Some("Join them first: `architect migrate heads --merge`.".to_owned()),
        at: Location::line(heads.first().map_or("", |(_, file)| file), 1),
    }
}

fn problem(error: Unwritable) -> Problem {
    Problem {
        text: format!("the migration cannot be written: {}", error.text),
        help: Some("Write this part of the migration by hand, or declare it in a form that can be read.".to_owned()),
        at: error.at,
    }
}

fn own_problem(versions: &str, text: String) -> Problem {
    Problem { text: format!("the migration cannot be written: {text}"), help: None, at: Location::line(versions, 1) }
}

/// Leaves out what the template imports for other operations than these: the house checks its revisions.
fn without_unused(text: &str) -> String {
    let is_unused = |line: &str| {
        let name = match line {
            "import sqlalchemy as sa" => "sa.",
            "import sqlmodel" => "sqlmodel.",
            _ => return false,
        };
        !text.lines().any(|other| other != line && other.contains(name))
    };
    text.split_inclusive('\n').filter(|line| !is_unused(line.trim_end())).collect()
}

/// Adds the imports that the operations need and the template does not have.
fn with_imports(text: &str, body: &alembic::Body, project: &Project) -> Result<String, String> {
    let style = &project.style.format;
    let mut text = text.to_owned();
    for module in &body.imports {
        let new = match module.rsplit_once('.') {
            Some(("sqlalchemy.dialects", name)) => NewImport::from("sqlalchemy.dialects", name),
            _ if module == "sqlmodel" && text.contains("import sqlmodel") => continue,
            _ => NewImport::module(module),
        };
        text = add_import(&text, &new, style).map_err(|refused| refused.to_string())?;
    }
    Ok(text)
}
