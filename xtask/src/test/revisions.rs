//! Revisions for changes of tables that have rows in them, run by Alembic on SQLite and PostgreSQL.

use std::fs;
use std::path::Path;

use architect_model::{Project, Table};
use architect_python::{Fill, SourceText, Sources, TableChange, read, values_needed, write_revision};
use serde_json::json;
use xshell::cmd;

use super::Runner;
use crate::postgres::Postgres;
use crate::tools::{Outcome, Tools, run};

/// The changes.
const CASES: &str = "spec/revision/changes.md";

/// Runs the revisions of all cases.
const RUNNER: &str = include_str!("revisions.py");

/// What a house can be like: name, whether it renders batches, whether it has a naming convention.
const HOUSES: &[(&str, bool, bool)] =
    &[("plain", false, false), ("batch", true, false), ("named", false, true), ("named-batch", true, true)];

const CONVENTION: &str = "metadata = MetaData(naming_convention={\"ix\": \"ix_%(column_0_label)s\", \"uq\": \"uq_%(table_name)s_%(column_0_N_name)s\", \"ck\": \"ck_%(table_name)s_%(constraint_name)s\", \"fk\": \"fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s\", \"pk\": \"pk_%(table_name)s\"})";

const IMPORTS: &str = "import datetime
import enum
import uuid
from decimal import Decimal

