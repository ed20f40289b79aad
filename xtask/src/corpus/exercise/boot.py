"""Brings up the application of a public project: settings it asks for, and a database of our own behind its engines."""

import ast
import base64
import enum
import importlib
import importlib.machinery
import json
import os
import re
import sys
import typing

KEY = base64.urlsafe_b64encode(b"not a real secret, 32 bytes long").decode()
DIGITS = "1234567890" * 4
given: list[str] = []
asked: list[str] = []
made: list[str] = []
forced: list[str] = []
KNOWN = ("sqlite+pysqlite", "sqlite+aiosqlite", "postgresql+psycopg2", "postgresql+psycopg", "postgresql+asyncpg")
database = {"sqlite": "", "postgresql": ""}


def value_of(name: str, annotation: object = str) -> object:
    """A value for a setting that nothing gives, by its type and, where that is text, by its name."""
    arguments = [part for part in typing.get_args(annotation) if part is not type(None)]
    origin = typing.get_origin(annotation)
    if origin is typing.Literal:
        return arguments[0]
    if origin in (list, set, tuple, frozenset) or annotation in (list, set, tuple):
        return []
    if origin is dict or annotation is dict:
        return {}
    if origin is typing.Annotated or (arguments and origin is not None and not isinstance(origin, type)):
        return value_of(name, arguments[0])
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return next(iter(annotation)).value
    if annotation in (bool, int, float):
        return annotation(1 if annotation is not bool else 0)
    if hasattr(annotation, "model_fields"):
        return {}
    return text_of(f"{name} {getattr(annotation, '__name__', '')}".lower())


def text_of(words: str, otherwise: str = KEY) -> str:
    """A text for a setting that is called so."""
    is_address = any(word in words for word in ("url", "uri", "dsn"))
    if is_address and "redis" in words:
        return "redis://localhost:6379/0"
    if is_address and any(word in words for word in ("database", "db", "postgres", "sql")):
        driver = "+asyncpg" if "EXERCISE_ASYNC" in os.environ else ""
        return f"postgresql{driver}://user:password@localhost:5432/database"
    if is_address or "origin" in words:
        return "http://localhost:8000"
    for word, text in (("email", "admin@example.com"), ("port", "5432"), ("host", "localhost"), ("server", "localhost"),
                       ("algorithm", "HS256"), ("credential", "user:password"), ("minutes", "30"), ("expire", "30"), ("days", "7"), ("ttl", "60"),
                       ("path", "/tmp"), ("dir", "/tmp"), ("environment", "local"), ("driver", "postgresql"),
                       ("user", "user"), ("_db", "database"), ("database", "database"), ("name", "name")):
        if word in words:
            return text
    return otherwise


def at(model: type, location: tuple) -> object:
    """The annotation of a field, through nested models."""
    fields = getattr(model, "model_fields", None) or getattr(model, "__fields__", {})
    for name, field in fields.items():
        names = {name, getattr(field, "alias", None), getattr(field, "validation_alias", None)}
        if location[0] in {other for other in names if isinstance(other, str)}:
            annotation = getattr(field, "annotation", None) or getattr(field, "outer_type_", str)
            return at(annotation, location[1:]) if len(location) > 1 else annotation
    return str


def fill_settings() -> None:
    """Makes settings classes take a value of the right type for whatever is missing."""
    bases = []
    for module in ("pydantic_settings", "pydantic.v1", "pydantic"):
        try:
            bases.append(importlib.import_module(module).BaseSettings)
        except Exception:
            continue
    for base in dict.fromkeys(bases):
        fill(base)


def fill(base: type) -> None:
    original = base.__init__

    def __init__(self, *args, **kwargs):
        for _ in range(9):
            try:
                return original(self, *args, **kwargs)
            except Exception as error:
                if not hasattr(error, "errors"):
                    raise
                missing = [p["loc"] for p in error.errors() if p["type"] in ("missing", "value_error.missing")]
                if not missing:
                    raise
                for location in missing:
                    name = ".".join(map(str, location))
                    given.append(name)
                    inner = kwargs
                    for part in location[:-1]:
                        inner = inner.setdefault(part, {})
                    inner[location[-1]] = value_of(str(location[-1]), at(type(self), location))
        return original(self, *args, **kwargs)

    base.__init__ = __init__


