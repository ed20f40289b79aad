//! The list of projects and their oracles.

use std::path::{Path, PathBuf};

use serde_json::Value;
use toml_edit::{DocumentMut, Item};

/// A project of the list.
pub struct Listed {
    /// Its short name, which is its folder's.
    pub name: String,
    /// Where its source is published: `owner/name` on GitHub, or `pypi:name==version`.
    pub src: String,
    /// Commit, for GitHub.
    pub commit: String,
    /// Folder of the back end inside it.
    pub subdir: String,
    /// Its application, as uvicorn names it.
    pub app: String,
    /// Further folders on `sys.path`, relative to the back end.
    pub path: Vec<String>,
    /// Release of Python that it runs on.
    pub python: String,
    /// Releases of the libraries that tell tables and routes.
    pub releases: Vec<(&'static str, String)>,
}

impl Listed {
    /// A project that is in no list: its back end in `root`, and the folder that its repository is in.
    ///
    /// # Errors
    /// There is no such folder.
    pub fn unlisted(root: &Path, app: &str, python: &str) -> Result<(Self, PathBuf), String> {
        let root = root.canonicalize().map_err(|error| format!("{}: {error}", root.display()))?;
        let top = root.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&root);
        let (Some(name), Some(around)) = (top.file_name(), top.parent()) else {
            return Err(format!("{}: not the folder of a project", root.display()));
        };
        let subdir = root.strip_prefix(top).unwrap_or(Path::new("")).display().to_string();
        let project = Self {
            name: name.to_string_lossy().into_owned(),
            src: String::new(),
            commit: String::new(),
            subdir,
            app: app.to_owned(),
            path: Vec::new(),
            python: python.to_owned(),
            releases: Vec::new(),
        };
        Ok((project, around.to_path_buf()))
    }
}

/// Every project of the list.
pub fn listed(oracles: &Path) -> Result<Vec<Listed>, String> {
    let path = oracles.join("index.toml");
    let text = std::fs::read_to_string(&path).map_err(|error| {
        format!("{}: {error}\nhelp: set ARCHITECT_ORACLES to the folder of the oracles", path.display())
    })?;
    let document: DocumentMut = text.parse().map_err(|error| format!("{}: {error}", path.display()))?;
    let projects = document.get("project").and_then(Item::as_array_of_tables);
    Ok(projects.into_iter().flatten().map(one).collect())
}

fn one(table: &toml_edit::Table) -> Listed {
    let text = |key: &str| table.get(key).and_then(Item::as_str).unwrap_or_default().to_owned();
    let folders = table.get("path").and_then(Item::as_array).into_iter().flatten();
    let path = folders.filter_map(|folder| folder.as_str().map(str::to_owned)).collect();
    let libraries = ["fastapi", "pydantic", "sqlalchemy", "sqlmodel"];
    let releases = libraries.into_iter().map(|name| (name, text(name))).filter(|(_, version)| !version.is_empty());
    Listed {
        path,
        python: text("python"),
        releases: releases.collect(),
        name: text("name"),
        src: text("src"),
        commit: text("commit"),
        subdir: text("subdir"),
        app: text("app"),
    }
}

/// A JSON file.
pub fn json(path: &Path) -> Result<Value, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}
