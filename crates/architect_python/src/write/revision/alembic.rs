//! Operations as Alembic writes them.

mod alter;
mod column;
mod concurrent;
mod copies;
mod create;
mod enums;
mod exclude;

use architect_model::{Column, Table, identifier};

use super::Unwritable;
use super::house::{House, Side};
use super::operation::Operation;
use super::sql;
use crate::write::text::string;

/// The bodies of a revision's functions, not indented.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) upgrade: String,
    pub(super) downgrade: String,
    /// Modules that they need beside `alembic.op` and `sqlalchemy as sa`.
    pub(super) imports: Vec<String>,
}

/// What one function does, not indented; everything that cannot be written is added to `errors`.
pub(super) fn function(
    operations: &[Operation<'_>],
    is_way_back: bool,
    from: &Side<'_>,
    to: &Side<'_>,
    imports: &mut Vec<String>,
    errors: &mut Vec<Unwritable>,
) -> String {
    let mut writer = Writer {
        is_way_back,
        house: to.house,
        from,
        to,
        text: String::new(),
        condition_ends: None,
        on_postgresql: false,
        imports,
        errors,
    };
    writer.keep_children(operations);
    for operation in operations {
        writer.operation(operation);
    }
    writer.text
}

struct Writer<'w, 'a> {
    /// Whether it makes what was there before, under the naming convention that is there now.
    is_way_back: bool,
    house: &'a House<'a>,
    /// The tables before the function has run.
    from: &'w Side<'a>,
    /// The tables afterwards.
    to: &'w Side<'a>,
    text: String,
    /// How far the text went when the last condition for PostgreSQL ended: what follows at once stands in it too.
    condition_ends: Option<usize>,
    /// Whether what is written runs on PostgreSQL only.
    on_postgresql: bool,
    imports: &'w mut Vec<String>,
    errors: &'w mut Vec<Unwritable>,
}

impl Writer<'_, '_> {
    fn operation(&mut self, operation: &Operation<'_>) {
        match operation {
            Operation::CreateType { name, values } => self.create_type(name, values),
            Operation::AddValues { name, values } => self.add_values(name, values),
            Operation::DropType { name } => {
                self.line(&format!("sa.Enum(name={}).drop(op.get_bind(), checkfirst=True)", string(name)));
            }
            Operation::RenameTable { from, to } => self.rename_table(from, to),
            Operation::SetAside { table } => {
                let name = table.name.known().cloned().unwrap_or_default();
                let (schema, aside) = (and_schema(table), string(&sql::aside(&name)));
                self.line(&format!("op.rename_table({}, {aside}{schema})", string(&name)));
            }
            Operation::TakeBack { from, to } => {
                let (old, new) = (from.name.known().cloned(), to.name.known().map(|name| string(name)));
                let (schema, aside) = (and_schema(from), string(&sql::aside(&old.unwrap_or_default())));
                self.line(&format!("op.rename_table({aside}, {}{schema})", new.unwrap_or_default()));
            }
            Operation::CommentTable { from, to } => self.comment_table(from, to),
            Operation::Lose { table, columns, indexes } => self.lose(table, columns, indexes),
            Operation::Regain { table, columns, indexes } => self.regain(table, columns, indexes),
            Operation::Rewrite { table, column, value } => {
                let line = execute(&sql::rewrite(table, column, value));
                self.line("if op.get_context().dialect.name == \"sqlite\":");
                self.line(&format!("    {line}"));
            }
            Operation::NumberRows { table, column } => self.number_rows(operation, table, column),
            Operation::Concurrently(changes) => self.concurrently(changes),
            Operation::Backfill(fills) => self.backfill(fills),
            Operation::Validate { .. } => self.autocommit(&sql::of(operation)),
            Operation::Either { postgresql, sqlite } => self.either(postgresql, sqlite),
            Operation::Timeout
            | Operation::UniqueByIndex { .. }
            | Operation::RenameIndex { .. }
            | Operation::CreateSchema(_)
            | Operation::ReplaceType { .. }
            | Operation::TakeReplaced { .. }
            | Operation::DropReplaced { .. }
            | Operation::RenameConstraint { .. }
            | Operation::Number { .. }
            | Operation::Renumber { .. } => self.on_postgresql(&sql::of(operation)),
            Operation::CreateTable { table, late } => self.create_table(table, late),
            Operation::CreateIndexes(table) => self.create_indexes(table),
            Operation::AddLateKey { table, key } => self.add_late_key(table, key),
            Operation::DropIndexes(table) => self.drop_indexes(table),
            Operation::DropLateKey { table, key } => self.drop_late_key(table, key),
            Operation::DropTable(table) => self.drop_table(table),
            Operation::Alter(alteration) => self.alter(alteration),
            Operation::Fill(filling) => {
                let line = execute(&sql::fill(filling));
                self.line(&line);
            }
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Statements that only PostgreSQL knows; where the project may run on SQLite too, under a condition.
    fn on_postgresql(&mut self, statements: &[String]) {
        if statements.is_empty() {
            return;
        }
        let is_open = self.house.sqlite && !self.on_postgresql && self.condition_ends == Some(self.text.len());
        let margin = if is_open { "    " } else { self.open_condition() };
        for statement in statements {
            let line = execute(statement);
            self.line(&format!("{margin}{line}"));
        }
        self.condition_ends = Some(self.text.len());
    }

    /// SQLite knows every row by a number of its own.
    fn number_rows(&mut self, operation: &Operation<'_>, table: &Table, column: &Column) {
        self.on_postgresql(&sql::of(operation));
        if self.house.sqlite {
            let name = table.name.known().map(|name| identifier(name)).unwrap_or_default();
            let line = execute(&format!("UPDATE {name} SET {} = rowid", identifier(&column.name)));
            self.line(&format!("else:\n    {line}"));
        }
    }

    /// SQLite keeps no comments.
    fn comment_table(&mut self, from: &Table, to: &Table) {
        let name = to.name.known().map(|name| string(name)).unwrap_or_default();
        let existing = from.comment.as_ref().map(|comment| format!(", existing_comment={}", string(comment)));
        let existing = existing.unwrap_or_else(|| ", existing_comment=None".to_owned());
        let schema = schema(to).unwrap_or_else(|| "None".to_owned());
        let margin = self.open_condition();
        self.line(&match &to.comment {
            Some(comment) => {
                format!("{margin}op.create_table_comment({name}, {}{existing}, schema={schema})", string(comment))
            }
            None => format!("{margin}op.drop_table_comment({name}{existing}, schema={schema})"),
        });
    }

    /// `if` for PostgreSQL only where there is another database; gives the indentation of what stands in it.
    fn open_condition(&mut self) -> &'static str {
        if !self.house.sqlite || self.on_postgresql {
            return "";
        }
        self.line("if op.get_context().dialect.name == \"postgresql\":");
        "    "
    }

    fn fail(&mut self, table: &Table, column: &Column, why: &str) {
        let table = table.name.known().cloned().unwrap_or_default();
        self.errors
            .push(Unwritable { text: format!("column `{table}.{}`: {why}", column.name), at: column.at.clone() });
    }

    fn fail_at(&mut self, table: &Table, text: impl Into<String>) {
        self.errors.push(Unwritable { text: text.into(), at: table.at.clone() });
    }
}

/// Most characters of a literal: longer texts stand in several, one a line.
const LONGEST: usize = 64;

/// A text as one literal, or as several that Python joins.
fn literals(text: &str) -> String {
    if text.chars().count() <= LONGEST + 16 {
        return string(text);
    }
    let mut parts: Vec<String> = Vec::new();
    for word in text.split_inclusive(' ') {
        match parts.last_mut() {
            Some(part) if part.chars().count() + word.chars().count() <= LONGEST => part.push_str(word),
            _ => parts.push(word.to_owned()),
        }
    }
    parts.iter().map(|part| string(part)).collect::<Vec<_>>().join(" ")
}

/// `op.execute("…")`.
fn execute(statement: &str) -> String {
    format!("op.execute({})", literals(&escaped(statement)))
}

/// SQL for `op.execute`: Alembic takes the text for SQLAlchemy's `text()`, to which `:name` is a parameter.
fn escaped(statement: &str) -> String {
    let mut escaped = String::with_capacity(statement.len());
    let mut before = ' ';
    let mut chars = statement.chars().peekable();
    while let Some(char) = chars.next() {
        let is_name = chars.peek().is_some_and(|next| next.is_alphanumeric() || *next == '_');
        let is_inner = before == ':' || before == '_' || before.is_alphanumeric();
        if char == ':' && is_name && !is_inner {
            escaped.push('\\');
        }
        escaped.push(char);
        before = char;
    }
    escaped
}

fn schema(table: &Table) -> Option<String> {
    table.schema.as_deref().map(string)
}

/// `, schema="…"` where the table has one.
fn and_schema(table: &Table) -> String {
    schema(table).map(|schema| format!(", schema={schema}")).unwrap_or_default()
}

fn strings(values: &[String]) -> Vec<String> {
    values.iter().map(|value| string(value)).collect()
}

fn list(values: &[String]) -> String {
    format!("[{}]", strings(values).join(", "))
}

#[cfg(test)]
mod tests {
    use super::execute;

    #[test]
    fn colons_are_no_parameters() {
        assert_eq!(execute("SELECT a::text"), "op.execute(\"SELECT a::text\")");
        assert_eq!(execute("SELECT ' :b', 'c:d'"), "op.execute(\"SELECT ' \\\\:b', 'c:d'\")");
    }
}
