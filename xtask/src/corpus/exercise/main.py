"""Boots a public project as planned and calls the new endpoints as two users; prints what it saw as JSON."""

import asyncio
import json
import os
import sys
import types
import warnings

# Before anything of the project can be in its place: folders called `alembic` are many.
import alembic.config  # noqa: F401
import boot
import calls
import rows

warnings.simplefilter("ignore")


def every_route(routes, prefix: str = ""):
    """All routes with their whole path; newer FastAPI keeps included routers as nodes."""
    try:
        from fastapi.routing import iter_route_contexts as contexts
    except ImportError:
        contexts = iter
    for route in contexts(routes):
        original = getattr(route, "original_route", route)
        path = prefix + (getattr(route, "path", None) or "")
        inner = getattr(original, "app", None)
        if hasattr(original, "dependant"):
            yield path, getattr(original, "methods", None) or set(), original
        elif inner is not None and hasattr(inner, "routes"):
            yield from every_route(inner.routes, path)


def stand_in(style: dict, engine, key, table: str):
    """The signed-in user as the house's dependency gives it: the row, or what carries it or its key."""
    import sqlalchemy as sa
    from sqlalchemy.orm import Session

    path = style.get("key_path")
    if path is None:
        path = [style["id_attribute"]]
    user = types.SimpleNamespace(**{style["id_attribute"]: key})
    if style.get("class"):
        model = boot.resolve(f"{style['class']['module']}:{style['class']['name']}")
        with Session(engine, expire_on_commit=False) as session:
            column = getattr(model, style["id_attribute"])
            user = session.execute(sa.select(model).where(column == key)).unique().scalars().first() or user
            for relation in sa.inspect(model).relationships:
                try:
                    getattr(user, relation.key)
                except Exception:
                    continue
            session.expunge_all()
    return carried(style, user, key, path)


def carried(style: dict, user, key, path: list):
    given = (style["parameter"]["value"].get("class") or {}).get("name")
    if not path:
        return key
    if given == "dict":
        return {path[0].strip("[]'\""): key, "id": key, "sub": str(key)}
    value = user if path[-1:] == [style["id_attribute"]] else key
    for name in reversed(path[:-1] if value is user else path):
        value = types.SimpleNamespace(**{name: value, "scopes": set(), "roles": []})
    return value


def override(app, routes: list, style: dict, session: str) -> None:
    """Puts the stand-in in the place of whatever signs users in to the new routes."""
    name = style["parameter"]["value"]["name"]

    async def current():
        return calls.state["user"]

    def replace(dependant, owner):
        for inner in dependant.dependencies:
            if inner.name == name or (inner.name is None and inner.call is not None):
                owner.dependency_overrides[inner.call] = current
            elif inner.name != session:
                replace(inner, owner)

    for _, _, route in routes:
        replace(route.dependant, getattr(route, "dependency_overrides_provider", None) or app)


def sign_in_by_request(attribute: str) -> None:
    """Lets the middleware that signs users in take the stand-in: `request.user`, `request.state.user`."""
    from starlette.requests import Request

    if attribute == "user":
        Request.user = property(lambda request: calls.state["user"])


def without_middleware(app, root: str) -> bool:
    """Takes off middleware that the project wrote itself: it turns callers without a token away."""
    own = [item for item in app.user_middleware if root in (sys.modules[item.cls.__module__].__file__ or "")]
    app.user_middleware = [item for item in app.user_middleware if item not in own]
    app.middleware_stack = None
    return bool(own)


def exercise(given: dict, app, report: dict) -> None:
    new = [(path, methods, route) for path, methods, route in every_route(app.routes)
           if any(path.endswith(wanted) and method in methods for method, wanted in given["routes"])]
    wanted = [(method, path) for path, methods, _ in new for method in methods
              if any(m == method and path.endswith(p) for m, p in given["routes"])]
    report["routes"] = len(set(wanted))
    metadata = rows.metadata_of(given["tables"])
    report["tables"] = 0 if metadata is None else len(given["tables"])
    if metadata is not None:
        given["tables"] = [rows.full_name(metadata, name) for name in given["tables"]]
    if metadata is None or not wanted or given["boot_only"]:
        return
    import sqlalchemy as sa

    backend = "sqlite" if "sqlite" in boot.made else "postgresql"
    boot.forced.append(backend)
    report["database"] = backend
    engine = sa.engine.create._made(boot.database[backend])
    rows.create(engine, metadata, given["tables"])
    report["migration"] = rows.migrate(engine, metadata, given["tables"], given["revision"])
    users, style = [], given["user"]
    if style:
        keys = rows.add_users(engine, metadata, style["table"], style.get("id_column") or style["id_attribute"])
        users = [stand_in(style, engine, key, style["table"]) for key in keys]
        override(app, new, style, given["session"])
        sign_in_by_request(style["parameter"]["value"].get("request_attribute") or "")
    try:
        api = app.openapi()
    except Exception:
        api = {}
    run = calls.Exercise(app, api, sorted(set(wanted)), users)
    report["without"] = asyncio.run(calls.started(app, run))
    if not run.passed and "401" in run.faults[0] and without_middleware(app, given["root"]):
        run = calls.Exercise(app, api, sorted(set(wanted)), users)
        report["without"] = asyncio.run(calls.started(app, run)) or "without its own middleware"
    report.update(passed=run.passed, faults=run.faults, detail=run.detail)


def main() -> None:
    given = json.load(open(sys.argv[1]))
    boot.database.update(given["databases"])
    report: dict = {"booted": False}
    try:
        app = boot.application(given["root"], given["paths"], given["app"])
        report["booted"] = True
        exercise(given, app, report)
    except BaseException as error:
        report["error"] = f"{type(error).__name__}: {' '.join(str(error).split())}"[:600]
    report["folders"] = json.loads(os.environ.get("EXERCISE_FOLDERS", "[]"))
    report["environment"] = boot.by_environment()
    report["settings"] = list(dict.fromkeys(boot.given))
    json.dump(report, open(given["report"], "w"), default=str)


if __name__ == "__main__":
    main()
    # Threads that the project started must not keep this process.
    os._exit(0)
