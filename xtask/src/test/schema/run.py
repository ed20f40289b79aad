"""Creates each schema twice, by SQLAlchemy and by the SQL that architect writes, and compares what databases say of it.

    run.py URL FOLDER

The folder holds `modules` (what to import, one a line), `path` (folders for `sys.path`), `postgresql.sql`, `sqlite.sql`.
"""

import importlib
import json
import re
import sys
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import CompileError
from sqlalchemy.schema import CreateSchema, CreateTable


def statements(text):
    """The statements of a script whose literals hold no line that ends with a semicolon."""
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return [one.strip() for one in re.split(r";\n", body) if one.strip()]


def metadatas():
    """Every `MetaData` with tables that the modules have made."""
    import gc

    found = [one for one in gc.get_objects() if isinstance(one, sa.MetaData) and one.tables]
    own = {id(value) for name, module in list(sys.modules.items()) if name.split(".")[0] == "sqlalchemy"
           for value in list(vars(module).values()) if isinstance(value, sa.MetaData)}
    return [one for one in found if id(one) not in own]


def reflected(connection):
    """What a database says of itself."""
    inspector = sa.inspect(connection)
    found = {}
    dialect = connection.dialect.name
    for schema in inspector.get_schema_names():
        if schema == "information_schema":
            continue
        for table in sorted(inspector.get_table_names(schema=schema)):
            key = f"{schema}.{table}"
            columns = inspector.get_columns(table, schema=schema)
            for column in columns:
                column["type"] = column["type"].compile(dialect=connection.dialect)
            named = lambda items: sorted(items, key=lambda item: json.dumps(item, default=str, sort_keys=True))
            found[key] = {
                "columns": columns,
                "primary key": inspector.get_pk_constraint(table, schema=schema),
                "foreign keys": named(inspector.get_foreign_keys(table, schema=schema)),
                "unique": named(inspector.get_unique_constraints(table, schema=schema)),
                "checks": named(inspector.get_check_constraints(table, schema=schema)),
                "indexes": named(inspector.get_indexes(table, schema=schema)),
            }
            if dialect == "postgresql":
                found[key]["comment"] = inspector.get_table_comment(table, schema=schema)
    if dialect == "postgresql":
        found["enums"] = sorted(map(str, inspector.get_enums(schema="*")))
        found["sequences"] = sorted(inspector.get_sequence_names())
        query = (
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"
        )
        found["constraints"] = [list(row) for row in connection.execute(sa.text(query))]
        query = "SELECT indexdef FROM pg_indexes WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        found["index definitions"] = [row[0] for row in connection.execute(sa.text(query))]
    return json.loads(json.dumps(found, default=str, sort_keys=True))


def differences(real, ours, path=""):
    if type(real) is not type(ours):
        return [f"{path}: SQLAlchemy {real!r}, architect {ours!r}"]
    if isinstance(real, dict):
        keys = sorted({*real, *ours})
        return [line for key in keys for line in differences(real.get(key), ours.get(key), f"{path}/{key}")]
    if isinstance(real, list) and len(real) == len(ours):
        return [line for at, pair in enumerate(zip(real, ours)) for line in differences(*pair, f"{path}/{at}")]
    return [] if real == ours else [f"{path}: SQLAlchemy {real!r}, architect {ours!r}"]


def creatable(metadata, engine):
    """The tables that SQLAlchemy can create on this database."""
    fitting = []
    for table in metadata.tables.values():
        try:
            CreateTable(table).compile(dialect=engine.dialect)
            fitting.append(table)
        except CompileError:
            pass
    return fitting


def create(metadata, connection, tables):
    """What SQLAlchemy makes of the tables."""
    if connection.dialect.name == "postgresql":
        for schema in {table.schema for table in tables if table.schema}:
            connection.execute(CreateSchema(schema, if_not_exists=True))
    metadata.create_all(connection, tables=tables)


def attach(connection):
    """Schemas are attached databases on SQLite."""
    for schema in {table.schema for metadata in metadatas() for table in metadata.tables.values() if table.schema}:
        connection.exec_driver_sql(f"ATTACH DATABASE ':memory:' AS \"{schema}\"")


def compare(url, folder, dialect):
    text = (folder / f"{dialect}.sql").read_text()
    seen = []
    for own in (False, True):
        engine = fresh(url, dialect)
        with engine.connect() as connection:
            if dialect == "sqlite":
                attach(connection)
            if own:
                for statement in statements(text):
                    connection.exec_driver_sql(statement)
            else:
                for metadata in metadatas():
                    create(metadata, connection, creatable(metadata, engine))
            seen.append(reflected(connection))
            connection.commit()
        engine.dispose()
    return differences(*seen)


def fresh(url, dialect):
    if dialect == "sqlite":
        return sa.create_engine("sqlite://")
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for schema in sa.inspect(connection).get_schema_names():
            if schema not in ("information_schema", "pg_catalog"):
                connection.exec_driver_sql(f'DROP SCHEMA "{schema}" CASCADE')
        connection.exec_driver_sql("CREATE SCHEMA public")
    return engine


def one(url, folder):
    sys.path[:0] = (folder / "path").read_text().split("\n")
    for module in (folder / "modules").read_text().split():
        importlib.import_module(module)
    wrong = []
    for dialect in ("postgresql", "sqlite"):
        wrong += [f"{folder.name} on {dialect}{line}" for line in compare(url, folder, dialect)]
    print("\n".join(wrong))
    return not wrong


if __name__ == "__main__":
    sys.exit(not one(sys.argv[1], Path(sys.argv[2])))
