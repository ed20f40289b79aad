//! Constraints.

use architect_model::{
    Known, MigrationOperationKind, QualifiedName, SafetyKind, Table, TableConstraint, constraint_name,
};

use super::{At, Judge, listed};

impl Judge {
    pub(super) fn constraint(&mut self, at: &At) {
        match &at.operation.kind {
            MigrationOperationKind::AddConstraint { table, constraint, not_valid, using_index } => {
                let name = named(at.before.table(table), constraint);
                if *not_valid {
                    self.not_validated.push((table.clone(), name));
                } else if using_index.is_none() {
                    self.added(at, table, constraint);
                }
            }
            MigrationOperationKind::ValidateConstraint { table, name } => self.validated(at, table, name),
            _ => {}
        }
    }

    /// A constraint that is added at once, by itself or with a column.
    pub(super) fn added(&mut self, at: &At, table: &QualifiedName, constraint: &TableConstraint) {
        if self.is_made_here(table) {
            return;
        }
        let name = named(at.before.table(table), constraint);
        match constraint {
            TableConstraint::ForeignKey { columns, ref_table, ref_columns, .. } => {
                self.foreign_key(at, table, &name, (columns, ref_table, ref_columns));
            }
            TableConstraint::Check { sql, .. } => self.check(at, table, &name, sql),
            TableConstraint::Unique { columns, .. } => self.unique(at, table, &name, columns, false),
            TableConstraint::PrimaryKey { columns, .. } => self.unique(at, table, &name, columns, true),
            TableConstraint::Exclude { .. } => self.find(
                SafetyKind::ExcludeBuildsIndex,
                at,
                format!(
                    "adds `{name}`, whose index is built under an ACCESS EXCLUSIVE lock: nobody can read or write `{table}`"
                ),
                format!("as long as the index takes to build: it reads all of `{table}`"),
                vec!["PostgreSQL has no other way: run it where the table is small or not in use".to_owned()],
            ),
            TableConstraint::Index(_) => {}
        }
    }

    fn foreign_key(
        &mut self,
        at: &At,
        table: &QualifiedName,
        name: &str,
        (columns, ref_table, ref_columns): (&[String], &str, &[String]),
    ) {
        let list = |names: &[String]| listed(&names.iter().map(String::as_str).collect::<Vec<_>>());
        self.find(
            SafetyKind::ForeignKeyCheckedAtOnce,
            at,
            format!(
                "checks every row for `{name}` under a SHARE ROW EXCLUSIVE lock: nobody can write to `{table}` or \
                 `{ref_table}` meanwhile"
            ),
            format!("as long as reading all of `{table}` takes"),
            vec![
                format!(
                    "op.create_foreign_key(\"{name}\", \"{}\", \"{ref_table}\", [{}], [{}], postgresql_not_valid=True)",
                    table.name,
                    list(columns),
                    list(ref_columns)
                ),
                validate(table, name),
            ],
        );
    }

    fn check(&mut self, at: &At, table: &QualifiedName, name: &str, sql: &Known<String>) {
        let sql = sql.known().map_or("…", String::as_str);
        self.find(
            SafetyKind::CheckCheckedAtOnce,
            at,
            format!(
                "checks every row for `{name}` under an ACCESS EXCLUSIVE lock: nobody can read or write `{table}` meanwhile"
            ),
            format!("as long as reading all of `{table}` takes"),
            vec![
                format!(
                    "op.create_check_constraint(\"{name}\", \"{}\", \"{}\", postgresql_not_valid=True)",
                    table.name,
                    sql.replace('"', "\\\"")
                ),
                validate(table, name),
            ],
        );
    }

    fn unique(&mut self, at: &At, table: &QualifiedName, name: &str, columns: &[String], primary: bool) {
        let what = if primary { "PRIMARY KEY" } else { "UNIQUE" };
        let keys: Vec<&str> = columns.iter().map(String::as_str).collect();
        let mut recipe = vec![
            format!(
                "with op.get_context().autocommit_block():\n    op.create_index(\"{name}\", \"{}\", [{}], unique=True, \
                 postgresql_concurrently=True)",
                table.name,
                listed(&keys)
            ),
            format!("op.execute(\"ALTER TABLE {table} ADD CONSTRAINT {name} {what} USING INDEX {name}\")"),
        ];
        if primary {
            recipe.push("for a primary key the columns are NOT NULL before, by a validated check".to_owned());
        }
        self.find(
            SafetyKind::UniqueNotFromIndex,
            at,
            format!(
                "adds `{name}`, whose index is built under an ACCESS EXCLUSIVE lock: nobody can read or write `{table}` \
                 meanwhile"
            ),
            format!("as long as the index takes to build: it reads all of `{table}`"),
            recipe,
        );
    }

    fn validated(&mut self, at: &At, table: &QualifiedName, name: &str) {
        let here = self.not_validated.iter().any(|(other, known)| other == table && known == name);
        if !here || at.operation.autocommit || self.is_made_here(table) {
            return;
        }
        self.find(
            SafetyKind::ValidatedInSameTransaction,
            at,
            format!("validates `{name}` in the transaction that adds it, which still holds the lock of adding it"),
            format!("as long as reading all of `{table}` takes"),
            vec![
                "validate it in a revision of its own, or in `with op.get_context().autocommit_block():` after it"
                    .to_owned(),
            ],
        );
    }
}

fn validate(table: &QualifiedName, name: &str) -> String {
    format!(
        "in a revision of its own, which only holds back changes of the table itself: op.execute(\"ALTER TABLE {table} \
         VALIDATE CONSTRAINT {name}\")"
    )
}

/// The name of a constraint in the database.
fn named(table: Option<&Table>, constraint: &TableConstraint) -> String {
    match (table, constraint.name()) {
        (_, Some(name)) => name.to_owned(),
        (Some(table), None) => constraint_name(table, constraint),
        (None, None) => "the constraint".to_owned(),
    }
}
