"""Calls the planned endpoints as two users, and says which answers are not what they should be."""

import asyncio
import re

import httpx

VALUES = {
    "label": "first",
    "condition": "used",
    "boughton": "2030-01-31",
    "price": "12.50",
    "remark": "a remark",
    "borrower": "Somebody",
    "returned": False,
}
state = {"user": None}


def plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def body_of(api: dict, path: str, method: str, **changes) -> dict:
    """A body with the document's values, under the names that the endpoint has for them."""
    operation = api.get("paths", {}).get(path, {}).get(method.lower(), {})
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    for step in [schema, *schema.get("allOf", []), *schema.get("anyOf", [])]:
        if "$ref" in step:
            schema = api["components"]["schemas"][step["$ref"].rsplit("/", 1)[1]]
            break
    wanted = {**VALUES, **changes}
    names = {plain(name): name for name in schema.get("properties", {})}
    if not names:
        return {{"boughton": "bought_on"}.get(name, name): value for name, value in wanted.items()}
    return {names[name]: value for name, value in wanted.items() if name in names}


def row_in(answer, word: str):
    """The object that has a field called `word`, wherever an envelope holds it."""
    if isinstance(answer, dict):
        if any(plain(name) == word for name in answer):
            return answer
        answer = list(answer.values())
    if isinstance(answer, list):
        return next((found for item in answer if (found := row_in(item, word)) is not None), None)
    return None


def rows_in(answer, word: str) -> int:
    if isinstance(answer, list):
        return sum(rows_in(item, word) for item in answer)
    if isinstance(answer, dict):
        return 1 if any(plain(name) == word for name in answer) else sum(rows_in(item, word) for item in answer.values())
    return 0


def key_of(row: dict):
    names = [name for name in row if plain(name) in ("id", "uuid", "gadgetid", "pk")] or [n for n in row if plain(n).endswith("id")]
    return row[names[0]] if names else None


def field(row: dict, word: str):
    return next((value for name, value in row.items() if plain(name) == word), None)


