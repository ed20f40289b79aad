//! Columns.

use architect_model::{
    Column, ColumnChange, Known, MigrationOperationKind, QualifiedName, SafetyKind, Table, TableConstraint,
    constraint_name,
};

use super::types::{Rewrite, rewrite};
use super::{At, Judge};

/// Functions of PostgreSQL that give another value for each row.
const VOLATILE: &[&str] = &[
    "random",
    "gen_random_uuid",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
    "clock_timestamp",
    "timeofday",
    "nextval",
    "txid_current",
    "setseed",
    "pg_current_xact_id",
];

impl Judge {
    pub(super) fn add_column(&mut self, at: &At) {
        let MigrationOperationKind::AddColumn { table, column, constraints, if_not_exists } = &at.operation.kind else {
            return;
        };
        let is_there = at.before.table(table).is_some_and(|known| has(known, &column.name));
        if self.is_made_here(table) || *if_not_exists && is_there {
            return;
        }
        if self.rewrites_for_default(at, table, column) {
            // All that follows is checked with it.
            return;
        }
        let empty = column.server_default.is_none() && column.computed.is_none();
        if column.nullable == Known::Known(false) && empty {
            self.required(at, table, column);
        }
        for constraint in constraints {
            // PostgreSQL checks no reference of a column that comes with it and is NULL everywhere; Alembic adds the
            // reference in a statement of its own.
            let nothing_to_check = matches!(constraint, TableConstraint::ForeignKey { .. }) && at.sql && empty;
            if !nothing_to_check {
                self.added(at, table, constraint);
            }
        }
    }

    fn required(&mut self, at: &At, table: &QualifiedName, column: &Column) {
        let name = &column.name;
        self.find(
            SafetyKind::RequiredColumnWithoutDefault,
            at,
            format!("adds `{table}.{name}`, which needs a value that rows which exist do not get: it fails where there are any"),
            "the revision fails; and running code that does not know the column cannot insert any more",
            vec![
                format!("op.add_column(\"{}\", sa.Column(\"{name}\", …, nullable=True))", table.name),
                "deploy code that fills it in, and fill in the rows that exist, some at a time".to_owned(),
                "then NOT NULL, by way of a validated check".to_owned(),
            ],
        );
    }

    /// Whether the table is written anew because the new column has a value of its own in each row.
    fn rewrites_for_default(&mut self, at: &At, table: &QualifiedName, column: &Column) -> bool {
        let name = &column.name;
        let (why, serial) = match (&column.server_default, &column.computed, &column.identity) {
            (_, Some(computed), _) if computed.persisted != Some(false) => ("is computed and stored".to_owned(), false),
            (_, _, Some(_)) => ("is numbered".to_owned(), true),
            (Some(default), _, _) => match default.sql.known() {
                None => return false,
                Some(sql) => match volatile(sql) {
                    Some(function) => {
                        (format!("has a default that `{function}` gives for each row"), function == "nextval")
                    }
                    None if self.server.version < 11 => ("has a default (before PostgreSQL 11)".to_owned(), false),
                    None => return false,
                },
            },
            (None, _, _) if column.autoincrement == Some(true) => ("is numbered".to_owned(), true),
            _ => return false,
        };
        self.find(
            SafetyKind::VolatileDefault,
            at,
            format!(
                "adds `{table}.{name}`, which {why}: all of `{table}` is written anew under an ACCESS EXCLUSIVE lock, and \
                 nobody can read or write it meanwhile"
            ),
            format!("as long as writing `{table}` and its indexes anew takes"),
            vec![
                format!("op.add_column(\"{}\", sa.Column(\"{name}\", …, nullable=True))", table.name),
                format!("op.alter_column(\"{}\", \"{name}\", server_default=…), for rows that come", table.name),
                "fill in the rows that exist, some at a time, outside of this transaction".to_owned(),
            ],
        );
        if serial && column.primary_key && matches!(column.ty.known(), Some(architect_model::ColumnType::Integer)) {
            self.find(
                SafetyKind::SerialKey,
                at,
                format!("makes `{table}.{name}` a numbered key of type `integer`, which ends at 2147483647"),
                "for good: changing the type later writes the table anew",
                vec![format!("sa.Column(\"{name}\", sa.BigInteger(), sa.Identity(), primary_key=True)")],
            );
        }
        true
    }

