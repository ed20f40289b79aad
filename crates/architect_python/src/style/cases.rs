//! Houses in miniature: each shows one way of doing things that the fixture projects do not have.

use architect_model::{
    CommitPlace, DeleteAnswer, ErrorKind, HouseStyle, Operation, Orm, PageParameters, PageShape, RepositoryKind,
    ResponseDeclaration, ServiceMaking, SessionPassing, Symbol,
};

use super::testing::project;

const MODELS: &str = "\
from datetime import datetime
from sqlalchemy import Column, DateTime, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base, relationship
Base = declarative_base()
class User(Base):
    __tablename__ = 'users'
    id = Column(Integer, primary_key=True)
    hashed_password = Column(String)
    is_admin = Column(Integer)
class Item(Base):
    __tablename__ = 'items'
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey('users.id'), nullable=False)
    reviewer_id = Column(ForeignKey('users.id'))
    created_at = Column(DateTime, default=datetime.utcnow)
    owner = relationship('User')
";

const SCHEMAS: &str = "\
from pydantic import BaseModel
class ItemCreateRequest(BaseModel):
    name: str
class ItemUpdateRequest(BaseModel):
    name: str | None = None
class ItemResponse(BaseModel):
    id: int
    class Config:
        orm_mode = True
";

const DATABASE: &str = "\
from sqlalchemy.orm import Session, sessionmaker
SessionLocal = sessionmaker()
def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()
";

const ROUTES: &str = "\
from fastapi import APIRouter, Depends, HTTPException, Query
from sqlalchemy.orm import Session
from app.database import get_db
from app.deps import get_current_user, require_admin
from app.models import Item, User
from app.schemas.item import ItemCreateRequest, ItemResponse, ItemUpdateRequest
from app.services.item_service import ItemService
router = APIRouter()

@router.get('/', response_model=list[ItemResponse])
def list_items(page: int = Query(1, ge=1), page_size: int = Query(20, le=50), db: Session = Depends(get_db), user: User = Depends(get_current_user)):
    return ItemService(db).list_items(user.id)

@router.post('/', response_model=ItemResponse, status_code=201)
def create_item(payload: ItemCreateRequest, db: Session = Depends(get_db), user: User = Depends(get_current_user)):
    return ItemService(db).create_item(user.id, payload)

@router.get('/{item_id}')
def get_item(item_id: int, db: Session = Depends(get_db), user: User = Depends(get_current_user)) -> ItemResponse:
    return ItemService(db).get_item(user.id, item_id)

@router.put('/{item_id}', response_model=ItemResponse)
def update_item(item_id: int, payload: ItemUpdateRequest, db: Session = Depends(get_db), admin: User = Depends(require_admin)):
    return ItemService(db).update_item(item_id, payload)

@router.delete('/{item_id}', response_model=ItemResponse)
def delete_item(item_id: int, db: Session = Depends(get_db), user: User = Depends(get_current_user)):
    return ItemService(db).delete_item(user.id, item_id)
";

const SERVICE: &str = "\
from fastapi import HTTPException
from sqlalchemy.orm import Session
from app.models import Item
class ItemService:
    def __init__(self, db: Session):
        self.db = db
    def list_items(self, user_id: int):
        return self.db.query(Item).filter(Item.user_id == user_id).all()
    def get_item(self, user_id: int, item_id: int):
        item = self.db.get(Item, item_id)
        if item is None:
            raise HTTPException(404, 'Item does not exist')
        if item.user_id != user_id:
            raise HTTPException(403, 'Not yours')
        return item
    def create_item(self, user_id: int, payload):
        item = Item(user_id=user_id, **payload.dict())
        self.db.add(item)
        self.db.commit()
        return item
    def update_item(self, item_id: int, payload):
        item = self.db.get(Item, item_id)
        self.db.commit()
        return item
    def delete_item(self, user_id: int, item_id: int):
        item = self.get_item(user_id, item_id)
        self.db.delete(item)
        self.db.commit()
        return item
";

