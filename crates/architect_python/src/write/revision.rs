//! Writes the Alembic revision that new tables need, in the conventions of the project.

mod identity;
mod layout;
mod message;
mod operations;
mod order;
mod sql;
mod template;
mod types;

#[cfg(test)]
mod tests;

use architect_model::{Column, ColumnType, Location, Problem, Project, Table, TableConstraint};
use jiff::civil::DateTime;

pub use message::revision_message;

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
    /// What could not be done as the project does it, one sentence each.
    pub remarks: Vec<String>,
}

/// What new tables look like, beside the tables that exist.
pub(super) struct NewTables<'a> {
    /// The new tables, those first that others refer to.
    pub(super) tables: Vec<&'a Table>,
    /// Foreign keys left out of `create_table` because the tables refer to each other: table and constraint.
    pub(super) late: Vec<(&'a Table, &'a TableConstraint)>,
    /// Names of the enumeration types that the database has already.
    pub(super) existing_types: Vec<&'a str>,
    /// Whether text columns are written as `AutoString`, as the revisions before do.
    pub(super) auto_string: bool,
    /// Kinds of names that the project's naming convention makes: `ix`, `uq`, `ck`, `fk`, `pk`.
    pub(super) conventional: Vec<&'a str>,
    /// Expressions of column types that revisions before use, for types with a variant.
    pub(super) variants: &'a [String],
    /// Whether tables are changed in batches.
    pub(super) batch: bool,
    /// Whether indexes over several columns are named by the convention as well.
    pub(super) unnamed_indexes: bool,
    /// All tables of the project.
    all: &'a [Table],
}

/// Why a part of a revision cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unwritable {
    pub(super) text: String,
    pub(super) at: Location,
}

/// Writes the revision that creates `tables`, which are new in `project`: the project as it will be, read from
/// `sources`. `message` becomes its first line and part of its file name; `now` its date.
///
/// `Ok(None)`: the project keeps no migrations, or there is nothing to create.
///
/// # Errors
/// Several heads, or a table that cannot be written with certainty.
pub fn write_revision(
    sources: &Sources,
    project: &Project,
    tables: &[Table],
    message: &str,
    now: DateTime,
) -> Result<Option<NewRevision>, Vec<Problem>> {
    let style = &project.style.migrations;
    let Some(versions) = style.versions.as_deref().filter(|_| !tables.is_empty()) else { return Ok(None) };
    let head = match style.heads.as_slice() {
        [] => None,
        [(id, _)] => Some(id.as_str()),
        heads => return Err(vec![several_heads(heads)]),
    };
    let new = NewTables::of(project, tables);
    let mut body = operations::body(&new).map_err(|errors| errors.into_iter().map(problem).collect::<Vec<_>>())?;
    let revision = identity::revision(style, head, message, &body);
    let config = style.config.as_deref().and_then(|config| other(sources, config));
    let name = identity::file_name(style.file_template.as_deref(), config, &revision, message, now);
    let given = style.template.as_deref().and_then(|template| other(sources, template));
    let unformatted = style.unformatted.value;
    if unformatted {
        body.upgrade = layout::as_alembic(&body.upgrade);
        body.downgrade = layout::as_alembic(&body.downgrade);
    }
    let date = identity::date(now);
    let values =
        template::Values { message, revision: &revision, follows: head, date: &date, body: &body, unformatted };
    let (mut text, remarks) = template::fill(given, &values);
    text = with_imports(&text, &body, project).map_err(|text| vec![own_problem(versions, text)])?;
    if style.commented.value {
        text = template::with_comments(&text);
    }
    if !unformatted {
        text = format(&text, &project.style.format).map_err(|error| vec![own_problem(versions, error.to_string())])?;
    }
    let path = format!("{versions}/{name}.py");
    Ok(Some(NewRevision { path, text, revision, sql: sql::statements(&new), remarks }))
}

/// The text of a file that is no Python.
fn other<'a>(sources: &'a Sources, path: &str) -> Option<&'a str> {
    sources.other.iter().find(|file| &*file.path == path).map(|file| &*file.text)
}

fn several_heads(heads: &[(String, String)]) -> Problem {
    let shown: Vec<String> = heads.iter().map(|(id, file)| format!("`{id}` ({file})")).collect();
    Problem {
        text: format!("the migrations have {} heads: {}", heads.len(), shown.join(" and ")),
        help: Some("Merge them first: `alembic merge heads -m \"merge\"`.".to_owned()),
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

/// Adds the imports that the operations need and the template does not have.
fn with_imports(text: &str, body: &operations::Body, project: &Project) -> Result<String, String> {
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

impl<'a> NewTables<'a> {
    fn of(project: &'a Project, tables: &'a [Table]) -> Self {
        let migrations = &project.style.migrations;
        let (tables, late) = order::ordered(tables);
        let is_new = |table: &Table| tables.iter().any(|new| new.name == table.name && new.schema == table.schema);
        let existing = project.tables.iter().filter(|table| !is_new(table));
        let existing_types =
            existing.flat_map(|table| &table.columns).filter_map(|column| native_type(column.ty.known()?));
        Self {
            existing_types: existing_types.collect(),
            auto_string: migrations.auto_string,
            conventional: project.style.models.naming_convention.iter().map(|(kind, _)| kind.as_str()).collect(),
            variants: &migrations.variants,
            batch: migrations.batch,
            unnamed_indexes: project.style.models.unnamed_indexes.value,
            all: &project.tables,
            tables,
            late,
        }
    }
}

impl NewTables<'_> {
    /// The type that a column is written with: a foreign key without a type of its own has that of its target, variants
    /// included, of which the column itself shows PostgreSQL's only.
    pub(super) fn declared<'t>(&'t self, table: &'t Table, column: &'t Column) -> Option<(&'t ColumnType, bool)> {
        let own = column.ty.known()?;
        let target = table.constraints.iter().find_map(|constraint| match constraint {
            TableConstraint::ForeignKey { columns, ref_table, ref_columns, .. }
                if *columns == [column.name.as_str()] =>
            {
                let table = self.all.iter().find(|table| order::qualified(table).as_ref() == Some(ref_table))?;
                table.columns.iter().find(|column| Some(&column.name) == ref_columns.first())
            }
            _ => None,
        });
        let behind = target.and_then(|target| Some((target.ty.known()?, target.primary_key)));
        match behind {
            Some((ty, is_key)) if matches!(ty, ColumnType::Other { .. }) && operations::stored(ty) == own => {
                Some((ty, is_key))
            }
            _ => Some((own, column.primary_key)),
        }
    }
}

/// Name of the PostgreSQL type of an enumeration column.
pub(super) fn native_type(ty: &ColumnType) -> Option<&str> {
    match ty {
        ColumnType::Enum { name: Some(name), native: true, .. } => Some(name),
        ColumnType::Other { implementation: Some(inner), .. } => native_type(inner),
        _ => None,
    }
}
