//! Tables read from Python in memory, described as SQL would.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails is told so")]

mod described;
mod unseen;

use architect_model::Known;
use architect_python::{Sources, read};

use described::{constraint, described, project, table, ty};

#[test]
fn a_sqlmodel_table_has_the_fields_of_its_bases() {
    let models = r#"
import uuid
from datetime import datetime, date
from decimal import Decimal
from sqlmodel import Field, Relationship, SQLModel

class ItemBase(SQLModel):
    title: str = Field(min_length=1, max_length=200, index=True)
    description: str | None = Field(default=None, max_length=2000)

class ItemCreate(ItemBase):
    pass

class Item(ItemBase, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    price: Decimal = Field(default=0, max_digits=10, decimal_places=2)
    due_on: date | None = None
    created_at: datetime
    owner_id: uuid.UUID = Field(foreign_key="user.id", nullable=False, ondelete="CASCADE")
    code: str = Field(unique=True, sa_column_kwargs={"server_default": "x", "comment": "Shown"})
    owner: "User" = Relationship(back_populates="items")

class User(SQLModel, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    items: list[Item] = Relationship(back_populates="owner", cascade_delete=True)
"#;
    assert_eq!(
        described(models, "item"),
        "title VARCHAR(200) NOT NULL\n\
         description VARCHAR(2000)\n\
         id UUID NOT NULL PRIMARY KEY default(uuid.uuid4)\n\
         price NUMERIC(10, 2) NOT NULL default(0)\n\
         due_on DATE\n\
         created_at TIMESTAMPTZ NOT NULL\n\
         owner_id UUID NOT NULL\n\
         code VARCHAR NOT NULL DEFAULT 'x'\n\
         FOREIGN - (owner_id) -> user(id) CASCADE\n\
         INDEX ix_item_title (title)\n\
         UNIQUE - (code)"
    );
    let project = project(models);
    assert_eq!(project.tables.len(), 2);
    let item = table(&project, "item");
    let owner = item.owner.expect("an owner");
    assert_eq!((owner.column.as_str(), owner.table.as_str(), owner.direct), ("owner_id", "user", true));
    let relationship = &table(&project, "user").relationships[0];
    assert_eq!((relationship.target.clone(), relationship.many), (Known::Known("Item".to_owned()), true));
}

#[test]
fn an_unpinned_sqlmodel_leaves_datetimes_unknown() {
    let models = "from datetime import datetime\nfrom sqlmodel import Field, SQLModel\n\
                  class A(SQLModel, table=True):\n    id: int | None = Field(default=None, primary_key=True)\n    at: datetime\n";
    let unpinned = read(&Sources::in_memory([("models.py", models)]));
    assert_eq!(ty(&unpinned.tables[0].columns[1].ty), "?");
    let bounded = read(&Sources::in_memory([
        ("models.py", models),
        ("pyproject.toml", "[tool.poetry.dependencies]\nsqlmodel = \"^0.0.22\"\n"),
    ]));
    assert_eq!(ty(&bounded.tables[0].columns[1].ty), "TIMESTAMP");
}

#[test]
fn sa_column_and_helpers_are_followed() {
    let models = r#"
from typing import Annotated, Optional, Union
from sqlalchemy import Column, ForeignKey, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

Name = Annotated[str, Field(max_length=32, index=True)]

def key(table: str, *, nullable: bool = False, **more):
    if not table:
        raise ValueError
    return Field(sa_column=Column(ForeignKey(f"{table}.id", name=f"fk_{table}"), nullable=nullable, **more))

class Team(SQLModel, table=True):
    __tablename__ = "teams"
    id: Optional[int] = Field(default=None, primary_key=True)
    name: Name
    nick: Name | None = None
    bio: str = Field(sa_column=Column("biography", Text, nullable=False, server_default=text("''")))
    extra: dict = Field(default_factory=dict, sa_column=Column(JSONB))
    slug: str = Field(sa_type=String(20))
    parent_id: Union[int, None] = key("teams", nullable=True, index=True)
"#;
    assert_eq!(
        described(models, "teams"),
        "id INTEGER NOT NULL PRIMARY KEY\n\
         name VARCHAR(32) NOT NULL\n\
         nick VARCHAR\n\
         biography TEXT NOT NULL DEFAULT ''\n\
         extra JSONB()\n\
         slug VARCHAR(20) NOT NULL\n\
         parent_id INTEGER\n\
         FOREIGN fk_teams (parent_id) -> teams(id)\n\
         INDEX ix_teams_name (name)\n\
         INDEX ix_teams_parent_id (parent_id)"
    );
}

#[test]
fn enumerations_are_stored_by_name_unless_told_otherwise() {
    let models = r#"
from enum import Enum, StrEnum, auto
from typing import Literal
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Color(str, Enum):
    RED = "red"
    GREEN = "green"
    CRIMSON = RED

class Size(StrEnum):
    SMALL = auto()
    LARGE = auto()

class Base(DeclarativeBase):
    pass

class Shirt(Base):
    __tablename__ = "shirts"
    id: Mapped[int] = mapped_column(primary_key=True)
    color: Mapped[Color]
    size: Mapped[Size] = mapped_column(sa.Enum(Size, name="size_t", values_callable=lambda e: [x.value for x in e]))
    fit: Mapped[Literal["slim", "wide"]]
    other: Mapped[Color | None] = mapped_column(sa.Enum(Color, native_enum=False, length=30))
    plain = sa.Column(sa.Enum("a", "b", name="ab"))
"#;
    assert_eq!(
        described(models, "shirts"),
        "id INTEGER NOT NULL PRIMARY KEY\n\
         color ENUM color(RED|GREEN) NOT NULL\n\
         size ENUM size_t(small|large) NOT NULL\n\
         fit VARCHAR ENUM -(slim|wide) NOT NULL\n\
         other VARCHAR ENUM color(RED|GREEN)\n\
         plain ENUM ab(a|b)"
    );
    let project = project(models);
    assert_eq!(
        project.enums[0].members,
        [("RED".to_owned(), "red".to_owned()), ("GREEN".to_owned(), "green".to_owned())]
    );
}

#[test]
fn declarative_tables_take_columns_from_mixins_and_names_from_the_convention() {
    let models = r#"
import uuid
from datetime import datetime
from typing import Annotated
from sqlalchemy import DateTime, ForeignKey, Index, MetaData, String, UniqueConstraint, CheckConstraint, func
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
Key = Annotated[uuid.UUID, mapped_column(primary_key=True, default=uuid.uuid4)]
str_50 = Annotated[str, 50]

class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map = {datetime: DateTime(timezone=True), str_50: String(50)}

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return cls.__name__.lower() + "s"

class Timestamps:
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime | None] = mapped_column(sort_order=1)

class Owned:
    @declared_attr
    def owner_id(cls) -> Mapped[uuid.UUID]:
        return mapped_column(ForeignKey("users.id", ondelete="cascade"), index=True)

class User(Base):
    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(320), unique=True)

class Note(Owned, Timestamps, Base):
    __table_args__ = (
        UniqueConstraint("owner_id", "title"),
        CheckConstraint("length(title) > 0", name="title"),
        Index("ix_notes_latest", "owner_id", "created_at", postgresql_where="deleted_at IS NULL"),
        {"comment": "Notes"},
    )
    id: Mapped[Key] = mapped_column()
    title: Mapped[str_50]
    user: Mapped["User"] = relationship()
    parent_id = mapped_column(ForeignKey(id))
"#;
    assert_eq!(
        described(models, "notes"),
        "id UUID NOT NULL PRIMARY KEY default(uuid.uuid4)\n\
         title VARCHAR(50) NOT NULL\n\
         parent_id UUID\n\
         owner_id UUID NOT NULL\n\
         created_at TIMESTAMPTZ NOT NULL DEFAULT now()\n\
         updated_at TIMESTAMPTZ\n\
         FOREIGN fk_notes_parent_id_notes (parent_id) -> notes(id)\n\
         FOREIGN fk_notes_owner_id_users (owner_id) -> users(id) CASCADE\n\
         INDEX ix_notes_owner_id (owner_id)\n\
         UNIQUE uq_notes_owner_id (owner_id, title)\n\
         CHECK ck_notes_title (length(title) > 0)\n\
         INDEX ix_notes_latest (owner_id, created_at) WHERE deleted_at IS NULL"
    );
    assert!(described(models, "users").contains("UNIQUE uq_users_email (email)"));
}

