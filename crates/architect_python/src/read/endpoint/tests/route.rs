//! Routes, routers, prefixes.

use architect_model::{EndpointPart, Known};

use super::{listed, program, project, routes};

#[test]
fn verbs_and_prefixes() {
    let found = routes(
        r#"
router = APIRouter(prefix="/items", tags=["items"])
@router.get("/")
def read(): ...
@router.post("")
def create(): ...
@router.api_route("/any", methods=["put", "PATCH"])
def any_(): ...
@router.websocket("/ws")
async def socket(websocket): ...
app = FastAPI()
app.include_router(router, prefix="/api")
@app.delete("/x/{id}")
def drop(id: int): ...
"#,
    );
    assert_eq!(
        found,
        [
            "GET /api/items/ main:read",
            "POST /api/items main:create",
            "PUT,PATCH /api/items/any main:any_",
            "WEBSOCKET /api/items/ws main:socket",
            "DELETE /x/{id} main:drop",
        ]
    );
}

#[test]
fn nested_routers_through_packages() {
    let found = listed(&project(&[
        ("app/__init__.py", ""),
        ("app/api/__init__.py", "from .v1 import router as api_router\n"),
        (
            "app/api/v1/__init__.py",
            "from fastapi import APIRouter\nfrom . import items\nfrom .users import router as users_router\n\
             router = APIRouter(prefix='/v1')\nfor r in (items.router, users_router):\n    router.include_router(r)\n",
        ),
        (
            "app/api/v1/items.py",
            "from fastapi import APIRouter\nfrom app.core import PREFIX\nrouter = APIRouter(prefix=f'{PREFIX}/items')\n\
             @router.get('/')\ndef read(): ...\n",
        ),
        (
            "app/api/v1/users.py",
            "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/users')\nasync def users(): ...\n",
        ),
        ("app/core.py", "PREFIX = '/core'\n"),
        (
            "app/main.py",
            "from fastapi import FastAPI\nfrom app.api import api_router\ndef register(app):\n    app.include_router(api_router, prefix='/api')\n\
             def create_app():\n    app = FastAPI()\n    register(app)\n    return app\napp = create_app()\n",
        ),
    ]));
    assert_eq!(found, ["GET /api/v1/core/items/ app.api.v1.items:read", "GET /api/v1/users app.api.v1.users:users"]);
}

#[test]
fn facts_of_a_route() {
    let project = program(
        r#"
from pydantic import BaseModel
class Item(BaseModel):
    name: str
app = FastAPI()
@app.post("/a", status_code=status.HTTP_201_CREATED, response_model=list[Item], tags=["t"], include_in_schema=False)
def a(): ...
@app.get("/b")
def b() -> Item | None: ...
@app.get("/c", response_model=None)
def c() -> Item: ...
"#,
    );
    let [a, b, c] = &project.endpoints[..] else { panic!("{:?}", listed(&project)) };
    assert_eq!((a.status, a.response.as_deref(), a.in_schema), (Some(201), Some("list[Item]"), false));
    assert_eq!(a.tags, ["t"]);
    assert_eq!((b.status, b.response.as_deref(), b.in_schema), (None, Some("Item | None"), true));
    assert_eq!(c.response, None);
}

#[test]
fn an_unknown_path_says_where() {
    let project = program("from other import path\napp = FastAPI()\n@app.get(path())\ndef a(): ...\n");
    let Known::Unknown { unknown } = &project.endpoints[0].path else { panic!("known") };
    assert_eq!((&*unknown.at.file, unknown.at.line), ("main.py", 5));
}

#[test]
fn conditions_on_settings() {
    let project = program(
        r#"
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    ENVIRONMENT: str = "local"
    API: str = "/api"
    SECRET: str
settings = Settings()
app = FastAPI()
@app.get(f"{settings.API}/always")
def always(): ...
if settings.ENVIRONMENT == "local":
    @app.get("/local")
    def local(): ...
else:
    @app.get("/remote")
    def remote(): ...
if settings.SECRET:
    @app.get("/secret")
    def secret(): ...
"#,
    );
    let found: Vec<(String, bool)> =
        project.endpoints.iter().map(|e| (super::line(e), e.condition.is_some())).collect();
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.contains(&("GET /api/always main:always".into(), false)));
    for (line, conditional) in &found[1..] {
        assert!(conditional, "{line}");
    }
}

#[test]
fn class_based_routers() {
    let found = routes(
        r#"
class Base:
    prefix = "/base"
    def __init__(self, model):
        self.router = APIRouter(prefix=self.prefix)
        self.register()
    def register(self):
        self.router.add_api_route("/", self.all, methods=["GET"])
    def all(self): ...
class Items(Base):
    prefix = "/items"
    def register(self):
        super().register()
        self.router.add_api_route("/{id}", self.one, methods=["GET"])
    def one(self, id: int): ...
app = FastAPI()
app.include_router(Items(dict).router)
"#,
    );
    assert_eq!(found, ["GET /items/ main:Base.all", "GET /items/{id} main:Items.one"]);
}

