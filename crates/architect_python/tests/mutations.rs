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
