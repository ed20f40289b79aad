//! The operations of Alembic: `op.add_column(...)`, `batch_op.add_column(...)`.

use architect_model::{ColumnChange, Known, MigrationOperationKind, QualifiedName, RowVerb, Touched, Unknown};

use super::columns::is_numbered;
use super::defaults::known;
use super::given::{Given, Read, is_none};
use super::reader::{Reader, is_set, schema_of, table_of};
use super::statements;
use crate::interpret::{Kind, Value};

/// Operations that read, or give something that other operations take.
const READING: &[&str] = &[
    "f",
    "get_bind",
    "get_context",
    "batch_alter_table",
    "inline_literal",
    "implementation_for",
    "register_operation",
];

/// Operations that packages add to Alembic for views, functions, triggers and the like.
const ASIDE: &[&str] = &["create_entity", "replace_entity", "drop_entity"];

impl<'a> Reader<'a> {
    /// The operations that a call of `op` makes; `batch` is the table of the batch it stands in.
    pub(super) fn operation(
        &self,
        name: &str,
        given: Given<'_, 'a>,
        batch: Option<&QualifiedName>,
    ) -> Vec<MigrationOperationKind> {
        if READING.contains(&name) {
            return Vec::new();
        }
        if name == "execute" {
            return statements::execute(self, &given, 0);
        }
        if ASIDE.contains(&name) {
            return vec![MigrationOperationKind::Aside { what: "a view, function or trigger".to_owned() }];
        }
        let table = match batch {
            Some(table) => Ok(table.clone()),
            None => self.table_named(name, &given),
        };
        let kind = match &table {
            Ok(table) => self.known_operation(name, &given, table),
            Err(unknown) => Err(unknown.clone()),
        };
        match kind {
            Ok(Some(kind)) => vec![kind],
            Ok(None) => vec![MigrationOperationKind::Unknown {
                touches: Touched::Everything,
                reason: format!("`op.{name}` is no operation of Alembic"),
            }],
            Err(unknown) => vec![MigrationOperationKind::Unknown {
                touches: touched(name, &given, table.ok()),
                reason: format!("`op.{name}`: {}", unknown.reason),
            }],
        }
    }

    /// The table that an operation names.
    fn table_named(&self, name: &str, given: &Given<'_, 'a>) -> Read<QualifiedName> {
        match name {
            "create_table"
            | "drop_table"
            | "add_column"
            | "drop_column"
            | "alter_column"
            | "create_table_comment"
            | "drop_table_comment" => table_of(given, 0, &["table_name", "tablename", "name"]),
            "rename_table" => table_of(given, 0, &["old_table_name"]),
            "create_foreign_key" => {
                let table = given.needed(1, &["source_table", "source"])?;
                let schema = given.text(usize::MAX, &["source_schema"])?;
                Ok(QualifiedName::new(schema, table))
            }
            "drop_index" => Ok(match given.text(1, &["table_name", "tablename"])? {
                Some(table) => QualifiedName::new(schema_of(given)?, table),
                None => QualifiedName::new(None, ""),
            }),
            "bulk_insert" | "run_async" | "invoke" | "sync_enum_values" => Ok(QualifiedName::new(None, "")),
            _ => table_of(given, 1, &["table_name", "tablename"]),
        }
    }

    fn known_operation(
        &self,
        name: &str,
        given: &Given<'_, 'a>,
        table: &QualifiedName,
    ) -> Read<Option<MigrationOperationKind>> {
        use MigrationOperationKind as Operation;
        let table = table.clone();
        Ok(Some(match name {
            "create_table" => self.create_table(given, table)?,
            "drop_table" => Operation::DropTable { table, if_exists: is_set(given, "if_exists"), cascade: false },
            "rename_table" => Operation::RenameTable { table, to: given.needed(1, &["new_table_name"])? },
            "create_table_comment" => Operation::CommentTable { table, comment: given.text(1, &["comment"])? },
            "drop_table_comment" => Operation::CommentTable { table, comment: None },
            "add_column" => self.add_column(given, table)?,
            "drop_column" => Operation::DropColumn {
                table,
                column: given.needed(1, &["column_name"])?,
                if_exists: is_set(given, "if_exists"),
                cascade: false,
            },
            "alter_column" => {
                let column = given.needed(1, &["column_name"])?;
                Operation::AlterColumn { table, column, change: Box::new(self.change(given)?) }
            }
            "create_index" => self.create_index(given, table)?,
            "drop_index" => {
                let index = given.needed(0, &["index_name", "name"])?;
                let schema = table.schema.clone().or(schema_of(given)?);
                Operation::DropIndex {
                    table: (!table.name.is_empty()).then_some(table),
                    name: QualifiedName::new(schema, index),
                    concurrently: is_set(given, "postgresql_concurrently"),
                    if_exists: is_set(given, "if_exists"),
                }
            }
            "drop_constraint" => self.drop_constraint(given, table)?,
            "bulk_insert" => {
                let table = given.get(0, &["table"]).and_then(statements::table_name);
                Operation::Rows { table, verb: RowVerb::Insert, sql: None }
            }
            // What it runs is run by the machine.
            "run_async" => Operation::Aside { what: "code that awaits".to_owned() },
            _ => return self.create_constraint(name, given, table),
        }))
    }

