"""Puts a row into every table of a database, or checks that what was put there is still there.

Usage: data.py fill URL FILE | data.py check URL FILE GONE...

`GONE` are the columns that a change takes away on purpose, as `table.column`, and renamings as `table.old:new`.
"""

import datetime
import decimal
import json
import sys
import uuid

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


def fill(url: str, file: str) -> None:
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
                elif column.name == "status" or column.nullable is False or not column.primary_key:
                    row[column.name] = value(column, number)
            connection.execute(table.insert().values(**row))
            rows[table.name] = row
        # As the database gives them back, which is not always as they were given.
        kept = {
            name: {key: str(one) for key, one in connection.execute(meta.tables[name].select()).mappings().one().items()}
            for name in rows
        }
        json.dump(kept, open(file, "w"))


def check(url: str, file: str, gone: list[str]) -> None:
    wanted = json.load(open(file))
    renamed = dict(one.split(":") for one in gone if ":" in one)
    with engine(url).begin() as connection:
        meta = sa.MetaData()
        meta.reflect(connection)
        for name, row in wanted.items():
            if name in gone:
                continue
            table = meta.tables[name]
            found = connection.execute(table.select()).mappings().all()
            assert len(found) == 1, f"{name} has {len(found)} rows"
            for column, before in row.items():
                if f"{name}.{column}" in gone:
                    continue
                now = renamed.get(f"{name}.{column}", column)
                assert str(found[0][now]) == before, f"{name}.{now}: {found[0][now]!r}, was {before!r}"


if sys.argv[1] == "fill":
    fill(sys.argv[2], sys.argv[3])
else:
    check(sys.argv[2], sys.argv[3], sys.argv[4:])