def watch_environment(root: str) -> None:
    """Remembers which variables the project's own code asks for in vain."""
    inside = type(os.environ).get

    def get(self, key, default=None):
        found = inside(self, key, default)
        frame = sys._getframe(1)
        while frame and frame.f_code.co_filename in (os.__file__, __file__):
            frame = frame.f_back
        if found is None and frame and frame.f_code.co_filename.startswith(root + os.sep):
            asked.append(key)
        return found

    type(os.environ).get = get
    os.getenv = lambda key, default=None: os.environ.get(key, default)


def by_environment() -> dict:
    """Variables that were given in earlier rounds."""
    return json.loads(os.environ.get("EXERCISE_GIVEN", "{}"))


def again_with_environment(error: BaseException) -> None:
    """Starts this process anew with the variables that were missing; gives up where there are none."""
    names = list(asked)
    if isinstance(error, (KeyError, ValueError, RuntimeError)):
        names += re.findall(r"\b[A-Z][A-Z0-9_]{3,}\b", str(error))
    names = [name for name in dict.fromkeys(names) if name not in os.environ]
    no_number = ("invalid literal for int", "could not convert string to float")
    numbers = any(words in str(error) for words in no_number) and "EXERCISE_NUMBERS" not in os.environ
    wants_async = "requires an async driver" in str(error) and "EXERCISE_ASYNC" not in os.environ
    folder = re.search(r"[Dd]irectory '(/[^']+)'", str(error))
    built = folder is not None and folder[1].startswith(os.getcwd()) and not os.path.exists(folder[1])
    if built:
        # What a front end's build leaves there is in no repository.
        os.makedirs(folder[1])
        made_before = json.loads(os.environ.get("EXERCISE_FOLDERS", "[]"))
        os.environ["EXERCISE_FOLDERS"] = json.dumps([*made_before, os.path.relpath(folder[1])])
    rounds = int(os.environ.get("EXERCISE_ROUND", "0"))
    if not (names or numbers or wants_async or built) or rounds > 12:
        return
    environment = dict(os.environ, EXERCISE_ROUND=str(rounds + 1))
    if wants_async:
        os.environ["EXERCISE_ASYNC"] = environment["EXERCISE_ASYNC"] = "1"
        names += by_environment()
    if numbers:
        # One of the texts that were given is read as a number: one that is both does.
        environment["EXERCISE_NUMBERS"] = "1"
        names += by_environment()
    values = {name: text_of(name.lower(), DIGITS if numbers or "EXERCISE_NUMBERS" in os.environ else KEY) for name in names}
    environment.update(values)
    environment["EXERCISE_GIVEN"] = json.dumps({**by_environment(), **values})
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)


def redirect_engines(keep_sqlite: bool = False) -> None:
    """Gives every engine that the project makes our database, in the dialect and with the driver that it asked for."""
    import sqlalchemy
    import sqlalchemy.engine
    from sqlalchemy.engine import create, make_url

    original = create._made = create.create_engine
    drivers = {
        ("sqlite", False): "sqlite+pysqlite",
        ("sqlite", True): "sqlite+aiosqlite",
        ("postgresql", False): "postgresql+psycopg2",
        ("postgresql", True): "postgresql+asyncpg",
    }

    def create_engine(url, **options):
        url = make_url(url)
        asked = url.get_backend_name()
        if asked == "sqlite" and keep_sqlite:
            return original(url, **options)
        kind = forced[0] if forced else "sqlite" if asked == "sqlite" else "postgresql"
        made.append(kind)
        ours = make_url(database[kind])
        is_async = bool(options.get("_is_async"))
        runs = "async" in url.drivername or "aio" in url.drivername
        # `AsyncEngine(create_engine("postgresql+asyncpg://…"))` asks for an asynchronous driver by its URL alone.
        keeps = asked == kind and url.drivername in KNOWN and (runs or not is_async)
        if asked != kind or kind == "postgresql":
            options.pop("connect_args", None)
        if asked != kind and kind == "sqlite":
            options = {name: value for name, value in options.items() if not name.startswith(("pool_", "max_"))}
        options.pop("creator", None)
        options.pop("async_creator", None)
        return original(ours.set(drivername=url.drivername if keeps else drivers[kind, is_async]), **options)

    for module in (sqlalchemy, sqlalchemy.engine, create):
        module.create_engine = create_engine
    asynchronous = importlib.import_module("sqlalchemy.ext.asyncio.engine")
    if hasattr(asynchronous, "_create_engine"):
        asynchronous._create_engine = create_engine


