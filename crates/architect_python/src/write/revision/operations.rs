//! The operations of `upgrade` and `downgrade`, as Alembic writes them.

use architect_model::{Column, ColumnType, Table, TableConstraint};
use ruff_python_ast::Expr;
use ruff_python_parser::parse_expression;
use ruff_text_size::Ranged;

use super::{NewTables, Unwritable, native_type, types};
use crate::write::text::string;

/// The bodies of a revision's functions, not indented.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) upgrade: String,
    pub(super) downgrade: String,
    /// Modules that they need beside `alembic.op` and `sqlalchemy as sa`.
    pub(super) imports: Vec<String>,
}

/// The operations for new tables, or everything that cannot be written.
pub(super) fn body(new: &NewTables<'_>) -> Result<Body, Vec<Unwritable>> {
    let mut writer = Writer { new, body: Body::default(), errors: Vec::new() };
    let steps = steps(new);
    for step in &steps {
        match step {
            Step::Table(table) => writer.create(table),
            Step::Indexes(table) => writer.create_indexes(table),
            Step::Key(table, key) => writer.add_late_key(table, key),
        }
    }
    for step in steps.iter().rev() {
        match step {
            Step::Table(table) => writer.drop(table),
            Step::Indexes(table) => writer.drop_indexes(table),
            Step::Key(table, key) => writer.drop_late_key(table, key),
        }
    }
    writer.drop_types();
    if writer.errors.is_empty() { Ok(writer.body) } else { Err(writer.errors) }
}

/// One step of `upgrade`; `downgrade` takes them back in reverse.
enum Step<'a> {
    Table(&'a Table),
    Indexes(&'a Table),
    Key(&'a Table, &'a TableConstraint),
}

/// Tables with their indexes. A key that has to wait comes before the indexes of its table: SQLite copies the table for
/// it, and the copy loses indexes over expressions.
fn steps<'a>(new: &NewTables<'a>) -> Vec<Step<'a>> {
    let is_late = |table: &Table| new.late.iter().any(|(late, _)| std::ptr::eq(*late, table));
    let mut steps = Vec::new();
    for table in &new.tables {
        steps.push(Step::Table(table));
        if !is_late(table) {
            steps.push(Step::Indexes(table));
        }
    }
    steps.extend(new.late.iter().map(|(table, key)| Step::Key(table, key)));
    steps.extend(new.tables.iter().filter(|table| is_late(table)).map(|table| Step::Indexes(table)));
    steps
}

struct Writer<'a> {
    new: &'a NewTables<'a>,
    body: Body,
    errors: Vec<Unwritable>,
}

