//! Dependency order: what is referred to stands before what refers to it.

use std::collections::{BTreeMap, BTreeSet};

use architect_model::{Entity, FieldType};

use crate::notes::Notes;
use crate::world::World;

/// A foreign key between entities of the design.
pub(crate) struct Edge<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    required: bool,
    /// The optional field that it could do without, where clients fill that in.
    field: Option<&'a str>,
}

/// The entities in dependency order. Cycles of required foreign keys are problems: no first row could be made.
pub(crate) fn entities<'a>(world: &World<'a>, notes: &mut Notes) -> Vec<&'a Entity> {
    let all: Vec<&Entity> = world.entities().collect();
    let edges: Vec<Edge<'_>> = all.iter().flat_map(|entity| edges_of(entity)).collect();
    report_cycles(&all, &edges, notes);
    let names: Vec<&str> = all.iter().map(|entity| &*entity.name).collect();
    let order = sorted(&names, &edges);
    order.into_iter().filter_map(|name| all.iter().find(|entity| entity.name == name).copied()).collect()
}

/// The foreign keys and links of an entity.
pub(crate) fn edges_of(entity: &Entity) -> impl Iterator<Item = Edge<'_>> {
    let parent = entity.owner.parent().map(|to| Edge { from: &entity.name, to, required: true, field: None });
    let fields = entity.fields.iter().filter_map(|field| {
        let (to, required, can_go) = match &field.ty {
            FieldType::Reference { entity: to, .. } => (to, field.required, !field.required && !field.read_only),
            FieldType::Many { entity: to } => (to, false, false),
            _ => return None,
        };
        Some(Edge { from: &entity.name, to, required, field: can_go.then_some(field.name.as_str()) })
    });
    parent.into_iter().chain(fields)
}

/// Optional references that close a circle of entities, as entity and field: what checks the one reference would need
/// what checks the other first.
///
/// FastAPI makes a dependency after those that it needs: `Depends(get_team_service)` cannot need the service of
/// players, which needs that of teams.
pub(crate) fn closing<'a>(world: &World<'a>) -> Vec<(&'a str, &'a str)> {
    let names: Vec<&str> = world.entities().map(|entity| &*entity.name).collect();
    let edges: Vec<Edge<'a>> = world
        .entities()
        .flat_map(edges_of)
        .map(|edge| Edge { required: edge.field.is_none(), ..edge })
        .filter(|edge| edge.from != edge.to)
        .collect();
    let ways: Vec<(&str, &str)> = edges.iter().map(|edge| (edge.from, edge.to)).collect();
    let order = sorted(&names, &edges);
    let place = |name: &str| order.iter().position(|known| *known == name);
    let closes = |edge: &&Edge<'_>| place(edge.from) < place(edge.to) && leads(&ways, edge.to, edge.from);
    edges.iter().filter(closes).filter_map(|edge| Some((edge.from, edge.field?))).collect()
}

/// Optional references, as entity and field, to entities that stand behind: tables that refer to each other.
pub(crate) fn deferred<'a>(world: &World<'a>) -> Vec<(&'a str, &'a str)> {
    let names: Vec<&str> = world.entities().map(|entity| &*entity.name).collect();
    let edges: Vec<Edge<'a>> = world.entities().flat_map(edges_of).collect();
    let order = sorted(&names, &edges);
    let place = |name: &str| order.iter().position(|known| *known == name);
    let mut found = Vec::new();
    for entity in world.entities() {
        for field in &entity.fields {
            if let FieldType::Reference { entity: to, .. } = &field.ty
                && place(&entity.name) < place(to)
            {
                found.push((&*entity.name, &*field.name));
            }
        }
    }
    found
}

/// Whether a way leads from `from` to `to`.
pub(crate) fn leads(edges: &[(&str, &str)], from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        open.extend(edges.iter().filter(|(from, _)| *from == name).map(|(_, to)| *to).filter(|to| seen.insert(to)));
    }
    false
}

impl Edge<'_> {
    /// Whether it is one of those that close a circle.
    pub(crate) fn closes(&self, world: &World<'_>) -> bool {
        self.field.is_some_and(|field| world.closing.contains(&(self.from, field)))
    }
}

/// The modules of `entities` in dependency order.
pub(crate) fn modules<'a>(world: &'a World<'_>, entities: &[&'a Entity]) -> Vec<&'a str> {
    let module = |name: &str| world.modules.get(name).map(String::as_str);
    let mut names: Vec<&str> = Vec::new();
    for name in entities.iter().filter_map(|entity| module(&entity.name)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let edges: Vec<Edge<'_>> = entities
        .iter()
        .flat_map(|entity| edges_of(entity))
        .filter_map(|edge| Some(Edge { from: module(edge.from)?, to: module(edge.to)?, ..edge }))
        .collect();
    sorted(&names, &edges)
}

/// Stable topological order; optional keys give way where there is a cycle.
fn sorted<'a>(names: &[&'a str], edges: &[Edge<'_>]) -> Vec<&'a str> {
    let mut order: Vec<&str> = Vec::new();
    let waits = |name: &str, order: &[&str], optional: bool| {
        edges.iter().any(|edge| {
            edge.from == name
                && edge.to != name
                && names.contains(&edge.to)
                && !order.contains(&edge.to)
                && (edge.required || optional)
        })
    };
    while order.len() < names.len() {
        let open = || names.iter().filter(|name| !order.contains(name));
        let next = open()
            .find(|name| !waits(name, &order, true))
            .or_else(|| open().find(|name| !waits(name, &order, false)))
            .or_else(|| open().next());
        match next {
            Some(name) => order.push(name),
            None => break,
        }
    }
    order
}

fn report_cycles(all: &[&Entity], edges: &[Edge<'_>], notes: &mut Notes) {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for edge in edges.iter().filter(|edge| edge.required) {
        next.entry(edge.from).or_default().push(edge.to);
    }
    let mut reported: Vec<&str> = Vec::new();
    for entity in all {
        if reported.contains(&&*entity.name) {
            continue;
        }
        if let Some(cycle) = cycle_through(&entity.name, &next) {
            let mut shown: Vec<String> = cycle.iter().map(|name| format!("`{name}`")).collect();
            shown.push(format!("`{}`", entity.name));
            notes.problem(
                &entity.at,
                format!("no first row could be made: {}", shown.join(" needs ")),
                "Make one of these references optional: add `?` to its type.",
            );
            reported.extend(cycle);
        }
    }
}

/// The names on a way from `start` back to it.
fn cycle_through<'a>(start: &'a str, next: &BTreeMap<&'a str, Vec<&'a str>>) -> Option<Vec<&'a str>> {
    let mut ways = vec![vec![start]];
    let mut seen: Vec<&str> = Vec::new();
    while let Some(way) = ways.pop() {
        let last = way.last()?;
        for to in next.get(last).into_iter().flatten() {
            if *to == start {
                return Some(way);
            }
            if !seen.contains(to) {
                seen.push(to);
                let mut longer = way.clone();
                longer.push(to);
                ways.push(longer);
            }
        }
    }
    None
}
