//! Tables, enumerations and rows.

use architect_model::{MigrationOperationKind, QualifiedName, RowVerb, SafetyKind};

use super::{At, Judge};

impl Judge {
    pub(super) fn object(&mut self, at: &At) {
        use MigrationOperationKind as K;
        match &at.operation.kind {
            K::DropTable { table, cascade, .. } if !self.is_made_here(table) && at.before.table(table).is_some() => {
                self.forget_dropped_indexes(table, None);
                self.drop_table(at, table);
                if *cascade {
                    self.cascade(at, table, &format!("`{table}`"), |_| true);
                }
            }
            K::RenameTable { table, to } => {
                if self.is_made_here(table) {
                    self.made.push(QualifiedName::new(table.schema.clone(), to.clone()));
                } else {
                    self.rename_table(at, table, &QualifiedName::new(table.schema.clone(), to.clone()));
                }
            }
            K::MoveTable { table, schema } if !self.is_made_here(table) => {
                self.rename_table(at, table, &QualifiedName::new(Some(schema.clone()), table.name.clone()));
            }
            K::DropColumn { table, column, cascade, .. } if !self.is_made_here(table) => {
                self.forget_dropped_indexes(table, Some(column));
                self.drop_column(at, table, column);
                if *cascade {
                    let refers = |columns: &[String]| columns.iter().any(|name| name == column);
                    self.cascade(at, table, &format!("`{table}.{column}`"), refers);
                }
            }
            K::RenameValue { name, from, to } => self.rename_value(at, name, from, to),
            K::AddValue { name, value, .. } => self.add_value(at, name, value),
            K::Rows { table, verb: RowVerb::Insert | RowVerb::Update | RowVerb::Delete, .. } => {
                self.rows(at, table.as_ref());
            }
            _ => {}
        }
    }

    fn drop_table(&mut self, at: &At, table: &QualifiedName) {
        self.find(
            SafetyKind::TableDrop,
            at,
            format!("drops `{table}` with its rows: code that runs and still asks for it fails"),
            "the rows are gone for good; code fails until the last old process is gone",
            vec![
                "first deploy code that does not use it; then drop it in a later release".to_owned(),
                "keep a copy of rows that may be wanted".to_owned(),
            ],
        );
    }

    fn drop_column(&mut self, at: &At, table: &QualifiedName, column: &str) {
        self.find(
            SafetyKind::ColumnDrop,
            at,
            format!("drops `{table}.{column}` with its values: code that runs and still selects or inserts it fails"),
            "the values are gone for good; code fails until the last old process is gone",
            vec![
                format!("first deploy code whose model does not have `{column}` (nullable, or with a server default, so that inserts go on)"),
                "then drop it in a later release".to_owned(),
            ],
        );
    }

    fn rename_value(&mut self, at: &At, name: &QualifiedName, from: &str, to: &str) {
        self.find(
            SafetyKind::EnumValueRename,
            at,
            format!(
                "renames `{from}` of `{name}` to `{to}`: code that runs still writes and reads `{from}`, and fails"
            ),
            "from the migration until the last old process is gone",
            vec![format!(
                "add `{to}`, deploy code that knows both, change the rows, some at a time, and stop using `{from}`"
            )],
        );
    }

    fn add_value(&mut self, at: &At, name: &QualifiedName, value: &str) {
        if at.operation.autocommit {
            return;
        }
        if self.server.version < 12 {
            self.find(
                SafetyKind::NewValueInTransaction,
                at,
                format!("adds `{value}` to `{name}` in a transaction, which PostgreSQL before 12 refuses"),
                "the revision fails",
                vec!["put it into `with op.get_context().autocommit_block():`".to_owned()],
            );
        } else {
            self.new_values.push((name.clone(), value.to_owned()));
        }
    }

    /// PostgreSQL refuses to use a value in the transaction that adds it.
    pub(super) fn use_of_new_values(&mut self, at: &At) {
        let used = self.new_values.iter().find(|(name, value)| uses(&at.operation.kind, name, value)).cloned();
        let Some((name, value)) = used else { return };
        self.new_values.retain(|(_, other)| *other != value);
        self.find(
            SafetyKind::NewValueInTransaction,
            at,
            format!("uses `{value}`, which this transaction adds to `{name}`: PostgreSQL refuses that until it is committed"),
            "the revision fails",
            vec![format!(
                "with op.get_context().autocommit_block():\n    op.execute(\"ALTER TYPE {name} ADD VALUE IF NOT EXISTS '{value}'\")"
            )],
        );
    }

    fn rows(&mut self, at: &At, table: Option<&QualifiedName>) {
        if at.operation.autocommit || self.held.is_empty() || table.is_some_and(|table| self.is_made_here(table)) {
            return;
        }
        let mut held = self.held.clone();
        held.sort();
        held.dedup();
        let shown: Vec<String> = held.iter().map(|table| format!("`{table}`")).collect();
        let of = table.map_or_else(|| "a table".to_owned(), |table| format!("`{table}`"));
        let plain_insert = match &at.operation.kind {
            MigrationOperationKind::Rows { verb: RowVerb::Insert, sql, .. } => {
                !sql.as_ref().is_some_and(|sql| sql.to_lowercase().contains("select"))
            }
            _ => false,
        };
        if plain_insert {
            return;
        }
        self.find(
            SafetyKind::BackfillInTransaction,
            at,
            format!(
                "writes rows of {of} in a transaction that already holds locks on {}: others wait for these meanwhile",
                shown.join(", ")
            ),
            "as long as writing the rows takes, until the transaction ends",
            vec![
                "write the rows in a revision of its own, after the one that changes the schema".to_owned(),
                "of a large table some thousand rows at a time, each in a transaction of its own (`autocommit_block`)"
                    .to_owned(),
            ],
        );
    }
}

/// Whether an operation uses a value of an enumeration: in SQL, or in a default.
fn uses(kind: &MigrationOperationKind, _name: &QualifiedName, value: &str) -> bool {
    use MigrationOperationKind as K;
    let quoted = format!("'{}'", value.replace('\'', "''"));
    let in_default =
        |default: &architect_model::ServerDefault| default.sql.known().is_some_and(|sql| sql.contains(&quoted));
    match kind {
        K::Rows { sql: Some(sql), .. } => sql.contains(&quoted),
        K::AlterColumn { change, .. } => {
            change.server_default.as_ref().is_some_and(|default| default.as_ref().is_some_and(in_default))
        }
        K::AddColumn { column, .. } => column.server_default.as_ref().is_some_and(in_default),
        K::CreateTable { table, .. } => {
            table.columns.iter().any(|column| column.server_default.as_ref().is_some_and(in_default))
        }
        _ => false,
    }
}
