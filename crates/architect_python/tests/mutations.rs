//! The reader never panics and always ends, whatever is done to the text it reads.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails is told so")]

use architect_python::{Sources, read};

const MODELS: &str = r#"
import uuid
from enum import Enum
from typing import Annotated, Generic, Optional, TypeVar
from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel, Field as F
from sqlalchemy import Column, ForeignKey, Index, String, UniqueConstraint, Table, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship
from sqlmodel import Field, Relationship, SQLModel
from . import other as o
from .other import *

T = TypeVar("T")
Key = Annotated[uuid.UUID, mapped_column(primary_key=True)]
PREFIX = f"{'x'}_{1}" + "y"

def owner(table, *, end="s", **more):
    if table == "z":
        return None
    return Field(sa_column=Column(ForeignKey(f"{table}.id"), **more))

class Color(str, Enum):
    RED = "red"
    BLUE = RED

class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={"ix": "ix_%(column_0_label)s"})
    @declared_attr.directive
    def __tablename__(cls): return cls.__name__.lower()[1:] + "s"

class Mixin(Generic[T]):
    @declared_attr
    def team_id(cls) -> Mapped[int]: return mapped_column(ForeignKey("teams.id"), index=True)

class Note(Mixin[int], Base):
    __table_args__ = (UniqueConstraint("id", name="u"), Index(None, "id"), {"schema": "s"})
    id: Mapped[Key]
    title: Mapped["str | None"] = mapped_column(String(3), default=lambda: 1)
    up: Mapped[list["Note"]] = relationship("Note", secondary=lambda: links)

links = Table("links", Base.metadata, Column("a", ForeignKey("notes.id"), primary_key=True))

class Item(SQLModel, table=True):
    id: Optional[uuid.UUID] = Field(default_factory=uuid.uuid4, primary_key=True)
    color: Color = Color.RED
    owner_id: int = owner("user", nullable=False)
    notes: list["Item"] = Relationship(back_populates="item")

router = APIRouter(prefix=PREFIX)

@router.get("/items/{id}", response_model=list[Item])
async def read_items(id: int, q: Annotated[str, Depends(owner)] = None):
    return [x.value for x in Color if x]

app = FastAPI()
app.include_router(router, prefix="/api")
"#;

const OTHER: &str = "from .models import *\nfrom . import models as other\n__all__ = ['Note', 'x']\nx = other.x\n";

/// A small generator of numbers, so that a failure can be repeated.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit.max(1)
    }
}

/// The text with a few lines, words or characters removed, doubled or swapped.
fn mutated(text: &str, numbers: &mut Numbers) -> String {
    let mut text = text.to_owned();
    for _ in 0..=numbers.below(4) {
        let mut lines: Vec<&str> = text.lines().collect();
        let (a, b) = (numbers.below(lines.len()), numbers.below(lines.len()));
        text = match numbers.below(6) {
            0 => {
                lines.remove(a);
                lines.join("\n")
            }
            1 => {
                lines.swap(a, b);
                lines.join("\n")
            }
            2 => {
                lines.insert(a, lines[b]);
                lines.join("\n")
            }
            3 => {
                let indented = format!("    {}", lines[a]);
                lines[a] = &indented;
                lines.join("\n")
            }
            4 => {
                let mut characters: Vec<char> = text.chars().collect();
                let at = numbers.below(characters.len());
                characters[at] = ['(', ')', '"', ':', ' ', '\n', 'é', '[', '=', '\0'][numbers.below(10)];
                characters.into_iter().collect()
            }
            _ => {
                let words: Vec<&str> = text.split(' ').collect();
                let (from, to) = (words[numbers.below(words.len())], words[numbers.below(words.len())]);
                if from.is_empty() { text.clone() } else { text.replacen(from, to, 2) }
            }
        };
    }
    text
}

#[test]
fn mutated_projects_are_read() {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for round in 0..400 {
        let (models, other) = (mutated(MODELS, &mut numbers), mutated(OTHER, &mut numbers));
        let models: &'static str = Box::leak(models.into_boxed_str());
        let other: &'static str = Box::leak(other.into_boxed_str());
        let name = ["app/models.py", "models.py", "a/b/models.py"][round % 3];
        read(&Sources::in_memory([("app/__init__.py", ""), (name, models), ("app/other.py", other)]));
    }
}

