//! Houses in which changes become revisions.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use architect_model::{Project, Table};
use architect_python::{
    NewRevision, NoDatabase, SourceText, Sources, TableChange, read, read_migrated, values_needed, write_revision,
};

use architect_schema::compare::{Renames, Sides, compare};
use architect_schema::history::Graph;
use architect_schema::replay;
use architect_schema::sql::Dialect;

use super::case::Case;
use crate::tools::Outcome;

/// A way of writing migrations.
pub struct House {
    /// Name of its folder.
    pub name: &'static str,
    /// Whether it renders batches.
    pub batch: bool,
    /// Whether it has a naming convention.
    pub convention: bool,
    /// Whether its models are SQLModel's.
    pub sqlmodel: bool,
}

/// The houses.
pub const HOUSES: &[House] = &[
    House { name: "plain", batch: false, convention: false, sqlmodel: false },
    House { name: "batch", batch: true, convention: false, sqlmodel: false },
    House { name: "named", batch: false, convention: true, sqlmodel: false },
    House { name: "named-batch", batch: true, convention: true, sqlmodel: false },
];

const CONVENTION: &str = "metadata = MetaData(naming_convention={\"ix\": \"ix_%(column_0_label)s\", \"uq\": \"uq_%(table_name)s_%(column_0_N_name)s\", \"ck\": \"ck_%(table_name)s_%(constraint_name)s\", \"fk\": \"fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s\", \"pk\": \"pk_%(table_name)s\"})";

const IMPORTS: &str = "import datetime
import enum
import uuid
from decimal import Decimal

from sqlalchemy import (
    ARRAY, JSON, BigInteger, Boolean, CheckConstraint, Column, Computed, Date, DateTime, Double, Enum, Float, ForeignKey,
    ForeignKeyConstraint, Identity, Index, Integer, Interval, LargeBinary, MetaData, Numeric, SmallInteger, String, Table,
    Text, Time, UniqueConstraint, Uuid, false, func, text, true,
)
from sqlalchemy.dialects.postgresql import INET, INT4RANGE, JSONB, ExcludeConstraint, Range
";

const DECLARATIVE: &str = "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n";

const SQLMODEL: &str = "from sqlmodel import Field, SQLModel\n\n\n";

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

/// A case in a house.
pub struct Revised {
    before: String,
    after: String,
    /// The revision that creates the tables before.
    first: NewRevision,
    /// The revision of the change; none where nothing changes in the database.
    pub second: Option<NewRevision>,
    /// The values that rows which exist need: table and column.
    pub needed: Vec<(String, String)>,
    /// Why there is no revision, where a value is needed.
    pub asked: Vec<String>,
}

impl House {
    /// The revisions of a case: the one that creates the tables before, and the one of the change.
    ///
    /// # Errors
    /// A revision cannot be written.
    pub fn revise(&self, case: &Case) -> Outcome<Revised> {
        let (old, new) = case.conventions.unwrap_or((self.convention, self.convention));
        let (before, after) = (self.models(&case.before, old), self.models(&case.after, new));
        let mut files = self.files();
        let old = project(&files, &before);
        let first = change(&[], &old.1.tables);
        let first = written(&old, &first).map_err(|told| told.join("; "))?.ok_or("no first revision")?;
        files.push((first.path.clone(), first.text.clone()));
        replayed(&files, &before, &old.1.tables)?;
        let new = project(&files, &after);
        let (tables, columns, fill) = (case.renamed_tables(), case.renamed_columns(), case.fills());
        let change = TableChange {
            renamed_tables: &tables,
            renamed_columns: &columns,
            fill: &fill,
            ..change(&old.1.tables, &new.1.tables)
        };
        let needed = values_needed(&new.1, &change);
        let needed: Vec<_> = needed.into_iter().map(|value| (value.table, value.column)).collect();
        match written(&new, &change) {
            Ok(second) => {
                files.extend(second.iter().map(|second| (second.path.clone(), second.text.clone())));
                replayed(&files, &after, &new.1.tables)?;
                Ok(Revised { before, after, first, second, needed, asked: Vec::new() })
            }
            Err(asked) if !needed.is_empty() => Ok(Revised { before, after, first, second: None, needed, asked }),
            Err(told) => Err(told.join("; ")),
        }
    }

    pub(super) fn models(&self, classes: &str, convention: bool) -> String {
        if self.sqlmodel {
            return format!("{IMPORTS}{SQLMODEL}{classes}");
        }
        let base = if convention { CONVENTION } else { "pass" };
        format!("{IMPORTS}{DECLARATIVE}\n\nclass Base(DeclarativeBase):\n    {base}\n\n\n{classes}")
    }

    /// Whether SQLite enforces foreign keys.
    pub fn is_enforced(&self) -> bool {
        self.batch && self.convention
    }

    pub(super) fn files(&self) -> Vec<(String, String)> {
        let batch = if self.batch { "True" } else { "False" };
        let env = format!("from alembic import context\ncontext.configure(render_as_batch={batch})\n");
        let settings = "[project]\nname = 'x'\nrequires-python = '>=3.11'\n";
        let database = if self.is_enforced() { LISTENER } else { "" };
        [
            ("app/database.py", database),
            ("pyproject.toml", settings),
            ("alembic.ini", "[alembic]\nscript_location = migrations\n"),
            ("migrations/script.py.mako", MAKO),
            ("migrations/env.py", &env),
        ]
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .to_vec()
    }

