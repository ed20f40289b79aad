//! What runs while tables are in use: outside of a transaction.

use super::super::operation::{Concurrent, Filling, Operation};
use super::super::sql;
use super::super::tables::NamedIndex;
use super::{Writer, escaped, execute, literals};

impl Writer<'_, '_> {
    /// An index that a failed attempt has left is not valid, and `IF NOT EXISTS` would keep it: it is built again.
    pub(super) fn concurrently(&mut self, changes: &[Concurrent<'_>]) {
        let mut lines = Vec::new();
        for change in changes {
            match change {
                Concurrent::Build { table, index } => {
                    let Some(name) = index.name.as_deref() else { continue };
                    let index = NamedIndex { name, index };
                    let line = self.drop_index(table, table, &index, false);
                    lines.push(with_arguments(&line, "if_exists=True, postgresql_concurrently=True"));
                    let line = self.create_index(table, &index, false);
                    lines.extend(line.map(|line| with_arguments(&line, "postgresql_concurrently=True")));
                }
                Concurrent::Drop { declared, table, index } => {
                    let Some(index) = NamedIndex::of(index) else { continue };
                    let line = self.drop_index(declared, table, &index, false);
                    lines.push(with_arguments(&line, "if_exists=True, postgresql_concurrently=True"));
                }
            }
        }
        self.autocommit_lines(&lines);
    }

    /// Statements outside of a transaction.
    pub(super) fn autocommit(&mut self, statements: &[String]) {
        let lines: Vec<String> = statements.iter().map(|statement| execute(statement)).collect();
        self.autocommit_lines(&lines);
    }

    fn autocommit_lines(&mut self, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        let margin = self.open_condition();
        self.line(&format!("{margin}with op.get_context().autocommit_block():"));
        lines.iter().for_each(|line| self.line(&format!("{margin}    {line}")));
    }

    /// On PostgreSQL some rows at a time, on SQLite all at once.
    pub(super) fn backfill(&mut self, fills: &[Filling<'_>]) {
        let blocks = fills.iter().map(|fill| {
            let parts: Vec<String> = sql::batches(fill).iter().map(|part| literals(&escaped(part))).collect();
            format!("op.execute({})", parts.join(" "))
        });
        self.autocommit_lines(&blocks.collect::<Vec<_>>());
        if self.house.sqlite {
            self.line("else:");
            fills.iter().for_each(|fill| self.line(&format!("    {}", execute(&sql::fill(fill)))));
        }
    }

    pub(super) fn either(&mut self, postgresql: &[Operation<'_>], sqlite: &[Operation<'_>]) {
        self.line("if op.get_context().dialect.name == \"postgresql\":");
        self.on_postgresql = true;
        self.indented(postgresql);
        self.on_postgresql = false;
        self.line("else:");
        self.indented(sqlite);
    }

    fn indented(&mut self, operations: &[Operation<'_>]) {
        let before = std::mem::take(&mut self.text);
        operations.iter().for_each(|operation| self.operation(operation));
        let inner = std::mem::replace(&mut self.text, before);
        for line in inner.lines() {
            self.line(&if line.is_empty() { String::new() } else { format!("    {line}") });
        }
    }
}

/// A call with further arguments.
fn with_arguments(call: &str, arguments: &str) -> String {
    let open = call.strip_suffix(')').unwrap_or(call);
    format!("{open}, {arguments})")
}
