//! Operations: `CRUD` rows expanded, what the document says in words asked about.

use architect_model::{
    Access, Action, ColumnRole, EndpointDesign, Entity, FieldType, ListScope, Literal, OperationDesign, OperationKind,
    OrderBy,
};

use crate::access;
use crate::columns::{column_name, named, time_column};
use crate::links;
use crate::notes::Notes;
use crate::paths::{self, Leads};
use crate::within;
use crate::world::{Target, World};

/// All operations of the design, in its order.
pub(crate) fn operations(world: &World<'_>, notes: &mut Notes) -> Vec<OperationDesign> {
    let mut found = Vec::new();
    for row in &world.design.endpoints {
        let Some(class) = entity_of(&row.action) else {
            ask_what_it_does(row, notes);
            continue;
        };
        match world.entities().find(|entity| entity.name == class) {
            Some(entity) => found.extend(expanded(world, entity, row, notes)),
            None => notes.ask(
                &row.at,
                format!("`{} {}` concerns `{class}`, which is not described here. Is it wanted?", row.method, row.path),
                "It is left out: endpoints are planned for the entities of the document.",
            ),
        }
    }
    within::decide(world, &mut found);
    found
}

fn ask_what_it_does(row: &EndpointDesign, notes: &mut Notes) {
    let words = match &row.action {
        Action::Other { text } => text.as_str(),
        _ => "",
    };
    notes.ask(
        &row.at,
        format!("What does `{} {}` do (\"{words}\")?", row.method, row.path),
        "It is left out. Write `list …`, `create …`, `set field = value`, or add it by hand afterwards.",
    );
}

/// The class of the entity whose rows an endpoint works on.
pub(crate) fn entity_of(action: &Action) -> Option<&str> {
    action.entity()
}

fn expanded(world: &World<'_>, entity: &Entity, row: &EndpointDesign, notes: &mut Notes) -> Vec<OperationDesign> {
    match &row.action {
        Action::Crud { order, only, .. } => {
            let listed = list(world, entity, order, only, row, notes);
            crud(world, entity, row, listed, notes)
        }
        Action::List { order, only, .. } => {
            let kind = list(world, entity, order, only, row, notes);
            operation(world, entity, row, kind, &row.method, &row.path, notes).into_iter().collect()
        }
        Action::Set { values, when, .. } => {
            let column = |name: &String| named(world, entity, name).unwrap_or_else(|| name.clone());
            let kind = OperationKind::Set {
                values: values.iter().map(|(name, value)| (column(name), value.clone())).collect(),
                when: when.iter().map(|(name, values)| (column(name), values.clone())).collect(),
            };
            operation(world, entity, row, kind, &row.method, &row.path, notes).into_iter().collect()
        }
        Action::Read { .. } => single(world, entity, row, OperationKind::Read, notes),
        Action::Create { .. } => single(world, entity, row, OperationKind::Create, notes),
        Action::Update { .. } => single(world, entity, row, OperationKind::Update, notes),
        Action::Delete { .. } => single(world, entity, row, OperationKind::Delete, notes),
        Action::Other { .. } => Vec::new(),
    }
}

fn single(
    world: &World<'_>,
    entity: &Entity,
    row: &EndpointDesign,
    kind: OperationKind,
    notes: &mut Notes,
) -> Vec<OperationDesign> {
    // What the code has stays, whatever is left to change.
    if kind == OperationKind::Update && !has_changeable(entity) && !is_there(world, &row.method, &row.path) {
        let text = format!("`{}` has no field that a client could change", entity.name);
        notes.problem(&row.at, text, "Leave the endpoint out, or add a field that is not `read only`.");
        return Vec::new();
    }
    operation(world, entity, row, kind, &row.method, &row.path, notes).into_iter().collect()
}

fn has_changeable(entity: &Entity) -> bool {
    entity.fields.iter().any(|field| !field.read_only && !matches!(field.ty, FieldType::Many { .. }))
}