const DEPS: &str = "\
from fastapi import Depends
from app.models import User
def get_current_user() -> User: ...
def require_admin(user: User = Depends(get_current_user)) -> User:
    if not user.is_admin:
        raise ValueError
    return user
";

/// Files by layer, dependencies as defaults, services made in the handler, old SQLAlchemy.
fn by_layer() -> HouseStyle {
    project([
        ("app/__init__.py", ""),
        ("app/main.py", "from fastapi import FastAPI\nfrom app.routers import item_router\napp = FastAPI()\napp.include_router(item_router.router, prefix='/api/items', tags=['Items'])\n"),
        ("app/models.py", MODELS),
        ("app/schemas/item.py", SCHEMAS),
        ("app/database.py", DATABASE),
        ("app/deps.py", DEPS),
        ("app/routers/item_router.py", ROUTES),
        ("app/services/item_service.py", SERVICE),
    ])
    .style
}

#[test]
fn layout_by_layer() {
    let style = by_layer();
    assert_eq!(style.layout.models.value, "app/models.py");
    assert_eq!(style.layout.schemas.value, "app/schemas/{entity}.py");
    assert_eq!(style.layout.service.value.as_deref(), Some("app/services/{entity}_service.py"));
    assert_eq!(style.layout.endpoints.value, "app/routers/{entity}_router.py");
    assert_eq!(style.layout.repository.value, None);
    let registration = style.layout.registration.unwrap();
    assert_eq!(registration.import, "from app.routers import item_router");
    assert!(registration.prefix_here && registration.tags_here && registration.mounted_at.is_empty());
}

#[test]
fn old_columns() {
    let models = by_layer().models;
    assert_eq!(models.orm.value, Orm::SqlAlchemyLegacy);
    assert_eq!(models.base, Some(Symbol::new("app.models", "Base")));
    assert_eq!(models.owner_column.value, "user_id");
    assert_eq!(models.timestamps[0].value.line, "created_at = Column(DateTime, default=datetime.utcnow)");
    assert!(models.plural_names.value && models.relationships.value && !models.extends_schema_base.value);
}

#[test]
fn deeds_name_no_owners() {
    let owner = |column: &str| {
        let models = MODELS.replace("user_id", column).replace("reviewer_id", "approved_by_id").leak();
        let files = [("app/models.py", &*models), ("app/database.py", DATABASE), ("app/deps.py", DEPS)];
        project(files).style.models.owner_column.value
    };
    assert_eq!(owner("member_id"), "member_id");
    assert_eq!(owner("created_by"), "created_by");
    assert_eq!(owner("uploaded_by_id"), "owner_id");
    let optional = |column: &str| owner(&format!("{column} = Column(ForeignKey('users.id'), nullable=True); first_by"));
    assert_eq!(optional("mechanic_id"), "owner_id", "a key that may be missing is none of an owner's");
    assert_eq!(optional("user_id"), "user_id");
}

#[test]
fn suffixes_by_use() {
    let schemas = by_layer().schemas;
    assert_eq!(schemas.create_suffix.value, "CreateRequest");
    assert_eq!(schemas.update_suffix.value, "UpdateRequest");
    assert_eq!(schemas.output_suffix.value, "Response");
    assert_eq!(schemas.base_suffix.value, None);
    assert!(schemas.from_attributes.value);
}

#[test]
fn dependencies_as_defaults() {
    let style = by_layer();
    let session = &style.session.parameter.value;
    assert_eq!((session.name.as_str(), session.alias.as_ref()), ("db", None));
    assert_eq!(session.dependency, Some(Symbol::new("app.database", "get_db")));
    assert_eq!(style.user.parameter.value.dependency, Some(Symbol::new("app.deps", "get_current_user")));
    assert_eq!(style.user.superuser_attribute.as_deref(), Some("is_admin"));
    assert_eq!(style.user.superuser_dependency, Some(Symbol::new("app.deps", "require_admin")));
    assert_eq!(style.session.commit.value, CommitPlace::Service);
}

#[test]
fn service_in_handler() {
    let style = by_layer();
    assert_eq!(style.service.made.value, ServiceMaking::InHandler);
    assert_eq!(style.service.session.value, SessionPassing::Constructor);
    assert_eq!(style.service.user_parameter.value, "user_id");
    assert_eq!(style.repository.kind.value, RepositoryKind::None);
}

