//! The projects whose code is changed: a new one, and the fixtures.

use std::fs;
use std::path::{Path, PathBuf};

use xshell::cmd;

use super::changes::Subject;
use super::fixtures;
use super::project::plan_and_apply;
use crate::tools::{Outcome, Tools, apart, run};

/// A project whose code is changed.
pub struct Place {
    /// What it is called.
    pub name: &'static str,
    /// The variable by which it is told its database.
    pub variable: &'static str,
    /// What its database URL begins with.
    pub scheme: &'static str,
    /// Its application: module and name.
    pub application: &'static str,
    /// The class that its tables inherit: module and name.
    pub base: &'static str,
    /// What the changes of the matrix are about.
    pub subject: Subject,
}

impl Place {
    /// Makes the project in `root`, with its environment; gives the folder of its back end.
    ///
    /// # Errors
    /// It cannot be made, or its environment not be installed.
    pub fn make(&self, tools: &Tools, root: &Path) -> Outcome<PathBuf> {
        if self.name == "new" {
            let _ = fs::remove_dir_all(root);
            let shell = tools.shell(root.parent().unwrap_or(root))?;
            let architect = &tools.architect;
            run(cmd!(shell, "{architect} new new"))?;
            for document in ["projects.md", "tags.md"] {
                plan_and_apply(tools, root, &tools.root.join("examples").join(document))?;
            }
        } else {
            fixtures::copy(&tools.root.join("fixtures").join(self.name), root)?;
        }
        let backend = fixtures::backend(root);
        let shell = tools.shell(&backend)?;
        let uv = &tools.uv;
        run(apart(cmd!(shell, "{uv} sync --quiet --all-groups --all-extras")))?;
        Ok(backend)
    }
}

/// The projects.
pub fn places() -> Vec<Place> {
    vec![
        Place {
            name: "new",
            variable: "DATABASE_URL",
            scheme: "sqlite",
            application: "app.main:app",
            base: "sqlmodel:SQLModel",
            subject: Subject {
                entity: "Project",
                table: "project",
                text: ("name", "string(1..120)"),
                optional: ("description", "text"),
                choice: ("status", "draft, active, archived", "draft"),
                other: "Tag",
                path: "/projects",
                parameter: "project_id",
                code: &["backend/app/modules/projects", "backend/app/api/routes/projects.py"],
            },
        },
        Place {
            name: "flat",
            variable: "DATABASE_URL",
            scheme: "sqlite",
            application: "app.main:app",
            base: "sqlmodel:SQLModel",
            subject: Subject {
                entity: "Item",
                table: "item",
                text: ("title", "string(1..255)"),
                optional: ("description", "string(2000)"),
                choice: ("condition", "new, good, worn, broken", "good"),
                other: "Loan",
                path: "/items",
                parameter: "id",
                code: &["backend/app/models.py", "backend/app/crud.py", "backend/app/api/routes/items.py"],
            },
        },
        Place {
            name: "modular",
            variable: "SQLALCHEMY_DATABASE_URI",
            scheme: "sqlite",
            application: "app.main:app",
            base: "sqlmodel:SQLModel",
            subject: Subject {
                entity: "Item",
                table: "item",
                text: ("name", "string(1..120)"),
                optional: ("description", "string(2000)"),
                choice: ("unit", "piece, metre, kilogram, litre", "piece"),
                other: "Category",
                path: "/items",
                parameter: "item_id",
                code: &["backend/app/modules/item", "backend/app/api/v1/endpoints/item.py"],
            },
        },
        Place {
            name: "asyncsa",
            variable: "TEMPO_DATABASE_URL",
            scheme: "sqlite+aiosqlite",
            application: "tempo.main:app",
            base: "tempo.core.database:Base",
            subject: Subject {
                entity: "Project",
                table: "projects",
                text: ("name", "string(1..120)"),
                optional: ("description", "text"),
                choice: ("status", "active, on_hold, done", "active"),
                other: "Client",
                path: "/projects",
                parameter: "project_id",
                code: &["src/tempo/projects"],
            },
        },
    ]
}
