"""Tables, migration and stand-in users in the database of an exercise."""

import datetime
import decimal
import gc
import importlib.util
import os
import uuid

import sqlalchemy as sa


def metadata_of(tables: list[str]):
    """The metadata that holds the new tables."""
    # Some lazy objects do much when they are asked for their class by `isinstance`.
    every = [item for item in gc.get_objects() if issubclass(type(item), sa.MetaData)]
    found = [item for item in every if all(full_name(item, name) for name in tables)]
    return found[0] if found else None


def full_name(metadata, name: str) -> str | None:
    """The key of a table in its metadata: with the schema, where all tables have one."""
    return next((key for key, table in metadata.tables.items() if name in (key, table.name)), None)


def create(engine, metadata, new: list[str]) -> None:
    """Creates what was there before; tables that this database cannot hold are left out."""
    if engine.dialect.name == "postgresql":
        for extension in ("citext", "vector", "pg_trgm", "uuid-ossp", "btree_gist", "hstore", "unaccent"):
            attempt(engine, sa.text(f'CREATE EXTENSION IF NOT EXISTS "{extension}"'))
        for schema in {table.schema for table in metadata.tables.values() if table.schema}:
            attempt(engine, sa.text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
    old = [table for name, table in metadata.tables.items() if name not in new]
    try:
        metadata.create_all(engine, tables=old)
    except Exception:
        for table in metadata.sorted_tables:
            if table in old:
                try:
                    table.create(engine, checkfirst=True)
                except Exception:
                    continue


def forget_types(engine, metadata, new: list[str]) -> None:
    """Drops the types of new columns: some metadata creates its types with whichever tables come first."""
    for name in new:
        for column in metadata.tables[name].columns:
            if isinstance(column.type, sa.Enum) and column.type.name and engine.dialect.name == "postgresql":
                attempt(engine, sa.text(f'DROP TYPE IF EXISTS "{column.type.name}"'))


def attempt(engine, statement) -> None:
    try:
        with engine.begin() as connection:
            connection.execute(statement)
    except Exception:
        pass


def migrate(engine, metadata, new: list[str], revision: str | None) -> str:
    """Runs the planned revision, and compares what it made with the models."""
    if revision is None:
        metadata.create_all(engine, tables=[metadata.tables[name] for name in new])
        return "none planned"
    problem = chain(revision)
    forget_types(engine, metadata, new)
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    spec = importlib.util.spec_from_file_location("planned_revision", revision)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with engine.begin() as connection:
        with Operations.context(MigrationContext.configure(connection)):
            module.upgrade()

    def is_new(item, name, kind, reflected, other):
        table = item if kind == "table" else getattr(item, "table", None)
        return table is not None and table.key in new

    with engine.connect() as connection:
        options = {"include_object": is_new, "compare_type": True, "include_schemas": any("." in name for name in new)}
        context = MigrationContext.configure(connection, opts=options)
        differences = [one for one in compare_metadata(context, metadata) if not is_key(metadata, one)]
    if differences:
        return "differs: " + "; ".join(str(one)[:100] for one in differences[:3])
    return problem or "right"


def is_key(metadata, difference) -> bool:
    """Whether a difference is a unique constraint over the primary key alone: PostgreSQL keeps one index for both."""
    if difference[0] != "add_constraint" or not isinstance(difference[1], sa.UniqueConstraint):
        return False
    table = metadata.tables[difference[1].table.key]
    return {column.name for column in difference[1].columns} == {column.name for column in table.primary_key.columns}


def chain(revision: str) -> str:
    """Whether the revision is the one head of its history."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    folder = os.path.dirname(revision)
    config = Config()
    config.set_main_option("script_location", os.path.dirname(folder))
    config.set_main_option("version_locations", folder)
    try:
        heads = ScriptDirectory.from_config(config).get_heads()
    except Exception as error:
        return f"history does not load: {error}"[:120]
    return "" if len(heads) == 1 else f"{len(heads)} heads"


def add_users(engine, metadata, name: str, key: str) -> list:
    """Two rows of the table of users, and their keys; what they refer to need not be there."""
    named = [table for full, table in metadata.tables.items() if full == name or table.name == name]
    table = named[0]
    keys = []
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET session_replication_role = replica"))
        for number in (1, 2):
            values = {column.name: value(column, number) for column in table.columns if must_be_given(column, key)}
            connection.execute(table.insert().values(**values))
        column = table.c[key]
        keys = [row[0] for row in connection.execute(sa.select(column))]
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET session_replication_role = DEFAULT"))
    return keys[:2]


def must_be_given(column, key: str) -> bool:
    if column.name == key:
        return column.default is None and column.server_default is None and not counts_up(column)
    if column.primary_key and column.default is None and column.server_default is None:
        return not counts_up(column)
    return not column.nullable and column.default is None and column.server_default is None and column.computed is None


def counts_up(column) -> bool:
    return column.table.autoincrement_column is column


def value(column, number: int):
    """A value for a column, another one for each user."""
    kind = column.type
    kind = getattr(kind, "impl_instance", None) or (kind.impl if isinstance(kind, sa.types.TypeDecorator) else kind)
    if isinstance(kind, sa.Enum):
        return list(kind.enum_class)[0] if kind.enum_class else kind.enums[0]
    if isinstance(kind, sa.ARRAY):
        return []
    if isinstance(kind, sa.JSON):
        return {}
    try:
        python = kind.python_type
    except NotImplementedError:
        python = str
    now = datetime.datetime(2030, 1, number, tzinfo=datetime.timezone.utc if getattr(kind, "timezone", False) else None)
    known = {
        bool: "active" in column.name or "verified" in column.name or "enabled" in column.name,
        int: number,
        float: float(number),
        decimal.Decimal: decimal.Decimal(number),
        uuid.UUID: uuid.UUID(int=number),
        datetime.datetime: now,
        datetime.date: now.date(),
        bytes: b"0",
        dict: {},
        list: [],
    }
    if python in known:
        return known[python]
    text = f"person{number}@example.com" if "mail" in column.name else f"person{number}"
    return text[: getattr(kind, "length", None) or len(text)]
