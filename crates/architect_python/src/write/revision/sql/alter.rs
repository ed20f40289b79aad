//! `ALTER TABLE`.

use architect_model::{Column, ColumnType, Known, Table, TableConstraint, constraint_name, identifier, literal};

use super::super::diff::orphans;
use super::super::house::native_type;
use super::super::operation::{Alteration, ColumnAlteration, Filling, Rows, Step};
use super::super::tables::NamedIndex;
use super::super::value::Value;
use super::{create, name};

/// The statements of the changes of a table.
pub(super) fn statements(alteration: &Alteration<'_>) -> Vec<String> {
    alteration.steps.iter().flat_map(|step| self::step(alteration, step)).collect()
}

fn step(alteration: &Alteration<'_>, step: &Step<'_>) -> Vec<String> {
    let Alteration { from, to, .. } = alteration;
    let alter = format!("ALTER TABLE {}", name(to));
    match step {
        Step::DropIndex(index) => {
            let index = NamedIndex::of(index);
            index.map(|index| format!("DROP INDEX {}", super::in_schema(to, index.name))).into_iter().collect()
        }
        Step::CreateIndex(index) => NamedIndex::of(index).map(|index| create::index(to, &index)).into_iter().collect(),
        Step::DropConstraint(constraint) => vec![drop_constraint(from, to, constraint)],
        Step::AddConstraint(constraint) => vec![add_constraint(to, constraint)],
        Step::AddNotValid(constraint) => vec![format!("{} NOT VALID", add_constraint(to, constraint))],
        Step::RenameColumn { old, new, .. } => {
            vec![format!("{alter} RENAME COLUMN {} TO {}", identifier(old), identifier(new))]
        }
        Step::AddColumn { column, default, nullable } => {
            let default = match default {
                Some(Value::Null) => None,
                Some(value) => Some(value.sql()),
                None => create::default(column),
            };
            let mut found = vec![format!("{alter} ADD COLUMN {}", create::column_as(to, column, default, *nullable))];
            found.extend(column.comment.as_ref().map(|_| create::comment(to, column)));
            found
        }
        Step::DropColumn(column) => vec![format!("{alter} DROP COLUMN {}", identifier(&column.name))],
        Step::AlterColumn(change) => column(to, change),
        Step::OnSqlite(_) => Vec::new(),
        Step::OnPostgresql(inner) => self::step(alteration, inner),
    }
}

fn column(table: &Table, change: &ColumnAlteration<'_>) -> Vec<String> {
    let alter = format!("ALTER TABLE {} ALTER COLUMN {}", name(table), identifier(&change.to.name));
    let mut found = Vec::new();
    let using = using(change);
    let recast = recasts_default(change);
    if recast {
        found.push(format!("{alter} DROP DEFAULT"));
    }
    if change.ty
        && !is_same_enumeration(change)
        && let Some(ty) = change.to.ty.known()
    {
        let using = using.map(|using| format!(" USING {using}")).unwrap_or_default();
        found.push(format!("{alter} TYPE {}{using}", create::type_name(ty.stored())));
    }
    if change.nullable {
        let verb = if change.to.nullable.known() == Some(&true) { "DROP" } else { "SET" };
        found.push(format!("{alter} {verb} NOT NULL"));
    }
    if change.default || recast {
        let default = create::default(change.to);
        match default {
            Some(default) => found.push(format!("{alter} SET DEFAULT {default}")),
            None if !recast => found.push(format!("{alter} DROP DEFAULT")),
            None => {}
        }
    }
    if change.comment {
        found.push(create::comment(table, change.to));
    }
    found
}

/// `ADD CONSTRAINT`, under the name that PostgreSQL would give it where it has none.
pub(super) fn add_constraint(table: &Table, constraint: &TableConstraint) -> String {
    let given = identifier(&constraint_name(table, constraint));
    let constraint = constraint.postgresql().unwrap_or_default();
    format!("ALTER TABLE {} ADD CONSTRAINT {given} {constraint}", name(table))
}

/// `DROP CONSTRAINT`; `declared` is the table whose name is in that of the constraint.
pub(super) fn drop_constraint(declared: &Table, table: &Table, constraint: &TableConstraint) -> String {
    format!("ALTER TABLE {} DROP CONSTRAINT {}", name(table), identifier(&constraint_name(declared, constraint)))
}

/// The statement that gives rows a value.
pub(in super::super) fn fill(filling: &Filling<'_>) -> String {
    let column = identifier(&filling.column.name);
    let value = literal_of(&filling.value);
    let rows = match filling.rows {
        Rows::All => String::new(),
        Rows::Null => format!(" WHERE {column} IS NULL"),
        Rows::Outside(kept) => {
            let kept: Vec<String> = kept.iter().map(|value| literal(value)).collect();
            format!(" WHERE {column} NOT IN ({})", kept.join(", "))
        }
        Rows::Against(TableConstraint::ForeignKey { columns, ref_table, ref_columns, .. }) => {
            let names = |names: &[String]| names.iter().map(|name| identifier(name)).collect::<Vec<_>>();
            let target: Vec<String> = ref_table.split('.').map(identifier).collect();
            let (table, target) = (name(filling.table), target.join("."));
            format!(" WHERE {}", orphans(&table, &names(columns), &target, &names(ref_columns)))
        }
        Rows::Against(constraint) => match constraint {
            TableConstraint::Check { sql: Known::Known(sql), .. } => format!(" WHERE NOT ({sql})"),
            _ => format!(" WHERE {column} IS NULL"),
        },
    };
    format!("UPDATE {} SET {column} = {value}{rows}", name(filling.table))
}