    fn add_column(&self, given: &Given<'_, 'a>, table: QualifiedName) -> Read<MigrationOperationKind> {
        let Some(value) = given.get(1, &["column"]) else {
            return Err(Unknown::new(given.at.clone(), "a column that is not given"));
        };
        let mut read = self.column(value, given.at)?;
        if is_numbered(&read) {
            read.column.autoincrement = Some(true);
        }
        if is_set(given, "inline_primary_key") && read.column.primary_key {
            let columns = vec![read.column.name.clone()];
            read.constraints.push(architect_model::TableConstraint::PrimaryKey { name: None, columns });
        }
        for constraint in &mut read.constraints {
            self.name_of_item(&table, constraint, value);
        }
        Ok(MigrationOperationKind::AddColumn {
            table,
            column: Box::new(read.column),
            constraints: read.constraints,
            if_not_exists: is_set(given, "if_not_exists"),
        })
    }

    /// What `alter_column` changes. `False` stands for "as it is" where `None` means something.
    ///
    /// ```python
    /// def alter_column(table_name, column_name, *, nullable=None, comment=False, server_default=False,
    ///                  new_column_name=None, type_=None, existing_type=None, ...)
    /// ```
    fn change(&self, given: &Given<'_, 'a>) -> Read<ColumnChange> {
        given.whole()?;
        let set = |name: &str| given.keyword(name).filter(|value| !matches!(value.kind, Kind::Bool(false)));
        let some = |name: &str| given.keyword(name).filter(|value| !is_none(value));
        let server_default = match set("server_default") {
            Some(value) if is_none(value) => Some(None),
            Some(value) => Some(Some(self.server_default(value, given.at))),
            None => None,
        };
        let comment = match set("comment") {
            Some(value) if is_none(value) => Some(None),
            Some(value) => Some(Some(super::given::text(value, given.at)?)),
            None => None,
        };
        let nullable = some("nullable")
            .map(|value| known(super::given::flag(Some(value), given.at)).map(|flag| flag.unwrap_or(true)));
        Ok(ColumnChange {
            name: given.text(usize::MAX, &["new_column_name", "name"])?,
            ty: some("type_").map(|value| self.column_type(value, given.at)),
            using: given.text(usize::MAX, &["postgresql_using"])?,
            nullable,
            server_default,
            comment,
        })
    }

    /// A constraint or index of a value: its name is changed by no convention where it stands in `op.f`.
    pub(super) fn name_of_item(
        &self,
        table: &QualifiedName,
        constraint: &mut architect_model::TableConstraint,
        value: &Value<'a>,
    ) {
        if constraint.name().is_none() || !has_final_name(value) {
            self.name(table, constraint);
        }
    }
}

/// Whether a value, or something in it, has a name that no convention changes.
fn has_final_name(value: &Value<'_>) -> bool {
    let Kind::Made(made) = &value.kind else { return false };
    let named = made.arguments.keyword("name").is_some_and(super::given::is_final_name);
    named || made.arguments.positional.iter().any(|inner| super::given::is_final_name(inner) || has_final_name(inner))
}

/// What an operation may touch of which something is not known.
fn touched(name: &str, given: &Given<'_, '_>, table: Option<QualifiedName>) -> Touched {
    let Some(table) = table.filter(|table| !table.name.is_empty()) else { return Touched::Everything };
    let at = |place: usize, names: &[&str]| given.text(place, names).ok().flatten();
    match name {
        "drop_column" | "alter_column" => match at(1, &["column_name"]) {
            Some(column) if name == "drop_column" || !renames(given) => Touched::Column { table, column },
            _ => Touched::Table { table },
        },
        "add_column" => {
            let made = given.get(1, &["column"]).and_then(|value| value.made_by().map(|(_, made)| made.clone()));
            match made.and_then(|made| Given::of(&made).text(0, &["name"]).ok().flatten()) {
                Some(column) => Touched::Column { table, column },
                None => Touched::Table { table },
            }
        }
        "drop_constraint"
        | "create_index"
        | "drop_index"
        | "create_foreign_key"
        | "create_unique_constraint"
        | "create_check_constraint"
        | "create_exclude_constraint" => match at(0, &["constraint_name", "index_name", "name"]) {
            Some(name) => Touched::Constraint { table, name },
            None => Touched::Constraints { table },
        },
        "rename_table" => Touched::Everything,
        _ => Touched::Table { table },
    }
}

fn renames(given: &Given<'_, '_>) -> bool {
    given.keyword("new_column_name").is_some_and(|value| !is_none(value))
}

/// What is known of an expression, as SQL.
pub(super) fn sql_of<'a>(reader: &Reader<'a>, value: &Value<'a>, given: &Given<'_, 'a>) -> Known<String> {
    let read = known(super::defaults::sql(value, given.at));
    match (&read, &value.kind) {
        (Known::Unknown { .. }, Kind::Made(made)) => match reader.exotic.sql(&made.at) {
            Some(sql @ Known::Known(_)) => sql,
            _ => read,
        },
        _ => read,
    }
}