#[test]
fn router_subclasses_and_factories() {
    let found = routes(
        r#"
def guard(): ...
class Guarded(APIRouter):
    def __init__(self, prefix="", **kwargs):
        super().__init__(prefix="/guarded" + prefix, dependencies=[Depends(guard)], **kwargs)
def crud(name: str) -> APIRouter:
    router = APIRouter(prefix=f"/{name}")
    @router.get("")
    def read_all(): ...
    return router
router = Guarded(prefix="/x")
@router.get("/y")
def y(): ...
app = FastAPI()
app.include_router(router)
for name in ["a", "b"]:
    app.include_router(crud(name))
"#,
    );
    assert_eq!(
        found,
        ["GET /guarded/x/y main:y", "GET /a main:crud.<locals>.read_all", "GET /b main:crud.<locals>.read_all",]
    );
}

#[test]
fn decorated_handlers() {
    let found = routes(
        r#"
from functools import wraps
from slowapi import Limiter
limiter = Limiter()
def logged(f):
    @wraps(f)
    def inner(*args, **kwargs):
        return f(*args, **kwargs)
    return inner
def bare(f):
    def inner(): ...
    return inner
app = FastAPI()
@app.get("/a")
@limiter.limit("5/minute")
def a(): ...
@app.get("/b")
@logged
def b(): ...
@app.get("/c")
@bare
def c(): ...
"#,
    );
    assert_eq!(found, ["GET /a main:a", "GET /b main:b", "GET /c main:bare.<locals>.inner"]);
}

#[test]
fn a_router_of_a_library_is_declared_unknown() {
    let project = program(
        "from lib import make\napp = FastAPI()\napp.include_router(make(), prefix='/auth')\n@app.get('/a')\ndef a(): ...\n",
    );
    assert_eq!(listed(&project), ["GET /a main:a"]);
    let unknown = &project.apps[0].unknown_routes[0];
    assert_eq!((unknown.under.as_str(), unknown.unknown.at.line), ("/auth", 5));
}

#[test]
fn code_that_changes_routes_is_noted() {
    let project = program(
        "router = APIRouter()\n@router.get('/a')\ndef a(): ...\ndef rework(r):\n    for route in r.routes:\n        r.routes.remove(route)\n\
         rework(router)\napp = FastAPI()\napp.include_router(router)\n",
    );
    let parts: Vec<EndpointPart> = project.endpoints[0].unknowns.iter().map(|u| u.part).collect();
    assert!(parts.contains(&EndpointPart::Dependencies));
}

#[test]
fn nothing_panics_on_odd_code() {
    for code in [
        "app = FastAPI(**x)\napp.get()\napp.include_router()\napp.mount()\n@app.get\ndef f(): ...\n",
        "app = app = FastAPI()\napp.include_router(app)\n@app.get(1)\ndef f(self=Depends()): ...\n",
        "r = APIRouter()\nr.include_router(r)\n@r.get('/')\ndef f(): ...\napp = FastAPI()\napp.include_router(r)\n",
        "def f(): return f()\nf()\nclass A(A): ...\nclass B(B, B): x = B()\nx = [x for x in x]\nimport main\nfrom . import *\nfrom ... import y\n",
        "while True:\n    a = [a]\nfor i in range(10**9): pass\nx = {}\nx[x] = x\nl = []\nl.append(l)\nl == l\n",
        "app = FastAPI()\n@app.get('/{é}')\nasync def ñ(a: 'Annotated[int, Depends(ñ)]', *b, c=Depends(lambda: 1), **d): ...\n",
    ] {
        let _ = program(code);
    }
}

#[test]
fn modules_found_by_the_program() {
    let router = "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/x')\ndef x(): ...\n";
    let found = listed(&project(&[
        ("app/__init__.py", ""),
        (
            "app/main.py",
            "import pkgutil, importlib\nfrom pathlib import Path\nfrom fastapi import FastAPI\nfrom app import modules\napp = FastAPI()\n\
            for info in pkgutil.iter_modules(modules.__path__):\n    app.include_router(importlib.import_module(f'{modules.__name__}.{info.name}').router, prefix=f'/{info.name}')\n\
            for _, name, _ in pkgutil.walk_packages(modules.__path__, 'app.modules.'):\n    app.include_router(importlib.import_module(name).router, prefix='/w')\n\
            for file in sorted((Path(__file__).parent / 'parts').glob('*/routes.py')):\n    part = importlib.import_module(f'app.parts.{file.parent.name}.{file.stem}')\n    app.include_router(part.router, prefix='/p')\n",
        ),
        ("app/modules/__init__.py", ""),
        ("app/modules/a.py", router),
        ("app/modules/b.py", router),
        ("app/parts/c/routes.py", router),
    ]));
    assert_eq!(
        found,
        [
            "GET /a/x app.modules.a:x",
            "GET /b/x app.modules.b:x",
            "GET /w/x app.modules.a:x",
            "GET /w/x app.modules.b:x",
            "GET /p/x app.parts.c.routes:x",
        ]
    );
}

#[test]
fn a_router_class_whose_own_init_calls_no_other() {
    let found = routes(
        "class Router(APIRouter):\n    def __init__(self, prefix):\n        self.kind = prefix\n\
         app = FastAPI()\nrouter = Router('/x')\n@router.get('/a')\ndef a(): ...\napp.include_router(router)\n",
    );
    assert_eq!(found, ["GET /a main:a"]);
}
