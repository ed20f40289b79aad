"""Compares the functions of revisions with those that Alembic writes for the same change."""

import contextlib
import difflib
import importlib.util
import io
import json
import logging
import pathlib
import re
import subprocess
import sys
import warnings

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

root, postgres = pathlib.Path(sys.argv[1]), sys.argv[2].replace("postgresql://", "postgresql+psycopg://")
warnings.simplefilter("ignore")
logging.disable()
RUFF = pathlib.Path(sys.executable).parent / "ruff"


def types(text):
    """What Alembic takes from the database, in the words of models."""
    for name, ours in {"VARCHAR": "String", "TEXT": "Text", "INTEGER": "Integer", "NUMERIC": "Numeric"}.items():
        text = text.replace(f"sa.{name}(", f"sa.{ours}(")
    text = re.sub(r", autoincrement=(True|False)|, postgresql_nulls_not_distinct=False", "", text)
    text = re.sub(r"""server_default=sa.text\("'(\w+)'(?:::character varying)?"\)""", r'server_default="\1"', text)
    text = re.sub(r"""server_default=sa.text\("'?(\d+)'?"\)""", r'server_default="\1"', text)
    return re.sub(r', name=op.f\("\w+_pkey"\)', "", text)


def functions_of_defaults(text):
    for found, ours in {
        "(CURRENT_TIMESTAMP)": "sa.func.now()",
        "now()": "sa.func.now()",
        "(CURRENT_DATE)": "sa.func.current_date()",
        "CURRENT_DATE": "sa.func.current_date()",
        "false": "sa.false()",
        "0": "sa.false()",
    }.items():
        text = text.replace(f'server_default=sa.text("{found}")', f"server_default={ours}")
    return text


def bare_names(text):
    return re.sub(r'(?:batch_)?op\.f\("((?!ix_)\w+)"\)', r'"\1"', text)


def unfilled(text):
    """Without the values for rows that are there."""
    text = re.sub(r"    op\.execute\(.UPDATE .*\n", "", text)
    while found := re.search(r'\n *(?:batch_)?op\.alter_column\((?:"\w+", )?"(\w+)", existing_type=[^\n]*, server_default=None, existing_nullable=False\)(?=\n)', text):
        column = re.compile(r'(add_column\([^\n]*sa\.Column\("%s",[^\n]*?), server_default=("[^"]*"|[\w.]+\(\))' % found[1])
        if not column.search(text[:found.start()]):
            break
        text = text[: found.start()] + text[found.end() :]
        text = column.sub(r"\1", text)
    # A batch that is left without anything, and the one before it that goes on in the next.
    batch = r'    with op\.batch_alter_table\([^\n]*\) as batch_op:\n'
    text = re.sub(batch + r"(?=\n|\Z)", "", text)
    return re.sub(r"(" + batch + r")((?:        [^\n]*\n)+)\n\1", r"\1\2", text)


def unordered(text):
    """Columns that come back or go, by their names."""

    def ordered(found):
        return "".join(sorted(found[0].splitlines(keepends=True)))

    for word in ("add", "drop"):
        text = re.sub(rf"(?: *(?:batch_)?op\.{word}_column\([^\n]*\n){{2,}}", ordered, text)
    return text


def without_types(text):
    return re.sub(r"    sa\.Enum\(name=[^\n]*\.drop\([^\n]*\n", "", text)


def without_comments(text):
    """What SQLite keeps of comments: nothing."""
    text = re.sub(r'    if op\.get_context\(\)\.dialect\.name == "postgresql":\n        op\.\w+_table_comment\([^\n]*\n', "    pass\n", text)
    return re.sub(
        r"    with op\.batch_alter_table\([^\n]*\n        batch_op\.alter_column\([^\n]*comment=[^\n]*\n", "    pass\n", text
    )


def unnamed(text):
    text = re.sub(r"^ *# WARNING: constraint name is None.*\n(?: *# .*\n)*", "", text, flags=re.M)
    text = re.sub(r', naming_convention=\{"fk": [^}]*\}', "", text)
    return text.replace('"item_owner_id_fkey"', "None")


