"""Brings the database of a project up to date, checks what became of its rows, boots the application, adds rows.

Usage: state.py OUTPUT, with a line on standard input for each time: the path of a JSON file with
  url, application, base   the database, `app.main:app`, the class that all tables inherit: `sqlmodel:SQLModel`
  rows, facts              files: the rows as they were, written anew at the end; what is known of tables afterwards
  number                   makes the values of new rows differ from those of all rows before
  sources                  Python files that must compile
  expected                 what a change does to rows on purpose, see `Expected`

Each time is a process of its own, in which the libraries are imported already: it answers with its exit code, and what
it says stands in the file OUTPUT.
"""

import contextlib
import datetime
import decimal
import importlib
import itertools
import json
import os
import random
import re
import sqlite3
import sys
import uuid
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.orm import configure_mappers

# What applications import: not theirs to be imported anew each time.
LIBRARIES = ["fastapi", "sqlmodel", "pydantic_settings", "aiosqlite", "jwt", "pwdlib", "email_validator", "multipart"]

Rows = dict[str, dict[str, Any]]


class Expected:
    """What a change does to rows on purpose; columns are named `table.column` as before the change."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.gone: list[str] = given.get("gone", [])
        self.renamed: dict[str, str] = given.get("renamed", {})
        self.retyped: list[str] = given.get("retyped", [])
        self.filled: list[str] = given.get("filled", [])
        self.outside: dict[str, list[str]] = given.get("outside", {})
        self.keys_go: dict[str, int] = given.get("keys_go", {})
        self.tables_go: int = given.get("tables_go", 0)

    def is_kept(self, column: str, before: object, now: object) -> bool:
        if before == now:
            return True
        if before is None:
            return column in self.filled and now is not None
        if column in self.outside:
            return plain(before) in [plain(value) for value in self.outside[column]]
        return column in self.retyped and now is not None and same(before, now)


def plain(value: object) -> str:
    return re.sub(r"\W", "_", str(value)).lower()


def same(before: object, now: object) -> bool:
    """Whether two values of different types say the same."""
    try:
        return decimal.Decimal(str(before)) == decimal.Decimal(str(now))
    except decimal.InvalidOperation:
        a, b = plain(before), plain(now)
        return a == b or b.startswith(a)


def tables_of(file: str) -> Rows:
    with sqlite3.connect(file) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found: Rows = {}
        for (name,) in names:
            if name.startswith(("sqlite_", "alembic_")):
                continue
            columns = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
            rows = connection.execute(f'SELECT * FROM "{name}"').fetchall()
            found[name] = {
                "columns": [column[1] for column in columns],
                "key": [column[1] for column in columns if column[5]],
                "rows": [list(row) for row in rows],
            }
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        assert not broken, f"foreign keys lead nowhere: {broken[:5]}"
        return found


def compare(before: Rows, now: Rows, expected: Expected) -> None:
    gone = [name for name in before if name not in now]
    assert len(gone) <= expected.tables_go, f"tables are gone: {gone}"
    for name, table in before.items():
        if name not in gone:
            compare_table(name, table, now[name], expected)


def compare_table(name: str, before: dict[str, Any], now: dict[str, Any], expected: Expected) -> None:
    by_key = {key_of(now, row): row for row in now["rows"]}
    assert len(now["rows"]) == len(before["rows"]), f"`{name}` has {len(now['rows'])} rows, had {len(before['rows'])}"
    place = {column: index for index, column in enumerate(now["columns"])}
    allowed = expected.keys_go.get(name, 0)
    for index, column in enumerate(before["columns"]):
        full = f"{name}.{column}"
        if full in expected.gone:
            assert column not in place, f"`{full}` is still there"
            continue
        after = expected.renamed.get(full, column)
        if after not in place:
            allowed -= 1
            assert allowed >= 0, f"`{name}.{after}` is gone"
            continue
        for row in before["rows"]:
            key = key_of(before, row)
            assert key in by_key, f"`{name}` has lost the row {key}"
            value = by_key[key][place[after]]
            assert expected.is_kept(full, row[index], value), f"`{name}.{after}` is {value!r}, was {row[index]!r}"


def key_of(table: dict[str, Any], row: list[Any]) -> tuple[Any, ...]:
    return tuple(row[table["columns"].index(column)] for column in table["key"])


def named(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def classes(base: type) -> list[type]:
    """The classes of `base` that have a table."""
    found: dict[str, type] = {}
    waiting = list(base.__subclasses__())
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if getattr(one, "__table__", None) is not None:
            found[one.__name__] = one
    return list(found.values())


class Filler:
    """Adds a row to each table."""

    def __init__(self, connection: sa.Connection, metadata: sa.MetaData, number: int) -> None:
        self.connection = connection
        self.metadata = metadata
        self.numbers = itertools.count(number * 1000)
        self.random = random.Random(number)

    def fill(self) -> None:
        for table in self.metadata.sorted_tables:
            for attempt in range(6):
                try:
                    with self.connection.begin_nested():
                        self.connection.execute(table.insert().values(**self.row(table, attempt)))
                    break
                except sa.exc.IntegrityError as error:
                    last = error
            else:
                some = self.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                assert some, f"no row fits into `{table.name}`: {last}"

    def row(self, table: sa.Table, attempt: int) -> dict[str, object]:
        row: dict[str, object] = {}
        for column in table.columns:
            key = next(iter(column.foreign_keys), None)
            if key is not None:
                row[column.name] = self.reference(column, key, attempt)
            elif column.primary_key and isinstance(kind_of(column), sa.Integer):
                continue
            elif column.nullable and attempt < 5 and self.random.random() < 0.3:
                row[column.name] = None
            else:
                row[column.name] = self.value(column)
        return row

    def reference(self, column: sa.Column[Any], key: sa.ForeignKey, attempt: int) -> object:
        if column.nullable and (attempt > 3 or self.random.random() < 0.3):
            return None
        known = list(self.connection.execute(sa.select(key.column)).scalars())
        return self.random.choice(known) if known else None

    def value(self, column: sa.Column[Any]) -> object:
        kind = kind_of(column)
        number = next(self.numbers)
        if isinstance(kind, sa.Enum):
            values = list(kind.enum_class) if kind.enum_class else list(kind.enums)
            return values[number % len(values)]
        if isinstance(kind, sa.Boolean):
            return number % 2 == 0
        if isinstance(kind, sa.Integer):
            return number
        if isinstance(kind, sa.Numeric) and kind.asdecimal:
            scale, digits = kind.scale or 0, (kind.precision or 12) - (kind.scale or 0)
            return decimal.Decimal(number % 10**digits) + decimal.Decimal(1).scaleb(-scale) * (number % 10**scale)
        if isinstance(kind, sa.Float | sa.Numeric):
            return number / 4
        if isinstance(kind, sa.DateTime):
            zone = datetime.UTC if kind.timezone else None
            return datetime.datetime(2020, 1, 1, 12, 0, tzinfo=zone) + datetime.timedelta(minutes=number)
        if isinstance(kind, sa.Date):
            return datetime.date(2020, 1, 1) + datetime.timedelta(days=number % 3000)
        if isinstance(kind, sa.Time):
            return datetime.time(number % 24, number % 60, number % 7)
        if isinstance(kind, sa.JSON):
            return []
        if isinstance(kind, sa.Uuid):
            made = uuid.UUID(int=self.random.getrandbits(128), version=4)
            return made if kind.as_uuid else str(made)
        text = f"v{number}"
        length = getattr(kind, "length", None)
        return text[-length:] if length else text


def kind_of(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    kind = column.type.dialect_impl(sa.dialects.sqlite.dialect())
    # A decorator, and SQLModel's strings, turn values over to what they stand for.
    return kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind


def facts(models: list[type], now: Rows, application: Any, script: ScriptDirectory) -> dict[str, Any]:
    found = {}
    for model in models:
        table = now[model.__table__.name]
        columns = {}
        for index, column in enumerate(table["columns"]):
            values = [row[index] for row in table["rows"]]
            known = [value for value in values if value is not None]
            columns[column] = {
                "distinct": len(set(map(str, known))) == len(known),
                "longest": max((len(str(value)) for value in known), default=0),
            }
        found[model.__name__] = {"table": model.__table__.name, "key": table["key"][0], "columns": columns}
    schema = application.openapi()
    paths = [f"{method.upper()} {path}" for path, methods in schema["paths"].items() for method in methods]
    return {"classes": found, "paths": paths, "head": script.get_current_head()}


def look(order: dict[str, Any]) -> None:
    for source in order["sources"]:
        compile(Path(source).read_text(), source, "exec")
    config = Config("alembic.ini")
    command.upgrade(config, "head")
    file = order["url"].partition(":///")[2]
    kept = Path(order["rows"])
    if kept.exists():
        compare(json.loads(kept.read_text()), tables_of(file), Expected(order["expected"]))
    application, base = named(order["application"]), named(order["base"])
    configure_mappers()
    command.check(config)
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        Filler(connection, base.metadata, order["number"]).fill()
    now = tables_of(file)
    kept.write_text(json.dumps(now, default=str))
    found = facts(classes(base), now, application, ScriptDirectory.from_config(config))
    Path(order["facts"]).write_text(json.dumps(found))


def serve(output: str) -> None:
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for line in sys.stdin:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(said, 1)
            os.dup2(said, 2)
            look(json.loads(Path(line.strip()).read_text()))
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


sys.path[:0] = [path for path in (".", "src") if Path(path).is_dir()]
serve(sys.argv[1])
