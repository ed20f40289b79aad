//! A project in one screen.

mod unknowns;

use std::collections::BTreeMap;
use std::fmt::Write;

use architect_model::{Endpoint, EndpointAccess, LayerKind, Project, Table};

use super::design::count;
use super::paint::{dim, heading};
use super::style::write_style;

/// How many lines a section shows unless `--all` is given.
const SHOWN: usize = 12;

/// Modules, tables, endpoints, house style, and what could not be understood.
pub fn survey(project: &Project, all: bool) -> String {
    let mut out = String::new();
    write_totals(&mut out, project);
    let limit = if all { usize::MAX } else { SHOWN };
    write_section(&mut out, "Modules", &modules(project), limit);
    write_section(&mut out, "Tables", &project.tables().map(table).collect::<Vec<_>>(), limit);
    write_section(&mut out, "Endpoints", &project.endpoints.iter().map(endpoint).collect::<Vec<_>>(), limit);
    write_style(&mut out, &project.style);
    write_section(&mut out, "Not understood", &unknowns::lines(project, all), limit);
    out
}

fn write_totals(out: &mut String, project: &Project) {
    let parts = [
        count(project.files, "Python file", "Python files"),
        count(project.modules.len(), "module", "modules"),
        count(project.tables.len(), "table", "tables"),
        count(project.schemas.len(), "schema", "schemas"),
        count(project.repositories.len(), "repository", "repositories"),
        count(project.services.len(), "service", "services"),
        count(project.endpoints.len(), "endpoint", "endpoints"),
    ];
    let _ = writeln!(out, "{}", heading(parts.join(", ")));
    if !project.versions.is_empty() {
        let versions: Vec<_> = project.versions.iter().map(|it| format!("{} {}", it.name, it.version)).collect();
        let _ = writeln!(out, "{}", dim(versions.join(", ")));
    }
    if let Some(line) = access_line(&project.endpoints) {
        let _ = writeln!(out, "{line}");
    }
    out.push('\n');
}

/// How many endpoints are public, need a signed-in user, a role, or could not be told.
fn access_line(endpoints: &[Endpoint]) -> Option<String> {
    let mut counts = BTreeMap::new();
    for endpoint in endpoints {
        *counts.entry(access(endpoint)).or_insert(0_usize) += 1;
    }
    let parts: Vec<_> = counts.iter().map(|(word, number)| format!("{number} {word}")).collect();
    (!parts.is_empty()).then(|| format!("Endpoints: {}", parts.join(", ")))
}

fn access(endpoint: &Endpoint) -> &'static str {
    match endpoint.access {
        EndpointAccess::Public => "public",
        EndpointAccess::SignedIn { .. } => "signed in",
        EndpointAccess::Role { .. } => "role",
        EndpointAccess::Unknown { .. } => "unknown",
    }
}

fn modules(project: &Project) -> Vec<String> {
    let line = |module: &architect_model::Module| {
        let layers: Vec<_> = module.layers.iter().map(|file| layer(file.layer)).collect();
        format!("{:<24} {} {}", module.name, dim(&module.path), layers.join(", "))
    };
    project.modules.iter().map(line).collect()
}

fn layer(kind: LayerKind) -> &'static str {
    match kind {
        LayerKind::Models => "models",
        LayerKind::Schemas => "schemas",
        LayerKind::Repository => "repository",
        LayerKind::Service => "service",
        LayerKind::Endpoints => "endpoints",
        LayerKind::Dependencies => "dependencies",
        LayerKind::Errors => "errors",
        LayerKind::Tests => "tests",
    }
}

fn table(table: &Table) -> String {
    let name = table.name.known().map_or("(name unknown)", String::as_str);
    let owner = match &table.owner {
        Some(owner) if owner.direct => format!(", owned by {} ({})", owner.table, owner.column),
        Some(owner) if owner.members.is_some() => format!(", owned by its members ({})", owner.table),
        Some(owner) => format!(", owned through {} ({})", owner.table, owner.column),
        None => String::new(),
    };
    let columns = count(table.columns.len(), "column", "columns");
    format!("{name:<24} {columns}{owner} {}", dim(&table.at))
}

fn endpoint(endpoint: &Endpoint) -> String {
    let path = endpoint.path.known().map_or("(path unknown)", String::as_str);
    format!("{:<7}{path:<40} {} {}", endpoint.methods.join(","), access(endpoint), dim(&endpoint.at))
}

/// A heading and its lines, cut at `limit`.
fn write_section(out: &mut String, title: &str, lines: &[String], limit: usize) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", heading(format!("{title} ({})", lines.len())));
    for line in lines.iter().take(limit) {
        let _ = writeln!(out, "  {line}");
    }
    if lines.len() > limit {
        let _ = writeln!(out, "  {}", dim(format!("and {} more; `--all` shows them", lines.len() - limit)));
    }
    out.push('\n');
}
