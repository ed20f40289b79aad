"""Models, revisions and a database, three ways, on PostgreSQL and SQLite."""

import hashlib
import json
import pathlib
import socket
import ssl
import struct
import subprocess
import sys
import threading

import psycopg
import sqlalchemy as sa
import trustme

root, architect, postgres = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]

MODELS = '''
import enum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class State(enum.Enum):
    OPEN = "open"
    DONE = "done"


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Item(Base):
    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("title", "size", name="uq_item_title_size"),
        CheckConstraint("size > 0", name="size_some"),
        Index("ix_item_size", "size"),
        {"comment": "All there is"},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80), comment="What it is called")
    note: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int] = mapped_column(server_default="1")
    state: Mapped[State] = mapped_column()
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE", name="fk_item_owner"))
'''
ENV = '''
from alembic import context
from sqlalchemy import create_engine

from app.models import Base

target_metadata = Base.metadata
with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(
        connection=connection, target_metadata=target_metadata, render_as_batch=True, compare_server_default=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
'''
MAKO = '''"""${message}"""
import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''
# What is done by hand, what of it is to be told, and statements of SQLite where they are others; none where it has no such
# thing.
CHANGES = [
    ("a column comes", "ALTER TABLE item ADD COLUMN extra INTEGER", "extra", ...),
    ("a column goes", "ALTER TABLE item DROP COLUMN note", "note", ...),
    ("a type", "ALTER TABLE item ALTER COLUMN title TYPE VARCHAR(50)", "title", "VARCHAR(80) -> VARCHAR(50)"),
    ("NULL is allowed", "ALTER TABLE item ALTER COLUMN title DROP NOT NULL", "title", "title VARCHAR(80) NOT NULL -> title VARCHAR(80)"),
    ("NULL is forbidden", "ALTER TABLE item ALTER COLUMN note SET NOT NULL", "note", "note TEXT -> note TEXT NOT NULL"),
    ("a default", "ALTER TABLE item ALTER COLUMN size SET DEFAULT 5", "size", "DEFAULT '1' -> DEFAULT '5'"),
    ("an index comes", "CREATE INDEX ix_hand ON item (note)", "ix_hand", ...),
    ("an index goes", "DROP INDEX ix_item_size", "ix_item_size", ...),
    ("an index over another column", "DROP INDEX ix_item_size; CREATE INDEX ix_item_size ON item (note)", "ix_item_size", ...),
    ("a unique constraint goes", "ALTER TABLE item DROP CONSTRAINT uq_item_title_size", "uq_item_title_size", ", CONSTRAINT uq_item_title_size UNIQUE (title, size) -> "),
    ("a key deletes otherwise", "ALTER TABLE item DROP CONSTRAINT fk_item_owner; ALTER TABLE item ADD CONSTRAINT fk_item_owner FOREIGN KEY (owner_id) REFERENCES \"user\" (id)", "owner_id", " ON DELETE CASCADE -> "),
    ("a check goes", "ALTER TABLE item DROP CONSTRAINT size_some", "size_some", "CONSTRAINT size_some CHECK (size > 0), -> "),
    ("a check says otherwise", "ALTER TABLE item DROP CONSTRAINT size_some; ALTER TABLE item ADD CONSTRAINT size_some CHECK (size > 2)", "size_some", "size > 0 -> size > 2"),
    ("a value of an enumeration", "ALTER TYPE state ADD VALUE 'LATE'", "state", None),
    ("a table comes", "CREATE TABLE hand (id INTEGER NOT NULL, PRIMARY KEY (id))", "hand", ...),
    ("a table goes", "DROP TABLE item", "item", ...),
    ("a comment of a column", "COMMENT ON COLUMN item.title IS 'by hand'", "title", None),
    ("a comment of a table", "COMMENT ON TABLE item IS NULL", "item", None),
]


def project():
    files = {
        "pyproject.toml": "[project]\nname = 'x'\nrequires-python = '>=3.11'\n",
        "alembic.ini": "[alembic]\nscript_location = migrations\nprepend_sys_path = .\n",
        "app/__init__.py": "",
        "app/models.py": MODELS,
        "migrations/env.py": ENV,
        "migrations/script.py.mako": MAKO,
        "migrations/versions/.keep": "",
    }
    for name, text in files.items():
        path = root / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def run(*command, codes=(0,)):
    done = subprocess.run(command, cwd=root / "project", capture_output=True, text=True)
    if done.returncode not in codes:
        raise AssertionError(f"{' '.join(map(str, command))}: {done.returncode}: {done.stdout} {done.stderr}")
    return done


def alembic(url, *arguments):
    (root / "project/alembic.ini").write_text(
        f"[alembic]\nscript_location = migrations\nprepend_sys_path = .\nsqlalchemy.url = {url.replace('%', '%%')}\n"
    )
    run(sys.executable, "-m", "alembic", *arguments)


def asked(url, code):
    """What `--check --db` says, as data and in words."""
    command = [architect, "migrate", "--check", "--db", url]
    text = run(*command, codes=(code,)).stdout
    return json.loads(run(*command, "--format", "json", codes=(code,)).stdout), text


def told(comparison):
    return " ".join(difference["text"] for difference in comparison["differences"])


def executed(url, statements):
    engine = sa.create_engine(sqlalchemy(url), poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements.split("; "):
            connection.exec_driver_sql(statement)


def sqlalchemy(url):
    return url.replace("postgresql://", "postgresql+psycopg://")


def by_hand(url, statements, on_sqlite):
    if url.startswith("postgres") or on_sqlite is ...:
        return executed(url, statements)
    # SQLite keeps the words that made a table: they are written anew.
    old, new = on_sqlite.split(" -> ")
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        sql = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'item'").scalar()
        changed = " ".join(sql.split()).replace(old.strip() if new else old.rstrip(), new.strip(), 1)
        if changed == " ".join(sql.split()):
            raise AssertionError(f"{old!r} is not in {sql}")
        connection.exec_driver_sql("DROP TABLE item")
        connection.exec_driver_sql(changed)
        connection.exec_driver_sql("CREATE INDEX ix_item_size ON item (size)")


def state(url):
    """All there is, to see that nothing was written: the counters of PostgreSQL and the bytes of SQLite."""
    if url.startswith("sqlite"):
        return hashlib.sha256(pathlib.Path(url.removeprefix("sqlite:///")).read_bytes()).hexdigest()
    with sa.create_engine(sqlalchemy(url), poolclass=sa.NullPool).connect() as connection:
        found = connection.exec_driver_sql("SELECT oid, relname, relfilenode, xmin::text FROM pg_class ORDER BY oid").all()
        rows = connection.exec_driver_sql("SELECT version_num, xmin::text FROM alembic_version").all()
        return str(found) + str(rows) if rows else str(found)


def fresh(url):
    if url.startswith("sqlite"):
        pathlib.Path(url.removeprefix("sqlite:///")).unlink(missing_ok=True)
    else:
        executed(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC")
    alembic(sqlalchemy(url), "upgrade", "head")


def check(url):
    count = 0
    fresh(url)
    drift, text = asked(url, 0)
    for part in (drift["migrations"], drift["database"], drift["models"]):
        if told(part):
            raise AssertionError(f"after upgrade: {told(part)}")
    for name, statements, word, on_sqlite in CHANGES:
        if on_sqlite is None and url.startswith("sqlite"):
            continue
        fresh(url)
        by_hand(url, statements, on_sqlite)
        before = state(url)
        drift, text = asked(url, 1)
        if state(url) != before:
            raise AssertionError(f"{name}: something was written")
        if told(drift["migrations"]):
            raise AssertionError(f"{name}: models and migrations are alike, and not {told(drift['migrations'])}")
        for part in ("database", "models"):
            if word not in told(drift[part]):
                raise AssertionError(f"{name}: {part}: `{word}` is not in {told(drift[part])!r}")
        if word not in text:
            raise AssertionError(f"{name}: `{word}` is not in {text}")
        count += 1
    return count + versions(url)


def versions(url):
    """The rows of `alembic_version`: behind, none, unknown."""
    fresh(url)
    second = root / "project/migrations/versions/second.py"
    first = next(path.stem.split("_")[0] for path in second.parent.glob("*.py"))
    second.write_text(f"from alembic import op\nrevision = 'second'\ndown_revision = '{first}'\ndef upgrade():\n    op.drop_column('item', 'note')\ndef downgrade():\n    pass\n")
    drift, text = asked(url, 1)
    if drift["pending"] != ["second"] or "second" not in text or told(drift["database"]) or "note" not in told(drift["migrations"]):
        raise AssertionError(f"behind: {drift}")
    second.unlink()
    executed(url, "DELETE FROM alembic_version")
    drift, _ = asked(url, 1)
    if drift["pending"] != [first] or "item" not in told(drift["database"]) or told(drift["models"]):
        raise AssertionError(f"no version: {drift}")
    executed(url, "INSERT INTO alembic_version VALUES ('unknown')")
    done = run(architect, "migrate", "--check", "--db", url, codes=(2,))
    if "`unknown`" not in done.stderr:
        raise AssertionError(f"unknown version: {done.stderr}")
    return 3


def read_only():
    """A role that may only look sees the same; other databases, and TLS where the server has none, are refused."""
    fresh(postgres)
    executed(postgres, "DROP ROLE IF EXISTS looker; CREATE ROLE looker LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker; ALTER ROLE looker SET default_transaction_read_only = on")
    looker = postgres.replace("postgres:@", "looker:@") if "postgres:@" in postgres else None
    if looker:
        asked(looker, 0)
    for url, words in [("mysql://me:secret@db/x", "no URL of PostgreSQL or SQLite"), (f"{postgres}{'&' if '?' in postgres else '?'}sslmode=require", "TLS")]:
        done = run(architect, "migrate", "--check", "--db", url, codes=(2,))
        if words not in done.stderr or "secret" in done.stderr:
            raise AssertionError(f"{url}: {done.stderr}")


class Secured:
    """A server that speaks TLS, and hands what it is told on to PostgreSQL."""

    SSL_REQUEST = struct.pack("!ii", 8, 80877103)

    def __init__(self, certificate):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(self.context)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.secured = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        first = client.recv(8, socket.MSG_WAITALL)
        try:
            if first == self.SSL_REQUEST:
                client.sendall(b"S")
                client = self.context.wrap_socket(client, server_side=True)
                self.secured += 1
                first = b""
            server = upstream()
            server.sendall(first)
        except (OSError, ssl.SSLError):
            return client.close()
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=self.pump, args=(source, target), daemon=True).start()

    @staticmethod
    def pump(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def upstream():
    place = psycopg.conninfo.conninfo_to_dict(postgres)
    host, port = place.get("host", "localhost"), int(place.get("port", 5432))
    if not host.startswith("/"):
        return socket.create_connection((host, port))
    server = socket.socket(socket.AF_UNIX)
    server.connect(f"{host}/.s.PGSQL.{port}")
    return server


def secured():
    """Connections by TLS: each `sslmode` accepts and refuses what PostgreSQL's own clients accept and refuse."""
    fresh(postgres)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(root / "root.pem"))
    trustme.CA().cert_pem.write_to_path(str(root / "other.pem"))
    server = Secured(authority.issue_cert("localhost"))
    place = psycopg.conninfo.conninfo_to_dict(postgres)
    signed, other = f"sslrootcert={root}/root.pem", f"sslrootcert={root}/other.pem"
    cases = [
        ("localhost", "", 0, True),
        ("localhost", "sslmode=disable", 0, False),
        ("localhost", "sslmode=require", 0, True),
        ("localhost", f"sslmode=verify-ca&{signed}", 0, True),
        ("localhost", f"sslmode=verify-full&{signed}", 0, True),
        ("127.0.0.1", f"sslmode=verify-ca&{signed}", 0, True),
        ("127.0.0.1", f"sslmode=verify-full&{signed}", 2, False),
        ("localhost", f"sslmode=verify-ca&{other}", 2, False),
        ("localhost", f"sslmode=verify-full&{other}", 2, False),
        ("localhost", "sslmode=verify-full", 2, False),
    ]
    for host, options, code, by_tls in cases:
        before = server.secured
        user, password = place.get("user", "postgres"), place.get("password", "")
        url = f"postgresql+psycopg://{user}:{password}@{host}:{server.port}/{place['dbname']}?{options}"
        done = run(architect, "migrate", "--check", "--db", url, codes=(code,))
        if code == 0 and (server.secured > before) != by_tls:
            raise AssertionError(f"{options} on {host}: secured is {server.secured > before}")
        if code == 2 and "certificate" not in done.stderr:
            raise AssertionError(f"{options} on {host}: {done.stderr}")
    return len(cases)


project()
run(architect, "migrate", "--yes", "-m", "first")
counts = {url.split(":")[0]: check(url) for url in (postgres, f"sqlite:///{root}/live.db")}
read_only()
ways = secured()
print(", ".join(f"{count} changes by hand found on {name}" for name, count in counts.items()), f"{ways} ways to secure a connection", sep=", ")
