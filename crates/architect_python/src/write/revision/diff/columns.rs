//! Columns that come, go, and change.

use std::sync::Arc;

use architect_model::{Column, ColumnType, Known, Table, TableConstraint};

use super::super::change::GOES;
use super::super::house::Side;
use super::super::operation::{ColumnAlteration, Filling, Operation, Rows, Step};
use super::super::value::Value;
use super::super::{Unwritable, sql, types};
use super::Differ;

/// The changes of the columns of one table.
#[derive(Default)]
pub(super) struct ColumnChanges<'a> {
    pub(super) renamed: Vec<Step<'a>>,
    pub(super) added: Vec<Step<'a>>,
    pub(super) altered: Vec<Step<'a>>,
    pub(super) dropped: Vec<Step<'a>>,
    /// Computed columns that come when what they read has its type.
    pub(super) computed: Vec<Step<'a>>,
    /// Columns that go before they come again.
    pub(super) remade: Vec<Step<'a>>,
    pub(super) fills: Vec<Filling<'a>>,
    /// Keys that come, and whose rows have no number yet.
    pub(super) unnumbered: Vec<&'a Column>,
    /// Values that SQLite gets when the column has its new type: it has no `USING`.
    pub(super) rewritten: Vec<Operation<'a>>,
    /// Keys that are numbered otherwise.
    pub(super) renumbered: Vec<Operation<'a>>,
    /// Keys that are numbered from now on.
    pub(super) numbered: Vec<&'a Column>,
    /// Whether rows get values between the columns that come and the rest.
    pub(super) is_filled: bool,
}

