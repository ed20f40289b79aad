//! What Alembic's copy of a table on SQLite loses.

use architect_model::{Column, Table, TableConstraint, identifier};

use super::super::tables::NamedIndex;
use super::alter::unnamed_checks;
use super::create::batch;
use super::{Writer, execute};

const ON_SQLITE: &str = "if op.get_context().dialect.name == \"sqlite\":";

impl Writer<'_, '_> {
    pub(super) fn lose(&mut self, table: &Table, columns: &[&Column], indexes: &[&TableConstraint]) {
        self.line(ON_SQLITE);
        self.line("    # A copied table would lose it, and has it again below.");
        for index in indexes.iter().filter_map(|index| NamedIndex::of(index)) {
            let line = self.drop_index(table, table, &index, false);
            self.line(&format!("    {line}"));
        }
        let name = table.name.known().map(|name| identifier(name)).unwrap_or_default();
        for column in columns {
            let line = execute(&format!("ALTER TABLE {name} DROP COLUMN {}", identifier(&column.name)));
            self.line(&format!("    {line}"));
        }
    }

    pub(super) fn regain(&mut self, table: &Table, columns: &[&Column], indexes: &[&TableConstraint]) {
        let Some(name) = table.name.known() else { return };
        self.line(ON_SQLITE);
        let mut added = Vec::new();
        for column in columns {
            let nullable = column.nullable.known() != Some(&false);
            let column = self.column_as(table, column, None, nullable, &[]);
            added.extend(column.map(|column| format!("batch_op.add_column({column})")));
        }
        if !added.is_empty() {
            let block = batch(table, name, &unnamed_checks(table), &added);
            let block: String = block.trim_end().lines().map(|line| format!("    {line}\n")).collect();
            self.text.push_str(&block);
        }
        for index in indexes.iter().filter_map(|index| NamedIndex::of(index)) {
            let line = self.create_index(table, &index, false);
            line.into_iter().for_each(|line| self.line(&format!("    {line}")));
        }
    }
}
