//! Uses in code that nests deeply, that goes round in circles, and that is nearly the same.

#![allow(clippy::unwrap_used, reason = "a test that fails is told so")]

use architect_model::{Certainty, Subject, Symbol, Use};
use architect_python::{Sources, read, uses};

const MODELS: &str = "
from sqlmodel import Field, SQLModel


class Item(SQLModel, table=True):
    id: int = Field(primary_key=True)
    status: str


class Other(SQLModel, table=True):
    id: int = Field(primary_key=True)
    status: str
";

/// The uses of `Item.status` in a file beside the models, by line.
fn found(text: &str) -> Vec<(u32, Use)> {
    let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
    let sources = Sources::in_memory([("app/models.py", MODELS), ("app/main.py", text)]);
    let project = read(&sources);
    let table = project.tables().find(|table| table.name.known().is_some_and(|name| name == "item")).unwrap();
    let subject = Subject {
        entity: Symbol::new("app.models", "Item"),
        table: Some("item".into()),
        field: Some("status".into()),
        column: None,
        member: None,
        value: None,
        at: table.at.clone(),
    };
    let all = uses(&sources, &project, &subject).into_iter();
    all.filter(|one| &*one.at.file == "app/main.py").map(|one| (one.at.line, one)).collect()
}

#[test]
fn code_that_nests_deeply_is_followed() {
    let chain = ".f(item.status)".repeat(450);
    let sum = vec!["item.status"; 900].join(" + ");
    let calls = format!("{}item.status{}", "f(".repeat(80), ")".repeat(80));
    let sorts = format!("{}[item]{}", "sorted(".repeat(60), ", key=lambda one: one.status)".repeat(60));
    let text = format!(
        "from app.models import Item\n\n\ndef f(item: Item, x):\n    x{chain}\n    {sum}\n    {calls}\n    {sorts}\n"
    );
    let uses = found(&text);
    let on = |line: u32| uses.iter().filter(|(found, _)| *found == line).count();
    assert_eq!((on(5), on(6), on(7), on(8)), (450, 900, 1, 60));
    assert!(uses.iter().all(|(_, one)| one.certain == Certainty::Known));
}

#[test]
fn types_and_functions_that_need_themselves_end() {
    let text = "
from app.models import Item

Json = dict[str, \"Json\"] | list[\"Json\"]


def deep(value: Json, n):
    return deep(value, n - 1) if n else value.status


def a(n):
    return b(n)


def b(n):
    return a(n)


class Node:
    parent: \"Node\"

    @property
    def root(self):
        return self.parent.root


def f(item: Item, node: Node):
    return a(1).status, node.root.status, item.status
";
    let lines: Vec<(u32, bool)> =
        found(text).into_iter().map(|(line, one)| (line, one.certain == Certainty::Known)).collect();
    assert!(lines.contains(&(28, true)), "{lines:?}");
    assert!(lines.iter().filter(|(_, known)| *known).count() == 1, "{lines:?}");
}

#[test]
fn fields_of_other_classes_are_none_and_what_cannot_be_told_is_possible() {
    let text = "
from app.models import Item, Other


def f(item: Item, other: Other, thing, either: Item | Other):
    item.status
    other.status
    thing.status
    either.status
";
    let levels: Vec<(u32, Certainty)> = found(text).into_iter().map(|(line, one)| (line, one.certain)).collect();
    let known = |line: u32| levels.iter().find(|(found, _)| *found == line).map(|(_, certain)| certain.clone());
    assert_eq!(known(6), Some(Certainty::Known));
    assert_eq!(known(7), None);
    assert!(matches!(known(8), Some(Certainty::Possible { .. })));
    assert!(matches!(known(9), Some(Certainty::Probable { .. })));
}

#[test]
fn a_range_holds_the_name_and_nothing_else() {
    let text = "
from sqlmodel import select
from app.models import Item


def f(item: Item):
    Item(status='a').model_dump(include={'status'})
    getattr(item, \"status\")
    return select(Item).filter_by(status='x').where(Item.status == 'b')
";
    let uses = found(text);
    assert_eq!(uses.len(), 5);
    for (_, one) in uses {
        let (start, end) = (usize::try_from(one.at.start).unwrap(), usize::try_from(one.at.end).unwrap());
        assert_eq!((&text[start..end], one.length), ("status", 6));
    }
}
