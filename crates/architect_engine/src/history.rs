//! The migration history of a project, and the database that it builds.

use architect_model::{DatabaseSchema, History, Project};
use architect_python::AlembicChoice;
use architect_schema::history::Graph;
use architect_schema::replay;
use architect_schema::sql::Dialect;

use crate::replayed::ReplayedDatabase;
use crate::{Failure, Result, Workspace};

/// The database that the revisions build, up to their heads.
///
/// # Errors
/// The revisions have no order: a file is broken, a parent is missing, two have one identifier, or they go in a circle.
pub(crate) fn built(history: &History) -> Result<DatabaseSchema> {
    let graph = Graph::new(history)?;
    Ok(replay(Dialect::Postgresql, graph.order().iter().flat_map(|revision| &revision.upgrade)))
}

/// The migration history of a project.
///
/// # Errors
/// The project has no Alembic environment.
pub fn history(workspace: &Workspace, project: &Project) -> Result<History> {
    history_on(workspace, project, ReplayedDatabase::new())
}

fn history_on(workspace: &Workspace, project: &Project, database: ReplayedDatabase) -> Result<History> {
    let migrations = &project.style.migrations;
    if migrations.script_location.is_none() && workspace.sources.alembic != AlembicChoice::default() {
        return Err(crate::migrate::no_migrations(workspace));
    }
    if migrations.script_location.is_none() {
        return Err(Failure::new(
            format!(
                "no Alembic environment in `{}`: no `alembic.ini` with a `script_location`, no `[tool.alembic]` in \
                 `pyproject.toml`, and no `env.py` that runs migrations",
                workspace.root.display()
            ),
            "run it in the folder of `alembic.ini`, name that with `--project DIR`, or make one with \
             `alembic init migrations`",
        ));
    }
    Ok(architect_python::read_history(&workspace.sources, migrations, database))
}

/// The schema that the revisions build on an empty database, up to the one that a name means: an identifier or its
/// beginning, `head`, `heads`, `label@head`, `REV-1`.
///
/// # Errors
/// There is no Alembic environment, the revisions have no order, or the name means none of them.
pub fn schema_at(workspace: &Workspace, project: &Project, name: &str, dialect: Dialect) -> Result<DatabaseSchema> {
    let history = history_on(workspace, project, ReplayedDatabase::to(name))?;
    let graph = Graph::new(&history)?;
    let targets = graph.resolve(name).map_err(|unresolved| Failure::new(unresolved.text, unresolved.help))?;
    let order = graph.upgrade_order(&targets);
    Ok(replay(dialect, order.iter().flat_map(|revision| &revision.upgrade)))
}
