//! Two schemas beside each other.

use std::sync::Arc;

use architect_model::{
    Column, ColumnType, DatabaseSchema, DefaultForm, Doubt, EnumType, Index, IndexPart, Known, Location, QualifiedName,
    ServerDefault, Table, TableConstraint, Touched, Unknown,
};

use super::{Comparison, PossibleRename, Renames, Sides, compare, possible_renames};

fn at() -> Location {
    Location::line("app/models.py", 1)
}

fn column(name: &str, ty: ColumnType) -> Column {
    Column::new(name, ty, at())
}

fn text(length: u32) -> ColumnType {
    ColumnType::String { length: Some(length), auto: false }
}

fn table(columns: Vec<Column>, constraints: Vec<TableConstraint>) -> Table {
    Table { columns, constraints, ..Table::new("item".to_owned(), at()) }
}

fn unique(name: Option<&str>, column: &str) -> TableConstraint {
    TableConstraint::unique(name.map(str::to_owned), vec![column.to_owned()])
}

fn reference(name: Option<&str>, on_delete: Option<&str>) -> TableConstraint {
    TableConstraint::ForeignKey {
        name: name.map(str::to_owned),
        columns: vec!["owner_id".into()],
        ref_table: "user".into(),
        ref_columns: vec!["id".into()],
        on_delete: on_delete.map(str::to_owned),
        on_update: None,
        deferrable: None,
        initially: None,
        match_kind: None,
        use_alter: false,
    }
}

fn default(sql: &str) -> Option<ServerDefault> {
    let (source, sql) = (sql.to_owned(), Known::Known(sql.to_owned()));
    Some(ServerDefault { source, sql, form: DefaultForm::Text })
}

fn compared(database: Table, model: Table) -> Comparison {
    of(DatabaseSchema { tables: vec![Arc::new(database)], ..DatabaseSchema::default() }, model)
}

fn of(database: DatabaseSchema, model: Table) -> Comparison {
    compare(&database, &[Arc::new(model)], &Renames::default(), Sides::MIGRATIONS_AND_MODELS)
}

fn texts(found: &Comparison) -> Vec<&str> {
    found.differences.iter().map(|difference| difference.text.as_str()).collect()
}

#[test]
fn what_is_alike_is_made_equal() {
    let mut old = column("state", text(9));
    old.server_default = default("'open'::character varying");
    let mut new = column("state", ColumnType::String { length: Some(9), auto: true });
    new.server_default = default("'open'");
    new.attribute = Some("status".into());
    let constraints = |names: bool| {
        let named = |name: &'static str| names.then_some(name);
        vec![
            unique(named("item_state_key"), "state"),
            reference(named("anything"), if names { Some("NO ACTION") } else { None }),
            TableConstraint::check(named("item_state_check").map(str::to_owned), Known::Known("state <> ''".into())),
        ]
    };
    let found = compared(table(vec![old], constraints(true)), table(vec![new], constraints(false)));
    assert!(found.differences.is_empty() && found.uncertain.is_empty(), "{:?}", texts(&found));
    assert_eq!(found.before, found.after);
    let names: Vec<_> = found.after[0].constraints.iter().map(TableConstraint::name).collect();
    assert_eq!(names, [None, Some("anything"), None]);
}

#[test]
fn columns_that_differ() {
    let mut old = vec![column("title", text(80)), column("gone", ColumnType::Text), column("at", ColumnType::Date)];
    old[2].server_default = default("CURRENT_DATE");
    let mut new = vec![column("title", text(120)), column("new", ColumnType::Text), column("at", ColumnType::Date)];
    new[0].nullable = Known::Known(false);
    new[2].server_default = default("now()");
    let found = compared(table(old.clone(), Vec::new()), table(new, Vec::new()));
    assert_eq!(
        texts(&found),
        [
            "type of `item.title`: varchar(80) in the migrations, varchar(120) in the models",
            "nullability of `item.title`: NULL in the migrations, NOT NULL in the models",
            "column `item.gone` is in the migrations only",
            "server default of `item.at`: `CURRENT_DATE` in the migrations, `now()` in the models",
            "column `item.new` is in the models only",
        ]
    );
    assert_eq!(found.before[0].columns, old);
}

