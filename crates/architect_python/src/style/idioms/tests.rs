//! Habits as one house shows them, and as another does.

use architect_model::IdiomStyle;

use super::super::testing::project;

const MODELS: &str = "\
import uuid
from sqlmodel import Field, SQLModel
class ItemBase(SQLModel):
    title: str
class ItemCreate(ItemBase):
    pass
class ItemUpdate(SQLModel):
    title: str | None = None
class Item(ItemBase, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
class ItemPublic(ItemBase):
    id: uuid.UUID
class ItemsPublic(SQLModel):
    data: list[ItemPublic]
    count: int
";

const HEAD: &str = "\
from fastapi import APIRouter, HTTPException
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select
from app.models import Item, ItemCreate, ItemPublic, ItemsPublic, ItemUpdate
router = APIRouter()
";

fn habits(handlers: &str) -> IdiomStyle {
    let text: &'static str = Box::leak(format!("{HEAD}{handlers}").into_boxed_str());
    project([("app/models.py", MODELS), ("app/items.py", text)]).style.idioms
}

#[test]
fn apart() {
    let habits = habits(
        "
@router.get('/', response_model=ItemsPublic)
def read_items(session: Session, own: bool, skip: int = 0):
    statement = select(Item)
    count_statement = select(func.count()).select_from(Item)
    if own:
        statement = statement.where(Item.own)
        count_statement = count_statement.where(Item.own)

    count = session.exec(count_statement).one()
    items = session.exec(statement.order_by(col(Item.created_at).desc(), col(Item.id).desc())).all()
    items_public = [ItemPublic.model_validate(item) for item in items]
    return ItemsPublic(data=items_public, count=count)

@router.patch('/{id}', response_model=ItemPublic)
def update_item(session: Session, id: int, item_in: ItemUpdate):
    item = session.get(Item, id)
    if not item:
        raise HTTPException(404)
    update_dict = item_in.model_dump(exclude_unset=True)
    item.sqlmodel_update(update_dict)
    session.add(item)
    try:
        session.commit()
    except IntegrityError:
        raise HTTPException(409)
    return item
",
    );
    assert!(habits.by_truth.value && habits.key_follows.value && habits.stores_alone.value);
    assert_eq!(habits.rows_variable.value.as_deref(), Some("{entities}_public"));
    assert_eq!(habits.changes_variable.value.as_deref(), Some("update_dict"));
    assert_eq!(habits.count_variable.value.as_deref(), Some("count_statement"));
    assert!(habits.blank_before_run.value && habits.blank_before_run.is_seen());
}

#[test]
fn together() {
    let habits = habits(
        "
@router.get('/', response_model=ItemsPublic)
def read_items(session: Session, own: bool, skip: int = 0):
    query = select(Item)
    if own:
        query = query.where(Item.own)
    count = session.exec(select(func.count()).select_from(query.subquery())).one()
    items = session.exec(query.order_by(col(Item.created_at).desc(), col(Item.id))).all()
    return ItemsPublic(data=[ItemPublic.model_validate(item) for item in items], count=count)

@router.patch('/{id}', response_model=ItemPublic)
def update_item(session: Session, id: int, item_in: ItemUpdate):
    item = session.get(Item, id)
    if item is None:
        raise HTTPException(404)
    try:
        for key, val in item_in.model_dump(exclude_unset=True).items():
            setattr(item, key, val)
        session.commit()
    except IntegrityError:
        raise HTTPException(409)
    return item
",
    );
    for habit in [&habits.by_truth, &habits.key_follows, &habits.stores_alone, &habits.blank_before_run] {
        assert!(habit.is_seen() && !habit.value);
    }
    for variable in [&habits.rows_variable, &habits.changes_variable, &habits.count_variable] {
        assert!(variable.is_seen() && variable.value.is_none());
    }
    assert_eq!(habits.loop_variables.value, ("key".to_owned(), "val".to_owned()));
}