#[test]
fn endpoints_and_errors() {
    let style = by_layer();
    assert_eq!(style.endpoints.delete.value, DeleteAnswer::Row);
    assert_eq!(style.endpoints.update_method.value, "PUT");
    assert_eq!(style.endpoints.response.value, ResponseDeclaration::ResponseModel);
    assert_eq!(style.endpoints.tag.value, "{Entities}");
    assert_eq!(style.endpoints.body_parameter.value, "payload");
    assert_eq!(style.errors.kind.value, ErrorKind::HttpException);
    assert_eq!(style.errors.denied_status.value, 403);
    assert_eq!(style.errors.forbidden_text.as_deref(), Some("Not yours"));
    assert_eq!(style.errors.not_found_text.value, "{Entity} does not exist");
    assert_eq!(style.pages.shape.value, PageShape::Bare);
    assert_eq!(style.pages.parameters.value, PageParameters::PagePageSize);
    assert_eq!((style.pages.max, style.pages.default), (Some(50), Some(20)));
}

#[test]
fn operations_by_their_bodies() {
    let base = "\
from typing import Generic, TypeVar
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from app.models import Item
M = TypeVar('M')
K = TypeVar('K')
class Repository(Generic[M, K]):
    def __init__(self, model, session: AsyncSession):
        self.model = model
        self.session = session
    async def find(self, id: K):
        result = await self.session.execute(select(self.model).where(self.model.id == id))
        return result.scalar_one_or_none()
    async def find_or_fail(self, id: K):
        row = await self.session.get(self.model, id)
        if row is None:
            raise LookupError(id)
        return row
    async def page(self, skip: int, limit: int):
        return (await self.session.scalars(select(self.model).offset(skip).limit(limit))).all()
    async def insert(self, data):
        row = self.model(**data.model_dump())
        self.session.add(row)
        await self._save(row)
        return row
    async def change(self, row, data):
        for key, value in data.items():
            setattr(row, key, value)
        await self._save(row)
    async def erase(self, id: K):
        await self.session.execute(delete(self.model).where(self.model.id == id))
    async def save(self, row):
        self.session.add(row)
    async def delete(self, row):
        row.deleted_at = 1
    async def find_by_email(self, email: str):
        return (await self.session.scalars(select(self.model).where(self.model.email == email))).first()
    async def _save(self, row):
        await self.session.commit()
        await self.session.refresh(row)
class ItemRepository(Repository[Item, int]):
    pass
";
    let style =
        project([("app/models.py", MODELS), ("app/items/repository.py", base), ("app/items/__init__.py", "")]).style;
    let found = style.repository.base.unwrap();
    assert_eq!(found.type_parameters, ["model", "id"]);
    let does: Vec<(&str, Option<Operation>, bool)> =
        found.methods.iter().map(|method| (method.method.name.as_str(), method.does, method.commits)).collect();
    assert_eq!(
        does,
        [
            ("find", Some(Operation::Get), false),
            ("find_or_fail", Some(Operation::GetOrRaise), false),
            ("page", Some(Operation::List), false),
            ("insert", Some(Operation::Create), true),
            ("change", Some(Operation::Update), true),
            ("erase", Some(Operation::DeleteById), false),
            ("save", None, false),
            // No table has a `deleted_at` from a base of its own: a new row cannot be marked with it.
            ("delete", None, false),
            ("find_by_email", None, false),
        ]
    );
}

