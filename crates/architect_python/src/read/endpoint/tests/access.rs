//! Who may call an endpoint.

use architect_model::EndpointAccess;

use super::program;

/// The access of the endpoints in order: `public`, `signed in: dependency`, `role: dependency`, `?`.
fn access(code: &str) -> Vec<String> {
    let head = "from fastapi import Cookie, Header, HTTPException, Request\nfrom fastapi.security import HTTPBearer, OAuth2PasswordBearer\n";
    let project = program(&format!("{head}{code}"));
    let text = |access: &EndpointAccess| match access {
        EndpointAccess::Public => "public".to_owned(),
        EndpointAccess::SignedIn { dependency } => format!("signed in: {}", dependency.name),
        EndpointAccess::Role { dependency } => format!("role: {}", dependency.name),
        EndpointAccess::Unknown { .. } => "?".to_owned(),
    };
    project.endpoints.iter().map(|endpoint| text(&endpoint.access)).collect()
}

#[test]
fn by_scheme_and_role() {
    let found = access(
        r#"
scheme = OAuth2PasswordBearer(tokenUrl="x")
def db(): ...
def current(token: Annotated[str, Depends(scheme)], db=Depends(db)):
    raise HTTPException(status_code=403)
def active(user=Depends(current)):
    if not user.is_active:
        raise HTTPException(403)
    return user
def admin(user=Depends(active)):
    if not user.is_superuser:
        raise HTTPException(status_code=status.HTTP_403_FORBIDDEN)
    return user
def require(role):
    def check(user=Depends(active)):
        if role not in user.roles:
            raise HTTPException(status_code=403)
    return check
app = FastAPI()
@app.get("/public")
def a(db=Depends(db)): ...
@app.get("/user")
def b(user=Depends(active)): ...
@app.get("/admin", dependencies=[Depends(admin)])
def c(): ...
@app.get("/role", dependencies=[Depends(require("x"))])
def d(): ...
"#,
    );
    assert_eq!(found, ["public", "signed in: active", "role: admin", "role: require.<locals>.check"]);
}

#[test]
fn by_header_cookie_and_request() {
    let found = access(
        r#"
class Denied(HTTPException):
    def __init__(self): super().__init__(status_code=401)
def verify(request): raise Denied()
def by_header(x: str = Header()):
    if not x:
        raise HTTPException(status_code=401)
def by_cookie(session: Annotated[str | None, Cookie()] = None):
    if session is None:
        raise Denied()
def by_request(request: Request): verify(request)
def lang(request: Request): return request.headers.get("accept-language")
app = FastAPI()
@app.get("/1", dependencies=[Depends(by_header)])
def a(): ...
@app.get("/2", dependencies=[Depends(by_cookie)])
def b(): ...
@app.get("/3", dependencies=[Depends(by_request)])
def c(): ...
@app.get("/4", dependencies=[Depends(lang)])
def d(): ...
"#,
    );
    assert_eq!(found, ["signed in: by_header", "signed in: by_cookie", "signed in: by_request", "public"]);
}

#[test]
fn an_optional_user_is_public_and_never_guessed_by_name() {
    let found = access(
        r#"
scheme = HTTPBearer(auto_error=False)
def current_user(token=Depends(scheme)):
    if token is None:
        return None
    raise HTTPException(401)
def get_current_user(): return 1
app = FastAPI()
@app.get("/1")
def a(user=Depends(current_user)): ...
@app.get("/2")
def b(user=Depends(get_current_user)): ...
@app.get("/3")
def c(user=Depends(current_user)):
    if not user:
        raise HTTPException(401)
"#,
    );
    assert_eq!(found, ["public", "public", "?"]);
}

#[test]
fn domain_exceptions_count_as_their_handler_answers() {
    let found = access(
        r#"
from fastapi.responses import JSONResponse
class NoLogin(Exception): ...
class Odd(Exception): ...
def user(request: Request):
    raise NoLogin()
def odd(request: Request):
    raise Odd()
app = FastAPI()
@app.exception_handler(NoLogin)
def answer(request, exc):
    return JSONResponse(status_code=401, content={})
@app.get("/1")
def a(u=Depends(user)): ...
@app.get("/2")
def b(u=Depends(odd)): ...
"#,
    );
    assert_eq!(found, ["signed in: user", "?"]);
}

#[test]
fn middleware_that_turns_callers_away() {
    let found = access(
        r#"
from fastapi.responses import JSONResponse
app = FastAPI()
@app.middleware("http")
async def auth(request, call_next):
    if "token" not in request.headers:
        return JSONResponse({}, status_code=401)
    return await call_next(request)
@app.get("/1")
def a(): ...
"#,
    );
    assert_eq!(found, ["?"]);
}

#[test]
fn a_role_looked_up_elsewhere_counts_and_a_missing_user_does_not() {
    let found = access(
        r#"
scheme = HTTPBearer()
def payload(token=Depends(scheme)):
    if token.scheme != "Bearer":
        raise HTTPException(403)
    return decode(token)
def user(payload=Depends(payload)):
    user = find(payload)
    if user is None or not user.is_active:
        raise HTTPException(403)
    return user
def stock(user=Depends(user)):
    codes = codes_of(user.id)
    if "stock" not in codes:
        raise HTTPException(403)
app = FastAPI()
@app.get("/1")
def a(u=Depends(user)): ...
@app.get("/2", dependencies=[Depends(stock)])
def b(): ...
"#,
    );
    assert_eq!(found, ["signed in: user", "role: stock"]);
}