impl<'a> Differ<'_, 'a> {
    pub(super) fn columns(&mut self, from: &'a Table, to: &'a Table) -> ColumnChanges<'a> {
        let (mut changes, mut renamed) = (ColumnChanges::default(), Vec::new());
        for column in &to.columns {
            match self.change.source_column(from, to, column) {
                None => self.add_column(to, column, &mut changes),
                Some(before) if self.is_remade((from, before), (to, column)) => {
                    changes.remade.push(Step::DropColumn(before));
                    if before.computed.is_none() {
                        let table = to.name.known().cloned().unwrap_or_default();
                        self.lose(format!(
                            "`{table}.{}`: it is computed from now on, and its values are lost",
                            column.name
                        ));
                    }
                    if column.computed.is_some() {
                        let nullable = column.nullable.known() != Some(&false);
                        changes.computed.push(Step::AddColumn { column, default: None, nullable });
                    } else {
                        self.add_column(to, column, &mut changes);
                    }
                }
                Some(before) => {
                    if before.name != column.name {
                        renamed.push((before, column));
                        self.remark_on_column(to, column, "code that runs with the old name fails from then on");
                    }
                    self.alter_column((from, before), (to, column), &mut changes);
                }
            }
        }
        for column in &from.columns {
            if !to.columns.iter().any(|known| known.name == self.change.renamed(to, &column.name)) {
                let is_in_the_way = self.change.renamed(to, &column.name) == GOES;
                let steps = if is_in_the_way { &mut changes.remade } else { &mut changes.dropped };
                steps.push(Step::DropColumn(column));
                let table = to.name.known().cloned().unwrap_or_default();
                self.lose(format!("`{table}.{}`: the column goes, and its values are lost", column.name));
            }
        }
        changes.renamed = in_order(renamed);
        if !self.change.forward {
            changes.dropped.reverse();
        }
        // What is computed goes before what it is computed from.
        changes.dropped.sort_by_key(|step| !matches!(step, Step::DropColumn(Column { computed: Some(_), .. })));
        changes
    }

    fn add_column(&mut self, to: &'a Table, column: &'a Column, changes: &mut ColumnChanges<'a>) {
        let step = |default, nullable| Step::AddColumn { column, default, nullable };
        match column.nullable.known() {
            Some(true) if column.server_default.is_some() && is_told_apart(to, column) => {
                // Rows that exist would all get the same.
                changes.added.push(step(Some(Value::Null), true));
                changes.is_filled = true;
                changes
                    .altered
                    .push(Step::AlterColumn(ColumnAlteration { default: true, ..unchanged(column, column) }));
            }
            Some(true) => {
                changes.added.push(step(None, true));
                let given = if self.is_staged() { None } else { self.given(to, column) };
                if let Some(value) = given.filter(|value| *value != Value::Null) {
                    changes.is_filled = true;
                    changes.fills.push(Filling { table: to, column, value, rows: Rows::All });
                }
            }
            None => changes.added.push(step(None, false)),
            _ if column.server_default.is_some() || column.computed.is_some() => changes.added.push(step(None, false)),
            _ if column.identity.is_some() && !self.house.sqlite => changes.added.push(step(None, false)),
            _ if to.is_autoincrement(column) && !self.is_given(to, column) => {
                changes.added.push(step(None, true));
                changes.is_filled = true;
                changes.unnumbered.push(column);
                changes
                    .altered
                    .push(Step::AlterColumn(ColumnAlteration { nullable: true, ..unchanged(column, column) }));
                changes.numbered.push(column);
            }
            _ => {
                let Some(value) = self.value_for(to, column, "rows that exist need a value") else {
                    changes.added.push(step(None, false));
                    return;
                };
                changes.is_filled = true;
                let required = |nullable, default| {
                    Step::AlterColumn(ColumnAlteration { nullable, default, ..unchanged(column, column) })
                };
                if value.is_default() {
                    // With the default, the database fills the rows; without it afterwards, as the models declare.
                    changes.added.push(step(Some(value), false));
                    changes.altered.push(required(false, true));
                } else {
                    changes.added.push(step(None, true));
                    changes.fills.push(Filling { table: to, column, value, rows: Rows::All });
                    changes.altered.push(required(true, false));
                }
            }
        }
    }

    fn alter_column(
        &mut self,
        (from_table, from): (&'a Table, &'a Column),
        (to_table, to): (&'a Table, &'a Column),
        changes: &mut ColumnChanges<'a>,
    ) {
        let ty = self.type_changes((from_table, from), (to_table, to));
        let nullable = match (&from.nullable, &to.nullable) {
            (Known::Known(before), Known::Known(after)) => before != after,
            (Known::Unknown { .. }, Known::Unknown { .. }) => false,
            _ => {
                self.unknown_column(to_table, to, "whether it may be NULL is not known");
                return;
            }
        };
        let default = self.default_changes(from, to);
        let comment = from.comment != to.comment;
        if let Some(filling) = self.outside(to_table, from, to) {
            changes.is_filled = true;
            changes.fills.push(filling);
        }
        let mut absent = None;
        if nullable && to.nullable.known() == Some(&false) && !self.is_staged() {
            let value = self.value_for(to_table, to, "rows that have NULL there need a value");
            if ty && sql::is_recast(from, to) {
                absent = value;
            } else if let Some(value) = value {
                changes.is_filled = true;
                changes.fills.push(Filling { table: to_table, column: to, value, rows: Rows::Null });
            }
            self.remark_on_column(to_table, to, "all rows are read for NULL while the table is locked");
        }
        if ty || nullable || default || comment {
            let (before, after) = (from_table.is_autoincrement(from), to_table.is_autoincrement(to));
            let unnumbered = ty && before && !after;
            let value = if ty { self.value_of_another_type((from_table, from), (to_table, to)) } else { None };
            if let Some(value) = value.clone().filter(|value| *value != Value::Null && self.house.sqlite) {
                changes.rewritten.push(Operation::Rewrite { table: to_table, column: to, value });
            }
            let change =
                ColumnAlteration { ty, unnumbered, nullable, default, comment, value, absent, ..unchanged(from, to) };
            changes.altered.push(Step::AlterColumn(change));
            changes.numbered.extend((ty && after && !before).then_some(to));
        }
        if !ty || from.identity != to.identity {
            changes.renumbered.extend(self.renumbered((from_table, from), (to_table, to)));
        }
    }

    /// Whether the database sees another type. A native enumeration type of the same name is changed itself; on SQLite
    /// it is a `VARCHAR` as long as its longest value.
    fn type_changes(&mut self, (from_table, from): (&Table, &Column), (to_table, to): (&Table, &Column)) -> bool {
        let (Known::Known(before), Known::Known(after)) = (&from.ty, &to.ty) else {
            if from.ty.known().is_some() || to.ty.known().is_some() {
                self.unknown_column(to_table, to, "its type is not known");
            }
            return false;
        };
        if let (
            ColumnType::Enum { name: Some(a), values: x, native: true, .. },
            ColumnType::Enum { name: Some(b), values: y, native: true, .. },
        ) = (before.stored(), after.stored())
            && a == b
        {
            return self.house.sqlite && longest(x) != longest(y);
        }
        if is_same(before, after) || (to.primary_key != from.primary_key && before == after) {
            return false;
        }
        let shown = |side: &Side<'_>, table, column| {
            let (ty, is_key) = side.declared(table, column)?;
            types::source(&plain(ty), side.house, &[], is_key).ok()
        };
        let side = |tables: &'a [Arc<Table>]| Side { house: self.house, tables, existing_types: Vec::new() };
        let old = shown(&side(self.change.from), from_table, from);
        let new = shown(&side(self.change.to), to_table, to);
        let changes = old.is_none() || old != new;
        if changes {
            self.remark_on_type(to_table, to, before, after);
        }
        changes
    }

    fn default_changes(&mut self, from: &Column, to: &Column) -> bool {
        let read = |column: &Column| {
            let default = column.server_default.as_ref()?;
            Some(Value::of(default).ok_or_else(|| default.source.clone()))
        };
        read(from) != read(to)
    }

    fn remark_on_type(&mut self, table: &Table, column: &Column, before: &ColumnType, after: &ColumnType) {
        let text = match (size(before.stored()), size(after.stored())) {
            (Size::Text(a), Size::Text(b)) if b.is_none_or(|b| a.is_some_and(|a| a <= b)) => return,
            (Size::Exact(a, x), Size::Exact(b, y)) if x == y && a <= b => return,
            (_, Size::Text(Some(length))) => {
                format!("the migration stops at a value of more than {length} characters; the table is locked meanwhile")
            }
            (Size::Bytes(a), Size::Bytes(b)) if a <= b => "every row is rewritten while the table is locked".to_owned(),
            _ => "every row is rewritten while the table is locked; the migration stops at a value that the new type does not take".to_owned(),
        };
        self.remark_on_column(table, column, &text);
    }

    pub(super) fn remark_on_column(&mut self, table: &Table, column: &Column, text: &str) {
        if self.change.forward {
            let table = table.name.known().cloned().unwrap_or_default();
            self.remark(format!("`{table}.{}`: {text}", column.name));
        }
    }

    pub(super) fn unknown_column(&mut self, table: &Table, column: &Column, why: &str) {
        let table = table.name.known().cloned().unwrap_or_default();
        let text = format!("column `{table}.{}`: {why}", column.name);
        self.findings.errors.push(Unwritable { text, at: column.at.clone() });
    }
}

