//! Who looks rows up, as houses show it; and what stands beside it: the order of handlers, taken values, long texts.

use architect_model::{HouseStyle, ReferenceChecks};

use super::super::testing::project;

const MODELS: &str = "\
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase):
    pass
class Client(Base):
    __tablename__ = 'clients'
    __table_args__ = (UniqueConstraint('user_id', 'short_name'),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    short_name: Mapped[str] = mapped_column(String(60))
class Project(Base):
    __tablename__ = 'projects'
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int | None] = mapped_column(ForeignKey('clients.id'))
    name: Mapped[str] = mapped_column(String(60))
    notes: Mapped[str | None] = mapped_column(Text)
";

const SCHEMAS: &str = "\
from pydantic import BaseModel, Field
class ProjectCreate(BaseModel):
    name: str = Field(max_length=60)
    notes: str | None = Field(default=None, max_length=4000)
    client_id: int | None = None
class ProjectRead(BaseModel):
    id: int
";

const ROUTER: &str = "\
from fastapi import APIRouter
from app.schemas import ProjectCreate, ProjectRead
from app.services import project_service
router = APIRouter()
@router.get('')
def list_projects(status: str | None = None) -> list[ProjectRead]:
    return project_service.list(status=status)
@router.get('/{project_id}')
def get_project(project_id: int) -> ProjectRead:
    return project_service.get(project_id)
@router.post('')
def create_project(data: ProjectCreate) -> ProjectRead:
    return project_service.create(data)
";

fn style(services: &'static str) -> HouseStyle {
    let files = [
        ("app/models.py", MODELS),
        ("app/schemas.py", SCHEMAS),
        ("app/router.py", ROUTER),
        ("app/services.py", services),
    ];
    project(files).style
}

#[test]
fn each_reference_has_a_helper() {
    let style = style(
        "\
from fastapi import HTTPException
from app.models import Client, Project
from app.schemas import ProjectCreate
class ProjectService:
    def list(self, *, status: str | None) -> list[Project]:
        return []
    def get(self, project_id: int) -> Project:
        return Project()
    def create(self, data: ProjectCreate) -> Project:
        self._check_client(data.client_id)
        return Project()
    def _check_client(self, client_id: int | None) -> None:
        if client_id is not None:
            raise HTTPException(status_code=409, detail='There is already a client of this short name')
project_service = ProjectService()
",
    );
    assert_eq!(style.reach.references.value, ReferenceChecks::Each);
    assert!(style.reach.private_helpers.value && style.reach.private_helpers.is_seen());
    assert!(style.service.filter_defaults.is_seen() && !style.service.filter_defaults.value);
    assert_eq!(style.schemas.text_bound.value, Some(4000));
    assert_eq!(style.endpoints.sequence.value, ["list", "read", "create", "update", "delete"]);
}

#[test]
fn services_ask_services_in_place() {
    let style = style(
        "\
from app.models import Client, Project
from app.schemas import ProjectCreate
class ClientService:
    def get(self, client_id: int) -> Client:
        return Client()
client_service = ClientService()
class ProjectService:
    def list(self, *, status: str | None = None) -> list[Project]:
        return []
    def get(self, project_id: int) -> Project:
        return Project()
    def create(self, data: ProjectCreate) -> Project:
        if data.client_id is not None:
            client_service.get(data.client_id)
        return self.stored(data)
    def stored(self, data: ProjectCreate) -> Project:
        return Project()
project_service = ProjectService()
",
    );
    assert_eq!(style.reach.references.value, ReferenceChecks::InPlace);
    assert!(style.reach.through_services.is_seen() && style.reach.through_services.value);
    assert!(style.reach.private_helpers.is_seen() && !style.reach.private_helpers.value);
    assert!(style.service.filter_defaults.value);
}

#[test]
fn handlers_look_rows_up() {
    let handlers = "\
from fastapi import APIRouter, HTTPException
from sqlalchemy.orm import Session
from app.models import Client, Project
from app.schemas import ProjectCreate, ProjectRead
router = APIRouter()
def get_client_or_raise(*, session: Session, client_id: int) -> Client:
    client = session.get(Client, client_id)
    if not client:
        raise HTTPException(status_code=404, detail='Client not found')
    return client
@router.get('/{id}', response_model=ProjectRead)
def read_project(session: Session, id: int):
    get_client_or_raise(session=session, client_id=1)
    project = session.get(Project, id)
    if not project:
        raise HTTPException(status_code=404, detail='Project not found')
    return project
";
    let style =
        project([("app/models.py", MODELS), ("app/schemas.py", SCHEMAS), ("app/router.py", handlers)]).style.reach;
    assert!(style.in_handlers.value && style.in_handlers.is_seen());
    assert!(style.function_keywords.value && style.function_keywords.is_seen());
}
