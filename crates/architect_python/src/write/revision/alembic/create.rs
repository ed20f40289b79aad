//! Tables that come and go, with their columns, constraints and indexes.

use architect_model::{Index, IndexKey, IndexPart, Table, TableConstraint, constraint_name, given_name};
use ruff_python_parser::parse_expression;

use super::super::tables::{NamedIndex, indexes};
use super::alter::unnamed_checks;
use super::{Unwritable, Writer, and_schema, list, schema, strings};
use crate::write::text::string;

impl Writer<'_, '_> {
    pub(super) fn create_table(&mut self, table: &Table, late: &[&TableConstraint]) {
        for unknown in &table.unknowns {
            self.errors.push(Unwritable { text: unknown.reason.clone(), at: unknown.at.clone() });
        }
        let Some(name) = self.name(table) else { return };
        let mut parts = vec![string(&name)];
        for column in &table.columns {
            parts.extend(self.column(table, column));
        }
        let is_late = |constraint: &TableConstraint| late.iter().any(|late| std::ptr::eq(*late, constraint));
        let kept: Vec<&TableConstraint> = table.constraints.iter().filter(|constraint| !is_late(constraint)).collect();
        let mut constraints: Vec<String> =
            kept.iter().filter_map(|constraint| self.constraint(table, constraint)).collect();
        constraints.sort_by(|a, b| a.split('(').next().cmp(&b.split('(').next()).then_with(|| a.cmp(b)));
        parts.extend(constraints);
        parts.extend(schema(table).map(|schema| format!("schema={schema}")));
        parts.extend(table.comment.as_ref().map(|comment| format!("comment={}", string(comment))));
        self.line(&format!("op.create_table({},)", parts.join(", ")));
    }

    pub(super) fn create_indexes(&mut self, table: &Table) {
        let Some(name) = table.name.known().cloned() else { return };
        let mut indexes: Vec<_> = indexes(table).collect();
        indexes.sort_by(|a, b| a.name.cmp(b.name));
        let batch = self.house.batch;
        let lines: Vec<String> = indexes.iter().filter_map(|index| self.create_index(table, index, batch)).collect();
        self.grouped(table, &name, &lines);
    }

    fn name(&mut self, table: &Table) -> Option<String> {
        let name = table.name.known().cloned();
        if name.is_none() {
            self.fail_at(table, "the name of a table is not known");
        }
        name
    }

    fn constraint(&mut self, table: &Table, constraint: &TableConstraint) -> Option<String> {
        let (class, mut parts, name, kind) = match constraint {
            TableConstraint::PrimaryKey { name, columns, .. } => ("PrimaryKeyConstraint", strings(columns), name, "pk"),
            TableConstraint::Unique { name, columns, .. } => ("UniqueConstraint", strings(columns), name, "uq"),
            TableConstraint::Check { native: true, .. } => return None,
            TableConstraint::Check { name, sql, .. } => {
                let Some(sql) = sql.known() else {
                    self.fail_at(table, "a check constraint is not known");
                    return None;
                };
                ("CheckConstraint", vec![string(sql)], name, "ck")
            }
            TableConstraint::ForeignKey { name, columns, ref_table, ref_columns, .. } => {
                let targets: Vec<String> = ref_columns.iter().map(|column| format!("{ref_table}.{column}")).collect();
                ("ForeignKeyConstraint", vec![list(columns), list(&targets)], name, "fk")
            }
            TableConstraint::Exclude { name, .. } => {
                self.import("sqlalchemy.dialects.postgresql");
                let (elements, options) = self.exclusion(table, constraint)?;
                let mut parts = elements;
                parts.extend(options);
                parts.extend(name.as_ref().map(|name| format!("name={}", self.named(name, "ex", "op"))));
                return Some(format!("postgresql.ExcludeConstraint({})", parts.join(", ")));
            }
            TableConstraint::Index(_) => return None,
        };
        // What had no name gets none from the convention.
        let is_nameless = self.is_way_back && name.is_none() && self.house.conventional.contains(&kind);
        let name = &if is_nameless { Some(constraint_name(table, constraint)) } else { name.clone() };
        if matches!(constraint, TableConstraint::Unique { .. }) {
            parts.extend(actions(constraint));
            parts.extend(name.as_ref().map(|name| format!("name={}", self.named(name, kind, "op"))));
            parts.extend(unlike_nulls(constraint));
            return Some(format!("sa.{class}({})", parts.join(", ")));
        }
        parts.extend(name.as_ref().map(|name| format!("name={}", self.named(name, kind, "op"))));
        parts.extend(actions(constraint));
        Some(format!("sa.{class}({})", parts.join(", ")))
    }

    /// A name; one that the naming convention makes is marked as final.
    pub(super) fn named(&self, name: &str, kind: &str, receiver: &str) -> String {
        if self.house.conventional.contains(&kind) { format!("{receiver}.f({})", string(name)) } else { string(name) }
    }