#[test]
fn inheritance_is_single_table_or_joined() {
    let models = r#"
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.ext.declarative import declarative_base

class Common:
    id = Column(Integer, primary_key=True)

Base = declarative_base(cls=Common)

class Person(Base):
    __tablename__ = "person"
    name = Column("full_name", String(80), nullable=False)

class Pupil(Person):
    grade = Column(Integer)

class Teacher(Person):
    __tablename__ = "teacher"
    id = Column(ForeignKey("person.id"), primary_key=True)
    subject = Column(String)

class Draft(Base):
    __abstract__ = True
    x = Column(Integer)
"#;
    assert_eq!(
        described(models, "person"),
        "full_name VARCHAR(80) NOT NULL\nid INTEGER NOT NULL PRIMARY KEY\ngrade INTEGER"
    );
    assert_eq!(
        described(models, "teacher"),
        "id INTEGER NOT NULL PRIMARY KEY\nsubject VARCHAR\nFOREIGN - (id) -> person(id)"
    );
    assert_eq!(project(models).tables.len(), 2);
}

#[test]
fn core_tables_and_type_decorators() {
    let models = r#"
import sqlalchemy as sa
from sqlalchemy import Table, Column, MetaData, Integer, ForeignKey
from sqlalchemy.types import TypeDecorator, CHAR
from sqlalchemy.dialects.postgresql import UUID, ARRAY
from pgvector.sqlalchemy import Vector

class GUID(TypeDecorator):
    impl = CHAR
    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(UUID())
        return dialect.type_descriptor(CHAR(32))

class Key(TypeDecorator):
    impl = CHAR(36)
    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import UUID as Native
            return dialect.type_descriptor(Native(as_uuid=True))
        return dialect.type_descriptor(CHAR(36))

class Upper(TypeDecorator):
    impl = sa.String

metadata = MetaData(schema="shop")
links = Table(
    "links", metadata,
    Column("a_id", Integer, ForeignKey("shop.a.id", ondelete="CASCADE"), primary_key=True),
    Column("guid", GUID),
    Column("key", Key()),
    Column("code", Upper(8), nullable=False),
    Column("vector", Vector(3)),
    Column("tags", ARRAY(sa.String)),
    Column("either", sa.JSON().with_variant(sa.Text(), "postgresql")),
    sa.UniqueConstraint("guid", name="one"),
)
"#;
    assert_eq!(
        described(models, "links"),
        "a_id INTEGER NOT NULL PRIMARY KEY\n\
         guid GUID() = UUID\n\
         key Key() = UUID\n\
         code Upper(8) = VARCHAR(8) NOT NULL\n\
         vector Vector(3)\n\
         tags VARCHAR[]\n\
         either JSON() = TEXT\n\
         FOREIGN - (a_id) -> shop.a(id) CASCADE\n\
         UNIQUE one (guid)"
    );
    assert_eq!(table(&project(models), "links").schema.as_deref(), Some("shop"));
}

