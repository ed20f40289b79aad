//! Operations on a schema.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails is told so")]

use architect_model::{
    Column, ColumnChange, ColumnType, Known, Location, MigrationOperation, MigrationOperationKind as Kind,
    QualifiedName, Table, TableConstraint, Touched, Unknown,
};

use super::Replay;
use crate::sql::Dialect;

fn at() -> Location {
    Location::line("a.py", 1)
}

fn name(table: &str) -> QualifiedName {
    QualifiedName::new(None, table)
}

fn does(kind: Kind) -> MigrationOperation {
    MigrationOperation { kind, batch: false, autocommit: false, dialects: None, doubt: None, at: at() }
}

/// A table with a key `id` and these further columns.
fn table(name: &str, columns: &[&str]) -> Table {
    let mut table = Table::new(name.to_owned(), at());
    table.columns = ["id"].iter().chain(columns).map(|name| Column::new(*name, ColumnType::Integer, at())).collect();
    table.columns[0].primary_key = true;
    table.constraints = vec![TableConstraint::PrimaryKey { name: None, columns: vec!["id".to_owned()] }];
    table
}

fn key(columns: &str, to: &str) -> TableConstraint {
    TableConstraint::ForeignKey {
        name: None,
        columns: vec![columns.to_owned()],
        ref_table: to.to_owned(),
        ref_columns: vec!["id".to_owned()],
        on_delete: None,
        on_update: None,
        deferrable: None,
        initially: None,
        match_kind: None,
        use_alter: false,
    }
}

fn create(table: Table) -> Kind {
    Kind::CreateTable { table: Box::new(table), if_not_exists: false }
}

fn run(kinds: Vec<Kind>) -> Replay {
    let mut replay = Replay::new(Dialect::Postgresql);
    kinds.into_iter().for_each(|kind| replay.apply(&does(kind)));
    replay
}

fn names(replay: &Replay, table: &str) -> Vec<String> {
    let table = replay.table(&name(table)).unwrap();
    table.constraints.iter().map(|constraint| constraint.name().unwrap_or("-").to_owned()).collect()
}

#[test]
fn names_by_default() {
    let mut item = table("item", &["owner_id", "price"]);
    item.constraints.push(key("owner_id", "user"));
    let check = |sql: &str| TableConstraint::check(None, Known::Known(sql.to_owned()));
    item.constraints.extend([check("price > 0"), check("price < 9"), check("price < id")]);
    let replay = run(vec![create(table("user", &[])), create(item)]);
    let expected = ["item_pkey", "item_price_check", "item_price_check1", "item_check", "item_owner_id_fkey"];
    assert_eq!(names(&replay, "item"), expected);
    assert_eq!(replay.table(&name("item")).unwrap().columns[0].nullable, Known::Known(false));
    assert_eq!(replay.doubts(), []);
}

#[test]
fn one_index_for_the_same_columns() {
    let mut item = table("item", &["owner_id", "price"]);
    let unique =
        |name: Option<&str>, column: &str| TableConstraint::unique(name.map(str::to_owned), vec![column.to_owned()]);
    let all =
        [unique(Some("known"), "id"), unique(None, "price"), unique(Some("other"), "price"), unique(None, "price")];
    item.constraints.extend(all);
    let replay = run(vec![create(item)]);
    assert_eq!(names(&replay, "item"), ["known", "other"]);
}

#[test]
fn columns_renamed_and_dropped() {
    let mut item = table("item", &["owner_id", "price"]);
    item.constraints.push(key("owner_id", "user"));
    item.constraints.push(TableConstraint::check(Some("positive".to_owned()), Known::Known("price > 0".to_owned())));
    let rename = |table: &str, column: &str, to: &str| Kind::AlterColumn {
        table: name(table),
        column: column.to_owned(),
        change: Box::new(ColumnChange { name: Some(to.to_owned()), ..ColumnChange::default() }),
    };
    let steps = vec![
        create(table("user", &[])),
        create(item),
        rename("item", "price", "cost"),
        rename("user", "id", "uid"),
        Kind::RenameTable { table: name("user"), to: "account".to_owned() },
    ];
    let mut replay = run(steps);
    let constraints = &replay.table(&name("item")).unwrap().constraints;
    let check = constraints.iter().find(|known| known.name() == Some("positive")).unwrap();
    assert!(matches!(check, TableConstraint::Check { sql: Known::Known(sql), .. } if sql == "cost > 0"));
    assert!(constraints.iter().any(|known| matches!(known, TableConstraint::ForeignKey { ref_table, ref_columns, .. }
        if ref_table == "account" && ref_columns == &["uid"])));
    let drop = |column: &str| Kind::DropColumn {
        table: name("item"),
        column: column.to_owned(),
        if_exists: false,
        cascade: false,
    };
    replay.apply(&does(drop("cost")));
    replay.apply(&does(Kind::DropTable { table: name("account"), if_exists: false, cascade: true }));
    assert_eq!(names(&replay, "item"), ["item_pkey"]);
    replay.apply(&does(drop("cost")));
    assert!(matches!(&replay.doubts()[0].touches, Touched::Column { column, .. } if column == "cost"));
}

#[test]
fn doubts_are_settled_by_what_is_sure() {
    let unsure = Unknown::new(at(), "it depends");
    let mut replay = run(vec![create(table("item", &[]))]);
    let add = Kind::AddColumn {
        table: name("item"),
        column: Box::new(Column::new("note", ColumnType::Text, at())),
        constraints: Vec::new(),
        if_not_exists: false,
    };
    replay.apply(&MigrationOperation { doubt: Some(unsure), ..does(add) });
    assert_eq!(replay.doubts().len(), 1);
    replay.apply(&does(Kind::DropColumn {
        table: name("item"),
        column: "note".to_owned(),
        if_exists: true,
        cascade: false,
    }));
    assert_eq!(replay.doubts(), []);
    replay.apply(&does(Kind::Unknown { touches: Touched::Table { table: name("item") }, reason: "?".to_owned() }));
    replay.apply(&does(Kind::DropTable { table: name("item"), if_exists: false, cascade: false }));
    assert_eq!((replay.doubts().len(), replay.tables().count()), (0, 0));
}

#[test]
fn operations_of_other_databases_are_passed_over() {
    let mut replay = Replay::new(Dialect::Sqlite);
    let only = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect());
    replay.apply(&MigrationOperation { dialects: only(&["postgresql"]), ..does(create(table("a", &[]))) });
    replay.apply(&MigrationOperation { dialects: only(&["sqlite", "mysql"]), ..does(create(table("b", &[]))) });
    assert_eq!(replay.tables().count(), 1);
    assert_eq!(names(&replay, "b"), ["-"]);
}