impl Writer<'_> {
    fn create(&mut self, table: &Table) {
        for unknown in &table.unknowns {
            self.errors.push(Unwritable { text: unknown.reason.clone(), at: unknown.at.clone() });
        }
        let Some(name) = self.name(table) else { return };
        let mut parts = vec![string(&name)];
        for column in &table.columns {
            parts.extend(self.column(table, column));
        }
        let is_late =
            |constraint: &TableConstraint| self.new.late.iter().any(|(_, late)| std::ptr::eq(*late, constraint));
        let kept: Vec<&TableConstraint> = table.constraints.iter().filter(|constraint| !is_late(constraint)).collect();
        let mut constraints: Vec<String> =
            kept.iter().filter_map(|constraint| self.constraint(table, constraint)).collect();
        constraints.sort_by(|a, b| a.split('(').next().cmp(&b.split('(').next()).then_with(|| a.cmp(b)));
        parts.extend(constraints);
        parts.extend(schema(table).map(|schema| format!("schema={schema}")));
        self.body.upgrade.push_str(&format!("op.create_table({},)\n", parts.join(", ")));
    }

    fn create_indexes(&mut self, table: &Table) {
        let Some(name) = table.name.known().cloned() else { return };
        let mut indexes: Vec<_> = indexes(table).collect();
        indexes.sort_by(|a, b| a.name.cmp(b.name));
        let lines: Vec<String> = indexes.iter().filter_map(|index| self.create_index(table, &name, index)).collect();
        let text = self.grouped(table, &name, &lines);
        self.body.upgrade.push_str(&text);
    }

    fn name(&mut self, table: &Table) -> Option<String> {
        let name = table.name.known().cloned();
        if name.is_none() {
            self.errors.push(Unwritable { text: "the name of a table is not known".to_owned(), at: table.at.clone() });
        }
        name
    }

    fn fail(&mut self, table: &Table, column: &Column, why: &str) {
        let table = table.name.known().cloned().unwrap_or_default();
        self.errors
            .push(Unwritable { text: format!("column `{table}.{}`: {why}", column.name), at: column.at.clone() });
    }

    fn column(&mut self, table: &Table, column: &Column) -> Option<String> {
        let (Some((ty, is_key)), Some(nullable)) = (self.new.declared(table, column), column.nullable.known()) else {
            self.fail(table, column, "its type or nullability is not known");
            return None;
        };
        let ty = match types::source(ty, self.new, is_key) {
            Ok(ty) => ty,
            Err(why) => {
                self.fail(table, column, &why);
                return None;
            }
        };
        for import in ty.imports {
            if !self.body.imports.contains(&import) {
                self.body.imports.push(import);
            }
        }
        let mut parts = vec![string(&column.name), ty.text];
        if let Some(default) = &column.server_default {
            match server_default(default) {
                Some(default) => parts.push(format!("server_default={default}")),
                None => self.fail(table, column, &format!("its server default `{default}` is not understood")),
            }
        }
        parts.push(format!("nullable={}", if *nullable { "True" } else { "False" }));
        parts.extend(column.comment.as_ref().map(|comment| format!("comment={}", string(comment))));
        Some(format!("sa.Column({})", parts.join(", ")))
    }

    fn constraint(&mut self, table: &Table, constraint: &TableConstraint) -> Option<String> {
        let (class, mut parts, name, kind) = match constraint {
            TableConstraint::PrimaryKey { name, columns } => ("PrimaryKeyConstraint", strings(columns), name, "pk"),
            TableConstraint::Unique { name, columns } => ("UniqueConstraint", strings(columns), name, "uq"),
            TableConstraint::Check { name, sql } => {
                let Some(sql) = sql.known() else {
                    self.errors
                        .push(Unwritable { text: "a check constraint is not known".to_owned(), at: table.at.clone() });
                    return None;
                };
                ("CheckConstraint", vec![string(sql)], name, "ck")
            }
            TableConstraint::ForeignKey { name, columns, ref_table, ref_columns, .. } => {
                let targets: Vec<String> = ref_columns.iter().map(|column| format!("{ref_table}.{column}")).collect();
                ("ForeignKeyConstraint", vec![list(columns), list(&targets)], name, "fk")
            }
            TableConstraint::Index { .. } => return None,
        };
        parts.extend(name.as_ref().map(|name| format!("name={}", self.named(name, kind))));
        parts.extend(actions(constraint));
        Some(format!("sa.{class}({})", parts.join(", ")))
    }

    /// A name; one that the naming convention makes is marked as final.
    fn named(&self, name: &str, kind: &str) -> String {
        if self.new.conventional.contains(&kind) { format!("op.f({})", string(name)) } else { string(name) }
    }

    fn create_index(&mut self, table: &Table, name: &str, index: &NewIndex<'_>) -> Option<String> {
        let mut columns = Vec::new();
        for column in index.columns {
            match index_part(table, column) {
                Some(part) => columns.push(part),
                None => {
                    let text = format!("the index expression `{column}` is not understood");
                    self.errors.push(Unwritable { text, at: table.at.clone() });
                    return None;
                }
            }
        }
        let Some(options) = index.options.iter().map(|option| index_option(option)).collect::<Option<Vec<_>>>() else {
            let text = format!("an option of the index `{}` is not understood", index.name);
            self.errors.push(Unwritable { text, at: table.at.clone() });
            return None;
        };
        let unique = if index.unique { "True" } else { "False" };
        let given = self.index_name(table, index);
        let columns = format!("[{}]", columns.join(", "));
        let mut parts = if self.new.batch { vec![given, columns] } else { vec![given, string(name), columns] };
        parts.push(format!("unique={unique}"));
        if !self.new.batch {
            parts.extend(schema(table).map(|schema| format!("schema={schema}")));
        }
        parts.extend(options);
        Some(format!("{}.create_index({})", self.receiver(), parts.join(", ")))
    }

    fn receiver(&self) -> &'static str {
        if self.new.batch { "batch_op" } else { "op" }
    }

    fn index_name(&self, table: &Table, index: &NewIndex<'_>) -> String {
        let is_implied =
            matches!(index.columns, [only] if table.columns.iter().any(|column| column.index && column.name == *only));
        let by_convention = self.new.unnamed_indexes && self.new.conventional.contains(&"ix");
        if is_implied || by_convention {
            format!("{}.f({})", self.receiver(), string(index.name))
        } else {
            string(index.name)
        }
    }

    /// Lines as they are, or in a batch of their table.
    fn grouped(&self, table: &Table, name: &str, lines: &[String]) -> String {
        if lines.is_empty() {
            return String::new();
        }
        if !self.new.batch {
            return lines.iter().map(|line| format!("{line}\n")).collect();
        }
        let schema = schema(table).unwrap_or_else(|| "None".to_owned());
        let inner: String = lines.iter().map(|line| format!("    {line}\n")).collect();
        format!("with op.batch_alter_table({}, schema={schema}) as batch_op:\n{inner}\n", string(name))
    }

    fn drop(&mut self, table: &Table) {
        let Some(name) = table.name.known() else { return };
        let own_schema = schema(table).map(|schema| format!(", schema={schema}")).unwrap_or_default();
        self.body.downgrade.push_str(&format!("op.drop_table({}{own_schema})\n", string(name)));
    }

    fn drop_indexes(&mut self, table: &Table) {
        let Some(name) = table.name.known() else { return };
        let mut indexes: Vec<_> = indexes(table).collect();
        indexes.sort_by(|a, b| b.name.cmp(a.name));
        let own_schema = schema(table).map(|schema| format!(", schema={schema}")).unwrap_or_default();
        let lines: Vec<String> = indexes
            .iter()
            .map(|index| {
                let given = self.index_name(table, index);
                match self.new.batch {
                    true => format!("batch_op.drop_index({given})"),
                    false => format!("op.drop_index({given}, table_name={}{own_schema})", string(name)),
                }
            })
            .collect();
        let text = self.grouped(table, name, &lines);
        self.body.downgrade.push_str(&text);
    }

    /// Keys between tables that refer to each other: SQLite can add one in a batch only, and so can PostgreSQL.
    fn add_late_key(&mut self, table: &Table, key: &TableConstraint) {
        let (Some(name), TableConstraint::ForeignKey { columns, ref_table, ref_columns, .. }) =
            (table.name.known(), key)
        else {
            return;
        };
        let (schema, ref_name) = match ref_table.rsplit_once('.') {
            Some((schema, name)) => (Some(schema), name),
            None => (None, ref_table.as_str()),
        };
        let mut parts = vec![string(&key_name(table, key)), string(ref_name), list(columns), list(ref_columns)];
        parts.extend(schema.map(|schema| format!("referent_schema={}", string(schema))));
        parts.extend(actions(key));
        let text = batch(table, name, &format!("batch_op.create_foreign_key({})", parts.join(", ")));
        self.body.upgrade.push_str(&text);
    }

    fn drop_late_key(&mut self, table: &Table, key: &TableConstraint) {
        let Some(name) = table.name.known() else { return };
        let line = format!("batch_op.drop_constraint({}, type_=\"foreignkey\")", string(&key_name(table, key)));
        self.body.downgrade.push_str(&batch(table, name, &line));
    }

    /// PostgreSQL keeps the type of an enumeration when its table is dropped.
    fn drop_types(&mut self) {
        let mut dropped: Vec<&str> = Vec::new();
        for column in self.new.tables.iter().flat_map(|table| &table.columns) {
            let Some(name) = column.ty.known().and_then(native_type) else { continue };
            if !dropped.contains(&name) && !self.new.existing_types.contains(&name) {
                dropped.push(name);
                let line = format!("sa.Enum(name={}).drop(op.get_bind(), checkfirst=True)\n", string(name));
                self.body.downgrade.push_str(&line);
            }
        }
    }
}

