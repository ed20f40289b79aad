//! Revision files and what is read of them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails is told so")]

use architect_model::{
    History, Known, MigrationOperationKind as Kind, MigrationStyle, RowVerb, TableConstraint, Touched,
};

use super::read_history;
use crate::source::{SourceText, Sources};

/// The history of one revision whose `upgrade` is this.
fn history(upgrade: &str) -> History {
    history_with("", upgrade)
}

fn history_with(top: &str, upgrade: &str) -> History {
    let body: String = upgrade.trim_matches('\n').lines().map(|line| format!("    {line}\n")).collect();
    let text = format!(
        "\"\"\"Change it\n\nRevision ID: a1\n\"\"\"\nimport sqlalchemy as sa\nfrom alembic import op\n\
         from sqlalchemy.dialects import postgresql\n{top}\nrevision = 'a1'\ndown_revision = None\n\n\n\
         def upgrade():\n{body}\n"
    );
    read(&[("migrations/versions/a1_change.py", &text)])
}

fn read(files: &[(&str, &str)]) -> History {
    let mut sources = Sources::in_memory([]);
    sources.python = files.iter().map(|(path, text)| SourceText::new(*path, *text)).collect();
    let style = MigrationStyle {
        script_location: Some("migrations".to_owned()),
        versions: Some("migrations/versions".to_owned()),
        ..MigrationStyle::default()
    };
    read_history(&sources, &style, crate::NoDatabase)
}

/// What the only revision does.
fn kinds(history: &History) -> Vec<Kind> {
    assert_eq!(history.unread, []);
    history.revisions[0].upgrade.iter().map(|operation| operation.kind.clone()).collect()
}

#[test]
fn tables_with_all_that_comes_with_them() {
    let history = history(
        "
op.create_table(
    'item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=80), server_default='new', unique=True),
    sa.Column('owner_id', sa.Uuid(), sa.ForeignKey('user.id', ondelete='CASCADE'), index=True),
    sa.Column('made', sa.DateTime(timezone=True), server_default=sa.text('now()')),
    sa.CheckConstraint('id > 0', name='positive'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_item')),
)
",
    );
    let [Kind::CreateTable { table, .. }] = &kinds(&history)[..] else { panic!("{history:?}") };
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["id", "title", "owner_id", "made"]);
    let default = |place: usize| table.columns[place].server_default.clone().unwrap().sql;
    assert_eq!(default(1), Known::Known("'new'".to_owned()));
    assert_eq!(default(3), Known::Known("now()".to_owned()));
    assert_eq!(table.columns[0].nullable, Known::Known(false));
    let has = |wanted: &dyn Fn(&TableConstraint) -> bool| table.constraints.iter().any(wanted);
    assert!(has(&|c| c.name() == Some("pk_item") && c.columns() == ["id"]));
    assert!(has(&|c| c.name() == Some("ix_item_owner_id")));
    assert!(has(&|c| matches!(c, TableConstraint::Unique { name: None, .. })));
    assert!(has(&|c| matches!(c, TableConstraint::ForeignKey { ref_table, on_delete: Some(rule), .. }
        if ref_table == "user" && rule == "CASCADE")));
}

#[test]
fn loops_and_functions_over_literals() {
    let history = history_with(
        "TABLES = ['a', 'b']\ndef widen(table, column):\n    op.alter_column(table, column, type_=sa.Text())\n",
        "for table in TABLES:\n    widen(table, f'{table}_note')\nop.execute('UPDATE a SET x = 1')",
    );
    let found = kinds(&history);
    let column = |place: usize| match &found[place] {
        Kind::AlterColumn { table, column, .. } => format!("{table}.{column}"),
        other => panic!("{other:?}"),
    };
    assert_eq!([column(0), column(1)], ["a.a_note", "b.b_note"]);
    assert!(matches!(&found[2], Kind::Execute { sql } if sql == "UPDATE a SET x = 1"));
}