#[test]
fn constraints_that_differ() {
    let index = |column: &str, unique| {
        TableConstraint::Index(Index {
            name: Some("ix".into()),
            parts: vec![IndexPart::column(column)],
            unique,
            ..Index::default()
        })
    };
    let old = vec![reference(None, None), unique(Some("uq"), "a"), index("a", false)];
    let new = vec![reference(None, Some("CASCADE")), unique(None, "b"), index("a", true)];
    let found = compared(table(Vec::new(), old), table(Vec::new(), new));
    assert_eq!(
        texts(&found),
        [
            "foreign key (owner_id) of `item`: to `user` (id) in the migrations, to `user` (id) ON DELETE CASCADE in the models",
            "unique constraint (b) of `item` is in the models only",
            "index `ix` of `item`: (a) in the migrations, unique (a) in the models",
            "unique constraint `uq` (a) of `item` is in the migrations only",
        ]
    );
}

/// Nor does a writer change it.
#[test]
fn the_order_of_a_primary_key_is_not_compared() {
    let columns = || vec![column("a", ColumnType::Integer), column("b", ColumnType::Integer)];
    let key = |columns: [&str; 2]| TableConstraint::PrimaryKey {
        name: None,
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
    };
    let found = compared(table(columns(), vec![key(["a", "b"])]), table(columns(), vec![key(["b", "a"])]));
    assert_eq!(texts(&found), [] as [&str; 0]);
    assert_eq!(found.before[0].constraints, found.after[0].constraints);
}

/// PostgreSQL makes one index for both where it makes the table.
#[test]
fn a_unique_constraint_over_the_key_is_served_by_its_index() {
    let columns = || vec![column("id", ColumnType::Integer)];
    let key = || TableConstraint::PrimaryKey { name: None, columns: vec!["id".to_owned()] };
    let both = || vec![key(), unique(Some("known"), "id")];
    assert_eq!(texts(&compared(table(columns(), vec![key()]), table(columns(), both()))), [] as [&str; 0]);
    assert_eq!(texts(&compared(table(columns(), both()), table(columns(), both()))), [] as [&str; 0]);
    let other = vec![key(), unique(None, "code")];
    assert_eq!(texts(&compared(table(columns(), vec![key()]), table(columns(), other))).len(), 1);
}

#[test]
fn renamed_columns_carry_their_constraints() {
    let old = table(vec![column("name", text(80))], vec![unique(Some("item_name_key"), "name")]);
    let new = table(vec![column("title", text(80))], vec![unique(None, "title")]);
    let database = DatabaseSchema { tables: vec![Arc::new(old)], ..DatabaseSchema::default() };
    let renames = Renames { columns: vec![("item".into(), "name".into(), "title".into())], ..Renames::default() };
    let found = compare(&database, &[Arc::new(new)], &renames, Sides::MIGRATIONS_AND_MODELS);
    assert_eq!(texts(&found), ["column `item.name` becomes `title`"]);
    assert_eq!(found.before[0].constraints, [unique(None, "name")]);
}

#[test]
fn values_of_enumerations() {
    let ty = |values: &[&str]| ColumnType::Enum {
        name: Some("state".into()),
        values: Known::Known(values.iter().map(|value| (*value).to_owned()).collect()),
        native: true,
        length: None,
        schema: None,
    };
    let database = |values: &[&str]| DatabaseSchema {
        tables: vec![Arc::new(table(vec![column("state", ty(&[]))], Vec::new()))],
        enums: vec![EnumType {
            name: QualifiedName::new(None, "state"),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        }],
        doubts: Vec::new(),
    };
    let model = || table(vec![column("state", ty(&["a", "b"]))], Vec::new());
    assert!(of(database(&["b", "a"]), model()).differences.is_empty());
    let found = of(database(&["a", "c"]), model());
    assert_eq!(texts(&found), ["enum type `state`: `b` in the models only, `c` in the migrations only"]);
    assert_eq!(found.before[0].columns[0].ty, Known::Known(ty(&["a", "c"])));
}

