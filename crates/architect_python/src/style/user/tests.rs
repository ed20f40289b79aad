//! Ways in which houses have the signed-in user, each in miniature.

use architect_model::{IdKind, UserStyle};

use super::super::testing::project;

const MODELS: &str = "\
import uuid
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase): ...
class Tenant(Base):
    __tablename__ = 'tenants'
    id: Mapped[int] = mapped_column(primary_key=True)
class Member(Base):
    __tablename__ = 'members'
    id: Mapped[int] = mapped_column(primary_key=True, unique=True)
    uid: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey('tenants.id'))
class Item(Base):
    __tablename__ = 'items'
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey('members.id'))
class Note(Base):
    __tablename__ = 'notes'
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey('members.id'))
";

/// The users of a house with these dependencies, whose handlers take `parameter`; `body` is what they do.
fn user(dependencies: &'static str, parameter: &str, body: &str) -> UserStyle {
    let routes = format!(
        "from fastapi import APIRouter, Depends\nfrom app.deps import *\nrouter = APIRouter()\n\
         @router.get('/items')\ndef items({parameter}): {body}\n@router.get('/notes')\ndef notes({parameter}): {body}\n"
    );
    let routes: &'static str = Box::leak(routes.into_boxed_str());
    let files = [
        ("app/__init__.py", ""),
        (
            "app/main.py",
            "from fastapi import FastAPI\nfrom app.routes import router\napp = FastAPI()\napp.include_router(router)\n",
        ),
        ("app/models.py", MODELS),
        ("app/deps.py", dependencies),
        ("app/routes.py", routes),
    ];
    project(files).style.user
}

fn path(user: &UserStyle) -> Option<Vec<&str>> {
    user.key_path.as_ref().map(|path| path.iter().map(String::as_str).collect())
}

fn class(user: &UserStyle) -> &str {
    user.class.as_ref().map_or("", |class| class.name.as_str())
}

const SIGN_IN: &str = "\
from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from app.models import Item, Member, Tenant
bearer = HTTPBearer()
def whoever(token=Depends(bearer)) -> Member: ...
def house(caller: Member = Depends(whoever)) -> Tenant: ...
def found(item_id: int) -> Item: ...
";

#[test]
fn what_credentials_give_is_the_user_whatever_it_is_called() {
    let found = user(
        SIGN_IN,
        "caller: Member = Depends(whoever), home: Tenant = Depends(house), item: Item = Depends(found)",
        "...",
    );
    assert_eq!((class(&found), found.parameter.value.name.as_str()), ("Member", "caller"));
    assert_eq!((path(&found), found.id), (Some(vec!["id"]), IdKind::Integer));
}

#[test]
fn the_key_is_the_column_that_foreign_keys_name() {
    let found = user(SIGN_IN, "caller: Member = Depends(whoever)", "...");
    assert_eq!(found.id_attribute, "id");
}

#[test]
fn a_carrier_holds_the_row() {
    let dependencies = "\
from typing import Generic, TypeVar
from fastapi import Depends, Request
from app.models import Member
S = TypeVar('S')
class Subject(Generic[S]):
    subject: S
    scopes: set[str]
def signed_in(request: Request) -> Subject[Member]:
    return request.state.subject
";
    let found = user(dependencies, "auth: Subject[Member] = Depends(signed_in)", "...");
    assert_eq!((class(&found), path(&found)), ("Member", Some(vec!["subject", "id"])));
    assert_eq!(found.arguments.iter().map(|symbol| symbol.name.as_str()).collect::<Vec<_>>(), ["Member"]);
}

#[test]
fn an_object_may_hold_the_key_alone() {
    let dependencies = "\
from fastapi import Depends, Header
from app.models import Member
class Caller:
    def __init__(self, id: int, name: str):
        self.id = id
        self.name = name
def signed_in(authorization: str = Header()) -> Caller: ...
";
    let found = user(dependencies, "caller: Caller = Depends(signed_in)", "...");
    assert_eq!(path(&found), Some(vec!["id"]));
    // Its table is known by its name alone: no dependency gives a row.
    assert_eq!(class(&found), "Member");
}

#[test]
fn an_object_without_the_key_is_said_to_have_none() {
    let dependencies = "\
from fastapi import Depends, Header
class Service:
    subject: str
def signed_in(authorization: str = Header()) -> Service: ...
";
    let found = user(dependencies, "caller: Service = Depends(signed_in)", "...");
    assert_eq!((path(&found), found.parameter.value.name.as_str()), (None, "caller"));
}

#[test]
fn handlers_say_which_item_of_a_mapping_is_the_key() {
    let dependencies = "\
from fastapi import Depends, Header
def current_user(authorization: str = Header()) -> dict: ...
";
    let found = user(dependencies, "user: dict = Depends(current_user)", "return user['id']");
    assert_eq!(path(&found), Some(vec!["[\"id\"]"]));
}

#[test]
fn what_sees_no_credentials_is_no_user() {
    let dependencies = "\
from fastapi import Depends
from app.models import Tenant
def first() -> Tenant: ...
";
    let found = user(dependencies, "tenant: Tenant = Depends(first)", "...");
    assert!(found.parameter.value.dependency.is_none(), "{:?}", found.parameter);
}

#[test]
fn what_works_on_users_is_none() {
    let dependencies = "\
from app.models import *
class MemberRepository:
    def __init__(self, session): self.session = session
    def find(self, id: int): return self.session.get(Member, id)
def get_members() -> MemberRepository: return MemberRepository(None)
";
    let found = user(dependencies, "members: MemberRepository = Depends(get_members)", "return members.find(1)");
    assert!(found.parameter.value.dependency.is_none(), "{found:?}");
}

#[test]
fn the_key_of_a_mapping_may_be_taken_below_the_handlers() {
    let dependencies = "\
from fastapi import Depends
from fastapi.security import HTTPBearer
from app.models import *
def get_current_user(token=Depends(HTTPBearer())) -> dict: return {'id': 1}
def owned(current_user: dict): return current_user['id']
";
    let found = user(dependencies, "current_user: dict = Depends(get_current_user)", "return owned(current_user)");
    assert_eq!(path(&found), Some(vec!["[\"id\"]"]));
}
