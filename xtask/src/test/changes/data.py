"""Puts a row into every table of a database, or checks that what was put there is still there.

Usage: data.py fill URL FILE VALUE... | data.py check URL FILE GONE... | data.py check-back URL FILE GONE...
       | data.py clear URL FILE TABLE...

`VALUE` says what stands in a column, as `table.column=value`. `GONE` are the columns that a change takes away on purpose,
as `table.column`, renamings as `table.old:new`, and values that it puts in the place of others as `table.column=value`.
`clear` empties tables from which there is a way back only when they are empty: `check-back` passes over these.
`fill` writes the revision beside FILE. `check-back` checks after the change was taken back: what was renamed has its old name, and what went may be another.
"""

import datetime
import decimal
import json
import sys
import uuid
from pathlib import Path

import sqlalchemy as sa


def engine(url: str) -> sa.Engine:
    return sa.create_engine(url.replace("+aiosqlite", "").replace("+asyncpg", "+psycopg"))


def value(column: sa.Column, number: int) -> object:
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Integer):
        return number
    if isinstance(kind, sa.Numeric):
        return decimal.Decimal(number)
    if isinstance(kind, sa.DateTime):
        return datetime.datetime(2020, 1, 1, 12, 0, number, tzinfo=datetime.UTC)
    if isinstance(kind, sa.Date):
        return datetime.date(2020, 1, 1 + number)
    if isinstance(kind, sa.Time):
        return datetime.time(12, number)
    if isinstance(kind, sa.JSON):
        return []
    if isinstance(kind, sa.Uuid) or "CHAR(32)" in str(kind):
        return uuid.UUID(int=number).hex if not isinstance(kind, sa.Uuid) else uuid.UUID(int=number)
    text = f"value {number}"
    length = getattr(kind, "length", None)
    return text[:length] if length else text


def fill(url: str, file: str, values: list[str]) -> None:
    given = dict(one.split("=") for one in values)
    with engine(url).begin() as connection:
        meta = sa.MetaData()
        meta.reflect(connection)
        rows: dict[str, dict[str, object]] = {}
        for number, table in enumerate(meta.sorted_tables, start=1):
            if table.name == "alembic_version":
                continue
            row: dict[str, object] = {}
            for column in table.columns:
                key = next(iter(column.foreign_keys), None)
                if key is not None:
                    target = rows.get(key.column.table.name)
                    row[column.name] = target[key.column.name] if target else None
                else:
                    row[column.name] = given.get(f"{table.name}.{column.name}") or value(column, number)
            connection.execute(table.insert().values(**row))
            rows[table.name] = row
        # As the database gives them back, which is not always as they were given.
        kept = {
            name: {key: str(one) for key, one in connection.execute(meta.tables[name].select()).mappings().one().items()}
            for name in rows
        }
        json.dump(kept, open(file, "w"))
        head = connection.execute(meta.tables["alembic_version"].select()).scalar_one()
        Path(file).with_suffix(".head").write_text(head)


def check(url: str, file: str, gone: list[str], back: bool) -> None:
    wanted = json.load(open(file))
    renamed = dict(one.split(":") for one in gone if ":" in one)
    put = dict(one.split("=") for one in gone if "=" in one)
    away = [one for one in gone if ":" not in one and "=" not in one]
    file_of_cleared = cleared(file)
    empty = json.loads(file_of_cleared.read_text()) if back and file_of_cleared.exists() else []
    with engine(url).begin() as connection:
        meta = sa.MetaData()
        meta.reflect(connection)
        for name, row in wanted.items():
            if name in empty:
                continue
            table = meta.tables[name]
            found = connection.execute(table.select()).mappings().all()
            assert len(found) == 1, f"{name} has {len(found)} rows"
            for column, before in row.items():
                place = f"{name}.{column}"
                if back and (place in away or place in put):
                    continue
                if place in away:
                    assert column not in found[0], f"{place} is still there"
                    continue
                now = column if back else renamed.get(place, column)
                given = put.get(place, before)
                assert str(found[0][now]) == given, f"{name}.{now}: {found[0][now]!r}, not {given!r}"


def cleared(file: str) -> Path:
    return Path(file).with_suffix(".cleared")


def clear(url: str, file: str, names: list[str]) -> None:
    """Deletes the rows of tables, and of those that refer to them, and says beside FILE which these are."""
    with engine(url).begin() as connection:
        meta = sa.MetaData()
        meta.reflect(connection)
        empty = {name for name in names if name in meta.tables}
        assert empty, f"none of {names} is there"
        for table in meta.sorted_tables:
            if any(key.column.table.name in empty for key in table.foreign_keys):
                empty.add(table.name)
        for table in reversed(meta.sorted_tables):
            if table.name in empty:
                connection.execute(table.delete())
    cleared(file).write_text(json.dumps(sorted(empty)))


task, database, rows, *rest = sys.argv[1:]
if task == "fill":
    fill(database, rows, rest)
elif task == "clear":
    clear(database, rows, rest)
else:
    check(database, rows, rest, task == "check-back")
