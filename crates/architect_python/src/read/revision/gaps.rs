//! SQL of which parts are not known: what it can touch all the same.

use architect_model::{MigrationOperationKind, QualifiedName, RowVerb, Touched};

use crate::interpret::GAP;

/// Words that statements begin with.
const BEGINNINGS: &[&str] = &[
    "alter", "comment", "create", "delete", "do", "drop", "grant", "insert", "pragma", "revoke", "select", "set",
    "truncate", "update", "with",
];

/// Whether a text is SQL.
pub(super) fn is_sql(text: &str) -> bool {
    let first: String = text.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    BEGINNINGS.contains(&first.to_ascii_lowercase().as_str())
        && text.trim_start()[first.len()..].starts_with(char::is_whitespace)
}

/// What statements with gaps do, one by one.
pub(super) fn read(sql: &str) -> Vec<MigrationOperationKind> {
    let statements = sql.split(';').map(str::trim).filter(|statement| !statement.is_empty());
    statements.map(read_one).collect()
}

fn read_one(sql: &str) -> MigrationOperationKind {
    if !sql.contains(GAP) {
        return MigrationOperationKind::Execute { sql: sql.to_owned() };
    }
    let words = words(sql);
    let lower: Vec<String> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
    let at = |place: usize| lower.get(place).map_or("", String::as_str);
    let after = |known: &[&str], place: usize| {
        let mut place = place;
        while known.contains(&at(place)) {
            place += 1;
        }
        place
    };
    let table = |place: usize| words.get(place).and_then(|word| name(word));
    let rows = |verb: RowVerb, place: usize| MigrationOperationKind::Rows { table: table(place), verb, sql: None };
    let unknown = |touches: Option<Touched>| MigrationOperationKind::Unknown {
        touches: touches.unwrap_or(Touched::Everything),
        reason: "SQL of which a part could not be determined".to_owned(),
    };
    match (at(0), at(1)) {
        ("insert", _) => rows(RowVerb::Insert, 2),
        ("update", _) => rows(RowVerb::Update, after(&["only"], 1)),
        ("delete", _) => rows(RowVerb::Delete, 2),
        ("truncate", _) => rows(RowVerb::Delete, after(&["table"], 1)),
        ("select", _) => MigrationOperationKind::Rows { table: None, verb: RowVerb::Select, sql: None },
        ("with", _) => with(&lower),
        ("alter", "table") => {
            let place = after(&["if", "exists", "only"], 2);
            unknown(table(place).map(|table| within(table, &lower[(place + 1).min(lower.len())..], &words, place)))
        }
        ("alter", "type") => unknown(table(2).map(|name| Touched::Type { name })),
        ("drop", "table") => unknown(table(after(&["if", "exists"], 2)).map(|table| Touched::Table { table })),
        ("create", "index" | "unique") => {
            let on = lower.iter().position(|word| word == "on").map(|on| after(&["only"], on + 1));
            unknown(on.and_then(table).map(|table| Touched::Constraints { table }))
        }
        ("set", _) | ("grant" | "revoke" | "comment", _) => MigrationOperationKind::Aside { what: at(0).to_owned() },
        (
            "create" | "drop",
            "extension" | "function" | "trigger" | "view" | "schema" | "sequence" | "role" | "policy",
        ) => MigrationOperationKind::Aside { what: format!("a {}", at(1)) },
        ("create", "or") if at(2) == "replace" => MigrationOperationKind::Aside { what: format!("a {}", at(3)) },
        _ => unknown(None),
    }
}

/// What an `ALTER TABLE` may touch of its table.
fn within(table: QualifiedName, rest: &[String], words: &[&str], place: usize) -> Touched {
    let at = |place: usize| rest.get(place).map_or("", String::as_str);
    let named = |number: usize| words.get(place + 1 + number).and_then(|word| name(word)).map(|name| name.name);
    match (at(0), at(1)) {
        ("add" | "drop" | "validate", "constraint") => match named(2) {
            Some(name) => Touched::Constraint { table, name },
            None => Touched::Constraints { table },
        },
        ("add" | "drop" | "alter", "column") => match named(2) {
            Some(column) => Touched::Column { table, column },
            None => Touched::Table { table },
        },
        ("rename", _) if !rest.iter().any(|word| word == "column" || word == "constraint") => Touched::Everything,
        _ => Touched::Table { table },
    }
}

/// A statement after `WITH`: the first word that writes says what it does.
fn with(lower: &[String]) -> MigrationOperationKind {
    let verb = lower.iter().find_map(|word| match word.as_str() {
        "insert" => Some(RowVerb::Insert),
        "update" => Some(RowVerb::Update),
        "delete" => Some(RowVerb::Delete),
        _ => None,
    });
    MigrationOperationKind::Rows { table: None, verb: verb.unwrap_or(RowVerb::Select), sql: None }
}

fn words(sql: &str) -> Vec<&str> {
    sql.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',')).filter(|word| !word.is_empty()).collect()
}

/// A name, maybe with its schema; none where a part of it is not known.
fn name(word: &str) -> Option<QualifiedName> {
    if word.contains(GAP) {
        return None;
    }
    let bare = |part: &str| match part.strip_prefix('"').and_then(|part| part.strip_suffix('"')) {
        Some(quoted) => quoted.to_owned(),
        None => part.to_lowercase(),
    };
    Some(match word.split_once('.') {
        Some((schema, name)) => QualifiedName::new(Some(bare(schema)), bare(name)),
        None => QualifiedName::new(None, bare(word)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touches(sql: &str) -> String {
        match read_one(&sql.replace('?', &GAP.to_string())) {
            MigrationOperationKind::Unknown { touches, .. } => format!("{touches:?}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn what_statements_with_gaps_touch() {
        assert!(touches("UPDATE item SET title = ?").starts_with("Rows"));
        assert!(touches("ALTER TABLE item DROP CONSTRAINT ?").starts_with("Constraints"));
        assert!(touches("ALTER TABLE item ADD COLUMN price NUMERIC(?)").starts_with("Column"));
        assert!(touches("ALTER TABLE ? ADD COLUMN price INT").starts_with("Everything"));
        assert!(touches("ALTER TYPE status ADD VALUE '?'").starts_with("Type"));
        assert!(touches("CREATE INDEX ? ON item (title)").starts_with("Constraints"));
        assert!(touches("ALTER TABLE item RENAME TO ?").starts_with("Everything"));
    }

    #[test]
    fn what_is_sql() {
        assert!(is_sql("ALTER TABLE a ADD b INT") && is_sql("\n  select 1"));
        assert!(!is_sql("updated") && !is_sql("a text"));
    }
}
