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

/// What is known of the versions of packages: exact ones, and ranges that requirements allow.
pub(crate) struct Versions {
    exact: Vec<PackageVersion>,
    allowed: Vec<(String, Range)>,
}

/// The versions that a requirement allows: from `lower` on, below `upper`.
#[derive(Debug, Default, PartialEq)]
struct Range {
    lower: Option<Vec<u32>>,
    upper: Option<Vec<u32>>,
}

impl Versions {
    /// Whether a package has at least a version; `None` where that is not certain.
    pub(crate) fn at_least(&self, package: &str, minimum: &[u32]) -> Option<bool> {
        if let Some(exact) = self.exact.iter().find(|known| known.name == package) {
            return Some(numbers(&exact.version).as_slice() >= minimum);
        }
        let (_, range) = self.allowed.iter().find(|(name, _)| name == package)?;
        if range.lower.as_deref().is_some_and(|lower| lower >= minimum) {
            return Some(true);
        }
        range.upper.as_deref().is_some_and(|upper| upper <= minimum).then_some(false)
    }
}

/// Reads locked versions: `uv.lock`, `poetry.lock`, `pdm.lock`, `requirements*.txt`, exact pins in `pyproject.toml`;
/// and the ranges that requirements allow.
pub(crate) fn read(sources: &Sources, project: &mut Project) -> Versions {
    let mut files: Vec<&SourceText> = sources.other.iter().filter(|file| rank(&file.path).is_some()).collect();
    files.sort_by_key(|file| (rank(&file.path), file.path.matches('/').count(), file.path.to_string()));
    let mut allowed: Vec<(String, Range)> = Vec::new();
    for file in files {
        let found = requirements(file);
        for (name, specifier) in found {
            let name = normalised(&name);
            if !PACKAGES.contains(&name.as_str()) {
                continue;
            }
            match exact(&specifier) {
                Some(version) if !project.versions.iter().any(|known| known.name == name) => {
                    project.versions.push(PackageVersion { name, version, source: file.path.to_string() });
                }
                Some(_) => {}
                None if !allowed.iter().any(|(known, _)| *known == name) => allowed.push((name, range(&specifier))),
                None => {}
            }
        }
    }
    project.versions.sort_by(|a, b| a.name.cmp(&b.name));
    Versions { exact: project.versions.clone(), allowed }
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

/// The packages that a file names, each with its version specifier.
fn requirements(file: &SourceText) -> Vec<(String, String)> {
    if file.path.ends_with(".txt") {
        return file.text.lines().filter_map(requirement).collect();
    }
    let Ok(document) = file.text.parse::<toml_edit::DocumentMut>() else {
        return Vec::new();
    };
    if file.path.ends_with(".lock") { locked(&document) } else { declared(&document) }
}

/// The packages of a lock file, the newest version first: where it holds several, they are for other releases of Python
/// each, of which the newest one has the newest packages.
fn locked(document: &toml_edit::DocumentMut) -> Vec<(String, String)> {
    let packages = document.get("package").and_then(|packages| packages.as_array_of_tables());
    let text = |table: &toml_edit::Table, key: &str| Some(table.get(key)?.as_str()?.to_owned());
    let entries = packages.into_iter().flatten();
    let found = entries.filter_map(|table| Some((text(table, "name")?, format!("=={}", text(table, "version")?))));
    let mut found: Vec<_> = found.filter(|(name, _)| PACKAGES.contains(&normalised(name).as_str())).collect();
    found.sort_by_cached_key(|(_, version)| std::cmp::Reverse(numbers(version.trim_start_matches('='))));
    found
}

fn declared(document: &toml_edit::DocumentMut) -> Vec<(String, String)> {
    let listed = document.get("project").and_then(|project| project.get("dependencies"));
    let listed = listed.and_then(|list| list.as_array()).into_iter().flatten();
    let mut found: Vec<_> = listed.filter_map(|item| requirement(item.as_str()?)).collect();
    let poetry = document.get("tool").and_then(|tool| tool.get("poetry")).and_then(|poetry| poetry.get("dependencies"));
    for (name, value) in poetry.and_then(|table| table.as_table_like()).into_iter().flat_map(|table| table.iter()) {
        if let Some(version) = value.as_str().or_else(|| value.get("version").and_then(|version| version.as_str())) {
            let bare = version.starts_with(|c: char| c.is_ascii_digit());
            found.push((name.to_owned(), if bare { format!("=={version}") } else { version.to_owned() }));
        }
    }
    found
}

/// `sqlmodel[extra]>=0.0.22,<1 ; marker` as name and specifier.
fn requirement(line: &str) -> Option<(String, String)> {
    let line = line.split(['#', ';']).next()?.trim();
    let end = line.find(['=', '<', '>', '~', '!', ' ', '(']).unwrap_or(line.len());
    let (name, specifier) = (line.get(..end)?, line.get(end..)?);
    let name = name.split('[').next()?.trim();
    (!name.is_empty() && !name.starts_with('-')).then(|| (name.to_owned(), specifier.trim().to_owned()))
}

/// The version of an exact specifier.
fn exact(specifier: &str) -> Option<String> {
    let version = specifier.strip_prefix("==")?.trim_start_matches('=').split([',', ' ']).next()?.trim();
    (!version.is_empty() && !version.contains('*')).then(|| version.to_owned())
}

/// The versions that a specifier allows.
fn range(specifier: &str) -> Range {
    let mut range = Range::default();
    for part in specifier.split(',').map(str::trim) {
        let end = part.find(|c: char| c.is_ascii_digit()).unwrap_or(part.len());
        let (operator, version) = part.split_at(end);
        let version = numbers(version);
        match operator.trim() {
            ">=" | ">" => range.lower = Some(version),
            "<" => range.upper = Some(version),
            "^" => {
                let first = version.iter().position(|number| *number != 0).unwrap_or(version.len().saturating_sub(1));
                range.upper = raised(&version, first);
                range.lower = Some(version);
            }
            "~=" => {
                range.upper = raised(&version, version.len().saturating_sub(2));
                range.lower = Some(version);
            }
            "~" => {
                range.upper = raised(&version, version.len().saturating_sub(1).min(1));
                range.lower = Some(version);
            }
            _ => {}
        }
    }
    range
}

/// The first version that differs at a place: `[0, 0, 23]` for `[0, 0, 22]` at 2.
fn raised(version: &[u32], place: usize) -> Option<Vec<u32>> {
    let mut upper: Vec<u32> = version.get(..=place)?.to_vec();
    *upper.last_mut()? += 1;
    Some(upper)
}

fn normalised(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

/// The numbers of a dotted version.
fn numbers(version: &str) -> Vec<u32> {
    version
        .split(['.', '-', '+'])
        .map_while(|part| part.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok())
        .collect()
}
