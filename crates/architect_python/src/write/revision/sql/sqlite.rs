//! Values on SQLite, when their column gets another type.

use architect_model::{Column, ColumnType, Table, identifier, literal};

use super::super::value::Value;

/// Whether the copy of a table must leave the values of a column as they are. Alembic casts where the types are of
/// different kinds (`SQLiteImpl.cast_for_batch_migrate`), and SQLite has no type for dates and times: to it
/// `CAST('2026-01-02' AS DATE)` is the number 2026.
pub(in super::super) fn is_spoiled_by_cast(from: &Column, to: &Column) -> bool {
    let (Some(before), Some(after)) = (from.ty.known(), to.ty.known()) else { return false };
    let (kind, former) = (Kind::of(after.stored()), Kind::of(before.stored()));
    if kind == Kind::Id && !matches!(before.stored(), ColumnType::String { .. } | ColumnType::Text) {
        // The key of SQLite's own numbers takes no text until it is a key of another type.
        return false;
    }
    kind != Kind::Other && kind != former
}

/// Gives all rows a value, in the form in which SQLAlchemy stores it.
pub(in super::super) fn rewrite(table: &Table, column: &Column, value: &Value) -> String {
    let value = match value {
        Value::Text(text) => literal(text),
        value => format!("({})", value.sql()),
    };
    let is_id = column.ty.known().is_some_and(|ty| Kind::of(ty.stored()) == Kind::Id);
    let value = if is_id { format!("lower(replace({value}, '-', ''))") } else { value };
    format!("UPDATE {} SET {} = {value}", super::name(table), identifier(&column.name))
}

/// What values become beforehand, in the form in which SQLAlchemy stores and reads the new type.
pub(in super::super) fn stored_as(from: &Column, to: &Column) -> Option<String> {
    let column = identifier(&to.name);
    let (before, after) = (Kind::of(from.ty.known()?.stored()), Kind::of(to.ty.known()?.stored()));
    match (before, after) {
        (Kind::Moment, Kind::Day) => Some(format!("date({column})")),
        (Kind::Day, Kind::Moment) => Some(format!("{column} || ' 00:00:00.000000'")),
        (Kind::Moment, Kind::Time) => Some(format!("time({column}) || '.000000'")),
        (Kind::Other, Kind::Id) if is_spoiled_by_cast(from, to) => Some(format!("lower(replace({column}, '-', ''))")),
        _ => None,
    }
}

/// Kinds of types that SQLite keeps as texts of a certain form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Day,
    Moment,
    Time,
    Id,
    Other,
}

impl Kind {
    fn of(ty: &ColumnType) -> Self {
        match ty {
            ColumnType::Date => Self::Day,
            ColumnType::DateTime { .. } => Self::Moment,
            ColumnType::Uuid => Self::Id,
            ColumnType::Time { .. } => Self::Time,
            _ => Self::Other,
        }
    }
}