def loopback_only() -> None:
    """Refuses connections to anything but this machine."""
    import socket

    def local(address):
        return not isinstance(address, tuple) or str(address[0]) in ("localhost", "::1", "0.0.0.0") or str(address[0]).startswith("127.")

    connect, lookup = socket.socket.connect, socket.getaddrinfo

    def guarded(self, address):
        if not local(address):
            raise ConnectionRefusedError(f"no network: {address!r}")
        return connect(self, address)

    def guarded_lookup(host, *rest, **named):
        if host in (None, "") or local((host.decode() if isinstance(host, bytes) else host,)):
            return lookup(host, *rest, **named)
        raise socket.gaierror(-2, f"no network: {host}")

    socket.socket.connect, socket.getaddrinfo = guarded, guarded_lookup


def read_newer_syntax(root: str) -> None:
    """Reads what only Python 3.14 runs on an older interpreter: `except A, B:`, and annotations that name classes below."""
    if sys.version_info >= (3, 14):
        return
    bare = re.compile(rb"^([ \t]*except\*?[ \t]+)([^(\n:#]+,[^\n:#]+?)([ \t]*:)", re.M)
    real = importlib.machinery.SourceFileLoader.source_to_code

    def source_to_code(self, data, path, *rest, **named):
        if isinstance(data, bytes) and str(path).startswith(root + os.sep):
            data = bare.sub(rb"\1(\2)\3", data)
            data = quoted(data) if b"Relationship(" in data or b"relationship(" in data else data
        return real(self, data, path, *rest, **named)

    importlib.machinery.SourceFileLoader.source_to_code = source_to_code
    sys.dont_write_bytecode = True


def quoted(data: bytes) -> bytes:
    """The source with quotes around classes that annotations of relationships name before they are defined."""
    tree = ast.parse(data)
    if any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body):
        return data
    defined = {node.name: node.lineno for node in tree.body if isinstance(node, ast.ClassDef)}
    lines = data.split(b"\n")
    places = []
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call):
            union = isinstance(node.annotation, ast.BinOp)
            for name in ast.walk(node.annotation):
                if isinstance(name, ast.Name) and defined.get(name.id, 0) > node.lineno:
                    places.append(node.annotation if union else name)
    for place in sorted(set(places), key=lambda place: (place.lineno, place.col_offset), reverse=True):
        line = lines[place.lineno - 1]
        start, end = place.col_offset, place.end_col_offset
        lines[place.lineno - 1] = line[:start] + b'"' + line[start:end] + b'"' + line[end:]
    return b"\n".join(lines)


def resolve(name: str):
    """`package.module:attribute`, called where it ends in `()`."""
    module, _, attribute = name.partition(":")
    found = importlib.import_module(module)
    for part in attribute.removesuffix("()").split("."):
        found = getattr(found, part)
    return found() if attribute.endswith("()") else found


def application(root: str, paths: list[str], name: str):
    """The application at `name`; middleware around it is taken off."""
    root = os.path.normpath(root)
    os.chdir(root)
    for path in reversed([root, *(os.path.join(root, path) for path in paths)]):
        sys.path.insert(0, path)
    loopback_only()
    read_newer_syntax(root)
    fill_settings()
    watch_environment(root)
    redirect_engines()
    arguments, sys.argv = sys.argv, sys.argv[:1]
    try:
        app = resolve(name)
    except BaseException as error:
        sys.argv = arguments
        again_with_environment(error)
        raise
    while not hasattr(app, "openapi") and hasattr(app, "app"):
        app = app.app
    given.extend(by_environment())
    return app