/// Columns get their new names, those first whose name another one gets; where they go round in a circle, one has a name
/// of its own for a while.
fn in_order<'a>(mut open: Vec<(&'a Column, &'a Column)>) -> Vec<Step<'a>> {
    let step = |column: &'a Column, old: &str, new: &str| Step::RenameColumn {
        column,
        old: old.to_owned(),
        new: new.to_owned(),
    };
    let (mut first, mut last) = (Vec::new(), Vec::new());
    while !open.is_empty() {
        let is_free = |to: &Column| !open.iter().any(|(other, _)| other.name == to.name);
        let index = open.iter().position(|(_, to)| is_free(to));
        let (from, to) = open.remove(index.unwrap_or(0));
        if index.is_some() {
            first.push(step(from, &from.name, &to.name));
        } else {
            let aside = sql::aside(&from.name);
            first.push(step(from, &from.name, &aside));
            last.push(step(from, &aside, &to.name));
        }
    }
    first.extend(last);
    first
}

/// A change of a column that changes nothing yet.
fn unchanged<'a>(from: &'a Column, to: &'a Column) -> ColumnAlteration<'a> {
    let (ty, unnumbered, nullable, default, comment) = (false, false, false, false, false);
    ColumnAlteration { from, to, ty, value: None, absent: None, unnumbered, nullable, default, comment }
}

/// Whether no two rows may have the same in a column.
pub(super) fn is_told_apart(table: &Table, column: &Column) -> bool {
    table.constraints.iter().filter_map(TableConstraint::unique_columns).any(|columns| columns == [&*column.name])
}

fn longest(values: &Known<Vec<String>>) -> Option<usize> {
    values.known()?.iter().map(|value| value.chars().count()).max()
}

/// How much a type holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    /// Characters at most.
    Text(Option<u32>),
    /// Digits in all and behind the point.
    Exact(u32, u32),
    /// Bytes of a whole number.
    Bytes(u8),
    Other,
}

fn size(ty: &ColumnType) -> Size {
    match ty {
        ColumnType::String { length, .. } | ColumnType::Enum { native: false, length, .. } => Size::Text(*length),
        ColumnType::Text => Size::Text(None),
        ColumnType::Numeric { precision: Some(precision), scale } => Size::Exact(*precision, scale.unwrap_or(0)),
        ColumnType::SmallInteger => Size::Bytes(2),
        ColumnType::Integer => Size::Bytes(4),
        ColumnType::BigInteger => Size::Bytes(8),
        _ => Size::Other,
    }
}

/// Equality in the database: SQLModel's `AutoString` is `VARCHAR`, and the values of an enumeration that is stored as
/// text are in no database.
fn is_same(a: &ColumnType, b: &ColumnType) -> bool {
    match (a.stored(), b.stored()) {
        (ColumnType::String { length: a, .. }, ColumnType::String { length: b, .. })
        | (ColumnType::Enum { native: false, length: a, .. }, ColumnType::Enum { native: false, length: b, .. })
        | (ColumnType::String { length: a, .. }, ColumnType::Enum { native: false, length: b, .. })
        | (ColumnType::Enum { native: false, length: a, .. }, ColumnType::String { length: b, .. }) => a == b,
        (a, b) => a == b,
    }
}

/// A type whose rendering does not depend on SQLModel.
fn plain(ty: &ColumnType) -> ColumnType {
    match ty {
        ColumnType::String { length, .. } => ColumnType::String { length: *length, auto: false },
        ty => ty.clone(),
    }
}
