//! Everything that could not be understood, wherever the project carries it.

use std::collections::{BTreeMap, BTreeSet};

use architect_model::{Endpoint, EndpointAccess, EndpointPart, Known, Project, Table, Unknown};

use crate::render::paint::{accent, dim};

/// Something that could not be understood, and what it keeps from being known: `access`.
type Said<'a> = (&'static str, &'a Unknown);

/// A line for each place; unless `all`, one for each reason.
pub(super) fn lines(project: &Project, all: bool) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let found = every(project).filter(|said| seen.insert(*said));
    if all {
        return found.map(line).collect();
    }
    let mut reasons: Vec<(Said<'_>, usize)> = Vec::new();
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for said in found {
        let place = *places.entry((said.0, &said.1.reason)).or_insert(reasons.len());
        match reasons.get_mut(place) {
            Some((_, more)) => *more += 1,
            None => reasons.push((said, 0)),
        }
    }
    let with_count = |(first, more): (Said<'_>, usize)| match more {
        0 => line(first),
        1 => format!("{} {}", line(first), dim("(and 1 more place)")),
        more => format!("{} {}", line(first), dim(format!("(and {more} more places)"))),
    };
    reasons.into_iter().map(with_count).collect()
}

fn line((what, unknown): Said<'_>) -> String {
    let colon = if what.is_empty() { "" } else { ": " };
    format!("{} {what}{colon}{}", accent(&unknown.at), unknown.reason)
}

/// Files first, then tables, schemas, applications and endpoints.
fn every(project: &Project) -> impl Iterator<Item = Said<'_>> {
    let alone = project.unknowns.iter().map(|unknown| ("", unknown));
    let tables = project.tables().flat_map(of_table);
    let schemas = project.schemas.iter().flat_map(|schema| &schema.unknowns).map(|unknown| ("", unknown));
    let routes = project.apps.iter().flat_map(|app| &app.unknown_routes).map(|routes| ("routes", &routes.unknown));
    alone.chain(tables).chain(schemas).chain(routes).chain(project.endpoints.iter().flat_map(of_endpoint))
}

fn of_table(table: &Table) -> Vec<Said<'_>> {
    let mut found: Vec<Said<'_>> = unknown("table name", &table.name).into_iter().collect();
    found.extend(table.unknowns.iter().map(|unknown| ("", unknown)));
    for column in &table.columns {
        found.extend(unknown("column type", &column.ty));
        found.extend(unknown("NULL or not", &column.nullable));
    }
    found
}

fn of_endpoint(endpoint: &Endpoint) -> Vec<Said<'_>> {
    let mut found: Vec<Said<'_>> = unknown("path", &endpoint.path).into_iter().collect();
    found.extend(endpoint.condition.iter().map(|unknown| ("route", unknown)));
    found.extend(endpoint.unknowns.iter().map(|it| (part(it.part), &it.unknown)));
    if let EndpointAccess::Unknown { unknown } = &endpoint.access {
        found.push(("access", unknown));
    }
    found
}

fn part(part: EndpointPart) -> &'static str {
    match part {
        EndpointPart::Methods => "methods",
        EndpointPart::Handler => "handler",
        EndpointPart::Dependencies => "dependencies",
        EndpointPart::Response => "response",
        EndpointPart::Status => "status",
        EndpointPart::InSchema => "in OpenAPI or not",
        EndpointPart::Tags => "tags",
        EndpointPart::Responses => "responses",
    }
}

fn unknown<'a, T>(what: &'static str, value: &'a Known<T>) -> Option<Said<'a>> {
    match value {
        Known::Unknown { unknown } => Some((what, unknown)),
        Known::Known(_) => None,
    }
}