    /// Writes a case of the document for the runner.
    ///
    /// # Errors
    /// It cannot be revised, other values are needed than it says, or the disk refuses.
    pub fn write(&self, root: &Path, case: &Case) -> Outcome {
        let revised = self.revise(case).map_err(|told| format!("{}: {told}", case.name))?;
        let needed: Vec<String> = revised.needed.iter().map(|(table, column)| format!("{table}.{column}")).collect();
        let expected: Vec<&str> = case.noted("needs").collect();
        if needed != expected {
            return Err(format!("{}: needs {needed:?} instead of {expected:?}", case.name));
        }
        if revised.second.is_none() {
            let is_expected = ["needs", "nothing"].iter().any(|word| case.noted(word).next().is_some());
            let told = revised.asked.join("; ");
            return if is_expected { Ok(()) } else { Err(format!("{}: no revision: {told}", case.name)) };
        }
        self.put(root, case, &revised)
    }

    /// Writes models alone, for a person to look at.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn put_models(&self, root: &Path, case: &Case) -> Outcome {
        let folder = root.join(self.name).join(format!("refused-{}", case.slug()));
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let (old, new) = case.conventions.unwrap_or((self.convention, self.convention));
        for (name, text) in [("before.py", self.models(&case.before, old)), ("after.py", self.models(&case.after, new))]
        {
            fs::write(folder.join(name), text).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Writes models and revisions for the runner.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn put(&self, root: &Path, case: &Case, revised: &Revised) -> Outcome {
        let settings = case.settings(self.batch, self.is_enforced(), revised.second.as_ref()).to_string();
        let mut files = vec![
            ("alembic.ini", "[alembic]\nscript_location = migrations\n"),
            ("migrations/env.py", ENV),
            ("before.py", &revised.before),
            ("after.py", &revised.after),
            ("case.json", &settings),
            (&revised.first.path, &revised.first.text),
        ];
        files.extend(revised.second.as_ref().map(|second| (second.path.as_str(), second.text.as_str())));
        for (path, text) in files {
            let path = root.join(self.name).join(case.slug()).join(path);
            let folder = path.parent().unwrap_or(root);
            fs::create_dir_all(folder).and_then(|()| fs::write(&path, text)).map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

/// What has SQLite enforce foreign keys.
const LISTENER: &str = "@event.listens_for(Engine, 'connect')
def enforce_foreign_keys(connection, _record):
    if type(connection).__module__.startswith('sqlite3'):
        connection.execute('PRAGMA foreign_keys = ON')
";

/// The `env.py` that the runner hands connection and models to.
pub(super) const ENV: &str = "from alembic import context

given = context.config.attributes
context.configure(
    connection=given['connection'],
    target_metadata=given['metadata'],
    render_as_batch=given['batch'],
    compare_server_default=given['defaults'],
    include_schemas=given['defaults'],
)
with context.begin_transaction():
    context.run_migrations()
";

pub(super) fn change<'a>(before: &'a [Arc<Table>], after: &'a [Arc<Table>]) -> TableChange<'a> {
    TableChange { before, after, renamed_tables: &[], renamed_columns: &[], fill: &[] }
}

pub(super) fn project(files: &[(String, String)], models: &str) -> (Sources, Project) {
    let all = files.iter().map(|(path, text)| SourceText::new(path.as_str(), text.as_str()));
    let sources = Sources::in_memory([]).overlaid(all.chain([SourceText::new("app/models.py", models)]));
    let project = read(&sources);
    (sources, project)
}

/// Whether the revisions, replayed, make what the models declare: what `architect migrate --check` compares.
pub(super) fn replayed(files: &[(String, String)], models: &str, tables: &[Arc<Table>]) -> Outcome {
    let migrated = read_migrated(&project(files, models).0, NoDatabase, |_| ()).0;
    let graph = Graph::new(&migrated.history).map_err(|problems| problems[0].text.clone())?;
    let built = replay(Dialect::Postgresql, graph.order().iter().flat_map(|revision| &revision.upgrade));
    let sides = Sides { exact_defaults: Some(true), ..Sides::MIGRATIONS_AND_MODELS };
    let found = compare(&built, tables, &Renames::default(), sides);
    let differ = found.differences.iter().map(|difference| difference.text.clone());
    let unsure = found.uncertain.iter().map(|one| format!("{} ({})", one.difference.text, one.because.reason));
    let told: Vec<String> = differ.chain(unsure).collect();
    if told.is_empty() { Ok(()) } else { Err(format!("replayed, the revisions differ: {}", told.join("; "))) }
}

pub(super) fn written(
    (sources, project): &(Sources, Project),
    change: &TableChange<'_>,
) -> Result<Option<NewRevision>, Vec<String>> {
    let now = "2026-01-02T03:04:05".parse().map_err(|error| vec![format!("{error}")])?;
    write_revision(sources, project, change, "change", now)
        .map_err(|problems| problems.into_iter().map(|problem| problem.text).collect())
}
