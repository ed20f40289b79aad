//! Tables of changed files, read again: they are what a reading of the whole project gives.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails is told so")]

use architect_model::Table;
use architect_python::{SourceText, Sources, read, read_tables};

const BASE: (&str, &str) = (
    "app/base.py",
    "from sqlalchemy import MetaData\nfrom sqlalchemy.orm import DeclarativeBase\n\n\
     class Base(DeclarativeBase):\n    metadata = MetaData(naming_convention={'fk': 'fk_%(table_name)s_%(column_0_name)s'})\n",
);
const USER: (&str, &str) = (
    "app/users.py",
    "import uuid\nfrom sqlalchemy.orm import Mapped, mapped_column, relationship\nfrom app.base import Base\n\n\
     class User(Base):\n    __tablename__ = 'user'\n    __table_args__ = {'schema': 'auth'}\n\
     \x20   id: Mapped[uuid.UUID] = mapped_column(primary_key=True)\n    code: Mapped[str] = mapped_column('user_code')\n",
);
/// Foreign keys by text and by attribute, without types of their own; a relationship whose side the foreign key decides.
const NEW: (&str, &str) = (
    "app/loans.py",
    "from sqlalchemy import ForeignKey\nfrom sqlalchemy.orm import mapped_column, relationship\n\
     from app.base import Base\nfrom app.users import User\n\n\
     class Loan(Base):\n    __tablename__ = 'loan'\n    id = mapped_column(ForeignKey('auth.user.id'), primary_key=True)\n\
     \x20   code = mapped_column(ForeignKey(User.code))\n    borrower = relationship('User', foreign_keys=[id])\n",
);

fn named<'t>(mut tables: impl Iterator<Item = &'t Table>, name: &str) -> &'t Table {
    tables.find(|table| table.name.known().is_some_and(|known| known == name)).expect("the table is read")
}

#[test]
fn a_new_file_refers_to_tables_that_are_not_read_again() {
    let before = Sources::in_memory([("app/__init__.py", ""), BASE, USER]);
    let known = read(&before).tables;
    let after = before.overlaid([SourceText::new(NEW.0, NEW.1)]);
    let again = read_tables(&after, &[NEW.0], &known);
    assert_eq!(again.len(), 1, "only the tables of the changed file");
    let mut whole = named(read(&after).tables(), "loan").clone();
    whole.owner = None;
    assert_eq!(again[0], whole);
    assert!(
        again[0].columns.iter().all(|column| column.ty.known().is_some()),
        "types come from the columns referred to"
    );
}

#[test]
fn a_changed_file_is_read_as_it_is_now() {
    let before = Sources::in_memory([("app/__init__.py", ""), BASE, USER, NEW]);
    let known = read(&before);
    let text = format!("{}    note = mapped_column(ForeignKey('loan.id'))\n", NEW.1);
    let after = before.overlaid([SourceText::new(NEW.0, text)]);
    let again = read_tables(&after, &[NEW.0], &known.tables);
    assert!(named(again.iter(), "loan").columns.iter().any(|column| column.name == "note"));
    assert!(named(known.tables(), "loan").columns.iter().all(|column| column.name != "note"));
}