#[test]
fn deep_and_circular_texts_are_read() {
    let chain: String = (0..3000).map(|n| format!("x{} = x{n}\n", n + 1)).collect();
    let classes: String = (0..300).map(|n| format!("class C{}(C{n}): pass\n", n + 1)).collect();
    let circle =
        "class A(B): ...\nclass B(C): ...\nclass C(A): ...\ndef f(): return g()\ndef g(): return f()\nX = f()\n";
    let nested = format!("x = {}1{}\n", "(".repeat(150), ")".repeat(150));
    for text in [chain, classes, circle.to_owned(), nested] {
        let text: &'static str = Box::leak(text.into_boxed_str());
        read(&Sources::in_memory([("m.py", text)]));
    }
}

/// Whatever nests more deeply than a stack allows is said; the rest of its file is read.
#[test]
fn what_nests_too_deeply_is_said() {
    for (open, close) in [("[", "]"), ("f(", ")"), ("", ".b"), ("1 + ", ""), ("not ", ""), ("int | ", "")] {
        let deep = format!("x = {}a{}", open.repeat(30_000), close.repeat(30_000));
        let model = "from sqlmodel import Field, SQLModel\n\nclass Note(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n";
        let text: &'static str = Box::leak(format!("{model}\n{deep}\n").into_boxed_str());
        let project = read(&Sources::in_memory([("m.py", text)]));
        assert_eq!(project.tables.len(), 1);
        let said = project.unknowns.iter().find(|it| it.reason.contains("nests deeper")).unwrap();
        assert_eq!(said.at.line, 6);
    }
}

/// Whatever is defined by itself is unknown, wherever that stands.
#[test]
fn circular_definitions_are_read() {
    let head =
        "import uuid\nfrom fastapi import FastAPI, Depends\nfrom sqlmodel import Field, SQLModel\napp = FastAPI()\n";
    let table = "class N(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n";
    let route = "@app.get('/x')\ndef f(x: foo.Baz, s=Depends(foo.x)): return foo.y\n";
    for (before, after) in [
        ("foo: foo.Bar = foo.bar\n", "    u: foo.UUID\n"),
        ("foo: foo.Bar\n", "    foo: foo.Bar\n"),
        ("", "    foo: foo = foo.x\n"),
        ("", "    foo: bar.x\n    bar: foo.y = bar.foo.bar\n"),
        ("foo: bar.x\nbar: foo.y\n", "    u: foo.z\n    v: str = foo.q()\n"),
        ("foo = bar.x\nbar = foo.y\n", "    u: foo.z\n    v: str = foo.q()\n"),
        ("class foo:\n    a: 'foo.a.b'\n    def x(self) -> 'foo.x.y': return self.x().y\n", "    u: foo.a\n"),
        (
            "class foo(foo.x): ...\nclass A(A): ...\nclass B(C): ...\nclass C(B, SQLModel, table=True):\n    id: int\n",
            "",
        ),
        ("foo = bar | 'foo'\nbar = list['foo']\nfoo: 'bar'\n", "    u: foo\n    v: bar\n"),
        ("from m import *\nfrom .m import *\nfrom . import m\nimport m as foo\n", "    u: foo.foo.m\n"),
    ] {
        let text: &'static str = Box::leak(format!("{head}{before}{route}{table}{after}").into_boxed_str());
        let project =
            read(&Sources::in_memory([("m.py", text), ("other.py", "from m import *\nfrom other import *\n")]));
        assert!(project.tables().any(|table| table.name.known().is_some_and(|name| name == "n")), "{text}");
    }
}

/// A field may be called like its type, or like the module that its type comes from.
#[test]
fn fields_called_like_their_types_are_read() {
    let text = "import uuid\nfrom datetime import date\nfrom sqlmodel import Field, SQLModel\n\nclass N(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n    date: date\n    uuid: uuid.UUID\n    day: date\n    key: uuid.UUID | None = None\n";
    let project = read(&Sources::in_memory([("m.py", text)]));
    let table = &project.tables[0];
    let types: Vec<_> = table.columns.iter().map(|column| format!("{} {:?}", column.name, column.ty.known())).collect();
    assert_eq!(table.unknowns.len(), 0, "{types:?}");
    let same = |a: &str, b: &str| {
        let of = |name: &str| table.columns.iter().find(|column| column.name == name).unwrap().ty.known();
        assert!(of(a).is_some() && of(a) == of(b), "{types:?}");
    };
    same("date", "day");
    same("uuid", "key");
}
