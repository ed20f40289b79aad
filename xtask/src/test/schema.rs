//! The SQL of schemas, created for real beside what SQLAlchemy creates.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use xshell::cmd;

use super::Runner;
use crate::postgres::Postgres;
use crate::tools::{Outcome, Tools, run};

/// Creates schemas twice, and compares what the databases say.
const RUNNER: &str = include_str!("schema/run.py");

/// Documents whose sections are files of models.
const SPECS: [&str; 2] = ["sqlalchemy", "sqlmodel"];

/// The projects whose schemas are created, too.
const FIXTURES: [&str; 3] = ["modular", "flat", "asyncsa"];

/// What the models of the documents run on; the reader takes the same releases for theirs.
const PINS: &str = "[project]\nname = \"models\"\ndependencies = [\"sqlmodel==0.0.50\", \"sqlalchemy==2.1.9\"]\n";

/// What else the fixtures import.
const PACKAGES: &[&str] = &[
    "sqlmodel==0.0.50",
    "sqlalchemy==2.1.9",
    "psycopg[binary]",
    "fastapi",
    "pydantic-settings",
    "email-validator",
    "pyjwt",
    "pwdlib[argon2]",
    "python-multipart",
    "aiosqlite",
    "asyncpg",
    "greenlet",
];

/// Creates the schemas of the documents and of the fixtures on PostgreSQL and SQLite.
///
/// # Errors
/// Python or PostgreSQL cannot be set up.
pub fn check(runner: &mut Runner, tools: &Tools) -> Outcome {
    if !runner.wants("schema") {
        return Ok(());
    }
    let postgres = Postgres::start(tools)?;
    let folder = tools.fresh("schema")?;
    let python = environment(tools)?;
    let url = postgres.database("schema")?;
    let script = folder.join("run.py");
    fs::write(&script, RUNNER).map_err(|error| error.to_string())?;
    for (name, root) in projects(tools, &folder)? {
        runner.check(&format!("schema: {name}, as SQLAlchemy creates it"), || {
            let case = prepared(tools, &folder, &name, &root)?;
            let shell = tools.shell(&folder)?;
            run(cmd!(shell, "{python} -W ignore {script} {url} {case}")).map(|_| ())
        });
    }
    Ok(())
}

/// Every project whose schema is created: a name and its root.
fn projects(tools: &Tools, folder: &Path) -> Outcome<Vec<(String, PathBuf)>> {
    let mut found: Vec<(String, PathBuf)> =
        FIXTURES.iter().map(|name| ((*name).to_owned(), tools.root.join("fixtures").join(name))).collect();
    for spec in SPECS {
        let text = fs::read_to_string(tools.root.join(format!("spec/schema/{spec}.md"))).map_err(|e| e.to_string())?;
        for (number, models) in text.split("```python\n").skip(1).enumerate() {
            let models = models.split("```").next().unwrap_or_default();
            let name = format!("{spec}-{}", number + 1);
            let root = folder.join(&name).join("src");
            fs::create_dir_all(&root).map_err(|error| error.to_string())?;
            fs::write(root.join("models.py"), models).map_err(|error| error.to_string())?;
            fs::write(root.join("pyproject.toml"), PINS).map_err(|error| error.to_string())?;
            found.push((name, root));
        }
    }
    Ok(found)
}

/// A folder with what the script needs to know of a project.
fn prepared(tools: &Tools, folder: &Path, name: &str, root: &Path) -> Outcome<PathBuf> {
    let shell = tools.shell(folder)?;
    let program = &tools.architect;
    let printed = |arguments: &[&str]| run(cmd!(shell, "{program} --project {root} {arguments...}"));
    let json = |command: &str| -> Outcome<Value> {
        serde_json::from_str(&printed(&[command, "--format", "json"])?).map_err(|error| error.to_string())
    };
    let (schema, survey) = (json("schema")?, json("survey")?);
    if let Some(unknown) = schema["unknowns"].as_array().and_then(|unknowns| unknowns.first()) {
        return Err(format!("something is not understood: {unknown}"));
    }
    let mappers = schema["mappers"].as_array().into_iter().flatten();
    let mut modules: Vec<&str> = mappers.filter_map(|mapper| mapper["class"].as_str()?.split(':').next()).collect();
    modules.sort_unstable();
    modules.dedup();
    let roots = survey["source_roots"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let roots: Vec<String> = std::iter::once(root.to_path_buf())
        .chain(roots.map(|path| root.join(path)))
        .map(|p| p.display().to_string())
        .collect();
    let case = folder.join(name);
    fs::create_dir_all(&case).map_err(|error| error.to_string())?;
    let mut texts = vec![("modules", modules.join("\n")), ("path", roots.join("\n"))];
    for dialect in ["postgresql", "sqlite"] {
        let file = if dialect == "sqlite" { "sqlite.sql" } else { "postgresql.sql" };
        texts.push((file, printed(&["schema", "--format", "sql", "--dialect", dialect])?));
    }
    for (file, text) in texts {
        fs::write(case.join(file), text).map_err(|error| error.to_string())?;
    }
    Ok(case)
}

fn environment(tools: &Tools) -> Outcome<String> {
    let folder = tools.scratch.join("schema-env");
    let python = folder.join("bin").join("python");
    if !folder.join("ready").exists() {
        let shell = tools.shell(&tools.scratch)?;
        let uv = &tools.uv;
        run(cmd!(shell, "{uv} venv --quiet --clear --python >=3.11 {folder}"))?;
        run(cmd!(shell, "{uv} pip install --quiet --python {python} {PACKAGES...}"))?;
        fs::write(folder.join("ready"), "").map_err(|error| error.to_string())?;
    }
    Ok(python.display().to_string())
}