/// The five usual operations. Children are listed and created below their parent; one child has a path of its own.
fn crud(
    world: &World<'_>,
    entity: &Entity,
    row: &EndpointDesign,
    listed: OperationKind,
    notes: &mut Notes,
) -> Vec<OperationDesign> {
    let rows = collection(&row.path);
    let item = item_path(world, entity, &rows);
    let update = match world.style.endpoints.update_method.value.as_str() {
        "" => "PATCH",
        method => method,
    }
    .to_owned();
    let mut wanted =
        vec![("GET", listed, &rows), ("POST", OperationKind::Create, &rows), ("GET", OperationKind::Read, &item)];
    if has_changeable(entity) {
        wanted.push((&update, OperationKind::Update, &item));
    } else {
        notes.assume(&row.at, format!("`{}` gets no update: it has no field that a client could change", entity.name));
    }
    wanted.push(("DELETE", OperationKind::Delete, &item));
    let mut found = Vec::new();
    for (method, kind, path) in wanted {
        found.extend(operation(world, entity, row, kind, method, path, notes));
    }
    found
}

/// The path of the rows: without a parameter at the end.
fn collection(path: &str) -> String {
    let path = path.trim_end_matches('/');
    match path.rsplit_once('/') {
        Some((head, last)) if paths::parameter(last).is_some() => head.to_owned(),
        _ => path.to_owned(),
    }
}

/// The path of one row: `/tasks/{task_id}` for rows below `/projects/{project_id}/tasks`, unless the house's own such
/// rows keep the whole path.
fn item_path(world: &World<'_>, entity: &Entity, rows: &str) -> String {
    let parameter = format!("{{{}_id}}", heck::ToSnakeCase::to_snake_case(entity.name.as_str()));
    let is_nested = entity.owner.parent().is_some();
    match rows.rfind('}') {
        Some(end) if is_nested && !keeps_parents(world) => format!("{}/{parameter}", &rows[end + 1..]),
        _ => format!("{rows}/{parameter}"),
    }
}

/// Whether one row below another is mostly named with the path of both: `/projects/{project_id}/tasks/{task_id}`.
fn keeps_parents(world: &World<'_>) -> bool {
    let known = world.project.endpoints.iter().filter_map(|endpoint| endpoint.path.known());
    let shapes: std::collections::BTreeSet<String> = known.map(|path| paths::shape(path)).collect();
    let (mut whole, mut short) = (0, 0);
    for rows in shapes.iter().filter(|shape| shape.contains("{}/") && !shape.ends_with("{}")) {
        let end = rows.rfind("{}").map_or(0, |at| at + 2);
        let above = rows.split("{}").next().unwrap_or_default().trim_end_matches('/');
        let mount = above.rfind('/').map_or("", |at| &above[..at]);
        whole += usize::from(shapes.contains(&format!("{rows}/{{}}")));
        short += usize::from(shapes.contains(&format!("{mount}{}/{{}}", &rows[end..])));
    }
    whole > short
}

/// One operation; `None` where its path or access is a problem.
fn operation(
    world: &World<'_>,
    entity: &Entity,
    row: &EndpointDesign,
    kind: OperationKind,
    method: &str,
    path: &str,
    notes: &mut Notes,
) -> Option<OperationDesign> {
    let leads = match kind {
        OperationKind::List { .. } => Leads::List,
        OperationKind::Create => Leads::Rows,
        _ => Leads::One,
    };
    if row.who == Access::Unsaid && !is_there(world, method, path) {
        let text = format!("`{method} {path}` is new, and who may call it is not said");
        notes.problem(&row.at, text, "Name them: `owner`, `signed in`, `admin`, `public`.");
        return None;
    }
    let path = paths::resolve(world, entity, path, leads, &row.at, notes)?;
    let own = world.chain(Target::New(entity));
    let is_owned = own.is_owned();
    // Rows that nobody owns may be listed for the owner of what they refer to.
    let owner = path.within.as_ref().filter(|_| !is_owned).map_or(own, |within| within.target.owner.clone());
    let access = access::resolve(world, entity, &owner, &row.who, &kind, &row.at, notes)?;
    let mut found = OperationDesign {
        kind,
        entity: entity.name.clone(),
        method: method.to_owned(),
        path: path.text,
        parameters: path.parameters,
        name: None,
        access,
        satisfies: row.satisfies.clone(),
        description: row.description.clone(),
        at: row.at.clone(),
    };
    let scope = match (found.parent(), &row.who) {
        (Some(_), _) => ListScope::Parent,
        (None, who) if reads_as_owner(who) && is_owned => ListScope::Owner,
        _ => ListScope::All,
    };
    if let OperationKind::List { scope: given, within, filters, .. } = &mut found.kind {
        *given = scope;
        filters.retain(|name| path.within.as_ref().is_none_or(|within| within.column != *name));
        *within = path.within.map(Box::new);
    }
    Some(found)
}

