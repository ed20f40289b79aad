"""What the runners of revisions share: models, schemas, rows, and how they differ."""

import importlib.util
import io
import json
import logging
import pathlib
import re
import sys
import warnings

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.migration import MigrationContext

root, postgres = pathlib.Path(sys.argv[1]), sys.argv[2].replace("postgresql://", "postgresql+psycopg://")
warnings.simplefilter("error")
warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index")
warnings.filterwarnings("ignore", "Cannot correctly sort tables")
warnings.filterwarnings("ignore", "autogenerate skipping metadata-specified expression-based index")
logging.disable()


def metadata(path):
    spec = importlib.util.spec_from_file_location(f"models_{abs(hash(str(path)))}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    if hasattr(module, "Base"):
        return module.Base.metadata
    # SQLModel has one set of tables for all models.
    shared, own = module.SQLModel.metadata, sa.MetaData()
    for table in shared.tables.values():
        table.to_metadata(own)
    shared.clear()
    return own


def default(text):
    """A sequence keeps its name when its table gets another one, and a text the type that its column had first."""
    return "a number" if "nextval(" in str(text) else re.sub("::(text|character varying)$", "", str(text))


own_comparison = PostgresqlImpl.compare_server_default


def compare_server_default(self, found, declared, rendered, reflected):
    """Alembic's own, but for what it cannot compare: JSON, and texts with quotes. Reflection sees to them."""
    if isinstance(declared.type, sa.JSON) or "'" in str(rendered or "").strip("'"):
        return False
    return own_comparison(self, found, declared, rendered, reflected)


PostgresqlImpl.compare_server_default = compare_server_default


def schema(connection, case):
    """What the database has."""
    return catalog(connection) if connection.dialect.name == "postgresql" else reflected(connection)


COLUMNS = """
    SELECT n.nspname || '.' || c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text, col_description(c.oid, a.attnum)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND n.nspname IN ('public', 'sales') AND a.attnum > 0 AND NOT a.attisdropped
        AND c.relname <> 'alembic_version'"""
CONSTRAINTS = """
    SELECT n.nspname || '.' || c.relname, k.conname, pg_get_constraintdef(k.oid)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'sales') AND c.relname <> 'alembic_version' AND k.contype <> 'n'"""
INDEXES = """
    SELECT n.nspname || '.' || c.relname, pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'sales') AND c.relname <> 'alembic_version'"""
COMMENTS = """
    SELECT n.nspname || '.' || c.relname, obj_description(c.oid, 'pg_class')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname IN ('public', 'sales') AND c.relname <> 'alembic_version'"""


def catalog(connection):
    """PostgreSQL's own words for every part of every table."""
    found = {}
    for table, comment in connection.exec_driver_sql(COMMENTS):
        found[table] = {"comment": comment, "columns": [], "constraints": [], "indexes": []}
    for table, name, ty, required, value, *rest in connection.exec_driver_sql(COLUMNS):
        found[table]["columns"].append((name, ty, required, default(value), *rest))
    for table, *constraint in connection.exec_driver_sql(CONSTRAINTS):
        found[table]["constraints"].append(tuple(constraint))
    for table, index in connection.exec_driver_sql(INDEXES):
        found[table]["indexes"].append(index)
    for table in found.values():
        for part in ("columns", "constraints", "indexes"):
            table[part].sort(key=str)
    found["enums"] = sorted((e["name"], sorted(e["labels"])) for e in sa.inspect(connection).get_enums())
    return found


def computed(column):
    """SQLAlchemy reads on to the last parenthesis where a column was added behind it."""
    return re.sub(r"\) STORED,.*(?=', 'persisted)", "", str(column.get("computed")).replace('"', ""))


def reflected(connection):
    """What SQLAlchemy finds in SQLite, where names of constraints come with the copy of a table."""
    inspector = sa.inspect(connection)
    found = {}
    for table in inspector.get_table_names():
        if table == "alembic_version":
            continue
        columns = sorted(
            (c["name"], str(c["type"]), c["nullable"], default(c["default"]), computed(c))
            for c in inspector.get_columns(table)
        )
        def bare(items, *keys):
            return sorted(tuple((key, str(item.get(key)).replace('"', "")) for key in keys) for item in items)
        indexes = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", (table,))
        found[table] = {
            "columns": columns,
            "primary key": str(inspector.get_pk_constraint(table)["constrained_columns"]),
            "foreign keys": bare(inspector.get_foreign_keys(table), "constrained_columns", "referred_table", "referred_columns", "options"),
            "unique": bare(inspector.get_unique_constraints(table), "column_names"),
            "indexes": sorted(" ".join(sql.replace('"', "").split()) for (sql,) in indexes),
            "checks": bare(inspector.get_check_constraints(table), "sqltext"),
        }
    return found


def differences(one, other):
    """Where two of these differ, in words that fit on a screen."""
    found = []
    for table in sorted({*one, *other}):
        a, b = one.get(table), other.get(table)
        if a == b:
            continue
        if not (isinstance(a, dict) and isinstance(b, dict)):
            found.append(f"{table}: {a and '...'} / {b and '...'}" if table != "enums" else f"{a} / {b}")
            continue
        for part in a:
            if isinstance(a[part], list):
                left, right = ([x for x in p if x not in q] for p, q in ((a[part], b[part]), (b[part], a[part])))
                if left or right:
                    found.append(f"{table} {part}: {left} / {right}")
            elif a[part] != b[part]:
                found.append(f"{table} {part}: {a[part]} / {b[part]}")
    return found


def compared(what, one, other):
    if found := differences(one, other):
        raise AssertionError(f"{what}: " + "; ".join(found))


def rows(connection, tables):
    found = {}
    for table in tables:
        name = ".".join(f'"{part}"' for part in table.split("."))
        found[table] = [dict(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}").mappings()]
    return found


def plain(value):
    """A value that two types may both have."""
    text = {"True": "1", "False": "0"}.get(str(value), str(value))
    try:
        return repr(float(text))
    except ValueError:
        return text


def later(table, case):
    """What a table is called after the change; nothing where another has got its name."""
    tables = dict(map(tuple, case["tables"]))
    return tables.get(table) or (None if table in tables.values() else table)


def common(old, new, case):
    """The rows of the tables that are in both are the same, as far as the columns are."""
    renamed = {(t, o): n for t, o, n in case["columns"]}
    for table, before in old.items():
        name = later(table, case)
        if name not in new or case["text"] or not before:
            continue
        after = new[name]
        if len(before) != len(after):
            raise AssertionError(f"{table}: {len(before)} rows became {len(after)}")
        pairs = [(column, renamed.get((name, column), column)) for column in before[0]]
        taken = {n for (t, o), n in renamed.items() if t == name}
        pairs = [(a, b) for a, b in pairs if a != b or a not in taken]
        pairs = [(a, b) for a, b in pairs if b in after[0] and f"{name}.{b}" not in case["changes"]]
        left = sorted([plain(row[a]) for a, _ in pairs] for row in before)
        right = sorted([plain(row[b]) for _, b in pairs] for row in after)
        if left != right:
            raise AssertionError(f"{table}: {[b for _, b in pairs]}: {left} became {right}")


def names(connection):
    inspector = sa.inspect(connection)
    found = [t for t in inspector.get_table_names() if t != "alembic_version"]
    if connection.dialect.name == "postgresql" and "sales" in inspector.get_schema_names():
        found += [f"sales.{t}" for t in inspector.get_table_names(schema="sales")]
    return found


def empty(connection):
    """Takes all rows."""
    quoted = [".".join(f'"{part}"' for part in table.split(".")) for table in names(connection)]
    if connection.dialect.name == "postgresql" and quoted:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(quoted)} CASCADE")
    elif quoted:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        for table in quoted:
            connection.exec_driver_sql(f"DELETE FROM {table}")
    connection.commit()


def anew(connection):
    """An empty database."""
    if connection.dialect.name == "postgresql":
        for statement in ("DROP SCHEMA IF EXISTS sales CASCADE", "DROP SCHEMA public CASCADE", "CREATE SCHEMA public"):
            connection.exec_driver_sql(statement)
    else:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        for name in names(connection):
            connection.exec_driver_sql(f'DROP TABLE "{name}"')
    connection.commit()


def complete(engine, models, when):
    """Alembic finds nothing to do."""
    is_postgresql = engine.dialect.name == "postgresql"
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": is_postgresql, "include_schemas": is_postgresql})
        if found := compare_metadata(context, models):
            raise AssertionError(f"{when}: {found}")


def readable(connection, models):
    """The models read all values: SQLite takes any value in any column."""
    for table in models.tables.values():
        columns = [column for column in table.columns if not isinstance(column.type, sa.LargeBinary)]
        try:
            connection.execute(sa.select(*columns)).all()
        except (TypeError, ValueError, LookupError) as error:
            raise AssertionError(f"{table}: values that its models do not read: {error!r}") from error