class Exercise:
    """One run over the endpoints."""

    def __init__(self, app, api: dict, routes: list, users: list) -> None:
        self.app, self.api, self.users = app, api, users
        self.routes = {(method, re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")): path for method, path in routes}
        made = [path.rstrip("/") for method, path in routes if method == "POST"]
        # What stands before the entity (`/{organization}/gadgets`) is the same in all paths.
        self.base = min(made, key=lambda path: path.count("{"))
        self.leading = self.base.count("{")
        self.passed, self.faults = 0, []
        self.detail = ""

    async def call(self, who: int, method: str, shape: str, key=None, body: dict | None = None):
        path = self.path(method, shape)
        if path is None:
            return None
        state["user"] = self.users[who] if self.users else None
        url = re.sub(r"\{[^}]*\}", "default", path, count=self.leading) if self.leading else path
        url = re.sub(r"\{[^}]*\}", str(key), url)
        try:
            return await self.client.request(method, url, json=body)
        except Exception as error:
            self.detail = f"{type(error).__name__}: {' '.join(str(error).split())}"[:400]
            return httpx.Response(500, text=self.detail)

    def path(self, method: str, shape: str):
        return self.routes.get((method, shape.rstrip("/")))

    def expect(self, what: str, holds: bool, answer) -> None:
        if holds:
            self.passed += 1
            return
        said = "no such route" if answer is None else f"{answer.status_code} {answer.text[:160]}"
        self.faults.append(f"{what}: {said}")

    async def run(self) -> None:
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60, follow_redirects=True) as client:
            self.client = client
            await self.own()

    async def own(self) -> None:
        base, item = re.sub(r"\{[^}]*\}", "{}", self.base), re.sub(r"\{[^}]*\}", "{}", self.base) + "/{}"
        change = "PATCH" if self.path("PATCH", item) else "PUT"
        new = body_of(self.api, self.base, "POST")
        made = await self.call(0, "POST", base, body=new)
        self.expect("create", made is not None and made.status_code in (200, 201), made)
        row = row_in(made.json(), "label") if made is not None and made.status_code < 300 else None
        if row is None:
            return
        key = key_of(row)
        again = await self.call(0, "POST", base, body=new)
        # Most say 409; a house whose own duplicates are a 400 says that of the new ones too.
        self.expect("the same again", again.status_code in (400, 409), again)
        listed = await self.call(0, "GET", base)
        self.expect("list", listed.status_code == 200 and rows_in(listed.json(), "label") == 1, listed)
        read = await self.call(0, "GET", item, key)
        found = row_in(read.json(), "label") if read.status_code == 200 else None
        self.expect("get", found is not None and field(found, "remark") == "a remark", read)
        path = self.path(change, item) or ""
        changed = await self.call(0, change, item, key, body_of(self.api, path, change, remark="another"))
        read = await self.call(0, "GET", item, key)
        found = row_in(read.json(), "label") if read.status_code == 200 else None
        self.expect("update", changed.status_code == 200 and found is not None and field(found, "remark") == "another", changed)
        null = await self.call(0, change, item, key, body_of(self.api, path, change, label=None))
        self.expect("update to null", null.status_code in (400, 422), null)
        await self.nested(item, key)
        if self.users:
            await self.strange(base, item, key, change, path)
        gone = await self.call(0, "DELETE", item, key)
        self.expect("delete", gone.status_code in (200, 202, 204), gone)
        read = await self.call(0, "GET", item, key)
        self.expect("get what is deleted", read.status_code == 404, read)

    async def nested(self, item: str, key) -> None:
        loans = item + "/loans"
        path = self.path("POST", loans) or ""
        made = await self.call(0, "POST", loans, key, body_of(self.api, path, "POST"))
        self.expect("create a child", made is not None and made.status_code in (200, 201), made)
        listed = await self.call(0, "GET", loans, key)
        good = listed is not None and listed.status_code == 200 and rows_in(listed.json(), "borrower") == 1
        self.expect("list the children", good, listed)

    async def strange(self, base: str, item: str, key, change: str, path: str) -> None:
        """What the other user must not see."""
        loans = item + "/loans"
        listed = await self.call(1, "GET", base)
        self.expect("list of another user", listed.status_code == 200 and rows_in(listed.json(), "label") == 0, listed)
        calls = {
            "get by another user": ("GET", item, None),
            "update by another user": (change, item, body_of(self.api, path, change, remark="stolen")),
            "delete by another user": ("DELETE", item, None),
            "children for another user": ("GET", loans, None),
            "child by another user": ("POST", loans, body_of(self.api, self.path("POST", loans) or "", "POST")),
        }
        for what, (method, shape, body) in calls.items():
            answer = await self.call(1, method, shape, key, body)
            self.expect(what, answer is not None and answer.status_code in (403, 404), answer)
        same = await self.call(1, "POST", base, body=body_of(self.api, self.base, "POST"))
        self.expect("the same label for another user", same.status_code in (200, 201), same)


async def started(app, exercise: Exercise) -> str:
    """Runs the exercise within the application's lifespan where that comes up, else without it."""
    lifespan = getattr(app.router, "lifespan_context", None)
    if lifespan is None:
        await exercise.run()
        return ""
    context = lifespan(app)
    try:
        given = await asyncio.wait_for(context.__aenter__(), 25)
        if isinstance(given, dict):
            exercise.app = with_state(app, given)
    except BaseException as error:
        await exercise.run()
        return f"without its lifespan ({type(error).__name__})"
    try:
        await exercise.run()
    finally:
        try:
            await asyncio.wait_for(context.__aexit__(None, None, None), 10)
        except BaseException:
            pass
    return ""


def with_state(app, given: dict):
    """The application, with what its lifespan gives to each request."""

    async def call(scope, receive, send):
        scope["state"] = dict(given)
        await app(scope, receive, send)

    return call