    pub(super) fn create_index(&mut self, table: &Table, index: &NamedIndex<'_>, batch: bool) -> Option<String> {
        let Some(columns) = index.index.parts.iter().map(index_part).collect::<Option<Vec<_>>>() else {
            let unknown = index.index.parts.iter().find(|part| index_part(part).is_none());
            let text = unknown.map(|part| part.key.text()).unwrap_or_default();
            self.fail_at(table, format!("the index expression `{text}` is not understood"));
            return None;
        };
        let Some(options) = index_options(index.index) else {
            self.fail_at(table, format!("an option of the index `{}` is not understood", index.name));
            return None;
        };
        let unique = if index.index.unique { "True" } else { "False" };
        let given = self.index_name(table, index, batch);
        let columns = format!("[{}]", columns.join(", "));
        let name = table.name.known().map(|name| string(name)).unwrap_or_default();
        let mut parts = if batch { vec![given, columns] } else { vec![given, name, columns] };
        parts.push(format!("unique={unique}"));
        if !batch {
            parts.extend(schema(table).map(|schema| format!("schema={schema}")));
        }
        parts.extend(options);
        Some(format!("{}.create_index({})", receiver(batch), parts.join(", ")))
    }

    /// `table` is the one that declares the index, `to` the name by which it goes.
    pub(super) fn drop_index(&self, declared: &Table, to: &Table, index: &NamedIndex<'_>, batch: bool) -> String {
        let given = self.index_name(declared, index, batch);
        let name = to.name.known().map(|name| string(name)).unwrap_or_default();
        let options = index_options(index.index).unwrap_or_default();
        let options: String = options.iter().map(|option| format!(", {option}")).collect();
        match batch {
            true => format!("batch_op.drop_index({given}{options})"),
            false => format!("op.drop_index({given}, table_name={name}{}{options})", and_schema(to)),
        }
    }

    fn index_name(&self, table: &Table, index: &NamedIndex<'_>, batch: bool) -> String {
        let is_implied = matches!(&*index.index.keys(), [only] if index.name.ends_with(only) && table.columns.iter().any(|column| column.index && column.name == *only));
        let by_convention = self.house.unnamed_indexes && self.house.conventional.contains(&"ix");
        if is_implied || by_convention {
            format!("{}.f({})", receiver(batch), string(index.name))
        } else {
            string(index.name)
        }
    }

    /// Lines as they are, or in a batch of their table.
    fn grouped(&mut self, table: &Table, name: &str, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        if self.house.batch {
            self.text.push_str(&batch(table, name, "", lines));
        } else {
            lines.iter().for_each(|line| self.line(line));
        }
    }

    pub(super) fn drop_table(&mut self, table: &Table) {
        let Some(name) = table.name.known() else { return };
        self.line(&format!("op.drop_table({}{})", string(name), and_schema(table)));
    }

    pub(super) fn drop_indexes(&mut self, table: &Table) {
        let Some(name) = table.name.known() else { return };
        let mut indexes: Vec<_> = indexes(table).collect();
        indexes.sort_by(|a, b| b.name.cmp(a.name));
        let batch = self.house.batch;
        let lines: Vec<String> = indexes.iter().map(|index| self.drop_index(table, table, index, batch)).collect();
        self.grouped(table, name, &lines);
    }

    /// Keys between tables that refer to each other: SQLite can add one in a batch only, and so can PostgreSQL.
    pub(super) fn add_late_key(&mut self, table: &Table, key: &TableConstraint) {
        let (Some(name), TableConstraint::ForeignKey { columns, ref_table, ref_columns, .. }) =
            (table.name.known(), key)
        else {
            return;
        };
        let (schema, ref_name) = split(ref_table);
        let mut parts = vec![string(&constraint_name(table, key)), string(ref_name), list(columns), list(ref_columns)];
        parts.extend(schema.map(|schema| format!("referent_schema={}", string(schema))));
        parts.extend(actions(key));
        let line = format!("batch_op.create_foreign_key({})", parts.join(", "));
        let options = if self.house.sqlite { unnamed_checks(table) } else { String::new() };
        self.text.push_str(&batch(table, name, &options, &[line]));
    }

    pub(super) fn drop_late_key(&mut self, table: &Table, key: &TableConstraint) {
        let Some(name) = table.name.known() else { return };
        let is_unnamed = given_name(key).is_none() && self.house.sqlite;
        let mut options = if self.house.sqlite { unnamed_checks(table) } else { String::new() };
        if is_unnamed {
            options.push_str(", naming_convention={\"fk\": \"%(table_name)s_%(column_0_N_name)s_fkey\"}");
        }
        let key = string(&constraint_name(table, key));
        let line = format!("batch_op.drop_constraint({key}, type_=\"foreignkey\")");
        self.text.push_str(&batch(table, name, &options, &[line]));
    }
}

