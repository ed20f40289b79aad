//! Changes of tables that exist.

use architect_model::{Table, TableConstraint, constraint_name, given_name, identifier, qualified};

use super::super::operation::{Alteration, ColumnAlteration, Operation, Step};
use super::super::sql;
use super::super::tables::NamedIndex;
use super::super::value::Value;
use super::column::python;
use super::create::{actions, batch, receiver, split, unlike_nulls};
use super::{Writer, and_schema, execute, list, schema};
use crate::write::text::string;

/// PostgreSQL's names for constraints that have none of their own, as SQLAlchemy's naming convention spells them.
const DEFAULT_NAMES: [(&str, &str); 3] =
    [("fk", "_%(column_0_N_name)s_fkey"), ("uq", "_%(column_0_N_name)s_key"), ("pk", "_pkey")];

impl Writer<'_, '_> {
    pub(super) fn rename_table(&mut self, from: &Table, to: &Table) {
        let (Some(old), Some(new)) = (from.name.known(), to.name.known()) else { return };
        self.line(&format!("op.rename_table({}, {}{})", string(old), string(new), and_schema(from)));
    }

    /// SQLite copies a table, drops it and renames the copy. Where it enforces foreign keys, it deletes the rows of a table
    /// before it drops it (`DROP TABLE` in its manual), and `ON DELETE` of other tables takes theirs along. The `PRAGMA`
    /// has no effect inside of a transaction: it comes first.
    pub(super) fn keep_children(&mut self, operations: &[Operation<'_>]) {
        // A key that comes is there when a later batch copies its target.
        let tables = || self.from.tables.iter().chain(self.to.tables);
        let is_referred_to = |table: &Table| {
            let name = qualified(table);
            tables().flat_map(|table| &table.constraints).any(|constraint| match constraint {
                TableConstraint::ForeignKey { ref_table, .. } => Some(ref_table) == name.as_ref(),
                _ => false,
            })
        };
        let copies_parent = operations.iter().any(|operation| match operation {
            Operation::Alter(alteration) => {
                alteration.copies() && (is_referred_to(alteration.from) || is_referred_to(alteration.to))
            }
            Operation::AddLateKey { table, .. } | Operation::DropLateKey { table, .. } => is_referred_to(table),
            _ => false,
        });
        if copies_parent && self.house.sqlite && self.house.sqlite_keys {
            self.line("if op.get_context().dialect.name == \"sqlite\":");
            self.line("    # A copied table would take the rows that refer to it along.");
            self.line("    op.execute(\"PRAGMA foreign_keys = OFF\")");
        }
    }

    pub(super) fn alter(&mut self, alteration: &Alteration<'_>) {
        let Some(name) = alteration.to.name.known() else {
            self.fail_at(alteration.to, "the name of a table is not known");
            return;
        };
        let in_batch = self.house.alters_in_batch();
        let mut lines = Vec::new();
        for step in &alteration.steps {
            // SQLite renames a column in every table that refers to it; a copy would not.
            let is_own = in_batch && matches!(step, Step::RenameColumn { .. });
            if is_own {
                let mut own = Vec::new();
                self.step(alteration, step, false, &mut own);
                own.iter().for_each(|line| self.line(line));
            } else {
                self.step(alteration, step, in_batch, &mut lines);
            }
        }
        if lines.is_empty() {
            return;
        }
        if in_batch {
            let mut options = if self.house.sqlite { options(alteration) } else { String::new() };
            if self.house.sqlite {
                options.push_str(&self.uncast(alteration));
            }
            self.text.push_str(&batch(alteration.to, name, &options, &lines));
        } else {
            lines.iter().for_each(|line| self.line(line));
        }
    }

    /// Values that SQLite would spoil by a cast are brought into their new form before the batch; that the column is of its
    /// new type there already keeps Alembic from casting.
    fn uncast(&mut self, alteration: &Alteration<'_>) -> String {
        let Alteration { from, to, steps } = alteration;
        let (mut columns, mut values) = (Vec::new(), Vec::new());
        for step in steps {
            let Step::AlterColumn(change) = step else { continue };
            let place = || (identifier(&name(to)), identifier(&change.to.name));
            if let Some(value) = &change.absent {
                let (table, column) = place();
                values.push(format!("UPDATE {table} SET {column} = {} WHERE {column} IS NULL", sql::literal_of(value)));
            }
            if !change.ty || !sql::is_spoiled_by_cast(change.from, change.to) {
                continue;
            }
            let default = self.declared_default(from, change.from);
            let Some(ty) = self.type_of(to, change.to, true, &[]) else { continue };
            let default = default.map(|default| format!(", server_default={default}")).unwrap_or_default();
            let nullable = python(change.from.nullable.known() != Some(&false));
            let column = string(&change.to.name);
            columns.push(format!("sa.Column({column}, {}{default}, nullable={nullable})", undecorated(&ty)));
            let (table, column) = place();
            let set = |value| format!("UPDATE {table} SET {column} = {value}");
            values.extend(sql::stored_as(change.from, change.to).map(set));
        }
        if !values.is_empty() {
            self.line("if op.get_context().dialect.name == \"sqlite\":");
        }
        for value in values {
            let line = execute(&value);
            self.line(&format!("    {line}"));
        }
        if columns.is_empty() { String::new() } else { format!(", reflect_args=[{}]", columns.join(", ")) }
    }

    fn step(&mut self, alteration: &Alteration<'_>, step: &Step<'_>, in_batch: bool, lines: &mut Vec<String>) {
        let Alteration { from, to, .. } = alteration;
        // A batch has name and schema of the table itself.
        let table = if in_batch { String::new() } else { format!("{}, ", string(&name(to))) };
        let own_schema = if in_batch { String::new() } else { and_schema(to) };
        let receiver = receiver(in_batch);
        match step {
            Step::DropIndex(index) => {
                let index = NamedIndex::of(index);
                lines.extend(index.map(|index| self.drop_index(from, to, &index, in_batch)));
            }
            Step::CreateIndex(index) => {
                lines.extend(NamedIndex::of(index).and_then(|index| self.create_index(to, &index, in_batch)));
            }
            Step::DropConstraint(constraint) => {
                let (kind, ty) = kind(constraint);
                let name = self.constraint_label(from, constraint, kind, receiver);
                let table = table.strip_suffix(", ").map(|table| format!(", {table}")).unwrap_or_default();
                let ty = ty.map(|ty| format!(", type_={}", string(ty))).unwrap_or_default();
                lines.push(format!("{receiver}.drop_constraint({name}{table}{own_schema}{ty})"));
            }
            Step::AddConstraint(constraint) => lines.extend(self.add_constraint(to, constraint, in_batch)),
            Step::AddNotValid(constraint) => {
                let line = self.add_constraint(to, constraint, in_batch);
                let open = line.as_deref().and_then(|line| line.strip_suffix(')'));
                lines.extend(open.map(|open| format!("{open}, postgresql_not_valid=True)")));
            }
            Step::RenameColumn { column, old, new } => {
                let ty = self.existing_type(from, column);
                let nullable =
                    column.nullable.known().map(|nullable| format!(", existing_nullable={}", python(*nullable)));
                let nullable = nullable.unwrap_or_default();
                let (old, new) = (string(old), string(new));
                lines.push(format!(
                    "{receiver}.alter_column({table}{old}{ty}, new_column_name={new}{nullable}{own_schema})"
                ));
            }
            Step::AddColumn { column, default, nullable } => {
                let default = match default {
                    Some(Value::Null) => None,
                    Some(value) => Some(value.server_default()),
                    None => self.declared_default(to, column),
                };
                if column.nullable.known().is_none() {
                    self.fail(to, column, "its type or nullability is not known");
                }
                if let Some(column) = self.column_as(to, column, default, *nullable, &[]) {
                    lines.push(format!("{receiver}.add_column({table}{column}{own_schema})"));
                }
            }
            Step::DropColumn(column) => {
                lines.push(format!("{receiver}.drop_column({table}{}{own_schema})", string(&column.name)));
            }
            Step::AlterColumn(change) => self.alter_column(alteration, change, in_batch, lines),
            Step::OnSqlite(inner) => {
                let mut own = Vec::new();
                self.step(alteration, inner, in_batch, &mut own);
                if !lines.last().is_some_and(|line| line.starts_with(' ')) {
                    lines.push("if op.get_context().dialect.name == \"sqlite\":".to_owned());
                    let why = match &**inner {
                        Step::AddColumn { .. } => "The copied table has it again.",
                        _ => "What was named keeps its name there.",
                    };
                    lines.push(format!("    # {why}"));
                }
                lines.extend(own.into_iter().map(|line| format!("    {line}")));
            }
            Step::OnPostgresql(inner) => {
                let mut own = Vec::new();
                self.step(alteration, inner, in_batch, &mut own);
                lines.push("if op.get_context().dialect.name == \"postgresql\":".to_owned());
                lines.extend(own.into_iter().map(|line| format!("    {line}")));
            }
        }
    }

    fn alter_column(
        &mut self,
        alteration: &Alteration<'_>,
        change: &ColumnAlteration<'_>,
        in_batch: bool,
        lines: &mut Vec<String>,
    ) {
        let Alteration { from, to, .. } = alteration;
        let table = if in_batch { String::new() } else { format!("{}, ", string(&name(to))) };
        let own_schema = if in_batch { String::new() } else { and_schema(to) };
        let head = format!("{}.alter_column({table}{}", receiver(in_batch), string(&change.to.name));
        let mut existing = self.existing_type(from, change.from);
        let using = sql::using(change);
        let old_default = change.from.server_default.is_some();
        let recasts = sql::recasts_default(change);
        if recasts {
            lines.push(format!("{head}{existing}, server_default=None{own_schema})"));
        }
        let mut text = String::new();
        let sets_default = change.default || (recasts && change.to.server_default.is_some());
        if sets_default {
            let default = self.declared_default(to, change.to).unwrap_or_else(|| "None".to_owned());
            text.push_str(&format!(", server_default={default}"));
        }
        if change.ty {
            match self.type_of(to, change.to, true, &[]) {
                Some(ty) => text.push_str(&format!(", type_={}", undecorated(&ty))),
                None => existing.clear(),
            }
        }
        if change.nullable {
            text.extend(change.to.nullable.known().map(|nullable| format!(", nullable={}", python(*nullable))));
        }
        if change.comment {
            let comment = change.to.comment.as_ref().map_or("None".to_owned(), |comment| string(comment));
            text.push_str(&format!(", comment={comment}"));
        }
        if let Some(comment) = &change.from.comment {
            text.push_str(&format!(", existing_comment={}", string(comment)));
        }
        if !change.nullable {
            let nullable = change.to.nullable.known();
            text.extend(nullable.map(|nullable| format!(", existing_nullable={}", python(*nullable))));
        }
        if !sets_default && old_default {
            let default = self.declared_default(from, change.from);
            text.extend(default.map(|default| format!(", existing_server_default={default}")));
        }
        text.extend(using.map(|using| format!(", postgresql_using={}", string(&using))));
        lines.push(format!("{head}{existing}{text}{own_schema})"));
    }

    /// `, existing_type=…` where it is known.
    fn existing_type(&mut self, table: &Table, column: &architect_model::Column) -> String {
        if column.ty.known().is_none() {
            return String::new();
        }
        // A column that comes in the same revision is not among the tables before.
        let is_old = self.from.tables.iter().any(|known| std::ptr::eq(&**known, table))
            && table.columns.iter().any(|known| std::ptr::eq(known, column));
        let ty = self.type_of(table, column, !is_old, &[]);
        ty.map(|ty| format!(", existing_type={}", undecorated(&ty))).unwrap_or_default()
    }

    fn constraint_label(&self, table: &Table, constraint: &TableConstraint, kind: &str, receiver: &str) -> String {
        let name = constraint_name(table, constraint);
        match given_name(constraint) {
            Some(_) => self.named(&name, kind, receiver),
            // No convention makes it, and so none may change it.
            None if self.house.conventional.contains(&kind) => format!("{receiver}.f({})", string(&name)),
            None => string(&name),
        }
    }

    fn add_constraint(&mut self, to: &Table, constraint: &TableConstraint, in_batch: bool) -> Option<String> {
        let receiver = receiver(in_batch);
        let label = self.constraint_label(to, constraint, kind(constraint).0, receiver);
        let mut parts = vec![label];
        if !in_batch {
            parts.push(string(&name(to)));
        }
        let own_schema = |key: &str| schema(to).filter(|_| !in_batch).map(|schema| format!("{key}={schema}"));
        let function = match constraint {
            TableConstraint::Unique { columns, .. } => {
                parts.push(list(columns));
                parts.extend(actions(constraint));
                parts.extend(own_schema("schema"));
                parts.extend(unlike_nulls(constraint));
                "create_unique_constraint"
            }
            TableConstraint::Check { sql, .. } => {
                parts.push(string(sql.known()?));
                parts.extend(own_schema("schema"));
                "create_check_constraint"
            }
            TableConstraint::ForeignKey { columns, ref_table, ref_columns, .. } => {
                let (ref_schema, ref_name) = split(ref_table);
                parts.extend([string(ref_name), list(columns), list(ref_columns)]);
                parts.extend(own_schema("source_schema"));
                parts.extend(ref_schema.map(|schema| format!("referent_schema={}", string(schema))));
                parts.extend(actions(constraint));
                "create_foreign_key"
            }
            TableConstraint::Exclude { .. } => {
                let (elements, options) = self.exclusion(to, constraint)?;
                parts.extend(elements);
                parts.extend(options);
                parts.extend(own_schema("schema"));
                "create_exclude_constraint"
            }
            TableConstraint::PrimaryKey { columns, .. } => {
                parts.push(list(columns));
                parts.extend(own_schema("schema"));
                "create_primary_key"
            }
            TableConstraint::Index(_) => return None,
        };
        Some(format!("{receiver}.{function}({})", parts.join(", ")))
    }
}

/// What SQLite needs to know to copy the table: the names that constraints without a name go by, and the checks without
/// a name, which Alembic does not find.
fn options(alteration: &Alteration<'_>) -> String {
    let Alteration { from, to, steps } = alteration;
    let mut convention = Vec::new();
    let on_sqlite = steps.iter().filter_map(|step| match step {
        Step::OnSqlite(inner) => Some(&**inner),
        Step::OnPostgresql(_) => None,
        step => Some(step),
    });
    let dropped = on_sqlite.filter_map(|step| match step {
        Step::DropConstraint(constraint) if given_name(constraint).is_none() => Some(*constraint),
        _ => None,
    });
    let mut drops_check = false;
    for constraint in dropped {
        let entry = match DEFAULT_NAMES.iter().find(|(key, _)| *key == kind(constraint).0) {
            Some((key, pattern)) if from.name == to.name => {
                format!("{}: {}", string(key), string(&format!("%(table_name)s{pattern}")))
            }
            Some((key, pattern)) => format!("{}: {}", string(key), string(&format!("{}{pattern}", name(from)))),
            None => {
                drops_check = true;
                format!("\"ck\": {}", string(&constraint_name(from, constraint)))
            }
        };
        if !convention.contains(&entry) {
            convention.push(entry);
        }
    }
    let mut options = if alteration.copies() && !drops_check { unnamed_checks(to) } else { String::new() };
    if !convention.is_empty() {
        options.push_str(&format!(", naming_convention={{{}}}", convention.join(", ")));
    }
    options
}

/// `, table_args=[…]` with the checks of a table that have no name. Alembic leaves them out of the copy of a table:
/// `Unnamed CHECK constraint on reflected table … is being omitted from the table recreate; pass the constraint explicitly
/// using batch_alter_table.table_args`.
pub(super) fn unnamed_checks(table: &Table) -> String {
    let checks = table.constraints.iter().filter_map(|constraint| match constraint {
        TableConstraint::Check { name: None, sql, native: false, .. } => {
            Some(format!("sa.CheckConstraint({})", string(sql.known()?)))
        }
        _ => None,
    });
    let checks: Vec<String> = checks.collect();
    if checks.is_empty() { checks.concat() } else { format!(", table_args=[{}]", checks.join(", ")) }
}

/// Kind of a constraint in a naming convention, and in `op.drop_constraint`.
fn kind(constraint: &TableConstraint) -> (&'static str, Option<&'static str>) {
    match constraint {
        TableConstraint::PrimaryKey { .. } => ("pk", Some("primary")),
        TableConstraint::ForeignKey { .. } => ("fk", Some("foreignkey")),
        TableConstraint::Unique { .. } => ("uq", Some("unique")),
        TableConstraint::Check { .. } => ("ck", Some("check")),
        TableConstraint::Index(_) => ("ix", None),
        TableConstraint::Exclude { .. } => ("ex", None),
    }
}

fn name(table: &Table) -> String {
    table.name.known().cloned().unwrap_or_default()
}

/// A type without SQLModel's decorator. In batches Alembic asks a type for its `name` where it takes it for one with events
/// (`ApplyBatchImpl.alter_column`: `resolved_existing_type.name`), as it does every `TypeDecorator`; a text has none.
fn undecorated(ty: &str) -> String {
    ty.replace("sqlmodel.sql.sqltypes.AutoString(", "sa.String(")
}