/// Whether the code has an endpoint.
fn is_there(world: &World<'_>, method: &str, path: &str) -> bool {
    let mounted = world.style.layout.registration.as_ref().map_or("", |one| one.mounted_at.as_str());
    let wanted = paths::shape(&format!("{mounted}{path}"));
    world.project.endpoints.iter().any(|known| {
        known.methods.iter().any(|one| one == method)
            && known.path.known().is_some_and(|path| paths::shape(path) == wanted)
    })
}

fn reads_as_owner(who: &Access) -> bool {
    match who {
        Access::ReadWrite { read, .. } => reads_as_owner(read),
        who => matches!(who, Access::Owner | Access::Member { .. }),
    }
}

/// A list with its filters and order; the scope is set when the path is known.
fn list(
    world: &World<'_>,
    entity: &Entity,
    order: &[String],
    only: &[(String, Literal)],
    row: &EndpointDesign,
    notes: &mut Notes,
) -> OperationKind {
    let mut filters = Vec::new();
    for field in entity.fields.iter().filter(|field| field.filter) {
        let fixed = only.iter().any(|(name, _)| *name == field.name);
        match &field.ty {
            FieldType::Many { entity: class } if links::declares(world, entity, class) => {
                filters.push(links::right_column(&entity.name, class));
            }
            FieldType::Json | FieldType::Array { .. } | FieldType::Many { .. } => {
                let text =
                    format!("lists cannot be filtered by `{}.{}`: it holds no single value", entity.name, field.name);
                notes.problem(&field.at, text, "Remove the rule `filter`.");
            }
            _ if fixed => {}
            _ => filters.push(column_name(field)),
        }
    }
    let column = |name: &String| named(world, entity, name).unwrap_or_else(|| name.clone());
    OperationKind::List {
        scope: ListScope::All,
        filters,
        order: ordered(world, entity, order, row, notes),
        only: only.iter().map(|(name, value)| (column(name), value.clone())).collect(),
        within: None,
    }
}

/// The order that is asked for, or newest first; ending in the key, so that pages never overlap.
fn ordered(
    world: &World<'_>,
    entity: &Entity,
    order: &[String],
    row: &EndpointDesign,
    notes: &mut Notes,
) -> Vec<OrderBy> {
    let mut found: Vec<OrderBy> = Vec::new();
    for key in order {
        let (name, descending) = key.strip_prefix('-').map_or((key.as_str(), false), |name| (name, true));
        match named(world, entity, name) {
            Some(column) => found.push(OrderBy { column, descending }),
            None => notes.ask(
                &row.at,
                format!("`{}` has no `{name}` to order by: what orders the list?", entity.name),
                "The primary key orders it.",
            ),
        }
    }
    if order.is_empty() {
        found.extend(newest_first(world, entity));
    }
    let key = world.key_name(&entity.name);
    if !found.iter().any(|by| by.column == key) {
        let descending = world.style.idioms.key_follows.value && found.first().is_some_and(|by| by.descending);
        found.push(OrderBy { column: key, descending });
    }
    found
}

fn newest_first(world: &World<'_>, entity: &Entity) -> Option<OrderBy> {
    let column = time_column(world, entity, ColumnRole::CreatedAt)?;
    Some(OrderBy { column, descending: true })
}
