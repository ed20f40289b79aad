//! What replayed databases answer.
#![allow(clippy::panic, reason = "a test that fails is told so")]

use architect_model::{Answer, Inquiry, Location, MigrationOperation, MigrationOperationKind, Unknown};

use super::answer;
use crate::Replay;
use crate::sql::Dialect;

/// A database in which SQL has run; what begins with `?` may have.
fn database(dialect: Dialect, statements: &[&str]) -> Replay {
    let mut replay = Replay::new(dialect);
    for (line, sql) in (1..).zip(statements) {
        let at = Location::line("a.py", line);
        let doubt = sql.starts_with('?').then(|| Unknown::new(at.clone(), "a reason"));
        let kind = MigrationOperationKind::Execute { sql: sql.trim_start_matches('?').to_owned() };
        replay.apply(&MigrationOperation { kind, batch: false, autocommit: false, dialects: None, doubt, at });
    }
    replay
}

fn ask(replay: &Replay, method: &str, table: Option<&str>) -> Answer {
    let table = table.map(str::to_owned);
    let inquiry = Inquiry::Inspector { method: method.to_owned(), table, index: None, schema: None };
    answer(replay, &inquiry, &Location::line("b.py", 1))
}

/// The names of what is found; with `?` what is there perhaps.
fn names(answer: &Answer) -> Vec<String> {
    let Answer::List(items) = answer else { panic!("{answer:?}") };
    let text = |answer: &Answer| match answer.part("name").unwrap_or(answer) {
        Answer::Text(text) => text.clone(),
        Answer::Nothing => "-".to_owned(),
        other => panic!("{other:?}"),
    };
    let shown = |item: &Answer| match item {
        Answer::Perhaps(inner, _) => format!("{}?", text(inner)),
        item => text(item),
    };
    items.iter().map(shown).collect()
}

const TABLE: &str =
    "CREATE TABLE item (id INTEGER PRIMARY KEY, title VARCHAR(20) UNIQUE, price INTEGER CHECK (price > 0))";

#[test]
fn what_is_sure() {
    let replay = database(Dialect::Postgresql, &[TABLE, "CREATE INDEX ix_low ON item (lower(title))"]);
    assert_eq!(names(&ask(&replay, "get_table_names", None)), ["alembic_version", "item"]);
    assert_eq!(ask(&replay, "has_table", Some("item")), Answer::Flag(true));
    assert_eq!(ask(&replay, "has_table", Some("thing")), Answer::Flag(false));
    assert_eq!(names(&ask(&replay, "get_columns", Some("item"))), ["id", "title", "price"]);
    assert_eq!(names(&ask(&replay, "get_indexes", Some("item"))), ["item_title_key", "ix_low"]);
    assert_eq!(names(&ask(&replay, "get_unique_constraints", Some("item"))), ["item_title_key"]);
    assert_eq!(names(&ask(&replay, "get_check_constraints", Some("item"))), ["item_price_check"]);
    assert!(matches!(ask(&replay, "get_columns", Some("thing")), Answer::Unknown(_)));
}

#[test]
fn sqlite_gives_no_names_and_hides_indexes_over_expressions() {
    let replay = database(Dialect::Sqlite, &[TABLE, "CREATE INDEX ix_low ON item (lower(title))"]);
    assert_eq!(names(&ask(&replay, "get_indexes", Some("item"))), [""; 0]);
    assert_eq!(names(&ask(&replay, "get_unique_constraints", Some("item"))), ["-"]);
}

#[test]
fn what_is_in_doubt() {
    let doubtful = ["?ALTER TABLE item ADD COLUMN note TEXT", "?CREATE TABLE thing (id INTEGER)"];
    let replay =
        database(Dialect::Postgresql, &[TABLE, doubtful[0], doubtful[1], "?ALTER TABLE item DROP COLUMN price"]);
    assert_eq!(names(&ask(&replay, "get_columns", Some("item"))), ["id", "title", "note?", "price?"]);
    assert_eq!(names(&ask(&replay, "get_table_names", None)), ["alembic_version", "item", "thing?"]);
    assert!(matches!(ask(&replay, "has_table", Some("thing")), Answer::Unknown(unknown) if unknown.at.line == 3));
    assert_eq!(ask(&replay, "has_table", Some("item")), Answer::Flag(true));
}