    pub(super) fn alter_column(&mut self, at: &At) {
        let MigrationOperationKind::AlterColumn { table, column, change } = &at.operation.kind else { return };
        if self.is_made_here(table) {
            return;
        }
        let known = at.before.table(table).and_then(|known| known.columns.iter().find(|one| one.name == *column));
        if let Some(to) = change.name.as_ref().filter(|to| *to != column) {
            self.rename_column(at, table, column, to);
        }
        self.retyped(at, table, column, change, known);
        let already = known.is_some_and(|known| known.nullable == Known::Known(false));
        if change.nullable == Some(Known::Known(false)) && !already {
            self.not_null(at, table, column);
        }
    }

    fn retyped(&mut self, at: &At, table: &QualifiedName, column: &str, change: &ColumnChange, known: Option<&Column>) {
        let Some(new) = &change.ty else { return };
        let old = known.map(|known| &known.ty);
        let judged = match (old.and_then(Known::known), new.known()) {
            (Some(old), Some(new)) => rewrite(old, new, change.using.as_deref(), column, self.server.version),
            _ => Rewrite::Unknown,
        };
        let lock = "under an ACCESS EXCLUSIVE lock, and nobody can read or write it meanwhile";
        let text = match &judged {
            Rewrite::No => return,
            Rewrite::Yes { from, to } => {
                format!("changes `{table}.{column}` from {from} to {to}: all of `{table}` is written anew {lock}")
            }
            Rewrite::Unknown => format!(
                "changes the type of `{table}.{column}` from or to one that is not known: `{table}` may be written anew {lock}"
            ),
            Rewrite::WithZone => format!(
                "changes `{table}.{column}` between timestamps with and without a zone: unless the time zone of the session \
                 is UTC, all of `{table}` is written anew {lock}"
            ),
        };
        let recipe = if judged == Rewrite::WithZone {
            vec!["op.execute(\"SET LOCAL timezone = 'UTC'\") before it, if the values are meant so".to_owned()]
        } else {
            vec![
                format!("add a column of the new type, write both, and fill in the rows that exist, some at a time"),
                format!("read the new column, then drop `{column}` in a later release"),
            ]
        };
        self.find(
            SafetyKind::TypeChangeRewrites,
            at,
            text,
            format!("as long as writing `{table}` and its indexes anew takes"),
            recipe,
        );
    }

    fn not_null(&mut self, at: &At, table: &QualifiedName, column: &str) {
        // PostgreSQL: NotNullImpliedByRelConstraints, which trusts validated checks alone.
        let by_check = at.before.table(table).is_some_and(|known| {
            let mut checks = known.constraints.iter().filter(|check| says_not_null(check, column));
            checks.any(|check| at.before.is_validated(table, &constraint_name(known, check)))
        });
        if by_check && self.server.version >= 12 {
            return;
        }
        let name = format!("{}_{column}_not_null", table.name);
        let mut recipe = vec![
            format!(
                "op.create_check_constraint(\"{name}\", \"{}\", \"{column} IS NOT NULL\", postgresql_not_valid=True)",
                table.name
            ),
            format!("in a revision of its own: op.execute(\"ALTER TABLE {table} VALIDATE CONSTRAINT {name}\")"),
        ];
        if self.server.version >= 12 {
            recipe.push(format!(
                "then SET NOT NULL, which trusts the check, and op.drop_constraint(\"{name}\", \"{}\")",
                table.name
            ));
        } else {
            recipe.push("keep the check: before PostgreSQL 12 SET NOT NULL reads all rows all the same".to_owned());
        }
        self.find(
            SafetyKind::NotNullInPlace,
            at,
            format!("reads every row for NOT NULL on `{table}.{column}` under an ACCESS EXCLUSIVE lock: nobody can read or write `{table}` meanwhile"),
            format!("as long as reading all of `{table}` takes"),
            recipe,
        );
    }
}

fn has(table: &Table, column: &str) -> bool {
    table.columns.iter().any(|known| known.name == column)
}

/// Whether a constraint says that a column is not NULL.
fn says_not_null(constraint: &TableConstraint, column: &str) -> bool {
    match constraint {
        TableConstraint::Check { sql: Known::Known(sql), .. } => {
            let words: String = sql.chars().filter(|c| !"()\"".contains(*c)).collect::<String>().to_lowercase();
            words.split_whitespace().eq([column.to_lowercase().as_str(), "is", "not", "null"])
        }
        _ => false,
    }
}

/// The function by which a default has another value for each row.
pub(crate) fn volatile(sql: &str) -> Option<&str> {
    let outside: String = sql.split('\'').step_by(2).collect::<Vec<_>>().join(" ").to_lowercase();
    let words: Vec<&str> = outside.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    VOLATILE.iter().copied().find(|function| words.contains(function))
}
