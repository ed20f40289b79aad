//! Which files may declare tables, and which enumerations: found by the names of their classes, before any is parsed.
//!
//! A class is kin to another if a word of its bases is the other's name, or a name made of it, in whatever file. Names
//! are not resolved, so there are more kin than subclasses; what comes from packages that are not known may be anything.

use rustc_hash::{FxHashMap, FxHashSet};

use super::outline::Outline;
use super::stdlib::is_stdlib;

/// Packages whose classes are no tables by themselves: what derives from them says in words if it is one.
const NO_TABLES: &[&str] = &[
    "alembic",
    "fastapi",
    "httpx",
    "pydantic",
    "pydantic_settings",
    "pytest",
    "sqlalchemy",
    "sqlmodel",
    "starlette",
    "typing_extensions",
];

/// The classes of the standard library that enumerations derive from, and SQLModel's word for a table.
const ENUMERATIONS: &[&str] = &["Enum", "Flag", "IntEnum", "IntFlag", "ReprEnum", "StrEnum"];
const TABLE: &str = "table";

/// What a file may declare.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct MayDeclare {
    /// Tables, indexes, conventions of names.
    pub(crate) tables: bool,
    /// Enumerations.
    pub(crate) enumerations: bool,
}

/// What each file may declare; `is_own` says whether a module is one of the project's.
pub(super) fn may_declare(outlines: &[Outline<'_>], is_own: impl Fn(&str) -> bool) -> Vec<MayDeclare> {
    let is_strange = |module: &str| {
        let top = module.split('.').next().unwrap_or(module);
        !top.is_empty() && !NO_TABLES.contains(&top) && !is_stdlib(top) && !is_own(top)
    };
    let strange: FxHashSet<&str> = outlines
        .iter()
        .flat_map(|outline| &outline.imported)
        .filter(|(_, module)| is_strange(module))
        .map(|(name, _)| *name)
        .collect();
    let declarative = outlines.iter().filter(|outline| outline.mentions.declarative);
    let bases = declarative.flat_map(|outline| outline.declared.iter().copied());
    let made = made_of(outlines);
    let tables = kin(&made, strange.iter().copied().chain(bases).chain([TABLE]));
    let enumerations = kin(&made, strange.iter().copied().chain(ENUMERATIONS.iter().copied()));
    let of_file = |outline: &Outline<'_>| {
        let derives = |from: &FxHashSet<&str>| outline.bases.iter().any(|base| from.contains(base));
        // `from package import *`: its classes may derive from anything.
        let any = strange.contains("*") && !outline.bases.is_empty() && {
            outline.imported.iter().any(|(name, module)| *name == "*" && is_strange(module))
        };
        MayDeclare {
            tables: !outline.is_revision() && (any || outline.mentions.columns || derives(&tables)),
            enumerations: any || derives(&enumerations),
        }
    };
    outlines.iter().map(of_file).collect()
}

/// The names that are made of a word.
fn made_of<'t>(outlines: &[Outline<'t>]) -> FxHashMap<&'t str, Vec<&'t str>> {
    let mut found: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    for (name, word) in outlines.iter().flat_map(|outline| &outline.made_of) {
        found.entry(word).or_default().push(name);
    }
    found
}

/// The names that are made of some, in the end.
fn kin<'t>(made: &FxHashMap<&'t str, Vec<&'t str>>, from: impl Iterator<Item = &'t str>) -> FxHashSet<&'t str> {
    let mut open: Vec<&str> = from.collect();
    let mut found: FxHashSet<&str> = open.iter().copied().collect();
    while let Some(word) = open.pop() {
        let new = made.get(word).into_iter().flatten().filter(|name| found.insert(name));
        open.extend(new);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each text may declare tables, and enumerations.
    fn read<const N: usize>(texts: [&str; N]) -> [(bool, bool); N] {
        let outlines = texts.map(Outline::of);
        let found = may_declare(&outlines, |top| top == "app");
        std::array::from_fn(|at| (found[at].tables, found[at].enumerations))
    }

    #[test]
    fn tables_by_words_and_by_kinship() {
        let base = "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): ...\n";
        let employee = "from app.base import Base as Root\nclass Employee(Key, Root): ...\n";
        let manager = "from app import employee\nclass Manager(employee.Employee): ...\n";
        let schema = "from pydantic import BaseModel\nclass EmployeePublic(BaseModel): ...\nx = Employee\n";
        let repository = "class Employees(Repository[Employee]): ...\n";
        assert_eq!(
            read([base, employee, manager, schema, repository]).map(|found| found.0),
            [true, true, true, false, false]
        );
        let table = "class Item(ItemBase, table=True):\n    id: int\n";
        let schemas = "class ItemBase(SQLModel): ...\nclass ItemCreate(ItemBase): ...\n";
        assert_eq!(read([table, schemas]).map(|found| found.0), [true, false]);
    }

    #[test]
    fn what_comes_from_elsewhere_may_be_anything() {
        let named = "from company.db import Model\nclass Item(Model): ...\n";
        let starred = "from company.db import *\nclass Item(Model): ...\n";
        let known = "from fastapi import APIRouter\nclass Router(APIRouter): ...\n";
        assert_eq!(read([named]), [(true, true)]);
        assert_eq!(read([starred]), [(true, true)]);
        assert_eq!(read([known]), [(false, false)]);
    }

    #[test]
    fn a_revision_declares_no_tables_of_the_application() {
        let revision = "from app.base import Base\ndown_revision = None\nclass Item(Base):\n    x = Column(Integer)\n";
        let other = "class Item(Base):\n    x = Column(Integer)\n    down_revision = Column(Integer)\n";
        assert_eq!(read([revision, other]).map(|found| found.0), [false, true]);
    }

    #[test]
    fn enumerations() {
        let base = "import enum\nclass Choices(str, enum.Enum): ...\n";
        let derived = "from app.base import Choices\nclass Status(Choices):\n    A = 'a'\n";
        assert_eq!(read([base, derived, "class Item(BaseModel): ...\n"]).map(|found| found.1), [true, true, false]);
    }
}
