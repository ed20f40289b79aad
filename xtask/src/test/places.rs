//! The projects whose code is changed: a new one, and the fixtures.

use std::fs;
use std::path::{Path, PathBuf};

use xshell::cmd;

use super::changes::{Spare, Subject};
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
                owner: "owner_id",
                text: ("name", "string(1..120)"),
                text_rules: "unique per owner",
                optional: ("description", "text"),
                choice: ("status", "draft, active, archived", "draft"),
                spare: Spare {
                    field: "Tag.color",
                    column: "tag.color",
                    values: "gray, red, green, blue",
                    default: "gray",
                },
                typed: ("Task.title", "text"),
                ruled: Some("Project.name"),
                other: ("Tag", "tag"),
                child: ("Task", "task", "project_id"),
                other_is_child: false,
                path: "/projects",
                parameter: "project_id",
                memberships: "membership",
                code: &[
                    "backend/app/modules/projects",
                    "backend/app/modules/tags",
                    "backend/app/api/routes/projects.py",
                    "backend/app/api/routes/tags.py",
                ],
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
                owner: "owner_id",
                text: ("title", "string(1..255)"),
                text_rules: "",
                optional: ("description", "string(2000)"),
                choice: ("condition", "new, good, worn, broken", "good"),
                spare: Spare {
                    field: "Item.condition",
                    column: "item.condition",
                    values: "new, good, worn, broken",
                    default: "good",
                },
                typed: ("Loan.borrower", "text"),
                ruled: None,
                other: ("Loan", "loan"),
                child: ("Loan", "loan", "item_id"),
                other_is_child: true,
                path: "/items",
                parameter: "id",
                memberships: "membership",
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
                owner: "owner_id",
                text: ("name", "string(1..120)"),
                text_rules: "",
                optional: ("description", "string(2000)"),
                choice: ("unit", "piece, metre, kilogram, litre", "piece"),
                spare: Spare {
                    field: "Item.unit",
                    column: "item.unit",
                    values: "piece, metre, kilogram, litre",
                    default: "piece",
                },
                typed: ("StockMovement.delta", "bigint(-1000000..1000000)"),
                ruled: Some("Category.name"),
                other: ("Category", "category"),
                child: ("StockMovement", "stock_movement", "item_id"),
                other_is_child: false,
                path: "/items",
                parameter: "item_id",
                memberships: "membership",
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
                owner: "user_id",
                text: ("name", "string(1..120)"),
                text_rules: "",
                optional: ("description", "text"),
                choice: ("status", "active, on_hold, done", "active"),
                spare: Spare {
                    field: "Project.status",
                    column: "projects.status",
                    values: "active, on_hold, done",
                    default: "active",
                },
                typed: ("TimeEntry.description", "text = \"\""),
                ruled: Some("Client.name"),
                other: ("Client", "clients"),
                child: ("TimeEntry", "time_entries", "project_id"),
                other_is_child: false,
                path: "/projects",
                parameter: "project_id",
                memberships: "memberships",
                code: &["src/tempo/projects"],
            },
        },
    ]
}
