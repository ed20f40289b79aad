//! The native enumeration types of PostgreSQL: made, extended, replaced and dropped.

use std::sync::Arc;

use architect_model::{Column, ColumnType, Known, Table, TableConstraint, identifier, literal};

use super::super::house::{native_type, native_types};
use super::super::operation::{Filling, NewValue, Operation, ReplacedColumn, Rows};
use super::super::value::Value;
use super::Differ;

/// What happens to types: before everything else, and after it.
pub(super) struct TypeChanges<'a> {
    pub(super) first: Vec<Operation<'a>>,
    pub(super) last: Vec<Operation<'a>>,
}

impl<'a> Differ<'_, 'a> {
    /// Values are added first of all, as that ends the transaction.
    pub(super) fn types(&mut self) -> TypeChanges<'a> {
        let change = self.change;
        let from = native_types(change.from.iter().map(Arc::as_ref));
        let to = native_types(change.to.iter().map(Arc::as_ref));
        let (mut added, mut created, mut replaced) = (Vec::new(), Vec::new(), Vec::new());
        for (name, values) in &to {
            match from.iter().find(|(known, _)| known == name) {
                None if self.is_added_to_a_table(name) => match values {
                    Some(values) => created.push(Operation::CreateType { name, values }),
                    None => self.untold(name),
                },
                Some((_, before)) => match (before, values) {
                    (Some(before), Some(values)) => match additions(before, values) {
                        Some(values) if values.is_empty() => {}
                        Some(values) => added.push(Operation::AddValues { name, values }),
                        None => {
                            self.remark_on_lost(name, before, values);
                            self.replaced.push((name, values));
                            replaced.push(Operation::ReplaceType { name, values });
                        }
                    },
                    (None, None) => {}
                    _ => self.untold(name),
                },
                None => {}
            }
        }
        let gone = |(name, _): &&(&'a str, Option<&'a [String]>)| !to.iter().any(|(known, _)| known == name);
        let dropped = self.in_order_of_dropping(from.iter().filter(gone).map(|(name, _)| *name).collect());
        let first = added.into_iter().chain(created).chain(replaced).collect();
        let former = self.replaced.iter().map(|(name, _)| Operation::DropReplaced { name });
        let last = former.chain(dropped.into_iter().map(|name| Operation::DropType { name })).collect();
        TypeChanges { first, last }
    }

    /// Types of dropped tables in the order of these, as their creation makes them.
    fn in_order_of_dropping(&self, names: Vec<&'a str>) -> Vec<&'a str> {
        let dropped = self.change.dropped();
        let (tables, _) = architect_model::creation_order(&dropped);
        let mut ordered: Vec<&str> = native_types(tables.into_iter()).into_iter().map(|(name, _)| name).collect();
        ordered.retain(|name| names.contains(name));
        ordered.extend(names.iter().filter(|name| !ordered.contains(name)).copied().collect::<Vec<_>>());
        ordered
    }

    /// Whether a column of a table that exists gets the type.
    fn is_added_to_a_table(&self, name: &str) -> bool {
        let uses =
            |table: &Table| table.columns.iter().any(|column| column.ty.known().and_then(native_type) == Some(name));
        self.change.kept.iter().any(|(_, to)| uses(to))
    }

    fn remark_on_lost(&mut self, name: &str, before: &[String], values: &[String]) {
        let gone: Vec<String> =
            before.iter().filter(|value| !values.contains(value)).map(|value| format!("`{value}`")).collect();
        let gone = gone.join(", ");
        self.remark(if self.change.forward {
            format!("the type `{name}` loses {gone}: the migration stops at a row that holds it, unless a value is given for such rows; PostgreSQL rewrites and locks every table with a column of this type")
        } else {
            format!("`downgrade` stops at a row that holds {gone} of the type `{name}`")
        });
    }

    /// The columns of a table that stay of a type which is replaced.
    pub(super) fn take_replaced(&mut self, from: &'a Table, to: &'a Table) -> Option<Operation<'a>> {
        let mut columns = Vec::new();
        for (name, values) in self.replaced.clone() {
            let is_of_type = |column: &Column| column.ty.known().and_then(native_type) == Some(name);
            for after in to.columns.iter().filter(|column| is_of_type(column)) {
                let source = self.change.source_column(from, to, after).filter(|column| is_of_type(column));
                if let Some(column) = source.filter(|_| after.computed.is_none()) {
                    columns.push(ReplacedColumn { column, name, values, fill: self.given(to, after) });
                }
            }
        }
        (!columns.is_empty()).then_some(Operation::TakeReplaced { table: to, columns })
    }

    /// Whether a column stays of a type which is replaced.
    pub(super) fn is_replaced(&self, from: &Column, to: &Column) -> bool {
        let name = |column: &Column| column.ty.known().and_then(native_type).map(str::to_owned);
        let (old, new) = (name(from), name(to));
        old == new && self.replaced.iter().any(|(name, _)| old.as_deref() == Some(name))
    }

    /// Rows that hold a value which the enumeration of their column has no more, where a value is given for them. In
    /// PostgreSQL the replacement of the type has seen to it, and where the column gets another type, its cast does.
    pub(super) fn outside(&mut self, to: &'a Table, from: &Column, column: &'a Column) -> Option<Filling<'a>> {
        let (gone, after) = gone(from, column)?;
        let (old, new) = (type_of(from), type_of(column));
        let is_replaced = new.is_some() && old == new;
        if is_replaced && !self.house.sqlite {
            return None;
        }
        if !self.change.forward {
            let (table, name) = (to.name.known().cloned().unwrap_or_default(), &column.name);
            let gone: Vec<String> = gone.iter().map(|value| format!("`{value}`")).collect();
            let gone = gone.join(", ");
            let stops = format!("`{table}.{name}`: `downgrade` stops at a row that holds {gone}");
            let keeps = format!(
                "`{table}.{name}`: rows that hold {gone} keep it after `downgrade`, and the former models do not read them"
            );
            let is_strict = is_checked(to, column);
            if is_strict || (new.is_some() && !is_replaced) {
                self.remark(stops);
            }
            if !is_strict && (new.is_none() || self.house.sqlite) {
                self.remark(keeps);
            }
        }
        if old.is_some() && old != new {
            return None;
        }
        let value = self.given(to, column)?;
        Some(Filling { table: to, column, value, rows: Rows::Outside(after) })
    }

    /// What the values of an enumeration become in a column of another type, where a value is given for those that this
    /// has not: no row can hold it before.
    pub(super) fn value_of_enumeration(&mut self, from: &Column, to: &'a Table, column: &'a Column) -> Option<Value> {
        let (_, after) = gone(from, column)?;
        if type_of(from).is_none() || type_of(from) == type_of(column) {
            return None;
        }
        let value = self.given(to, column)?.sql();
        let text = format!("CAST({} AS TEXT)", identifier(&column.name));
        let kept: Vec<String> = after.iter().map(|value| literal(value)).collect();
        Some(Value::Sql(format!("CASE WHEN {text} NOT IN ({}) THEN {value} ELSE {text} END", kept.join(", "))))
    }

    fn untold(&mut self, name: &str) {
        let uses = |table: &&'a Arc<Table>| {
            table.columns.iter().any(|column| column.ty.known().and_then(native_type) == Some(name))
        };
        if let Some(table) = self.change.to.iter().find(uses) {
            self.fail(table, &format!("the values of its enumeration `{name}` are not known"));
        }
    }
}

