//! What FastAPI injects.

use super::{program, project};

/// Names of the direct and of all dependencies of the first endpoint.
fn names(project: &architect_model::Project) -> (Vec<String>, Vec<String>) {
    let endpoint = &project.endpoints[0];
    let named = |list: &[architect_model::Symbol]| list.iter().map(ToString::to_string).collect();
    (named(&endpoint.direct_dependencies), named(&endpoint.dependencies))
}

#[test]
fn outermost_first() {
    let found = program(
        r#"
def of_app(): ...
def of_router(): ...
def of_include(): ...
def of_route(): ...
def db(): ...
def user(db=Depends(db)): ...
User = Annotated[str, Depends(user)]
app = FastAPI(dependencies=[Depends(of_app)])
router = APIRouter(dependencies=[Depends(of_router)])
@router.get("/", dependencies=[Security(of_route)])
def read(u: User, d: "Annotated[int, Depends(db)]"): ...
app.include_router(router, dependencies=[Depends(of_include)])
"#,
    );
    let (direct, all) = names(&found);
    assert_eq!(direct, ["main:of_app", "main:of_include", "main:of_router", "main:of_route", "main:user", "main:db"]);
    assert_eq!(all, direct);
}

#[test]
fn classes_instances_and_partials() {
    let found = program(
        r#"
from functools import partial
def db(): ...
class Filter:
    def __init__(self, db=Depends(db)): ...
class Checker:
    def __init__(self, role): self.role = role
    def __call__(self, f: Filter = Depends()): ...
def maker(x):
    def inner(): ...
    return inner
app = FastAPI()
@app.get("/")
def read(a: Annotated[Filter, Depends()], b=Depends(Checker("x")), c=Depends(partial(maker, 1)), d=Depends(maker(1))): ...
"#,
    );
    let (direct, all) = names(&found);
    assert_eq!(direct, ["main:Filter", "main:Checker", "main:maker", "main:maker.<locals>.inner"]);
    assert!(all.contains(&"main:db".to_owned()));
}

#[test]
fn aliases_across_modules() {
    let found = project(&[
        (
            "app/deps.py",
            "from typing import Annotated\nfrom fastapi import Depends\ndef session(): ...\nSessionDep = Annotated[object, Depends(session)]\n",
        ),
        (
            "app/main.py",
            "from fastapi import FastAPI\nfrom app import deps\nfrom app.deps import SessionDep as S\napp = FastAPI()\n@app.get('/')\ndef a(s: S, t: deps.SessionDep): ...\n",
        ),
    ]);
    assert_eq!(names(&found).0, ["app.deps:session", "app.deps:session"]);
}

#[test]
fn a_dependency_that_cannot_be_followed_is_noted() {
    let found = program(
        "from lib import current_user\napp = FastAPI()\n@app.get('/')\ndef a(u=Depends(current_user())): ...\n",
    );
    assert_eq!(found.endpoints[0].unknowns.len(), 1);
    assert!(matches!(found.endpoints[0].access, architect_model::EndpointAccess::Unknown { .. }));
}
