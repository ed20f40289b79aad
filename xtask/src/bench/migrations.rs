//! Migrations: `migrate --check` beside `alembic check`, and the replay of a long history beside its parsing by ruff.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use xshell::cmd;

use super::{Arguments, compare, make_tree, text};
use crate::tools::{Outcome, Tools, apart, run};

/// What the generated projects run on.
const PACKAGES: [&str; 3] = ["alembic", "fastapi", "sqlmodel"];

/// From this size on, in modules, Alembic takes half a minute.
const LARGE: u32 = 1000;

/// Revisions of the long history.
const REVISIONS: usize = 500;

/// Compares models and migrations of each size, as Alembic does with a SQLite database that is up to date.
pub(super) fn check(tools: &Tools, architect: &Path, arguments: &Arguments) -> Outcome {
    let environment = environment(tools)?;
    println!("\n| modules | command | wall s | faster than `alembic check` | peak MB |\n|---|---|---|---|---|");
    for size in &arguments.sizes {
        let tree = make_tree(tools, *size)?.join("backend");
        let shell = tools.shell(&tree)?;
        let path = format!("{}:{}", text(&environment), std::env::var("PATH").unwrap_or_default());
        run(apart(cmd!(shell, "sh scripts/bootstrap.sh")).env("PATH", path))?;
        let runs = if *size < LARGE { arguments.runs } else { arguments.runs.min(3) };
        let ours = [text(architect), "migrate".into(), "--check".into()];
        let theirs = [text(&environment.join("alembic")), "check".into()];
        let row = compare(tools, &tree, runs, &ours, &theirs)?;
        println!("| {size} | migrate --check | {:.3} | {:.0} | {} |", row.seconds, 1.0 / row.ratio, row.megabytes);
    }
    Ok(())
}

/// Replays a history of many revisions, which ruff parses.
pub(super) fn replay(tools: &Tools, architect: &Path, ruff: &Path, arguments: &Arguments) -> Outcome {
    let folder = tools.fresh("bench/history")?;
    write_history(&folder).map_err(|error| error.to_string())?;
    let ours = ["schema", "--at", "head"].map(str::to_owned);
    let ours: Vec<String> = [text(architect)].into_iter().chain(ours).collect();
    let theirs = ["check", "--no-cache", "--isolated", "--select", "E9", "."].map(str::to_owned);
    let theirs: Vec<String> = [text(ruff)].into_iter().chain(theirs).collect();
    let row = compare(tools, &folder, arguments.runs, &ours, &theirs)?;
    println!("\n| revisions | command | wall s | of ruff | peak MB |\n|---|---|---|---|---|");
    println!("| {REVISIONS} | schema --at head | {:.3} | {:.2} | {} |", row.seconds, row.ratio, row.megabytes);
    Ok(())
}

/// The folder of the programs that the projects need.
fn environment(tools: &Tools) -> Outcome<PathBuf> {
    let folder = tools.scratch.join("bench-env");
    let programs = folder.join("bin");
    if !programs.join("alembic").exists() {
        let shell = tools.shell(&tools.scratch)?;
        let (uv, python) = (&tools.uv, programs.join("python"));
        run(cmd!(shell, "{uv} venv --quiet --clear --python >=3.11 {folder}"))?;
        run(cmd!(shell, "{uv} pip install --quiet --python {python} {PACKAGES...}"))?;
    }
    Ok(programs)
}

/// A project that is a history: every fifth revision makes a table, the others change it.
fn write_history(folder: &Path) -> std::io::Result<()> {
    let versions = folder.join("migrations").join("versions");
    fs::create_dir_all(&versions)?;
    fs::write(folder.join("alembic.ini"), "[alembic]\nscript_location = migrations\n")?;
    let env = "from alembic import context\n\ncontext.configure(url=\"sqlite://\")\ncontext.run_migrations()\n";
    fs::write(folder.join("migrations").join("env.py"), env)?;
    for number in 0..REVISIONS {
        let down = number.checked_sub(1).map_or_else(|| "None".to_owned(), |down| format!("\"{down:012x}\""));
        let (upgrade, downgrade) = operations(number);
        let text = format!(
            "\"\"\"change {number}\n\nRevision ID: {number:012x}\nRevises: {down}\n\"\"\"\n\nimport sqlalchemy as sa\n\
             from alembic import op\n\nrevision = \"{number:012x}\"\ndown_revision = {down}\nbranch_labels = None\n\
             depends_on = None\n\n\ndef upgrade() -> None:\n{upgrade}\n\ndef downgrade() -> None:\n{downgrade}"
        );
        fs::write(versions.join(format!("{number:012x}_change.py")), text)?;
    }
    Ok(())
}

/// What a revision does, and how it is undone.
fn operations(number: usize) -> (String, String) {
    let table = format!("t{}", number / 5);
    match number % 5 {
        0 => {
            let mut made = format!(
                "    op.create_table(\n        \"{table}\",\n        sa.Column(\"id\", sa.Uuid(), nullable=False),\n"
            );
            for column in 0..8 {
                // Writing to a `String` cannot fail.
                let _ = writeln!(
                    made,
                    "        sa.Column(\"c{column}\", sa.String(length={}), nullable=True),",
                    20 + column
                );
            }
            made.push_str("        sa.PrimaryKeyConstraint(\"id\"),\n    )\n");
            (made, format!("    op.drop_table(\"{table}\")\n"))
        }
        1 => (
            format!("    op.add_column(\"{table}\", sa.Column(\"parent_id\", sa.Uuid(), nullable=True))\n"),
            format!("    op.drop_column(\"{table}\", \"parent_id\")\n"),
        ),
        2 => (
            format!(
                "    op.create_foreign_key(\"fk_{table}\", \"{table}\", \"{table}\", [\"parent_id\"], [\"id\"], ondelete=\"CASCADE\")\n"
            ),
            format!("    op.drop_constraint(\"fk_{table}\", \"{table}\", type_=\"foreignkey\")\n"),
        ),
        3 => (
            format!("    op.create_index(op.f(\"ix_{table}_c1\"), \"{table}\", [\"c1\"], unique=False)\n"),
            format!("    op.drop_index(op.f(\"ix_{table}_c1\"), table_name=\"{table}\")\n"),
        ),
        _ => (
            format!(
                "    op.alter_column(\"{table}\", \"c2\", existing_type=sa.String(length=22), type_=sa.Text(), existing_nullable=True)\n"
            ),
            format!(
                "    op.alter_column(\"{table}\", \"c2\", existing_type=sa.Text(), type_=sa.String(length=22), existing_nullable=True)\n"
            ),
        ),
    }
}
