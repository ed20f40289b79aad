//! Rows of the tables of a case, and values for rows that exist.

use super::models::{Column, Models, Rule, Table, Type};
use super::python::{quoted, string};

/// Statements that put so many rows into each table, tables that are referred to first.
pub fn rows(models: &Models, count: usize) -> String {
    let mut statements: Vec<String> = Vec::new();
    for table in ordered(models) {
        let given = |column: &&Column| column.computed.is_none() && column.identity != Some(true);
        let columns: Vec<&Column> = table.columns.iter().filter(given).collect();
        let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
        for row in 0..count {
            let values = columns.iter().map(|column| match is_full(table, column) {
                // All columns of such a key have a value, or none has.
                true => value(models, &Column { nullable: false, ..(*column).clone() }, row),
                false => value(models, column, row),
            });
            let values: Vec<String> = values.collect();
            let name = match &table.schema {
                Some(schema) => format!("{schema}.{}", quoted(&table.name)),
                None => quoted(&table.name),
            };
            statements.push(format!("INSERT INTO {name} ({}) VALUES ({})", names.join(", "), values.join(", ")));
        }
    }
    statements.join(";\n")
}

fn is_full(table: &Table, column: &Column) -> bool {
    table.rules.iter().any(|rule| matches!(rule, Rule::Key(key) if key.full && key.columns.contains(&column.id)))
}

/// Tables that others refer to come before these; keys in a circle hold nothing.
fn ordered(models: &Models) -> Vec<&Table> {
    let mut open: Vec<&Table> = models.tables.iter().collect();
    let mut order: Vec<&Table> = Vec::new();
    while !open.is_empty() {
        let is_free = |table: &&Table| {
            targets(table).iter().all(|target| *target == table.id || !open.iter().any(|other| other.id == *target))
        };
        let index = open.iter().position(is_free).unwrap_or(0);
        order.push(open.remove(index));
    }
    order
}

fn targets(table: &Table) -> Vec<usize> {
    let keys = table.columns.iter().filter_map(|column| column.key.as_ref()).filter(|key| !key.use_alter);
    let several = table.rules.iter().filter_map(|rule| match rule {
        Rule::Key(key) => Some(key.target),
        _ => None,
    });
    keys.map(|key| key.target.0).chain(several).collect()
}

/// What a row has in a column, as SQL of both databases. No two rows have the same where values can be told apart.
fn value(models: &Models, column: &Column, row: usize) -> String {
    if let Some(key) = &column.key {
        if key.use_alter || (column.nullable && row == 1) {
            return "NULL".to_owned();
        }
        let target = models.table(key.target.0).and_then(|table| table.column(key.target.1));
        return target.map_or_else(|| "NULL".to_owned(), |target| value(models, target, row));
    }
    if column.nullable && row == 1 && column.id.is_multiple_of(2) {
        return "NULL".to_owned();
    }
    let member = |id: usize| {
        let members = models.enumeration(id).map(|one| one.members.as_slice()).unwrap_or_default();
        format!("'{}'", members.get(row % members.len().max(1)).map(String::as_str).unwrap_or_default())
    };
    match &column.ty {
        Type::Str(_) | Type::Text => format!("'v{row}'"),
        Type::Int | Type::Small | Type::Big => format!("{}", row + 1),
        Type::Bool => format!("{}", row.is_multiple_of(2)),
        Type::Float | Type::Double | Type::Numeric(..) => format!("{}.5", row + 1),
        Type::Date => format!("'2026-01-0{}'", row + 1),
        Type::Time => format!("'10:0{row}:00'"),
        Type::DateTime(_) => format!("'2026-01-0{} 10:00:00'", row + 1),
        Type::Interval => format!("'{} days'", row + 1),
        Type::Uuid => format!("'a0eebc999c0b4ef8bb6d6bb9bd380a1{row}'"),
        Type::Json | Type::Jsonb => format!("'{{\"a\": {row}}}'"),
        Type::Array(_) => format!("'{{a,b{row}}}'"),
        Type::Binary => "'x'".to_owned(),
        Type::Inet => format!("'10.0.0.{row}'"),
        Type::Enum(id) | Type::EnumText(id, _) | Type::EnumCheck(id, _) => member(*id),
        Type::Range => format!("'[{0}0,{0}7)'", row + 1),
    }
}

/// What a person answers who is asked for the value of rows that exist; `None` where nothing is right for all rows.
pub fn answer(before: &Models, after: &Models, table: &str, column: &str) -> Option<String> {
    let to = after.tables.iter().find(|one| one.qualified() == table)?;
    let from = before.table(to.id)?;
    let column = to.columns.iter().find(|one| one.name == column)?;
    let is_distinct = column.unique
        || column.primary
        || to.rules.iter().any(|rule| match rule {
            Rule::Unique(_, columns, ..) => columns.contains(&column.id),
            Rule::Index(index) => index.unique && index.parts.iter().any(|(id, _)| *id == column.id),
            Rule::Exclude(one) => one.columns.contains(&column.id),
            _ => false,
        });
    if let Some(key) = &column.key {
        let (target, id) = key.target;
        let (target, id) = (after.table(target)?, target_column(after, target, id)?);
        let schema = target.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
        let sql = format!("(SELECT min({}) FROM {schema}{})", quoted(&id.name), quoted(&target.name));
        return (!is_distinct && id.ty.is_whole()).then(|| format!("text({})", string(&sql)));
    }
    if !is_distinct {
        return constant(after, &column.ty);
    }
    // The number of the row, where both tables have it.
    let number = from.columns.iter().find(|one| one.primary && one.ty.is_whole() && from.primary().len() == 1)?;
    let number = to.columns.iter().find(|one| one.id == number.id && one.ty.is_whole())?;
    let number = quoted(&number.name);
    let text = |sql: String| Some(format!("text({})", string(&sql)));
    match &column.ty {
        ty if ty.is_number() => text(number),
        Type::Str(_) | Type::Text => text(format!("'f' || {number}")),
        _ => None,
    }
}

fn target_column(models: &Models, table: usize, column: usize) -> Option<&Column> {
    models.table(table)?.column(column)
}

/// A value of a type, as Python.
pub fn constant(models: &Models, ty: &Type) -> Option<String> {
    Some(match ty {
        Type::Str(_) | Type::Text => "\"none\"".to_owned(),
        Type::Int | Type::Small | Type::Big => "7".to_owned(),
        Type::Bool => "False".to_owned(),
        Type::Float | Type::Double => "1.5".to_owned(),
        Type::Numeric(..) => "Decimal(\"1.50\")".to_owned(),
        Type::Date => "\"2026-02-03\"".to_owned(),
        Type::Time => "\"11:00:00\"".to_owned(),
        Type::DateTime(_) => "\"2026-02-03 04:05:06\"".to_owned(),
        Type::Interval => "text(\"'1 day'::interval\")".to_owned(),
        Type::Uuid => "uuid.UUID(\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380aff\")".to_owned(),
        Type::Json | Type::Jsonb => "dict".to_owned(),
        Type::Array(_) => "text(\"'{}'\")".to_owned(),
        Type::Binary => "\"x\"".to_owned(),
        Type::Inet => "\"10.1.1.1\"".to_owned(),
        Type::Range => "text(\"'[1,5)'\")".to_owned(),
        Type::Enum(id) | Type::EnumText(id, _) | Type::EnumCheck(id, _) => {
            let one = models.enumeration(*id)?;
            format!("{}.{}", one.name, one.members.first()?)
        }
    })
}