#[test]
fn databases_that_operations_run_on() {
    let history = history(
        "
bind = op.get_bind()
if bind.dialect.name == 'postgresql':
    op.execute('CREATE EXTENSION citext')
    with op.get_context().autocommit_block():
        op.create_index('ix_a', 'a', ['x'], postgresql_concurrently=True)
else:
    with op.batch_alter_table('a') as batch_op:
        batch_op.drop_column('x')
op.drop_table('b')
",
    );
    let found = &history.revisions[0].upgrade;
    let dialects: Vec<String> =
        found.iter().map(|o| o.dialects.as_ref().map_or_else(String::new, |names| names.join(" "))).collect();
    assert_eq!(dialects, ["sqlite mysql", "postgresql", "postgresql", ""]);
    assert!(found[2].autocommit && !found[1].autocommit && found[0].batch && !found[3].batch);
    assert!(matches!(&found[0].kind, Kind::DropColumn { table, .. } if table.name == "a"));
}

#[test]
fn what_is_not_known_touches_what_it_names() {
    let history = history_with(
        "import os\n",
        "
name = open('x').read()
op.drop_constraint(name, 'item', type_='unique')
op.execute(f'ALTER TABLE item ADD COLUMN price {name}')
op.execute(f\"INSERT INTO item VALUES ('{name}')\")
",
    );
    let found = kinds(&history);
    let touches = |place: usize| match &found[place] {
        Kind::Unknown { touches, .. } => touches.clone(),
        other => panic!("{other:?}"),
    };
    assert!(matches!(touches(0), Touched::Constraints { table } if table.name == "item"));
    assert!(matches!(touches(1), Touched::Column { column, .. } if column == "price"));
    assert!(matches!(&found[2], Kind::Rows { verb: RowVerb::Insert, table: Some(table), .. } if table.name == "item"));
}

#[test]
fn rows_written_by_constructs() {
    let history = history_with(
        "from sqlalchemy.sql import column, insert, table\n",
        "
item = table('item', column('title'))
op.get_bind().execute(insert(item).values(title='a'))
with op.batch_alter_table('item') as batch_op:
    batch_op.execute(item.update().values(title='b'))
op.execute(sa.text('DELETE FROM item WHERE title = :title').bindparams(title='b'))
",
    );
    let found = kinds(&history);
    let is = |place: usize, wanted: RowVerb| matches!(&found[place], Kind::Rows { verb, table: Some(table), .. } if *verb == wanted && table.name == "item");
    assert!(is(0, RowVerb::Insert) && is(1, RowVerb::Update), "{found:?}");
    assert!(matches!(&found[2], Kind::Execute { sql } if sql.starts_with("DELETE")));
}

#[test]
fn types_made_and_dropped_by_themselves() {
    let history = history_with(
        "status = postgresql.ENUM('open', 'done', name='status', create_type=False)\n",
        "status.create(op.get_bind(), checkfirst=True)\nsa.Enum(name='old').drop(op.get_bind(), checkfirst=False)",
    );
    let found = kinds(&history);
    assert!(matches!(&found[0], Kind::CreateType { ty, if_not_exists: true } if ty.values == ["open", "done"]));
    assert!(matches!(&found[1], Kind::DropType { name, if_exists: false } if name.name == "old"));
}

#[test]
fn files_that_are_no_revisions() {
    let found = read(&[
        ("migrations/versions/a.py", "x = 1\n"),
        ("migrations/versions/b.py", "revision = 'b'\n"),
        ("migrations/versions/c.py", "revision = 'c'\ndown_revision = ('b',\n"),
        ("migrations/versions/d.py", "revision = 'd'\ndown_revision = ('b', 'c')\nbranch_labels = 'x'\n"),
        ("migrations/versions/below/e.py", "revision = 'e'\ndown_revision = None\n"),
    ]);
    let reasons: Vec<&str> = found.unread.iter().map(|unknown| unknown.reason.as_str()).collect();
    assert_eq!(reasons.len(), 3);
    assert!(reasons[0].contains("no `revision`") && reasons[1].contains("no `down_revision`"));
    assert!(reasons[2].contains("syntax error"));
    let [only] = &found.revisions[..] else { panic!("{found:?}") };
    assert_eq!(
        (only.down.as_slice(), only.labels.as_slice()),
        (&["b".to_owned(), "c".to_owned()][..], &["x".to_owned()][..])
    );
    assert!(only.downgrade.is_none());
}
