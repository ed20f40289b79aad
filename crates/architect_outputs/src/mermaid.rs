//! The tables of a project as a Mermaid entity-relationship diagram.

use std::fmt::Write;

use architect_model::{Column, ColumnType, Table, TableConstraint};

/// An `erDiagram` of all tables whose name is known: columns with type and keys, and a line for each foreign key.
pub fn entity_diagram<'t>(tables: impl Iterator<Item = &'t Table> + Clone) -> String {
    let mut out = String::from("erDiagram\n");
    for table in tables.clone() {
        write_table(&mut out, table);
    }
    for table in tables {
        write_foreign_keys(&mut out, table);
    }
    out
}

fn write_table(out: &mut String, table: &Table) {
    let Some(name) = table.name.known() else { return };
    let _ = writeln!(out, "    {} {{", quoted(name));
    for column in &table.columns {
        let comment = if column.nullable.known() == Some(&true) { " \"optional\"" } else { "" };
        let _ = writeln!(out, "        {} {}{}{comment}", type_word(column), word(&column.name), keys(table, column));
    }
    out.push_str("    }\n");
}

/// `PK`, `FK` and `UK`, as far as they hold.
fn keys(table: &Table, column: &Column) -> String {
    let mut keys = Vec::new();
    if column.primary_key {
        keys.push("PK");
    }
    if foreign_keys(table).any(|(columns, _)| columns.contains(&column.name)) {
        keys.push("FK");
    }
    if column.unique {
        keys.push("UK");
    }
    if keys.is_empty() { String::new() } else { format!(" {}", keys.join(",")) }
}

fn foreign_keys(table: &Table) -> impl Iterator<Item = (&[String], &str)> {
    table.constraints.iter().filter_map(|constraint| match constraint {
        TableConstraint::ForeignKey { columns, ref_table, .. } => Some((columns.as_slice(), ref_table.as_str())),
        _ => None,
    })
}

/// One line for each foreign key: the table referred to, how many rows at each end, the column.
fn write_foreign_keys(out: &mut String, table: &Table) {
    let Some(name) = table.name.known() else { return };
    for (columns, target) in foreign_keys(table) {
        let column = |wanted: &String| table.columns.iter().find(|column| column.name == *wanted);
        let optional = columns.iter().filter_map(column).any(|column| column.nullable.known() == Some(&true));
        let one = columns.len() == 1
            && columns.iter().filter_map(column).any(|column| column.unique || sole_key(table, column));
        let parent = if optional { "|o" } else { "||" };
        let child = if one { "o|" } else { "o{" };
        let _ = writeln!(
            out,
            "    {} {parent}--{child} {} : \"{}\"",
            quoted(target),
            quoted(name),
            text(&columns.join(", "))
        );
    }
}

fn sole_key(table: &Table, column: &Column) -> bool {
    column.primary_key && table.columns.iter().filter(|column| column.primary_key).count() == 1
}

fn type_word(column: &Column) -> String {
    let Some(ty) = column.ty.known() else { return "unknown".to_owned() };
    match ty {
        ColumnType::String { length: Some(length), .. } => format!("varchar({length})"),
        ColumnType::String { length: None, .. } => "varchar".to_owned(),
        ColumnType::Text => "text".to_owned(),
        ColumnType::Integer => "integer".to_owned(),
        ColumnType::SmallInteger => "smallint".to_owned(),
        ColumnType::BigInteger => "bigint".to_owned(),
        ColumnType::Boolean => "boolean".to_owned(),
        ColumnType::Float | ColumnType::Double => "float".to_owned(),
        ColumnType::Numeric { .. } => "numeric".to_owned(),
        ColumnType::Date => "date".to_owned(),
        ColumnType::Time { .. } => "time".to_owned(),
        ColumnType::DateTime { timezone: true } => "timestamptz".to_owned(),
        ColumnType::DateTime { timezone: false } => "timestamp".to_owned(),
        ColumnType::Interval => "interval".to_owned(),
        ColumnType::Uuid => "uuid".to_owned(),
        ColumnType::LargeBinary => "bytea".to_owned(),
        ColumnType::Enum { .. } => "enum".to_owned(),
        ColumnType::Json => "json".to_owned(),
        ColumnType::Array { .. } => "array".to_owned(),
        ColumnType::Other { symbol, .. } => word(&symbol.name),
    }
}

/// Mermaid's attribute words hold letters, digits, `-` and `_`, and start with a letter or `_`.
fn word(name: &str) -> String {
    let mut word: String = name.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
    if word.chars().next().is_none_or(|first| first.is_numeric()) {
        word.insert(0, '_');
    }
    word
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", text(name))
}

/// Text inside quotes; Mermaid has no escape for a quote.
fn text(raw: &str) -> String {
    raw.chars().map(|c| if c == '"' || c == '\n' || c == '\\' { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use architect_model::{Known, Location};

    use super::*;

    fn column(name: &str, ty: ColumnType, nullable: bool) -> Column {
        Column {
            nullable: Known::Known(nullable),
            primary_key: name == "id",
            ..Column::new(name, ty, Location::line("m.py", 1))
        }
    }

    fn table(name: &str, columns: Vec<Column>, constraints: Vec<TableConstraint>) -> Table {
        Table { columns, constraints, ..Table::new(name.to_owned(), Location::line("m.py", 1)) }
    }

    #[test]
    fn tables_and_foreign_keys_are_drawn() {
        let key = TableConstraint::ForeignKey {
            name: None,
            columns: vec!["owner_id".into()],
            ref_table: "user".into(),
            ref_columns: vec!["id".into()],
            on_delete: Some("CASCADE".into()),
            on_update: None,
            deferrable: None,
            initially: None,
            match_kind: None,
            use_alter: false,
        };
        let columns = vec![
            column("id", ColumnType::Uuid, false),
            column("title", ColumnType::String { length: Some(200), auto: true }, true),
            column("owner_id", ColumnType::Uuid, false),
        ];
        let item = table("item", columns, vec![key]);
        let expected = "erDiagram\n    \"item\" {\n        uuid id PK\n        varchar(200) title \"optional\"\n        \
                        uuid owner_id FK\n    }\n    \"user\" ||--o{ \"item\" : \"owner_id\"\n";
        assert_eq!(entity_diagram([&item].into_iter()), expected);
    }

    #[test]
    fn names_cannot_break_the_diagram() {
        let odd = table("a\" }\n", vec![column("1 x", ColumnType::Text, false)], vec![]);
        let diagram = entity_diagram([&odd].into_iter());
        assert!(diagram.contains("\"a_ }_\" {"), "{diagram}");
        assert!(diagram.contains("text _1_x"), "{diagram}");
    }
}
