//! Classes whose base is in a package that is not installed.

use super::described::{described, project};

#[test]
fn a_base_of_another_package_leaves_the_name_unknown() {
    let project = project(
        "from advanced_alchemy.base import UUIDAuditBase\nfrom sqlalchemy.orm import Mapped\n\
         class Author(UUIDAuditBase):\n    name: Mapped[str]\n",
    );
    assert_eq!(project.tables.len(), 1);
    assert!(project.tables[0].name.known().is_none());
    assert_eq!(project.tables[0].columns[0].name, "name");
    assert_eq!(project.tables[0].unknowns.len(), 1);
}

#[test]
fn tables_whose_base_is_not_installed() {
    let models = "from sqlmodel import Field\nfrom sqlalchemy import Column, Integer\n\
         from sqlalchemy.orm import Mapped, mapped_column\nfrom acme import AuditedModel, Base, TableMixin\n\
         from .gone import Lost\n\
         class Invoice(AuditedModel, table=True):\n    id: int | None = Field(default=None, primary_key=True)\n\
         class House(AuditedModel):\n    pass\n\
         class Line(House, table=True):\n    number: str = Field(max_length=20)\n\
         class Order(Base):\n    __tablename__ = f\"{'ord'}ers\"\n    id: Mapped[int] = mapped_column(primary_key=True)\n\
         class Rush(Order):\n    hours: Mapped[int | None]\n\
         class Missing(Lost):\n    __tablename__ = 'missing'\n    id = Column(Integer, primary_key=True)\n";
    let unseen = |class: &str| format!("? what `acme.{class}` declares is not known: its package is not installed");
    assert_eq!(described(models, "invoice"), format!("id INTEGER NOT NULL PRIMARY KEY\n{}", unseen("AuditedModel")));
    assert_eq!(described(models, "line"), format!("number VARCHAR(20) NOT NULL\n{}", unseen("AuditedModel")));
    assert_eq!(
        described(models, "orders"),
        format!("id INTEGER NOT NULL PRIMARY KEY\nhours INTEGER\n{}", unseen("Base"))
    );
    let missing = described(models, "missing");
    assert!(missing.starts_with("id INTEGER NOT NULL PRIMARY KEY\n? "), "{missing}");
}

#[test]
fn classes_that_may_be_tables() {
    let project = project(
        "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\nfrom acme import Base, Mixin\n\
         from sqlmodel import SQLModel\nfrom acme import AS_TABLE\n\
         class Own(DeclarativeBase): ...\n\
         class Order(Base):\n    id: Mapped[int] = mapped_column(primary_key=True)\n\
         class Dated(Base):\n    on: Mapped[int]\n\
         class Bill(Dated):\n    __tablename__ = 'bill'\n    id: Mapped[int] = mapped_column(primary_key=True)\n\
         class Named(Mixin, Own):\n    id: Mapped[int] = mapped_column(primary_key=True)\n\
         class Helper(Base):\n    limit: int = 3\n\
         class Item(SQLModel, table=AS_TABLE):\n    id: int\n",
    );
    let doubts: Vec<&str> = project.unknowns.iter().map(|unknown| unknown.reason.as_str()).collect();
    assert_eq!(doubts.len(), 2, "{doubts:?}");
    assert_eq!(
        doubts[0],
        "whether `Order` is a table is not known: what `acme.Base` declares is not known: its package is not installed"
    );
    assert!(doubts[1].starts_with("whether `Item` is a table is not known: "), "{doubts:?}");
    let tables: Vec<_> = project.tables().map(|table| (table.name.known(), table.columns.len())).collect();
    assert_eq!(tables, [(None, 1), (Some(&"bill".to_owned()), 2)]);
}

#[test]
fn schemas_whose_base_is_not_installed() {
    let project = project(
        "from acme import CamelModel, Reader\nfrom fastapi import APIRouter\nfrom pydantic import Field, field_validator\n\
         class Noted(CamelModel):\n    note: str = Field(max_length=3)\n\
         class ItemCreate(CamelModel):\n    name: str\n    note: str | None = None\n\
         class ItemPublic(Reader[int]):\n    pass\n\
         class Task(CamelModel):\n    name: str\n\
         router = APIRouter()\n\
         @router.post('/items', response_model=list[ItemPublic])\ndef create_item(item: ItemCreate): ...\n",
    );
    let schemas: Vec<_> = project.schemas.iter().map(|it| (&*it.class.name, it.fields.len(), &it.unknowns)).collect();
    let names: Vec<_> = schemas.iter().map(|(name, fields, _)| (*name, *fields)).collect();
    assert_eq!(names, [("Noted", 1), ("ItemCreate", 2), ("ItemPublic", 0)]);
    for (name, _, unknowns) in &schemas {
        assert_eq!(unknowns.len(), 1, "{name}");
    }
    assert_eq!(schemas[2].2[0].reason, "what `acme.Reader` declares is not known: its package is not installed");
}