from sqlalchemy import (
    JSON, BigInteger, Boolean, CheckConstraint, Date, DateTime, Enum, ForeignKey, Index, Integer, MetaData, Numeric,
    String, Text, UniqueConstraint, Uuid, func, text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
";

const MAKO: &str = "\"\"\"${message}\"\"\"
import sqlalchemy as sa
from alembic import op
${imports if imports else \"\"}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade():
    ${upgrades if upgrades else \"pass\"}


def downgrade():
    ${downgrades if downgrades else \"pass\"}
";

/// A change of models.
#[derive(Default)]
struct Case {
    name: String,
    before: String,
    after: String,
    rows: String,
    /// Lines with a dash: what is said, and of what.
    notes: Vec<(String, String)>,
}

/// Writes the revision of each change in each house, and runs them.
///
/// # Errors
/// Python or PostgreSQL cannot be set up.
pub fn check(runner: &mut Runner, tools: &Tools) -> Outcome {
    if !runner.wants("revisions") {
        return Ok(());
    }
    let postgres = Postgres::start(tools)?;
    let url = postgres.database("revisions")?;
    let folder = tools.fresh("revisions")?;
    let text = fs::read_to_string(tools.root.join(CASES)).map_err(|error| error.to_string())?;
    let cases = cases(&text);
    runner.check(&format!("revisions: {} changes in {} houses, written", cases.len(), HOUSES.len()), || {
        cases.iter().try_for_each(|case| {
            // A naming convention refuses checks without a name.
            let has_convention = |convention: bool| !convention || case.noted("unnamed").next().is_none();
            let houses = HOUSES.iter().filter(|(_, _, convention)| has_convention(*convention));
            houses.into_iter().try_for_each(|house| write(&folder, case, *house))
        })
    });
    let python = environment(tools)?;
    runner.check("revisions: up, complete, down, up on SQLite and PostgreSQL, rows kept", || {
        let shell = tools.shell(&folder)?;
        run(cmd!(shell, "{python} -c {RUNNER} {folder} {url}")).map(|told| eprint!("{told}"))
    });
    Ok(())
}

fn environment(tools: &Tools) -> Outcome<String> {
    let folder = tools.scratch.join("revisions-env");
    let python = folder.join("bin").join("python");
    if !folder.join("ready").exists() {
        let shell = tools.shell(&tools.scratch)?;
        let uv = &tools.uv;
        run(cmd!(shell, "{uv} venv --quiet --clear --python >=3.11 {folder}"))?;
        run(cmd!(shell, "{uv} pip install --quiet --python {python} alembic sqlalchemy psycopg[binary]"))?;
        fs::write(folder.join("ready"), "").map_err(|error| error.to_string())?;
    }
    Ok(python.display().to_string())
}

/// The sections of the document.
fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut block = None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            cases.push(Case { name: name.to_owned(), ..Case::default() });
        }
        let Some(case) = cases.last_mut() else { continue };
        match (block, line.strip_prefix("```")) {
            (None, Some(info)) => block = Some(info),
            (Some(_), Some(_)) => block = None,
            (Some("python before"), None) => case.before.push_str(&format!("{line}\n")),
            (Some("python after"), None) => case.after.push_str(&format!("{line}\n")),
            (Some(_), None) => case.rows.push_str(&format!("{line}\n")),
            (None, None) => {
                if let Some(note) = line.strip_prefix("- ") {
                    let (key, value) = note.split_once(": ").unwrap_or((note, ""));
                    case.notes.push((key.to_owned(), value.to_owned()));
                }
            }
        }
    }
    cases
}

impl Case {
    fn noted<'c>(&'c self, key: &'c str) -> impl Iterator<Item = &'c str> {
        self.notes.iter().filter(move |(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    fn fills(&self) -> Vec<Fill> {
        let pairs = self.noted("fill").filter_map(|note| note.split_once(" = "));
        let fills = pairs.filter_map(|(place, value)| Some((place.split_once('.')?, value)));
        let fill = |((table, column), value): ((&str, &str), &str)| Fill {
            table: table.to_owned(),
            column: column.to_owned(),
            value: value.to_owned(),
        };
        fills.map(fill).collect()
    }

    fn renamed_tables(&self) -> Vec<(String, String)> {
        let pairs = self.noted("rename table").filter_map(|note| note.split_once(" -> "));
        pairs.map(|(old, new)| (old.to_owned(), new.to_owned())).collect()
    }

    fn renamed_columns(&self) -> Vec<(String, String, String)> {
        let pairs = self.noted("rename column").filter_map(|note| note.split_once(" -> "));
        let pairs = pairs.filter_map(|(old, new)| Some((old.split_once('.')?, new)));
        pairs.map(|((table, old), new)| (table.to_owned(), old.to_owned(), new.to_owned())).collect()
    }
}

/// Writes the project of a case in a house: models before and after, the revision that creates the first, and the one
/// that leads to the second.
fn write(root: &Path, case: &Case, (house, batch, convention): (&str, bool, bool)) -> Outcome {
    let base = format!("\n\nclass Base(DeclarativeBase):\n    {}\n\n\n", if convention { CONVENTION } else { "pass" });
    let models = |classes: &str| format!("{IMPORTS}{base}{classes}");
    let (before, after) = (models(&case.before), models(&case.after));
    let env = format!(
        "from alembic import context\ncontext.configure(render_as_batch={})\n",
        if batch { "True" } else { "False" }
    );
    let mut files: Vec<(String, String)> = vec![
        ("pyproject.toml".to_owned(), "[project]\nname = 'x'\nrequires-python = '>=3.11'\n".to_owned()),
        ("alembic.ini".to_owned(), "[alembic]\nscript_location = migrations\n".to_owned()),
        ("migrations/script.py.mako".to_owned(), MAKO.to_owned()),
        ("migrations/env.py".to_owned(), env),
    ];
    let nothing: &[Table] = &[];
    let old = project(&files, &before);
    let new = project(&files, &after);
    let change =
        TableChange { before: nothing, after: &old.1.tables, renamed_tables: &[], renamed_columns: &[], fill: &[] };
    let first = written(&old, &change, case)?.ok_or("no first revision")?;
    files.push(first);
    let (tables, columns, fill) = (case.renamed_tables(), case.renamed_columns(), case.fills());
    let change = TableChange {
        before: &old.1.tables,
        after: &new.1.tables,
        renamed_tables: &tables,
        renamed_columns: &columns,
        fill: &fill,
    };
    let needed: Vec<String> =
        values_needed(&new.1, &change).iter().map(|value| format!("{}.{}", value.table, value.column)).collect();
    let expected: Vec<&str> = case.noted("needs").collect();
    if needed != expected {
        return Err(format!("{}: needs {needed:?} instead of {expected:?}", case.name));
    }
    let new = project(&files, &after);
    if !needed.is_empty() {
        return match written(&new, &change, case) {
            Err(message) if message.contains(&needed[0]) => Ok(()),
            other => Err(format!("{}: not asked: {other:?}", case.name)),
        };
    }
    match (written(&new, &change, case)?, case.noted("nothing").next()) {
        (None, Some(_)) => return Ok(()),
        (Some(second), None) => files.push(second),
        (found, _) => return Err(format!("{}: {found:?}", case.name)),
    }
    files.retain(|(path, _)| !path.ends_with("env.py"));
    files.extend([("before.py".to_owned(), before), ("after.py".to_owned(), after)]);
    files.push(("migrations/env.py".to_owned(), environment_file()));
    files.push(("case.json".to_owned(), case.settings(batch).to_string()));
    let slug: String = case.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    for (path, text) in files {
        let path = root.join(house).join(&slug).join(path);
        let folder = path.parent().unwrap_or(root);
        fs::create_dir_all(folder).and_then(|()| fs::write(&path, text)).map_err(|error| error.to_string())?;
    }
    Ok(())
}

impl Case {
    fn settings(&self, batch: bool) -> serde_json::Value {
        json!({
            "name": self.name,
            "rows": self.rows,
            "batch": batch,
            "tables": self.renamed_tables(),
            "columns": self.renamed_columns(),
            "changes": self.noted("changes").collect::<Vec<_>>(),
            "text": self.noted("text").next().is_some(),
            "empty": self.noted("empty").next().is_some(),
        })
    }
}

/// The `env.py` that the runner hands connection and models to.
fn environment_file() -> String {
    "from alembic import context
given = context.config.attributes
context.configure(connection=given['connection'], target_metadata=given['metadata'], render_as_batch=given['batch'], compare_server_default=given['defaults'])
with context.begin_transaction():
    context.run_migrations()
"
    .to_owned()
}

fn project(files: &[(String, String)], models: &str) -> (Sources, Project) {
    let all = files.iter().map(|(path, text)| SourceText::new(path.as_str(), text.as_str()));
    let sources = Sources::in_memory([]).overlaid(all.chain([SourceText::new("app/models.py", models)]));
    let project = read(&sources);
    (sources, project)
}

fn written(
    (sources, project): &(Sources, Project),
    change: &TableChange<'_>,
    case: &Case,
) -> Outcome<Option<(String, String)>> {
    let now = "2026-01-02T03:04:05".parse().map_err(|error| format!("{error}"))?;
    match write_revision(sources, project, change, "change", now) {
        Ok(revision) => Ok(revision.map(|revision| (revision.path, revision.text))),
        Err(problems) => {
            let texts: Vec<_> = problems.into_iter().map(|problem| problem.text).collect();
            Err(format!("{}: {}", case.name, texts.join("; ")))
        }
    }
}
