"""Runs the revisions of all cases: up, check, down, up; compares rows and schemas."""

import importlib.util
import io
import json
import logging
import pathlib
import sys
import warnings

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

root, postgres = pathlib.Path(sys.argv[1]), sys.argv[2].replace("postgresql://", "postgresql+psycopg://")
warnings.simplefilter("error")
logging.disable()


def metadata(path):
    spec = importlib.util.spec_from_file_location(f"models_{abs(hash(str(path)))}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.Base.metadata


def default(text):
    """A sequence keeps its name when its table gets another one."""
    return "a number" if "nextval(" in str(text) else str(text)


def schema(connection, case):
    """What reflection says; on SQLite names of constraints come with the copy of a table."""
    inspector = sa.inspect(connection)
    named = connection.dialect.name == "postgresql"
    found = {}
    for table in inspector.get_table_names():
        if table == "alembic_version":
            continue
        columns = sorted(
            (c["name"], str(c["type"]), c["nullable"], default(c["default"]), c.get("comment"))
            for c in inspector.get_columns(table)
        )
        def bare(items, *keys):
            kept = [tuple((key, str(item.get(key))) for key in keys if named or key != "name") for item in items]
            return sorted(kept)
        found[table] = [
            columns,
            str(inspector.get_pk_constraint(table)["constrained_columns"]),
            bare(inspector.get_foreign_keys(table), "name", "constrained_columns", "referred_table", "referred_columns", "options"),
            bare(inspector.get_unique_constraints(table), "name", "column_names"),
            bare(inspector.get_indexes(table), "name", "column_names", "unique"),
            bare(inspector.get_check_constraints(table), "name", "sqltext"),
        ]
    if named:
        found["enums"] = sorted((e["name"], sorted(e["labels"])) for e in inspector.get_enums())
    return found


def rows(connection, tables):
    found = {}
    for table in tables:
        result = connection.execute(sa.text(f'SELECT * FROM "{table}"'))
        found[table] = sorted(
            [sorted((k, str(v)) for k, v in row.items()) for row in result.mappings()], key=lambda row: dict(row)["id"]
        )
    return found


def common(old, new, case, forward=True):
    """The rows of the tables that are in both, by columns that are in both."""
    tables = dict(map(tuple, case["tables"]))
    renamed = {(t, o): n for t, o, n in case["columns"]}
    for table, before in old.items():
        after_name = tables.get(table, table)
        if after_name not in new:
            continue
        after = new[after_name]
        if len(before) != len(after):
            raise AssertionError(f"{table}: {len(before)} rows became {len(after)}")
        for a, b in zip(before, after):
            b = dict(b)
            for column, value in a:
                name = renamed.get((after_name, column), column)
                if name in b and f"{after_name}.{name}" not in case["changes"] and not case["text"]:
                    same = b[name] == value or (value, b[name]) in {("False", "0"), ("True", "1")}
                    try:
                        same = same or float(value) == float(b[name])
                    except ValueError:
                        pass
                    if not same:
                        raise AssertionError(f"{table}.{column}: {value!r} became {b[name]!r}")


def names(connection):
    return [t for t in sa.inspect(connection).get_table_names() if t != "alembic_version"]


def check(folder, case, url):
    options = {"options": "-c synchronous_commit=off"} if url.startswith("postgres") else {}
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=options)
    if case["enforced"] and url.startswith("sqlite"):
        sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = ON"))
    before, after = metadata(folder / "before.py"), metadata(folder / "after.py")

    def alembic(name, *arguments, models=after):
        with engine.connect() as connection:
            config = Config(folder / "alembic.ini", stdout=io.StringIO(), output_buffer=io.StringIO())
            config.set_main_option("script_location", str(folder / "migrations"))
            config.attributes.update(
                connection=connection, metadata=models, batch=case["batch"], defaults=engine.dialect.name == "postgresql"
            )
            getattr(command, name)(config, *arguments)
            connection.commit()

    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
        connection.commit()
    first = next(p.stem.split("_")[0] for p in (folder / "migrations/versions").glob("*.py") if "down_revision = None" in p.read_text())
    alembic("upgrade", first, models=before)
    with engine.connect() as connection:
        for statement in filter(str.strip, case["rows"].split(";\n")):
            connection.exec_driver_sql(statement)
        connection.commit()
        old_schema = schema(connection, case)
        old_rows = rows(connection, names(connection))
    alembic("upgrade", "head")
    alembic("check")
    with engine.connect() as connection:
        new_schema = schema(connection, case)
        common(old_rows, rows(connection, names(connection)), case)
        for query, expected in case["gives"]:
            found = str(connection.exec_driver_sql(query).scalar())
            if found != expected:
                raise AssertionError(f"{query}: {found} instead of {expected}")
        if case["empty"]:
            for table in reversed(after.sorted_tables):
                connection.execute(sa.delete(table))
            connection.commit()
    alembic("downgrade", "-1")
    with engine.connect() as connection:
        again = schema(connection, case)
        if again != old_schema:
            different = [(t, old_schema.get(t), again.get(t)) for t in {*old_schema, *again} if old_schema.get(t) != again.get(t)]
            raise AssertionError(f"another schema after downgrade: {different}")
        if not case["empty"]:
            kept = {t: r for t, r in rows(connection, names(connection)).items()}
            for table, values in old_rows.items():
                if len(values) != len(kept[table]) and table in {dict(map(tuple, case["tables"])).get(t, t) for t in after.tables} & set(before.tables):
                    raise AssertionError(f"{table}: rows lost by downgrade")
    with engine.connect() as connection:
        defaults = engine.dialect.name == "postgresql"
        context = MigrationContext.configure(connection, opts={"compare_server_default": defaults})
        if found := compare_metadata(context, before):
            raise AssertionError(f"after downgrade: {found}")
    alembic("upgrade", "head")
    with engine.connect() as connection:
        if schema(connection, case) != new_schema:
            raise AssertionError("another schema after the second upgrade")
    alembic("check")
    if engine.dialect.name == "postgresql":
        alembic("downgrade", "-1")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in case["sql"]:
                connection.exec_driver_sql(statement)
            if schema(connection, case) != new_schema:
                raise AssertionError("the SQL shown makes another schema")
    if case["batch"] or engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text("DROP SCHEMA public CASCADE"))
                connection.execute(sa.text("CREATE SCHEMA public"))
            else:
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                for name in names(connection):
                    connection.exec_driver_sql(f'DROP TABLE "{name}"')
            after.create_all(connection)
            connection.commit()
            direct = schema(connection, case)
            if direct != new_schema:
                different = [(t, direct.get(t), new_schema.get(t)) for t in {*direct, *new_schema} if direct.get(t) != new_schema.get(t)]
                raise AssertionError(f"not what the models declare: {different}")


failures, runs = [], 0
houses = sys.argv[3:]
for path in sorted(root.glob("*/*/case.json")):
    folder, case = path.parent, json.loads(path.read_text())
    if folder.parent.name not in houses:
        continue
    urls = [postgres] if folder.parent.name != "batch" else []
    if case["batch"]:
        urls.append(f"sqlite:///{folder}/test.db")
    for url in urls:
        runs += 1
        (folder / "test.db").unlink(missing_ok=True)
        try:
            check(folder, case, url)
        except Exception as error:
            failures.append(f"{folder.parent.name}: {case['name']} ({url.split(':')[0]}): {type(error).__name__}: {error}")
print(f"{runs - len(failures)} of {runs} runs ok: {', '.join(houses)}")
if failures:
    print("\n".join(failures))
    sys.exit(1)
