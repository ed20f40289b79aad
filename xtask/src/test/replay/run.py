"""Runs a history with Alembic, makes another database by the SQL of the replayed schema, and compares the two."""

import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import warnings

import sqlalchemy as sa

folder, variable, runs, by_alembic, by_replay, script = sys.argv[1:]
warnings.simplefilter("ignore")


def plain(url):
    """The URL for a driver that does not wait."""
    return url.replace("+asyncpg", "+psycopg").replace("+aiosqlite", "")


def shown(value):
    return json.dumps(value, sort_keys=True, default=str)


def default(text):
    """Sequences are called after what a column was called when it was made."""
    return "a number" if "nextval(" in str(text) else text


def schema(url):
    engine = sa.create_engine(plain(url), poolclass=sa.NullPool)
    found = {}
    with engine.connect() as connection:
        inspector = sa.inspect(connection)
        for table in inspector.get_table_names():
            if table == "alembic_version":
                continue
            columns = [{**c, "type": str(c["type"]), "default": default(c["default"])} for c in inspector.get_columns(table)]
            for column in columns:
                column.pop("autoincrement", None)
            found[table] = {
                "columns": columns,
                "key": inspector.get_pk_constraint(table),
                "comment": inspector.get_table_comment(table) if engine.dialect.supports_comments else None,
            }
            for name in ["foreign_keys", "unique_constraints", "check_constraints", "indexes"]:
                found[table][name] = sorted(getattr(inspector, f"get_{name}")(table), key=shown)
            if engine.dialect.name == "postgresql":
                query = "SELECT conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype <> 'n' AND conrelid = CAST(:t AS regclass)"
                rows = connection.execute(sa.text(query), {"t": f'"{table}"'})
                found[table]["constraints"] = sorted([[r[0], r[2].replace(" NOT VALID", "")] for r in rows], key=shown)
        if engine.dialect.name == "postgresql":
            found["enums"] = {e["name"]: e["labels"] for e in inspector.get_enums()}
    return found


def run(text, url):
    url = plain(url)
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.executescript(text)
        return
    import psycopg

    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as connection:
        connection.execute(text)


environment = {**os.environ, variable: by_alembic}
upgrade = [sys.executable, "-m", "alembic", "upgrade", runs]
done = subprocess.run(upgrade, cwd=folder, env=environment, capture_output=True, text=True)
if done.returncode:
    sys.exit(f"alembic upgrade {runs}: {done.stderr[-3000:]}")
run(pathlib.Path(script).read_text(), by_replay)
real, replayed = schema(by_alembic), schema(by_replay)
different = []
for name in sorted({*real, *replayed}):
    if shown(real.get(name)) == shown(replayed.get(name)):
        continue
    if not isinstance(real.get(name), dict) or not isinstance(replayed.get(name), dict) or name == "enums":
        different.append(f"{name}: {shown(real.get(name))} is replayed as {shown(replayed.get(name))}")
        continue
    for part in real[name]:
        if shown(real[name][part]) != shown(replayed[name][part]):
            different.append(f"{name}, {part}:\n  {shown(real[name][part])}\n  is replayed as\n  {shown(replayed[name][part])}")
if different:
    sys.exit("\n".join(different))
print(len([name for name in real if name != "enums"]), "tables")
