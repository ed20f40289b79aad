//! Revisions for models in memory.

use architect_model::{Problem, Project};

use super::{Fill, NewRevision, TableChange, write_revision};
use crate::{Sources, read};

const NOW: jiff::civil::DateTime = jiff::civil::datetime(2026, 11, 3, 6, 5, 9, 0);

const MODELS: &str = "\
import enum
import uuid
from sqlmodel import Field, SQLModel, UniqueConstraint

class Color(enum.StrEnum):
    RED = 'red'

class User(SQLModel, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    color: Color

class Tag(SQLModel, table=True):
    __table_args__ = (UniqueConstraint('owner_id', 'name', name='uq_tag_owner_id_name'),)
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    name: str = Field(max_length=40)
    color: Color = Color.RED
    owner_id: uuid.UUID = Field(foreign_key='user.id', ondelete='CASCADE', index=True)
";

const ENV: &str = "from alembic import context\ncontext.configure(target_metadata=None)\n";

const MAKO: &str = "\
\"\"\"${message}

Revises: ${down_revision | comma,n}
\"\"\"
import sqlalchemy as sa
from alembic import op
${imports if imports else \"\"}

revision = ${repr(up_revision)}
down_revision = ${f'\"{down_revision}\"' if down_revision else None}
branch_labels = ${repr(branch_labels)}


def upgrade():
    ${upgrades if upgrades else \"pass\"}


def downgrade():
    ${downgrades if downgrades else \"pass\"}
";

fn sources(ini: &'static str, mako: &'static str, revisions: &[(&'static str, &'static str)]) -> Sources {
    let files = [
        (
            "pyproject.toml",
            "[project]\nname = 'x'\nrequires-python = '>=3.11'\n[tool.ruff]\nline-length = 100\nformat.quote-style = 'double'\n",
        ),
        ("alembic.ini", ini),
        ("migrations/script.py.mako", mako),
        ("migrations/env.py", ENV),
        ("app/models.py", MODELS),
    ];
    Sources::in_memory(files.into_iter().chain(revisions.iter().copied()))
}

fn write(sources: &Sources, tables: &[&str]) -> Result<NewRevision, Vec<String>> {
    let project: Project = read(sources);
    let wanted = |name: &String| tables.contains(&name.as_str());
    let new: Vec<_> = project.tables.iter().filter(|table| table.name.known().is_some_and(wanted)).cloned().collect();
    assert_eq!(new.len(), tables.len());
    let before: Vec<_> = project.tables.iter().filter(|table| !new.contains(table)).cloned().collect();
    let change =
        TableChange { before: &before, after: &project.tables, renamed_tables: &[], renamed_columns: &[], fill: &[] };
    write_revision(sources, &project, &change, "Create tag", NOW)
        .map(Option::unwrap)
        .map_err(|problems| problems.into_iter().map(|problem| problem.text).collect())
}

const INI: &str = "[alembic]\nscript_location = migrations\n";
const FIRST: (&str, &str) = (
    "migrations/versions/0001_user.py",
    "import sqlalchemy as sa\nrevision = '0001'\ndown_revision = None\ndef upgrade():\n    sa.String()\n",
);

#[test]
fn the_next_revision_in_the_house_s_form() {
    let revision = write(&sources(INI, MAKO, &[FIRST]), &["tag"]).unwrap();
    assert_eq!(revision.path, "migrations/versions/0002_create_tag.py");
    assert_eq!(revision.revision, "0002");
    assert!(revision.remarks.is_empty());
    let expected = "\
\"\"\"Create tag

Revises: 0001
\"\"\"

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = \"0002\"
down_revision = \"0001\"
branch_labels = None


def upgrade():
    op.create_table(
        \"tag\",
        sa.Column(\"id\", sa.Uuid(), nullable=False),
        sa.Column(\"name\", sa.String(length=40), nullable=False),
        sa.Column(
            \"color\",
            sa.Enum(\"RED\", name=\"color\").with_variant(
                postgresql.ENUM(\"RED\", name=\"color\", create_type=False), \"postgresql\"
            ),
            nullable=False,
        ),
        sa.Column(\"owner_id\", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint([\"owner_id\"], [\"user.id\"], ondelete=\"CASCADE\"),
        sa.PrimaryKeyConstraint(\"id\"),
        sa.UniqueConstraint(\"owner_id\", \"name\", name=\"uq_tag_owner_id_name\"),
    )
    op.create_index(op.f(\"ix_tag_owner_id\"), \"tag\", [\"owner_id\"], unique=False)


def downgrade():
    op.drop_index(op.f(\"ix_tag_owner_id\"), table_name=\"tag\")
    op.drop_table(\"tag\")
";
    assert_eq!(revision.text, expected);
    assert_eq!(
        revision.sql,
        [
            "CREATE TABLE tag (\n    id UUID NOT NULL,\n    name VARCHAR(40) NOT NULL,\n    color color NOT NULL,\n    owner_id UUID NOT NULL,\n    PRIMARY KEY (id),\n    FOREIGN KEY (owner_id) REFERENCES \"user\" (id) ON DELETE CASCADE,\n    CONSTRAINT uq_tag_owner_id_name UNIQUE (owner_id, name)\n)",
            "CREATE INDEX ix_tag_owner_id ON tag (owner_id)",
        ]
    );
}

#[test]
fn new_types_are_dropped_and_the_identifier_is_stable() {
    let sources = sources(INI, MAKO, &[]);
    let revision = write(&sources, &["user", "tag"]).unwrap();
    assert_eq!(revision.revision.len(), 12);
    assert_eq!(write(&sources, &["tag", "user"]).unwrap(), revision);
    assert!(revision.text.contains("down_revision = None"));
    assert!(revision.text.find("\"user\"").unwrap() < revision.text.find("\"tag\"").unwrap());
    assert!(revision.text.ends_with("sa.Enum(name=\"color\").drop(op.get_bind(), checkfirst=True)\n"));
    assert_eq!(revision.sql.iter().filter(|sql| sql.starts_with("CREATE TYPE color")).count(), 1);
}

#[test]
fn batches_comments_and_templates_of_another_kind() {
    let first = (
        "migrations/versions/a.py",
        "revision = 'abcd'\ndown_revision = None\ndef upgrade():\n    # ### commands auto generated by Alembic - please adjust! ###\n    pass\n",
    );
    let mut sources = sources(INI, "<% x = 1 %>\n", &[first]);
    sources = sources.overlaid([crate::SourceText::new(
        "migrations/env.py",
        "from alembic import context\ncontext.configure(render_as_batch=True)\n",
    )]);
    let revision = write(&sources, &["tag"]).unwrap();
    assert_eq!(revision.remarks.len(), 1);
    assert!(
        revision.text.contains(
            "    with op.batch_alter_table(\"tag\", schema=None) as batch_op:\n        batch_op.create_index("
        )
    );
    assert_eq!(revision.text.matches("# ### commands auto generated").count(), 2);
    assert_eq!(revision.text.matches("    # ### end Alembic commands ###").count(), 2);
}

#[test]
fn several_heads_are_a_problem_that_names_them() {
    let second = ("migrations/versions/0002_x.py", "revision = '0002'\ndown_revision = None\n");
    let problems = write(&sources(INI, MAKO, &[FIRST, second]), &["tag"]).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].contains("`0001`") && problems[0].contains("migrations/versions/0002_x.py"));
}

#[test]
fn what_is_not_known_is_not_written() {
    let models = "import uuid\nfrom sqlmodel import Field, SQLModel\nclass Tag(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n    x: str = Field(sa_type=make_type())\n";
    let sources = sources(INI, MAKO, &[FIRST]).overlaid([crate::SourceText::new("app/models.py", models)]);
    let problems = write(&sources, &["tag"]).unwrap_err();
    assert!(problems[0].contains("`tag.x`"), "{problems:?}");
}

/// The revision that leads from `before` to `after`: two texts of the models.
fn revise(before: &'static str, after: &'static str, fill: &[Fill]) -> Result<Option<NewRevision>, Vec<Problem>> {
    let with = |models| sources(INI, MAKO, &[FIRST]).overlaid([crate::SourceText::new("app/models.py", models)]);
    let (old, sources) = (read(&with(before)), with(after));
    let project = read(&sources);
    let change =
        TableChange { before: &old.tables, after: &project.tables, renamed_tables: &[], renamed_columns: &[], fill };
    write_revision(&sources, &project, &change, "Change tag", NOW)
}

const UNKNOWN: &str = "\
from sqlmodel import Field, SQLModel
class Tag(SQLModel, table=True):
    __table_args__ = make_arguments()
    id: int = Field(primary_key=True)
    x: str = Field(sa_type=make_type())
";

const UNKNOWN_AND_MORE: &str = "\
from sqlmodel import Field, SQLModel

# Further down than before.
class Tag(SQLModel, table=True):
    __table_args__ = make_arguments()
    id: int = Field(primary_key=True)
    x: str = Field(sa_type=make_type())
    y: int | None = None
";

#[test]
fn what_is_not_known_and_not_touched_is_left_alone() {
    let revision = revise(UNKNOWN, UNKNOWN_AND_MORE, &[]).unwrap().unwrap();
    assert_eq!(revision.sql, ["ALTER TABLE tag ADD COLUMN y INTEGER"]);
    assert!(revision.remarks[0].contains("`tag.x`"), "{:?}", revision.remarks);
}

#[test]
fn what_becomes_unknown_is_a_problem_with_its_place() {
    let known = "from sqlmodel import Field, SQLModel\nclass Tag(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n    x: str\n";
    let problems = revise(known, UNKNOWN, &[]).unwrap_err();
    let texts: Vec<_> = problems.iter().map(|problem| (problem.text.as_str(), problem.at.line)).collect();
    assert!(texts.iter().any(|(text, line)| text.contains("`tag.x`") && *line == 5), "{texts:?}");
    assert!(texts.iter().any(|(text, line)| text.contains("table `tag`") && *line == 3), "{texts:?}");
    // The other way round the former type is not known, and `downgrade` cannot be written.
    assert!(revise(UNKNOWN, known, &[]).is_err());
}

#[test]
fn a_value_that_is_no_literal_is_a_problem() {
    let before = "from sqlmodel import Field, SQLModel\nclass Tag(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n";
    let after = "from sqlmodel import Field, SQLModel\nclass Tag(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n    x: str = Field(default_factory=make_name)\n";
    let fill = |value: &str| Fill { table: "tag".to_owned(), column: "x".to_owned(), value: value.to_owned() };
    let problems = revise(before, after, &[]).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].text.contains("needs a value for `tag.x`") && problems[0].at.line == 4, "{problems:?}");
    let problems = revise(before, after, &[fill("make_name()")]).unwrap_err();
    assert!(problems.iter().any(|problem| problem.text.contains("`make_name()`")), "{problems:?}");
    let revision = revise(before, after, &[fill("'a'")]).unwrap().unwrap();
    assert_eq!(revision.sql[0], "ALTER TABLE tag ADD COLUMN x VARCHAR DEFAULT 'a' NOT NULL");
    assert!(revision.losses.is_empty() && revise(before, before, &[]).unwrap().is_none());
}
