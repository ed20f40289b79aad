"""Runs what `spec/safety` says on a real PostgreSQL. Arguments: URL of an empty database, files.

PostgreSQL tells by its debug messages when it writes a table anew, reads it, or builds an index, and by `pg_locks` what it
holds: each finding must be seen there, and where there is none, none of it may be seen.
"""

import re
import sys
from pathlib import Path

import psycopg

VALUES = {"integer": "1", "bigint": "1", "numeric": "1", "json": "'{}'", "bit varying": "B'1'", "cidr": "'10.0.0.0/8'"}
# Foreign keys to other tables, with their tables.
KEYS = "SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid"
TEXTS = ("text", "character varying", "character", "USER-DEFINED")


def fences(text):
    """Database, revision and findings, with the headline of each."""
    before, revision, heading = "", None, ""
    for match in re.finditer(r"^(#.*)$|^```(.*)\n((?:.*\n)*?)```$", text, re.M):
        if match[1]:
            before, heading = "", match[1]
        elif match[2] == "sql before":
            before = match[3]
        elif match[2].startswith("sql"):
            revision = (match[2], match[3])
        elif match[2] == "text" and revision[0] == "sql":
            yield heading, before, revision[1], match[3]


def statements(sql):
    autocommit, text, start = False, "", 0
    for number, line in enumerate(sql.splitlines(), 1):
        if line in ("-- autocommit", "-- end"):
            autocommit = line == "-- autocommit"
            continue
        start = start if text else number
        text += line + "\n"
        if line.endswith(";"):
            yield start, text, autocommit
            text = ""


def fill(connection):
    """Gives each table a row, as far as values can be made up."""
    # In the order in which they were made: foreign keys refer back.
    made = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY oid"
    tables = [row[0] for row in connection.execute(made)]
    for table in tables:
        columns = connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
            (table,),
        ).fetchall()
        known = [(name, VALUES.get(kind) or ("'sad'" if kind in TEXTS else None)) for name, kind in columns]
        known = [(name, value) for name, value in known if value]
        names, values = ", ".join(f'"{name}"' for name, _ in known), ", ".join(value for _, value in known)
        connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({values})')


def run(connection, sql, autocommit):
    """What a statement is seen to do: messages, locks on tables that were there, and its error."""
    seen = []
    handler = lambda notice: seen.append(notice.message_primary)
    files = "SELECT relname, relfilenode FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    if autocommit:
        connection.commit()
        connection.autocommit = True
    before = dict(connection.execute(files).fetchall())
    keys = connection.execute(KEYS).fetchall()
    if not autocommit:
        connection.execute("SAVEPOINT one")
    connection.add_notice_handler(handler)
    error = None
    try:
        connection.execute(sql)
    except psycopg.Error as raised:
        error = raised
    connection.remove_notice_handler(handler)
    if error and not autocommit:
        connection.execute("ROLLBACK TO SAVEPOINT one")
    locks = connection.execute(
        "SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
        " WHERE l.pid = pg_backend_pid() AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    ).fetchall()
    after = dict(connection.execute(files).fetchall())
    if autocommit:
        connection.autocommit = False
    kept = connection.execute(KEYS).fetchall()
    lost = {key for key, owner in keys if owner in after} - {key for key, _ in kept}
    rewritten = {name for name in before if name in after and before[name] != after[name]}
    return seen, {(name, mode) for name, mode in locks if name in before}, rewritten, error, lost


def problems(kinds, seen, locks, rewritten, error, lost, expected):
    has = lambda text: any(text in message for message in seen)
    modes = {mode for _, mode in locks}
    reads = has("verifying table") or has("validating foreign key")
    want = {
        "index-not-concurrent": "ShareLock" in modes and has("building index"),
        "index-drop-not-concurrent": "AccessExclusiveLock" in modes,
        "concurrently-in-transaction": error is not None,
        "new-value-in-transaction": error is not None,
        "required-column-without-default": error is not None,
        "foreign-key-checked-at-once": len([1 for _, mode in locks if mode == "ShareRowExclusiveLock"]) >= 2 and reads,
        "check-checked-at-once": "AccessExclusiveLock" in modes and reads,
        "validated-in-same-transaction": "AccessExclusiveLock" in modes and reads,
        "not-null-in-place": "AccessExclusiveLock" in modes and reads,
        "unique-not-from-index": "AccessExclusiveLock" in modes and has("building index"),
        "exclude-builds-index": "AccessExclusiveLock" in modes and has("building index"),
        "reference-drop": bool(lost) and all(f"`{key}`" in expected for key in lost),
        "volatile-default": bool(rewritten),
        "type-change-rewrites": bool(rewritten),
    }
    found = [f"{kind} is not seen" for kind in kinds if not want.get(kind, True)]
    if lost and "reference-drop" not in kinds:
        found.append(f"drops {lost}")
    if not kinds:
        found += [f"rewrites {name}" for name in rewritten]
        found += [f"fails: {error}"] if error else []
    return found


def main():
    failures, checked = [], 0
    with psycopg.connect(sys.argv[1]) as connection:
        for path in sys.argv[2:]:
            for heading, before, revision, expected in fences(Path(path).read_text()):
                connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
                connection.execute("CREATE SCHEMA public")
                connection.execute("SET search_path = public")
                connection.execute("SET timezone = 'Europe/Berlin'")
                connection.execute(before)
                fill(connection)
                connection.commit()
                connection.execute("SET client_min_messages = debug1")
                made = set()
                for line, sql, autocommit in statements(revision):
                    kinds = re.findall(rf"^line {line}: (\S+)$", expected, re.M)
                    made |= set(re.findall(r"CREATE TABLE (\w+)", sql))
                    seen, locks, rewritten, error, lost = run(connection, sql, autocommit)
                    told = problems(kinds, seen, locks, rewritten - made, error, lost, expected)
                    reads = [message for message in seen if "verifying table" in message]
                    reads = [message for message in reads if not any(f'"{name}"' in message for name in made)]
                    # A column that is added with NOT NULL and a default is not read; NOT VALID reads nothing.
                    if not kinds and not autocommit and reads:
                        told.append(f"reads: {reads}")
                    failures += [f"{path}, {heading}: {sql.strip()}\n  {one}\n  {seen} {locks}" for one in told]
                    checked += 1
                connection.rollback()
                connection.execute("RESET ALL")
                connection.commit()
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f"{checked} statements run ... ", end="")
    sys.exit(1 if failures or checked < 40 else 0)


main()
