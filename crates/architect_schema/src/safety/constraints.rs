//! Constraints.

use architect_model::{
    Known, MigrationOperationKind, QualifiedName, SafetyKind, Table, TableConstraint, constraint_name,
};

use super::{At, Judge, listed};
use crate::replay::{has_key_over, is_same_set, key_columns};

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
            MigrationOperationKind::DropConstraint { table, name: Some(name), cascade: true, .. } => {
                self.drop_key(at, table, name);
            }
            _ => {}
        }
    }

    /// A key that goes by `CASCADE`, with the foreign keys that rest on it alone.
    fn drop_key(&mut self, at: &At, table: &QualifiedName, name: &str) {
        let known = at.before.table(table).map(|known| known.constraints.as_slice()).unwrap_or_default();
        let (gone, stay): (Vec<_>, Vec<_>) = known.iter().cloned().partition(|known| known.name() == Some(name));
        let Some(columns) = gone.first().and_then(key_columns).filter(|columns| !has_key_over(&stay, columns)) else {
            return;
        };
        self.cascade(at, table, &format!("`{name}` of `{table}`"), |refers| is_same_set(refers, &columns));
    }

    /// The foreign keys of other tables that go by `CASCADE` with what they refer to.
    pub(super) fn cascade(&mut self, at: &At, table: &QualifiedName, what: &str, goes: impl Fn(&[String]) -> bool) {
        let references = at.before.references(table);
        let goes = |known: &TableConstraint| matches!(known, TableConstraint::ForeignKey { ref_columns, .. } if goes(ref_columns));
        let gone = references.iter().filter(|(owner, known)| goes(known) && !self.is_made_here(owner));
        let named = |(owner, known): &(QualifiedName, &TableConstraint)| {
            format!("`{}` of `{owner}`", named(at.before.table(owner), known))
        };
        let gone: Vec<String> = gone.map(named).collect();
        if gone.is_empty() {
            return;
        }
        let gone = gone.join(", ");
        self.find(
            SafetyKind::ReferenceDrop,
            at,
            format!("drops {what} by CASCADE, and with it {gone}: rows may refer to what is not there from then on"),
            "for good; and the lock on each of these tables is held until the transaction ends",
            vec![
                "first drop these foreign keys by their names, in a revision that says so: op.drop_constraint(…, type_=\"foreignkey\")".to_owned(),
                "then drop without CASCADE, which PostgreSQL refuses where something else still needs it".to_owned(),
            ],
        );
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