/// A value in an `UPDATE`.
pub(in super::super) fn literal_of(value: &Value) -> String {
    match value {
        Value::Text(text) => literal(text),
        value => value.sql(),
    }
}

/// How values become those of the new type, and what rows get that have none.
pub(in super::super) fn using(change: &ColumnAlteration<'_>) -> Option<String> {
    let cast = cast(change);
    let Some(absent) = &change.absent else { return cast };
    let ty = create::type_name(change.to.ty.known()?.stored());
    let cast = cast.unwrap_or_else(|| format!("{}::{ty}", identifier(&change.to.name)));
    Some(format!("COALESCE({cast}, {})", literal_of(absent)))
}

/// How values become those of the new type, where PostgreSQL does not cast them by itself: it does so where the cast is
/// for assignment (`pg_cast.castcontext` `a` or `i`), and to text always.
fn cast(change: &ColumnAlteration<'_>) -> Option<String> {
    if !change.ty || is_same_enumeration(change) {
        return None;
    }
    let (before, after) = (change.from.ty.known()?.stored(), change.to.ty.known()?.stored());
    match &change.value {
        Some(Value::Null) => return Some(format!("NULL::{}", create::type_name(after))),
        Some(value) => return Some(format!("({})::{}", value.sql(), create::type_name(after))),
        None => {}
    }
    let column = identifier(&change.to.name);
    let ty = create::type_name(after);
    let (from, to) = (Family::of(before), Family::of(after));
    match (from, to) {
        _ if from == to && from != Family::Other && from != Family::Enumeration => None,
        (_, Family::Text) => None,
        (Family::Clock, Family::Clock) => None,
        (Family::Text, Family::Boolean) => Some(format!("{column}::boolean")),
        (Family::Number, Family::Boolean) => Some(format!("{column} <> 0")),
        (Family::Boolean, Family::Number) => Some(format!("{column}::integer")),
        (Family::Text, _) => Some(format!("{column}::{ty}")),
        (Family::Enumeration, Family::Enumeration) if before == after => None,
        _ => Some(format!("{column}::text::{ty}")),
    }
}

/// Whether the server default has to go before the type changes and to come back afterwards: PostgreSQL casts it as it
/// casts the values, but does not take the `USING` for it.
pub(in super::super) fn recasts_default(change: &ColumnAlteration<'_>) -> bool {
    let is_other = using(change).is_some() || is_recast(change.from, change.to);
    change.unnumbered || (change.ty && change.from.server_default.is_some() && is_other)
}

/// Whether a value of the first column can be one of the second, in PostgreSQL's words for both: no number is a UUID.
pub(in super::super) fn is_castable(from: &Column, to: &Column) -> bool {
    let (Some(before), Some(after)) = (from.ty.known(), to.ty.known()) else { return true };
    let (before, after) = (before.stored(), after.stored());
    let is_id = |ty: &ColumnType| matches!(ty, ColumnType::Uuid);
    let is_other = |ty: &ColumnType| !matches!(Family::of(ty), Family::Text) && !is_id(ty);
    !(is_id(before) && is_other(after) || is_other(before) && is_id(after))
}

/// Whether the column keeps its enumeration type, whose values have been changed by then. On SQLite it is a `VARCHAR` as
/// long as the longest value, and that changes.
fn is_same_enumeration(change: &ColumnAlteration<'_>) -> bool {
    let name = |column: &Column| column.ty.known().and_then(native_type).map(str::to_owned);
    name(change.from).is_some_and(|before| Some(before) == name(change.to))
}

/// Whether the types of two columns are of different kinds, so that PostgreSQL does not compare their values, or keeps
/// constants of the former one in defaults and conditions: `DEFAULT '2026-01-01'::date`, `CHECK (size >= 0::double
/// precision)`.
pub(in super::super) fn is_recast(from: &Column, to: &Column) -> bool {
    match (from.ty.known().map(ColumnType::stored), to.ty.known().map(ColumnType::stored)) {
        (Some(before), Some(after)) => {
            let (from, to) = (Family::of(before), Family::of(after));
            let is_other = matches!(from, Family::Other | Family::Clock) || is_exact(before) != is_exact(after);
            before != after && (from != to || is_other)
        }
        _ => false,
    }
}

/// Whether numbers are kept as they are written, in whole numbers or not; none for other types.
fn is_exact(ty: &ColumnType) -> Option<(bool, bool)> {
    match ty {
        ColumnType::Integer | ColumnType::SmallInteger | ColumnType::BigInteger => Some((true, true)),
        ColumnType::Numeric { .. } => Some((true, false)),
        ColumnType::Float | ColumnType::Double => Some((false, false)),
        _ => None,
    }
}

/// Types between which PostgreSQL casts by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Text,
    Number,
    Boolean,
    Clock,
    Json,
    Enumeration,
    Other,
}

impl Family {
    fn of(ty: &ColumnType) -> Self {
        match ty {
            ColumnType::String { .. } | ColumnType::Text | ColumnType::Enum { native: false, .. } => Self::Text,
            ColumnType::Integer
            | ColumnType::SmallInteger
            | ColumnType::BigInteger
            | ColumnType::Float
            | ColumnType::Double
            | ColumnType::Numeric { .. } => Self::Number,
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Date | ColumnType::DateTime { .. } => Self::Clock,
            ColumnType::Json => Self::Json,
            ColumnType::Other { symbol, .. } if symbol.name == "JSONB" || symbol.name == "JSON" => Self::Json,
            ColumnType::Enum { native: true, .. } => Self::Enumeration,
            _ => Self::Other,
        }
    }
}