/// What operations are called on.
pub(super) fn receiver(batch: bool) -> &'static str {
    if batch { "batch_op" } else { "op" }
}

/// Lines in a batch of a table; `options` are further arguments, each after a comma.
pub(super) fn batch(table: &Table, name: &str, options: &str, lines: &[String]) -> String {
    let schema = schema(table).unwrap_or_else(|| "None".to_owned());
    let inner: String = lines.iter().map(|line| format!("    {line}\n")).collect();
    format!("with op.batch_alter_table({}, schema={schema}{options}) as batch_op:\n{inner}\n", string(name))
}

/// Schema and name of a table.
pub(super) fn split(table: &str) -> (Option<&str>, &str) {
    match table.rsplit_once('.') {
        Some((schema, name)) => (Some(schema), name),
        None => (None, table),
    }
}

/// What a foreign key does when the other end changes, and when keys and unique constraints are checked.
///
/// `use_alter` is left out: with it `op.create_table` makes no key at all on PostgreSQL, as it leaves it to an
/// `ALTER TABLE` that nobody writes.
pub(super) fn actions(constraint: &TableConstraint) -> Vec<String> {
    let part = |name: &str, action: &Option<String>| action.as_ref().map(|action| format!("{name}={}", string(action)));
    let flag = |flag: &Option<bool>| flag.map(|flag| format!("deferrable={}", if flag { "True" } else { "False" }));
    let parts = match constraint {
        TableConstraint::ForeignKey { on_delete, on_update, deferrable, initially, match_kind, .. } => vec![
            part("onupdate", on_update),
            part("ondelete", on_delete),
            part("initially", initially),
            flag(deferrable),
            part("match", match_kind),
        ],
        TableConstraint::Unique { deferrable, initially, .. } => vec![flag(deferrable), part("initially", initially)],
        _ => Vec::new(),
    };
    parts.into_iter().flatten().collect()
}

/// `postgresql_nulls_not_distinct=True` of a unique constraint.
pub(super) fn unlike_nulls(constraint: &TableConstraint) -> Option<String> {
    let is_said = matches!(constraint, TableConstraint::Unique { nulls_not_distinct: true, .. });
    is_said.then(|| "postgresql_nulls_not_distinct=True".to_owned())
}

/// A column, or an expression of SQL.
fn index_part(part: &IndexPart) -> Option<String> {
    match &part.key {
        IndexKey::Column { column } if part.order().is_empty() => Some(string(column)),
        _ => {
            let plain = IndexPart { operator_class: None, ..part.clone() };
            Some(own_text(&plain.postgresql()?))
        }
    }
}

/// `postgresql_where=sa.text("…")` and the like; `None` where one is not understood.
fn index_options(index: &Index) -> Option<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    found.extend(index.method.as_ref().map(|method| format!("postgresql_using={}", string(method))));
    if !index.include.is_empty() {
        found.push(format!("postgresql_include={}", list(&index.include)));
    }
    if index.nulls_not_distinct {
        found.push("postgresql_nulls_not_distinct=True".to_owned());
    }
    let pairs = |pairs: Vec<(&str, &str)>| {
        let pairs: Vec<String> =
            pairs.into_iter().map(|(key, value)| format!("{}: {}", string(key), string(value))).collect();
        format!("{{{}}}", pairs.join(", "))
    };
    if !index.storage.is_empty() {
        let storage = index.storage.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        found.push(format!("postgresql_with={}", pairs(storage)));
    }
    let classes: Vec<(&str, &str)> =
        index.parts.iter().filter_map(|part| Some((part.key.as_column()?, part.operator_class.as_deref()?))).collect();
    if classes.len() != index.parts.iter().filter(|part| part.operator_class.is_some()).count() {
        return None;
    }
    if !classes.is_empty() {
        found.push(format!("postgresql_ops={}", pairs(classes)));
    }
    for (key, predicate) in [("postgresql_where", &index.predicate), ("sqlite_where", &index.sqlite_predicate)] {
        if let Some(predicate) = predicate {
            found.push(format!("{key}={}", own_text(predicate.known()?)));
        }
    }
    for option in &index.options {
        found.push(index_option(option)?);
    }
    Some(found)
}

/// An option that is a literal.
fn index_option(option: &str) -> Option<String> {
    let (name, value) = option.split_once('=')?;
    let parsed = parse_expression(value.trim()).ok()?;
    parsed.syntax().body.is_literal_expr().then(|| format!("{}={}", name.trim(), value.trim()))
}

/// `sa.text("…")`.
pub(super) fn own_text(sql: &str) -> String {
    format!("sa.text({})", string(sql))
}