/// The native type of a column.
fn type_of(column: &Column) -> Option<&str> {
    column.ty.known().and_then(native_type)
}

/// The values that the enumeration of a column has no more, and those that it has.
fn gone<'b, 'c>(from: &'b Column, to: &'c Column) -> Option<(Vec<&'b String>, &'c [String])> {
    let (before, after) = (values(from)?, values(to)?);
    let gone: Vec<&String> = before.iter().filter(|value| !after.contains(value)).collect();
    (!gone.is_empty()).then_some((gone, after))
}

/// The values that the enumeration of a column has.
fn values(column: &Column) -> Option<&[String]> {
    match column.ty.known().map(ColumnType::stored) {
        Some(ColumnType::Enum { values: Known::Known(values), .. }) => Some(values),
        _ => None,
    }
}

/// Whether a check of its own keeps the column to the values of its type.
fn is_checked(table: &Table, column: &Column) -> bool {
    table.constraints.iter().any(|one| match one {
        TableConstraint::Check { of_type: Some(of), native: false, .. } => *of == column.name,
        _ => false,
    })
}

/// The values that come, with their places; `None` where one goes. The order of values that stay is left as it is: it
/// matters to sorting only, and Python reorders members freely.
fn additions<'a>(before: &'a [String], after: &'a [String]) -> Option<Vec<NewValue<'a>>> {
    if !before.iter().all(|value| after.contains(value)) {
        return None;
    }
    let new = after.iter().enumerate().filter(|(_, value)| !before.contains(value));
    let place = |index: usize| after[index + 1..].iter().find(|next| before.contains(next)).map(String::as_str);
    Some(new.map(|(index, value)| NewValue { value, before: place(index) }).collect())
}

#[cfg(test)]
mod tests {
    use super::additions;

    #[test]
    fn values_keep_their_place() {
        let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let (before, after) = (list(&["a", "c"]), list(&["a", "b", "c", "d"]));
        let found = additions(&before, &after).unwrap();
        let places: Vec<_> = found.iter().map(|new| (new.value, new.before)).collect();
        assert_eq!(places, [("b", Some("c")), ("d", None)]);
        assert!(additions(&after, &before).is_none());
        assert!(additions(&before, &list(&["c", "a"])).unwrap().is_empty());
    }
}
