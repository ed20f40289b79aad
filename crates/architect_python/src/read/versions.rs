//! The versions of the packages that decide how code is to be understood, from lock files and requirements.

use architect_model::{PackageVersion, Project};

use crate::source::{SourceText, Sources};

/// Packages whose version matters, by normalised name.
const PACKAGES: &[&str] = &[
    "alembic",
    "asyncpg",
    "fastapi",
    "psycopg",
    "pydantic",
    "pydantic-settings",
    "pytest",
    "sqlalchemy",
    "sqlmodel",
    "starlette",
];

/// Reads locked versions: `uv.lock`, `poetry.lock`, `pdm.lock`, `requirements*.txt`, exact pins in `pyproject.toml`.
pub(super) fn read(sources: &Sources, project: &mut Project) {
    let mut files: Vec<&SourceText> = sources
        .other
        .iter()
        .filter(|file| rank(&file.path).is_some())
        .collect();
    files.sort_by_key(|file| {
        (
            rank(&file.path),
            file.path.matches('/').count(),
            file.path.to_string(),
        )
    });
    for file in files {
        for (name, version) in versions(file) {
            let name = normalised(&name);
            if PACKAGES.contains(&name.as_str())
                && !project.versions.iter().any(|known| known.name == name)
            {
                project.versions.push(PackageVersion {
                    name,
                    version,
                    source: file.path.to_string(),
                });
            }
        }
    }
    project.versions.sort_by(|a, b| a.name.cmp(&b.name));
}

/// How much a file is to be trusted: lock files first.
fn rank(path: &str) -> Option<u8> {
    match path.rsplit('/').next()? {
        "uv.lock" | "poetry.lock" | "pdm.lock" => Some(0),
        name if name.starts_with("requirements") && name.ends_with(".txt") => Some(1),
        "pyproject.toml" => Some(2),
        _ => None,
    }
}

fn versions(file: &SourceText) -> Vec<(String, String)> {
    if file.path.ends_with(".txt") {
        return file.text.lines().filter_map(pinned).collect();
    }
    let Ok(document) = file.text.parse::<toml_edit::DocumentMut>() else {
        return Vec::new();
    };
    if file.path.ends_with(".lock") {
        locked(&document)
    } else {
        declared(&document)
    }
}

fn locked(document: &toml_edit::DocumentMut) -> Vec<(String, String)> {
    let packages = document
        .get("package")
        .and_then(|packages| packages.as_array_of_tables());
    let entries = packages.into_iter().flatten();
    entries
        .filter_map(|table| {
            Some((
                table.get("name")?.as_str()?.to_owned(),
                table.get("version")?.as_str()?.to_owned(),
            ))
        })
        .collect()
}

fn declared(document: &toml_edit::DocumentMut) -> Vec<(String, String)> {
    let listed = document
        .get("project")
        .and_then(|project| project.get("dependencies"));
    let listed = listed
        .and_then(|list| list.as_array())
        .into_iter()
        .flatten();
    let mut found: Vec<_> = listed.filter_map(|item| pinned(item.as_str()?)).collect();
    let poetry = document
        .get("tool")
        .and_then(|tool| tool.get("poetry"))
        .and_then(|poetry| poetry.get("dependencies"));
    for (name, value) in poetry
        .and_then(|table| table.as_table_like())
        .into_iter()
        .flat_map(|table| table.iter())
    {
        let version = value
            .as_str()
            .or_else(|| value.get("version").and_then(|version| version.as_str()));
        if let Some(version) =
            version.filter(|version| version.starts_with(|c: char| c.is_ascii_digit()))
        {
            found.push((name.to_owned(), version.to_owned()));
        }
    }
    found
}

/// `sqlmodel[extra]==0.0.22 ; marker` as name and version.
fn pinned(line: &str) -> Option<(String, String)> {
    let line = line.split(['#', ';']).next()?.trim();
    let (name, version) = line.split_once("==")?;
    let name = name.split('[').next()?.trim();
    let version = version
        .trim()
        .trim_start_matches('=')
        .split([',', ' '])
        .next()?;
    (!version.is_empty() && !version.contains('*')).then(|| (name.to_owned(), version.to_owned()))
}

fn normalised(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

/// Compares dotted versions by their numbers.
pub(super) fn at_least(version: &str, minimum: &[u32]) -> bool {
    let numbers: Vec<u32> = version
        .split(['.', '-', '+'])
        .map_while(|part| {
            part.trim_end_matches(|c: char| !c.is_ascii_digit())
                .parse()
                .ok()
        })
        .collect();
    numbers.as_slice() >= minimum
}
