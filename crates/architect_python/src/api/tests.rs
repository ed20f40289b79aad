//! What clients see, read from sources in memory.

use architect_model::{Api, ApiKind, ApiShape, ColumnSet, Known, Project, SetValue};

use crate::source::Sources;

const HEAD: &str = "
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, FastAPI, HTTPException, Query
from pydantic import MISSING, BaseModel, Field
from sqlmodel import Field as Column, Session, SQLModel

app = FastAPI()


class State(StrEnum):
    OPEN = 'open'
    PAID = 'paid'
    VOID = 'void'


class Bill(SQLModel, table=True):
    id: int = Column(primary_key=True)
    state: State = State.OPEN
    paid_at: datetime | None = None


class BillPublic(BaseModel):
    id: int
    state: State
";

fn read(code: &str) -> (Project, Api) {
    let code: &'static str = Box::leak(format!("{HEAD}\n{code}").into_boxed_str());
    crate::read::read_with_api(&Sources::in_memory([("main.py", code)]))
}

fn fields(api: &Api, name: &str) -> Vec<String> {
    let class = api.classes.iter().find(|class| class.name == name).unwrap();
    let ApiShape::Object { fields } = &class.shape else { panic!("{name} is no object") };
    let bounds = |field: &architect_model::ApiField| {
        let bounds = field.value.bounds.iter();
        bounds.map(|bound| format!(" {}={}", bound.name, bound.value.known().unwrap())).collect::<String>()
    };
    let line = |field: &architect_model::ApiField| {
        let required = if field.required { "" } else { "?" };
        let null = if field.value.nullable { " or null" } else { "" };
        let missing = if field.missing { " stays" } else { "" };
        format!("{}{required}{null}{missing}{}", field.name, bounds(field))
    };
    fields.iter().map(line).collect()
}

fn set(code: &str) -> Vec<ColumnSet> {
    let (project, _) = read(code);
    project.handlers.into_iter().flat_map(|handler| handler.sets).collect()
}

#[test]
fn absent_and_null_are_told_apart_and_bounds_are_followed_through_aliases() {
    let (_, api) = read(
        "
Name = Annotated[str, Field(min_length=1, max_length=2**3)]

class BillUpdate(BaseModel):
    name: Name | MISSING = MISSING
    note: Name | None | MISSING = MISSING
    total: Decimal = Field(ge=0, max_digits=5, decimal_places=2)
    tags: list[str] = Field(default_factory=list)

@app.patch('/bills/{bill_id}')
def change(bill_id: int, data: BillUpdate) -> BillPublic: ...
",
    );
    let expected = [
        "name? stays min_length=1 max_length=8",
        "note? or null stays min_length=1 max_length=8",
        "total ge=0 max_digits=5 decimal_places=2",
        "tags?",
    ];
    assert_eq!(fields(&api, "BillUpdate"), expected);
}

#[test]
fn generic_pages_have_the_names_of_the_openapi_document() {
    let (_, api) = read(
        "
T = TypeVar('T')

class Page(BaseModel, Generic[T]):
    items: list[T]
    total: int

@app.get('/bills')
def bills(page: Annotated[int, Query(ge=1)] = 1) -> Page[BillPublic]: ...
",
    );
    let page = api.classes.iter().find(|class| class.name == "Page_BillPublic_").unwrap();
    let ApiShape::Object { fields } = &page.shape else { panic!("a page is an object") };
    let ApiKind::Array { items } = &fields[0].value.kind else { panic!("its rows are a list") };
    assert_eq!(items.class(), Some("main:BillPublic"));
    let parameter = &api.operations[0].parameters[0];
    assert_eq!((parameter.name.as_str(), parameter.required, parameter.value.bound("ge")), ("page", false, Some("1")));
}

#[test]
fn what_raises_is_told_with_its_words_and_what_is_caught_is_not() {
    let (_, api) = read(
        "
def find(session: Session, bill_id: int) -> Bill:
    bill = session.get(Bill, bill_id)
    if bill is None:
        raise HTTPException(404, f'Bill {bill_id} not found')
    return bill

def guess(session: Session) -> Bill | None:
    try:
        return find(session, 1)
    except HTTPException:
        return None

@app.get('/bills/{bill_id}')
def read(bill_id: int, session: Session = Depends()) -> BillPublic:
    return find(session, bill_id)

@app.get('/first')
def first(session: Session = Depends()) -> BillPublic | None:
    return guess(session)
",
    );
    let raises: Vec<_> =
        api.operations[0].raises.iter().map(|raise| (&raise.status, raise.detail.as_deref())).collect();
    assert_eq!(raises, [(&Known::Known(404), Some("Bill {bill_id} not found"))]);
    assert!(api.operations[1].raises.is_empty());
}

#[test]
fn an_action_sets_columns_where_its_guards_let_it() {
    let sets = set("
@app.post('/bills/{bill_id}/pay', response_model=BillPublic)
def pay(bill_id: int, session: Session = Depends()):
    bill = session.get(Bill, bill_id)
    if bill is None:
        raise HTTPException(404, 'Bill not found')
    if bill.state in (State.PAID, State.VOID):
        raise HTTPException(409, 'Not open')
    bill.state = State.PAID
    bill.paid_at = datetime.now(UTC)
    return bill
");
    let said: Vec<_> = sets.iter().map(|set| (set.column.as_str(), set.value.clone(), set.unknowns.len())).collect();
    assert_eq!(said, [("state", SetValue::Constant("\"paid\"".to_owned()), 0), ("paid_at", SetValue::Now, 0)]);
    assert_eq!((sets[0].when[0].column.as_str(), &sets[0].when[0].values), ("state", &vec!["\"open\"".to_owned()]));
}

#[test]
fn a_condition_that_is_not_understood_is_said() {
    let sets = set("
@app.post('/bills/{bill_id}/void', response_model=BillPublic)
def void(bill_id: int, session: Session = Depends()):
    bill = session.get(Bill, bill_id)
    if too_late(bill):
        raise HTTPException(409, 'Too late')
    bill.state = State.VOID
    return bill
");
    assert_eq!(sets[0].unknowns.len(), 1);
    assert!(sets[0].unknowns[0].reason.contains("too_late(bill)"), "{:?}", sets[0].unknowns);
}