#[test]
fn statuses_of_domain_exceptions() {
    let errors = "\
class AppError(Exception): ...
class Missing(AppError): ...
class Taken(AppError): ...
";
    let main = "\
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from app.errors import Missing, Taken
def answer_taken(request, error):
    return JSONResponse({'detail': 'x'}, 409)
def create_app():
    app = FastAPI()
    @app.exception_handler(Missing)
    def answer_missing(request, error):
        return JSONResponse(status_code=404, content={})
    return app
app = create_app()
app.add_exception_handler(Taken, answer_taken)
";
    let service = "\
from app.errors import Missing, Taken
class ItemService:
    def get(self, id: int):
        raise Missing(f'no {id}')
    def create(self):
        raise Taken
";
    let files = [
        ("app/models.py", MODELS),
        ("app/errors.py", errors),
        ("app/main.py", main),
        ("app/services/items.py", service),
    ];
    let style = project(files).style.errors;
    assert_eq!(style.kind.value, ErrorKind::Domain);
    let not_found = style.not_found.unwrap();
    assert_eq!((not_found.class.name.as_str(), not_found.status), ("Missing", Some(404)));
    assert_eq!(not_found.raised.as_deref(), Some("raise Missing(f'no {id}')"));
    assert_eq!(style.conflict.unwrap().status, Some(409));
    assert!(style.forbidden.is_none());
}

#[test]
fn models_collected_in_a_package() {
    let env = "from alembic import context\nfrom app.models import Base\ncontext.run_migrations()\n";
    let files = [
        ("alembic/env.py", env),
        (
            "app/models/__init__.py",
            "from .base import Base\nfrom .item import Item\nfrom .user import User\n__all__ = ['Base', 'Item', 'User']\n",
        ),
        ("app/models/base.py", "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): ...\n"),
        ("app/models/item.py", "from .base import Base\nclass Item(Base):\n    __tablename__ = 'items'\n"),
        ("app/models/user.py", "from .base import Base\nclass User(Base):\n    __tablename__ = 'users'\n"),
    ];
    let layout = project(files).style.layout;
    assert_eq!(layout.models.value, "app/models/{entity}.py");
    let imports = layout.model_imports.unwrap();
    assert_eq!((imports.file.as_str(), imports.import.as_str()), ("app/models/__init__.py", "from .item import Item"));
    assert!(imports.in_all);
}

#[test]
fn transaction_in_the_dependency() {
    let session = "\
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
factory = async_sessionmaker()
async def get_session():
    async with factory() as session, session.begin():
        yield session
";
    let routes = "\
from typing import Annotated
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession
from app.db import get_session
from app.models import Item
SessionDep = Annotated[AsyncSession, Depends(get_session)]
router = APIRouter(prefix='/items')
@router.delete('/{item_id}', status_code=204)
async def delete_item(item_id: int, session: SessionDep):
    await session.delete(item_id)
";
    let style = project([("app/models.py", MODELS), ("app/db.py", session), ("app/routes/items.py", routes)]).style;
    assert!(style.session.is_async.value);
    assert_eq!(style.session.commit.value, CommitPlace::Dependency);
    assert_eq!(style.session.parameter.value.alias, Some(Symbol::new("app.routes.items", "SessionDep")));
    assert_eq!(style.endpoints.delete.value, DeleteAnswer::NoContent);
}

#[test]
fn nothing_to_learn_from() {
    let style =
        project([("app/__init__.py", ""), ("app/main.py", "from fastapi import FastAPI\napp = FastAPI()\n")]).style;
    assert!(!style.models.id.is_seen() && !style.schemas.output_suffix.is_seen() && !style.errors.kind.is_seen());
    assert_eq!(style.schemas.output_suffix.value, "Public");
    assert!(style.layout.registration.is_none() && style.user.class.is_none() && style.repository.base.is_none());
}

#[test]
fn keys_that_somebody_has_to_give_are_none_of_new_tables() {
    let models = "\
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase): ...
class Country(Base):
    __tablename__ = 'countries'
    code: Mapped[str] = mapped_column(String(2), primary_key=True)
class Currency(Base):
    __tablename__ = 'currencies'
    code: Mapped[str] = mapped_column(String(3), primary_key=True)
class Order(Base):
    __tablename__ = 'orders'
    id: Mapped[int] = mapped_column(primary_key=True)
";
    let style = project([("app/models.py", models)]).style;
    assert_eq!(style.models.id.value, architect_model::IdKind::Integer);
    assert_eq!(style.models.id_line.as_deref(), Some("id: Mapped[int] = mapped_column(primary_key=True)"));
}