fn batch(table: &Table, name: &str, line: &str) -> String {
    let schema = schema(table).unwrap_or_else(|| "None".to_owned());
    format!("with op.batch_alter_table({}, schema={schema}) as batch_op:\n    {line}\n\n", string(name))
}

/// Name of a foreign key: its own, or the one that PostgreSQL would give it.
pub(super) fn key_name(table: &Table, key: &TableConstraint) -> String {
    match key {
        TableConstraint::ForeignKey { name: Some(name), .. } => name.clone(),
        TableConstraint::ForeignKey { columns, .. } => {
            let table = table.name.known().cloned().unwrap_or_default();
            format!("{table}_{}_fkey", columns.join("_"))
        }
        _ => String::new(),
    }
}

/// An index of a new table.
pub(super) struct NewIndex<'a> {
    pub(super) name: &'a str,
    pub(super) columns: &'a [String],
    pub(super) unique: bool,
    pub(super) options: &'a [String],
}

/// The indexes of a table; Alembic cannot write one without a name.
pub(super) fn indexes(table: &Table) -> impl Iterator<Item = NewIndex<'_>> {
    table.constraints.iter().filter_map(|constraint| match constraint {
        TableConstraint::Index { name: Some(name), columns, unique, options } => {
            Some(NewIndex { name, columns, unique: *unique, options })
        }
        _ => None,
    })
}