# What differs on purpose: what it is, why, and what makes the two alike.
MEANT = [
    ("types and options that the database shows", "ours are those of the models: no database is asked", types),
    ("functions as defaults", "Alembic renders them for the database at hand, ours are for every one", functions_of_defaults),
    ("names marked as final", "Alembic marks what it reads from the database; it matters to naming conventions only", bare_names),
    ("values for rows that are there", "Alembic's stops where a column comes to be required and there are rows", unfilled),
    ("the order in which columns go and come back", "theirs is that of a Python set, ours that of the table", unordered),
    ("types of enumerations", "PostgreSQL keeps them when their table goes, and the next upgrade would stop", without_types),
    ("comments on SQLite", "the same revision may run on PostgreSQL, which keeps them", without_comments),
    ("constraints without names", "Alembic's `downgrade` fails as rendered, as it says itself", unnamed),
]


def metadata(path):
    spec = importlib.util.spec_from_file_location(f"models_{abs(hash(str(path)))}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.Base.metadata


def functions(text):
    """The bodies, without what Alembic says around them."""
    text = re.sub(r"^    # ###.*\n", "", text, flags=re.M)
    return "def upgrade" + text.split("def upgrade", 1)[1].replace("() -> None", "()")


def formatted(text):
    layout = ["--line-length=320", "--config=format.skip-magic-trailing-comma=true"]
    command = [RUFF, "format", *layout, "--no-cache", "--isolated", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def theirs(folder, case, url):
    """What Alembic writes for the models after, in a database that the first revision has made."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
            connection.commit()
        versions = folder / "migrations/versions"
        ours = [path for path in versions.glob("*.py") if "down_revision = None" not in path.read_text()]
        texts = {path: path.read_text() for path in ours}
        for path in ours:
            path.unlink()
        config = Config(folder / "alembic.ini", stdout=io.StringIO(), output_buffer=io.StringIO())
        config.set_main_option("script_location", str(folder / "migrations"))
        config.attributes.update(
            connection=connection, metadata=metadata(folder / "after.py"), batch=case["batch"], defaults=True
        )
        (folder / "migrations/script.py.mako").write_text(MAKO)
        command.upgrade(config, "head")
        connection.commit()
        with contextlib.redirect_stdout(io.StringIO()):
            script = command.revision(config, "theirs", autogenerate=True)
        path = pathlib.Path(script.path)
        text = path.read_text()
        path.unlink()
        for known, kept in texts.items():
            known.write_text(kept)
    return text, next(iter(texts.values()), "def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n")


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



def distance(one, other):
    """In how many lines two texts differ."""
    changed = [line for line in difflib.unified_diff(one.splitlines(), other.splitlines(), n=0, lineterm="")]
    return sum(line[:1] in "+-" and line[:3] not in ("+++", "---") for line in changed)


same, meant, failures = 0, {}, []
for path in sorted(root.glob("*/*/case.json")):
    folder, case = path.parent, json.loads(path.read_text())
    url = f"sqlite:///{folder}/spelling.db" if case["batch"] else postgres
    a, b = (formatted(functions(text)) for text in theirs(folder, case, url))
    if a == b:
        same += 1
        continue
    for name, reason, change in MEANT * 2:
        one, other = formatted(change(a)), formatted(change(b))
        if distance(one, other) < distance(a, b):
            meant.setdefault((name, reason), set()).add(folder)
            a, b = one, other
    if a != b:
        shown = difflib.unified_diff(a.splitlines(), b.splitlines(), "Alembic", "architect", lineterm="", n=1)
        failures.append(f"{folder.parent.name}: {case['name']}\n" + "\n".join(shown))
print(f"{same} functions read as Alembic's to the letter")
for (name, reason), where in meant.items():
    print(f"  {len(where)} differ in {name}: {reason}")
if failures:
    print("\n".join(failures))
    sys.exit(1)