#[test]
fn what_is_in_doubt_is_no_difference() {
    let touches = Touched::Table { table: QualifiedName::new(None, "item") };
    let unknown = Unknown::new(Location::line("versions/a.py", 9), "SQL that is not understood");
    let database = DatabaseSchema {
        tables: vec![Arc::new(table(vec![column("a", ColumnType::Text)], Vec::new()))],
        enums: Vec::new(),
        doubts: vec![Doubt { touches, unknown }],
    };
    let found = of(database, table(vec![column("a", ColumnType::Integer)], Vec::new()));
    assert!(found.differences.is_empty());
    assert_eq!(found.uncertain.len(), 1);
    assert_eq!(found.before, found.after);
}

#[test]
fn a_model_that_is_not_understood_loses_nothing() {
    let mut model = table(Vec::new(), Vec::new());
    model.unknowns.push(Unknown::new(at(), "a mixin that is not found"));
    let found = compared(table(vec![column("a", ColumnType::Text)], vec![unique(None, "a")]), model);
    assert!(found.differences.is_empty());
    assert_eq!(found.uncertain.len(), 2);
    assert_eq!(found.before, found.after);
}

#[test]
fn renames_are_offered_not_taken() {
    let old = table(vec![column("name", text(80)), column("n", ColumnType::Integer)], Vec::new());
    let new =
        table(vec![column("title", text(80)), column("label", text(80)), column("n", ColumnType::Integer)], Vec::new());
    let database = DatabaseSchema { tables: vec![Arc::new(old.clone())], ..DatabaseSchema::default() };
    let offered = |to: &str| PossibleRename::Column { table: "item".into(), from: "name".into(), to: to.into() };
    let models = [Arc::new(new)];
    assert_eq!(possible_renames(&database, &models, &Renames::default()), [offered("title"), offered("label")]);
    let told = Renames { columns: vec![("item".into(), "name".into(), "label".into())], ..Renames::default() };
    assert!(possible_renames(&database, &models, &told).is_empty());
    let thing = Table { name: Known::Known("thing".into()), ..old };
    let renamed = PossibleRename::Table { from: "item".into(), to: "thing".into() };
    assert_eq!(possible_renames(&database, &[Arc::new(thing)], &Renames::default()), [renamed]);
}

#[test]
fn a_default_that_only_the_database_has_stays() {
    let mut old = column("n", ColumnType::Integer);
    old.server_default = default("'0'");
    let database = DatabaseSchema { tables: vec![Arc::new(table(vec![old], Vec::new()))], ..DatabaseSchema::default() };
    let models = [Arc::new(table(vec![column("n", ColumnType::Integer)], Vec::new()))];
    let compared = |sides| compare(&database, &models, &Renames::default(), sides);
    let found = compared(Sides::MIGRATIONS_AND_MODELS);
    assert!(found.differences.is_empty());
    assert_eq!(found.before, found.after);
    let exact = Sides { exact_defaults: Some(true), ..Sides::MIGRATIONS_AND_MODELS };
    assert_eq!(texts(&compared(exact)), ["server default of `item.n`: `'0'` in the migrations, none in the models"]);
}

#[test]
fn an_order_in_a_text_is_one() {
    let index = |parts| TableConstraint::Index(Index { name: Some("ix".into()), parts, ..Index::default() });
    let text = IndexPart::of(architect_model::IndexKey::Expression {
        expression: Known::Known("title DESC".into()),
        source: "text(\"title DESC\")".into(),
    });
    let column = IndexPart { direction: Some(architect_model::Direction::Descending), ..IndexPart::column("title") };
    let columns = || vec![column_of("title")];
    let found = compared(table(columns(), vec![index(vec![column])]), table(columns(), vec![index(vec![text])]));
    assert!(found.differences.is_empty(), "{:?}", texts(&found));
    assert_eq!(found.before, found.after);
}

fn column_of(name: &str) -> Column {
    column(name, text(80))
}
