//! The catalogues that queries read: `information_schema`, PostgreSQL's own, and SQLite's.

use architect_model::{Answer, EnumType, QualifiedName, Touched, Unknown};

use super::Asked;
use crate::sql::Dialect;

/// A row of a catalogue.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// Its cells by column. A column that is not among them is not known.
    pub(super) cells: Vec<(&'static str, Answer)>,
    /// Set where it is not sure that it is there.
    pub(super) doubt: Option<Unknown>,
}

/// A table with what is asked of it.
struct Known<'r> {
    name: QualifiedName,
    schema: String,
    doubt: Option<&'r Unknown>,
}

impl Asked<'_> {
    /// The rows of a catalogue; `None` where it is none that is followed.
    pub(super) fn relation(&self, name: &str) -> Option<Vec<Row>> {
        let name = name.strip_prefix("pg_catalog.").unwrap_or(name);
        match self.replay.dialect() {
            Dialect::Postgresql => match name {
                "information_schema.tables" | "pg_tables" | "pg_class" => {
                    let mut rows = self.table_rows();
                    if name == "pg_class" {
                        rows.extend(self.index_rows());
                        rows.push(self.perhaps_row("sequences and views are not replayed"));
                    } else if self.replay.has_beside(&["view"]) {
                        rows.push(self.perhaps_row("views are not replayed"));
                    }
                    Some(rows)
                }
                "information_schema.columns" => Some(self.of_tables("get_columns", column_row)),
                "information_schema.table_constraints" | "pg_constraint" => Some(self.constraint_rows()),
                "pg_indexes" => Some(self.index_rows()),
                "pg_type" => {
                    let mut rows: Vec<Row> = self.replay.enumerations().map(|ty| self.type_row(ty)).collect();
                    if self.replay.has_beside(&["extension", "type", "domain"]) {
                        rows.push(self.perhaps_row("types that are no enumerations are not replayed"));
                    }
                    Some(rows)
                }
                "pg_enum" => Some(self.replay.enumerations().flat_map(|ty| self.label_rows(ty)).collect()),
                _ => None,
            },
            Dialect::Sqlite => match name {
                "sqlite_master" | "sqlite_schema" => {
                    let mut rows = self.table_rows();
                    rows.extend(self.of_tables("get_indexes", index_row));
                    Some(rows)
                }
                _ => None,
            },
        }
    }

    /// A row of which nothing is known.
    fn perhaps_row(&self, reason: &str) -> Row {
        Row { cells: Vec::new(), doubt: Some(Unknown::new(self.at.clone(), reason)) }
    }

    /// Indexes, those of primary keys among them.
    fn index_rows(&self) -> Vec<Row> {
        let keys = self
            .constraint_rows()
            .into_iter()
            .filter(|row| row.cells.iter().all(|(name, cell)| *name != "contype" || *cell == Answer::text("p")));
        let named = |mut row: Row| {
            let name = row.cells.iter().find(|(name, _)| *name == "conname").map(|(_, cell)| cell.clone());
            let record = name.map(|name| Answer::Record(vec![("name".to_owned(), name)]));
            row.cells.extend(record.iter().flat_map(index_row));
            row
        };
        let mut rows = self.of_tables("get_indexes", index_row);
        rows.extend(keys.map(named));
        rows
    }

    fn known_tables(&self) -> Vec<Known<'_>> {
        let names = self
            .replay
            .tables()
            .filter_map(|table| Some(QualifiedName::new(table.schema.clone(), table.name.known()?.as_str())));
        let doubted = self.replay.doubts().iter().filter_map(|doubt| match &doubt.touches {
            Touched::Table { table } => Some(table.clone()),
            _ => None,
        });
        let mut names: Vec<QualifiedName> = names.chain(doubted).map(|name| self.replay.key(&name)).collect();
        names.sort();
        names.dedup();
        let known = |name: QualifiedName| Known {
            schema: name.schema.clone().unwrap_or_else(|| "public".to_owned()),
            doubt: self.replay.why(&Touched::Table { table: name.clone() }),
            name,
        };
        names.into_iter().map(known).collect()
    }

    fn table_rows(&self) -> Vec<Row> {
        let versions =
            Known { name: QualifiedName::new(None, super::VERSIONS), schema: "public".to_owned(), doubt: None };
        let row = |table: Known<'_>| {
            let mut cells = of_table(&table);
            let name = || Answer::text(table.name.name.as_str());
            cells.extend([
                ("table_type", Answer::text("BASE TABLE")),
                ("relname", name()),
                ("relkind", Answer::text("r")),
                ("oid", name()),
                ("name", name()),
                ("type", Answer::text("table")),
            ]);
            Row { cells, doubt: table.doubt.cloned() }
        };
        self.known_tables().into_iter().chain([versions]).map(row).collect()
    }

    /// What a method of the inspector finds of each table; of a table in doubt one row of which nothing else is known.
    fn of_tables(&self, method: &str, row: impl Fn(&Answer) -> Vec<(&'static str, Answer)>) -> Vec<Row> {
        let mut rows = Vec::new();
        for table in self.known_tables() {
            let found = match self.table(method, &table.name) {
                Answer::List(items) => items,
                Answer::Unknown(unknown) => {
                    rows.push(Row { cells: of_table(&table), doubt: Some(unknown) });
                    continue;
                }
                _ => continue,
            };
            for item in found {
                let (item, doubt) = match item {
                    Answer::Perhaps(inner, unknown) => (*inner, Some(unknown)),
                    item => (item, None),
                };
                let mut cells = of_table(&table);
                cells.extend(row(&item));
                rows.push(Row { cells, doubt });
            }
        }
        rows
    }

    fn constraint_rows(&self) -> Vec<Row> {
        let kinds = [
            ("get_foreign_keys", "FOREIGN KEY", "f"),
            ("get_unique_constraints", "UNIQUE", "u"),
            ("get_check_constraints", "CHECK", "c"),
        ];
        let mut rows = Vec::new();
        for (method, long, short) in kinds {
            rows.extend(self.of_tables(method, |found| named_row(found, long, short)));
        }
        let keys = self.known_tables().into_iter().filter_map(|table| {
            let (cells, doubt) = match self.table("get_pk_constraint", &table.name) {
                Answer::Unknown(unknown) => (vec![], Some(unknown)),
                found if found.part("name") == Some(&Answer::Nothing) => return None,
                found => (named_row(&found, "PRIMARY KEY", "p"), None),
            };
            Some(Row { cells: of_table(&table).into_iter().chain(cells).collect(), doubt })
        });
        rows.extend(keys.collect::<Vec<_>>());
        rows
    }

    fn type_row(&self, ty: &EnumType) -> Row {
        let name = || Answer::text(ty.name.name.as_str());
        let doubt = self.replay.why(&Touched::Type { name: ty.name.clone() }).cloned();
        Row { cells: vec![("typname", name()), ("oid", name()), ("typtype", Answer::text("e"))], doubt }
    }

    fn label_rows(&self, ty: &EnumType) -> Vec<Row> {
        let doubt = self.replay.why(&Touched::Type { name: ty.name.clone() }).cloned();
        let row = |value: &String| Row {
            cells: vec![
                ("enumlabel", Answer::text(value.as_str())),
                ("enumtypid", Answer::text(ty.name.name.as_str())),
            ],
            doubt: doubt.clone(),
        };
        ty.values.iter().map(row).collect()
    }
}