#[test]
fn keys_of_a_schema_that_the_metadata_has() {
    let models = r#"
from sqlalchemy import ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    metadata = MetaData(schema="app")

class Country(Base):
    __tablename__ = "country"
    code: Mapped[str] = mapped_column(String(2), primary_key=True)

class City(Base):
    __tablename__ = "city"
    __table_args__ = {"schema": "other"}
    id: Mapped[int] = mapped_column(primary_key=True)
    country = mapped_column(ForeignKey("country.code"))
    capital_of = mapped_column(ForeignKey("app.country.code"))
"#;
    assert_eq!(
        described(models, "city"),
        "id INTEGER NOT NULL PRIMARY KEY\n\
         country VARCHAR(2)\n\
         capital_of VARCHAR(2)\n\
         FOREIGN - (country) -> app.country(code)\n\
         FOREIGN - (capital_of) -> app.country(code)"
    );
}

#[test]
fn what_cannot_be_known_is_unknown() {
    let models = r#"
import os
from pydantic_settings import BaseSettings
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import declarative_base
from elsewhere import make_column, Mixin

class Settings(BaseSettings):
    prefix: str = "x_"
    size: int = 10

settings = Settings()
Base = declarative_base()

class A(Mixin, Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    name = Column(String(settings.size))
    flag = Column(Integer, nullable=os.environ["X"] == "1")

class B(Base):
    __tablename__ = settings.prefix + "b"
    id = Column(Integer, primary_key=True)
"#;
    assert_eq!(
        described(models, "a"),
        "id INTEGER NOT NULL PRIMARY KEY\n\
         name ?\n\
         flag INTEGER NULL?\n\
         ? what `elsewhere.Mixin` declares is not known: its package is not installed"
    );
    let project = project(models);
    let unnamed = project.tables().find(|table| table.name.known().is_none()).expect("a table without a known name");
    assert_eq!(unnamed.class.as_ref().map(|class| class.name.as_str()), Some("B"));
}

#[test]
fn schemas_have_inherited_fields_and_tell_the_required_ones() {
    let project = project(
        r#"
from typing import Annotated, ClassVar
from pydantic import BaseModel, Field
from dataclasses import dataclass

class Base(BaseModel):
    LIMIT: ClassVar[int] = 3
    name: str
    note: str | None = None

class Create(Base):
    size: int = Field(gt=0)
    tags: list[str] = Field(default_factory=list)
    name: Annotated[str, Field(max_length=3)]
    _private: int = 1

@dataclass
class Not:
    x: int
"#,
    );
    let create = project.schemas.iter().find(|schema| schema.class.name == "Create").expect("a schema");
    let fields: Vec<_> = create.fields.iter().map(|f| (f.name.as_str(), f.required, f.inherited)).collect();
    assert_eq!(fields, [("name", true, false), ("note", false, true), ("size", true, false), ("tags", false, false)]);
    assert_eq!(create.bases, ["app.models.Base"]);
    assert_eq!(project.schemas.len(), 2);
}

#[test]
fn a_naming_convention_may_be_set_from_outside() {
    let project = read(&Sources::in_memory([
        ("app/__init__.py", ""),
        (
            "app/db.py",
            "from sqlmodel import SQLModel\nSQLModel.metadata.naming_convention = {'uq': 'uq_%(table_name)s_%(column_0_N_name)s'}\n",
        ),
        (
            "app/models.py",
            "from sqlmodel import Field, SQLModel\nclass A(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n    b: str = Field(unique=True)\n",
        ),
        (
            "app/models/__init__.py",
            "from sqlmodel import Field, SQLModel\nclass B(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n    b: str = Field(unique=True)\n",
        ),
    ]));
    assert_eq!(project.tables.len(), 1, "a file beside a package of its name is never imported");
    assert_eq!(constraint(&project.tables[0].constraints[1]), "UNIQUE uq_b_b (b)");
}
