//! `[tool.architect]` in `pyproject.toml`.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::{Failure, Result};

/// What a project sets; everything has a default, and no setting is needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Settings {
    /// Paths that are not read, as patterns of `.gitignore`.
    pub exclude: Vec<String>,
    /// Design documents that `architect check` compares with the code, relative to the project root.
    pub documents: Vec<String>,
    /// Major version of the PostgreSQL that migrations run on, by which their safety is judged.
    pub postgresql: Option<u32>,
    /// File in which the API's types are kept for clients, relative to the project root.
    pub types: Option<String>,
}

#[derive(Deserialize)]
struct Pyproject {
    tool: Option<Tool>,
}

#[derive(Deserialize)]
struct Tool {
    architect: Option<Settings>,
}

/// Whether `folder` has a `pyproject.toml` with `[tool.architect]`.
pub(crate) fn has_settings(folder: &Path) -> bool {
    has_table(folder, "tool.architect")
}

/// Whether `folder` has a `pyproject.toml` with this table.
pub(crate) fn has_table(folder: &Path, name: &str) -> bool {
    let header = format!("[{name}]");
    fs::read_to_string(folder.join("pyproject.toml")).is_ok_and(|text| text.lines().any(|line| line.trim() == header))
}

/// The settings of the project at `root`: of its own `pyproject.toml`, else of its back end's.
///
/// # Errors
/// A setting that does not exist, or of the wrong type.
pub(crate) fn read_settings(root: &Path) -> Result<Settings> {
    let Some(folder) = [root.to_path_buf(), root.join("backend")].into_iter().find(|folder| has_settings(folder))
    else {
        return Ok(Settings::default());
    };
    let path = folder.join("pyproject.toml");
    let text = fs::read_to_string(&path).map_err(|error| Failure::io("read", &path, &error))?;
    match toml_edit::de::from_str::<Pyproject>(&text) {
        Ok(file) => Ok(file.tool.and_then(|tool| tool.architect).unwrap_or_default()),
        Err(error) => Err(Failure::new(
            format!("`[tool.architect]` in `{}` cannot be used: {}", path.display(), error.message()),
            "the settings are listed in docs/configuration.md",
        )),
    }
}