/// The cells that say which table a row is of.
fn of_table(table: &Known<'_>) -> Vec<(&'static str, Answer)> {
    let name = || Answer::text(table.name.name.as_str());
    let schema = || Answer::text(table.schema.as_str());
    vec![
        ("table_schema", schema()),
        ("table_name", name()),
        ("schemaname", schema()),
        ("tablename", name()),
        ("tbl_name", name()),
        ("conrelid", name()),
    ]
}

fn column_row(column: &Answer) -> Vec<(&'static str, Answer)> {
    let part = |name: &str| column.part(name).cloned();
    let mut cells: Vec<(&'static str, Answer)> = part("name").map(|name| ("column_name", name)).into_iter().collect();
    cells.extend(match part("nullable") {
        Some(Answer::Flag(nullable)) => Some(("is_nullable", Answer::text(if nullable { "YES" } else { "NO" }))),
        _ => None,
    });
    if let Some(Answer::Nothing) = part("default") {
        cells.push(("column_default", Answer::Nothing));
    }
    if let Some(Answer::Type { class, arguments }) = part("type") {
        cells.extend(words(&class, &arguments).map(|words| ("data_type", Answer::text(words))));
        let length = arguments.iter().find(|(name, _)| name == "length");
        cells.extend(length.map(|(_, length)| ("character_maximum_length", length.clone())));
    }
    cells
}

/// A type in the words of `information_schema.columns.data_type`.
fn words(class: &str, arguments: &[(String, Answer)]) -> Option<&'static str> {
    let with_zone = arguments.iter().any(|part| *part == ("timezone".to_owned(), Answer::Flag(true)));
    Some(match class.rsplit('.').next()? {
        "VARCHAR" => "character varying",
        "CHAR" => "character",
        "TEXT" => "text",
        "INTEGER" => "integer",
        "SMALLINT" => "smallint",
        "BIGINT" => "bigint",
        "BOOLEAN" => "boolean",
        "DATE" => "date",
        "NUMERIC" => "numeric",
        "DOUBLE_PRECISION" => "double precision",
        "UUID" => "uuid",
        "JSON" => "json",
        "JSONB" => "jsonb",
        "BYTEA" => "bytea",
        "TIMESTAMP" if with_zone => "timestamp with time zone",
        "TIMESTAMP" => "timestamp without time zone",
        _ => return None,
    })
}

fn index_row(index: &Answer) -> Vec<(&'static str, Answer)> {
    let name = index.part("name").cloned().unwrap_or(Answer::Nothing);
    vec![
        ("indexname", name.clone()),
        ("relname", name.clone()),
        ("relkind", Answer::text("i")),
        ("name", name),
        ("type", Answer::text("index")),
    ]
}

fn named_row(found: &Answer, long: &str, short: &str) -> Vec<(&'static str, Answer)> {
    let name = found.part("name").cloned().unwrap_or(Answer::Nothing);
    vec![
        ("constraint_name", name.clone()),
        ("conname", name),
        ("constraint_type", Answer::text(long)),
        ("contype", Answer::text(short)),
    ]
}