fn schema(table: &Table) -> Option<String> {
    table.schema.as_deref().map(string)
}

fn strings(values: &[String]) -> Vec<String> {
    values.iter().map(|value| string(value)).collect()
}

fn list(values: &[String]) -> String {
    format!("[{}]", strings(values).join(", "))
}

/// `onupdate` and `ondelete` of a foreign key.
fn actions(constraint: &TableConstraint) -> Vec<String> {
    let TableConstraint::ForeignKey { on_delete, on_update, .. } = constraint else { return Vec::new() };
    let part = |name: &str, action: &Option<String>| action.as_ref().map(|action| format!("{name}={}", string(action)));
    [part("onupdate", on_update), part("ondelete", on_delete)].into_iter().flatten().collect()
}

/// A column, or an expression of SQL.
fn index_part(table: &Table, part: &str) -> Option<String> {
    if table.columns.iter().any(|column| column.name == part) {
        return Some(string(part));
    }
    sql_text(part)
}

/// `postgresql_where=text("…")`, or a literal.
fn index_option(option: &str) -> Option<String> {
    let (name, value) = option.split_once('=')?;
    let parsed = parse_expression(value.trim()).ok()?;
    let is_literal = parsed.syntax().body.is_literal_expr();
    let value = if is_literal { value.trim().to_owned() } else { sql_text(value.trim())? };
    Some(format!("{}={value}", name.trim()))
}

/// `text("…")`, however it is imported, as `sa.text("…")`.
pub(super) fn sql_text(source: &str) -> Option<String> {
    let parsed = parse_expression(source).ok()?;
    let Expr::Call(call) = &*parsed.syntax().body else { return None };
    let is_text = last_name(&call.func) == Some("text");
    let argument = call.arguments.args.first()?.as_string_literal_expr()?;
    is_text.then(|| format!("sa.text({})", string(argument.value.to_str())))
}

/// A server default as it stands in a revision.
fn server_default(source: &str) -> Option<String> {
    let parsed = parse_expression(source).ok()?;
    match &*parsed.syntax().body {
        Expr::StringLiteral(literal) => Some(string(literal.value.to_str())),
        Expr::Call(call) if call.arguments.is_empty() && is_clock(&call.func) => {
            Some(format!("sa.func.{}()", last_name(&call.func)?))
        }
        Expr::Call(call) if call.arguments.is_empty() => match last_name(&call.func)? {
            name @ ("true" | "false" | "null") => Some(format!("sa.{name}()")),
            name if source[call.func.range()].contains("func.") => Some(format!("sa.func.{name}()")),
            _ => None,
        },
        _ => sql_text(source),
    }
}

/// Whether a function without its `func.` is one of SQL's clocks.
fn is_clock(expr: &Expr) -> bool {
    matches!(expr, Expr::Name(name) if ["now", "current_timestamp", "current_date", "current_time"].contains(&name.id.as_str()))
}

fn last_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// The type that a column has in the database.
pub(super) fn stored(ty: &ColumnType) -> &ColumnType {
    match ty {
        ColumnType::Other { implementation: Some(inner), .. } => stored(inner),
        ty => ty,
    }
}
