//! One change of what the code has, as a design before and after it.

use architect_model::{
    Action, Design, DesignEdit, EndpointDesign, Entity, EntityConstraint, Field, FieldType, Literal, Project,
    RenamedColumn, Table,
};

use crate::code::{Described, describe, foreign_key, is_entity};
use crate::columns::column_name;
use crate::endpoints::entity_of;
use crate::paths::shape;
use crate::world::qualified;

use super::owner::{apart, change_owner, follow_owner};

/// Why an edit cannot be made: what, and what to do about it.
pub type Refused = (String, String);

/// The design of the code around the entity of an edit, and the same with the edit made.
///
/// # Errors
/// The code has no such entity, field or endpoint, has one of the new name already, or needs what is to go.
pub fn edited(project: &Project, edit: &DesignEdit) -> Result<(Design, Design), Refused> {
    let named = match edit {
        DesignEdit::AddEndpoint { endpoint } => {
            entity_of(&endpoint.action).map(str::to_owned).or_else(|| behind(project, &endpoint.path))
        }
        DesignEdit::RemoveEndpoint { path, .. } | DesignEdit::ChangeAccess { path, .. } => behind(project, path),
        edit => edit.entity().map(str::to_owned),
    };
    let class = named.ok_or_else(|| {
        (
            "it is not plain on which entity's rows this endpoint works".to_owned(),
            "Name the entity: `list Task`, `create Task`.".to_owned(),
        )
    })?;
    only(project, &class)?;
    let before = around_class(project, &class).ok_or_else(|| unknown_entity(project, &class))?;
    let mut after = before.clone();
    make(&mut after, &class, edit).map_err(|refused| left_out(&before, &class, edit).unwrap_or(refused))?;
    Ok((before, after))
}

/// A class name that two tables have does not say which is meant.
fn only(project: &Project, class: &str) -> Result<(), Refused> {
    let is_it = |table: &&Table| table.class.as_ref().is_some_and(|known| known.name == class);
    let found: Vec<String> = project.tables().filter(is_it).map(|table| table.at.to_string()).collect();
    match found.as_slice() {
        [] | [_] => Ok(()),
        several => Err((
            format!("`{class}` is the name of {} tables: {}", several.len(), several.join(", ")),
            "Rename one of the classes, or take the file away that is no longer used.".to_owned(),
        )),
    }
}

/// Why what an edit names is no part of the code's design.
fn left_out(before: &Design, class: &str, edit: &DesignEdit) -> Option<Refused> {
    let field = match edit {
        DesignEdit::ChangeField { field, .. } => Some(field.name.as_str()),
        DesignEdit::RenameField { from: field, .. } | DesignEdit::RemoveField { field, .. } => Some(field.as_str()),
        _ => None,
    };
    let entity = format!("`{class}`");
    let named = field.map(|field| format!("`{class}.{field}`"));
    let why = |named: &str| {
        let found = before.assumptions.iter().find_map(|known| {
            let why = known.text.strip_prefix(named)?.strip_prefix(" is left out: ")?;
            Some(format!("{named} cannot be changed here: {why}: {}", known.at))
        });
        found
            .map(|text| (text, "Make this change by hand, then see what `architect plan` says of the rest.".to_owned()))
    };
    named.as_deref().and_then(why).or_else(|| why(&entity))
}

/// The design of the code around the entity on whose rows the endpoints work that a path leads to.
pub fn behind_path(project: &Project, path: &str) -> Option<Design> {
    around_class(project, &behind(project, path)?)
}

/// An entity as the code has it.
pub fn entity(project: &Project, class: &str) -> Option<Entity> {
    let table = crate::compare::table_of(project, class).filter(|table| is_entity(project, table))?;
    Some(Described::new(project, table, class).entity())
}

/// The design of an entity and of all that a change of it may reach.
fn around_class(project: &Project, class: &str) -> Option<Design> {
    let table = crate::compare::table_of(project, class).filter(|table| is_entity(project, table))?;
    let around = around(project, table);
    let mut design = describe(project, |table| around.contains(&qualified(table)));
    design.endpoints.retain(|row| !matches!(row.action, Action::Other { .. }));
    Some(design)
}

fn unknown_entity(project: &Project, class: &str) -> Refused {
    if let Some(table) = crate::compare::table_of(project, class) {
        return not_described(project, table, class);
    }
    let mut known: Vec<&str> = project
        .tables()
        .filter(|table| is_entity(project, table))
        .filter_map(|table| Some(table.class.as_ref()?.name.as_str()))
        .collect();
    known.sort_unstable();
    let help = if known.is_empty() {
        "The code has no table of its own yet: `architect plan PRD.md` makes the first.".to_owned()
    } else {
        format!("The code has {}.", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
    };
    (format!("the code has no entity `{class}`"), help)
}

/// Why the code has a table that no design describes.
fn not_described(project: &Project, table: &Table, class: &str) -> Refused {
    let help = "Make this change by hand; `architect impact` shows what it reaches.".to_owned();
    if let architect_model::Known::Unknown { unknown } = &table.name {
        let text = format!("the name of the table of `{class}` is not known: {} ({})", unknown.reason, unknown.at);
        return (text, help);
    }
    let what = if table.class == project.style.user.class {
        "is the account of the project's users, which no plan changes"
    } else {
        "only links two other tables, and is no entity"
    };
    (format!("`{class}` {what}: {}", table.at), help)
}

/// The class whose rows the endpoints work on that a path leads to, or below: the longest path of the code that begins
/// it.
fn behind(project: &Project, path: &str) -> Option<String> {
    let mounted = project.style.layout.registration.as_ref().map_or("", |one| one.mounted_at.as_str());
    let wanted = shape(path);
    let found = project.endpoints.iter().filter_map(|endpoint| {
        let known = endpoint.path.known()?;
        let known = shape(known.strip_prefix(mounted).unwrap_or(known));
        let begins = wanted == known || wanted.starts_with(&format!("{known}/"));
        let handler = project.handlers.iter().find(|handler| handler.symbol == endpoint.handler)?;
        begins.then_some((known.len(), handler.table.as_ref()?.name.clone()))
    });
    found.max_by_key(|(length, _)| *length).map(|(_, class)| class)
}

/// The tables whose code a change of `table` may reach: what refers to it, and what all of these belong and refer to.
fn around(project: &Project, table: &Table) -> Vec<String> {
    let mut found = vec![qualified(table)];
    let mut next = 0;
    while let Some(name) = found.get(next).cloned() {
        next += 1;
        for other in &project.tables {
            let own = qualified(other);
            let refers =
                other.columns.iter().any(|column| foreign_key(other, &column.name).is_some_and(|(to, _)| to == name));
            if refers && !found.contains(&own) {
                found.push(own);
            }
        }
    }
    let dependent = found.clone();
    for name in dependent {
        let Some(table) = project.tables().find(|table| qualified(table) == name) else { continue };
        for column in &table.columns {
            if let Some((to, _)) = foreign_key(table, &column.name)
                && !found.iter().any(|known| known == to)
            {
                found.push(to.to_owned());
            }
        }
    }
    found
}

pub(super) fn make(design: &mut Design, class: &str, edit: &DesignEdit) -> Result<(), Refused> {
    match edit {
        DesignEdit::AddEndpoint { endpoint } => return add_endpoint(design, endpoint),
        DesignEdit::RemoveEndpoint { method, path } => return remove_endpoint(design, method, path),
        DesignEdit::ChangeAccess { method, path, who } => {
            let index = endpoint(design, method, path)?;
            design.endpoints[index].who = who.clone();
            return Ok(());
        }
        DesignEdit::RenameField { from, to, .. } => rename_in_endpoints(design, class, from, to),
        DesignEdit::RemoveField { field, .. } => unused(design, class, field)?,
        DesignEdit::ChangeOwner { owner, .. } => {
            if owner.parent().is_none() {
                apart(design, class);
            }
            follow_owner(design, class, owner);
        }
        _ => {}
    }
    let set: Vec<EndpointDesign> =
        design.endpoints.iter().filter(|row| entity_of(&row.action) == Some(class)).cloned().collect();
    let entity = design.entities.iter_mut().find(|entity| entity.name == class);
    let Some(entity) = entity else {
        return Err((
            format!("the code of `{class}` could not be described"),
            "Look at `architect survey`.".to_owned(),
        ));
    };
    match edit {
        DesignEdit::AddField { field, .. } => {
            if entity.fields.iter().any(|known| known.name == field.name) {
                let help = format!("`architect change field {class}.{} TYPE` changes it.", field.name);
                return Err((format!("`{class}` has a field `{}` already", field.name), help));
            }
            entity.fields.push((**field).clone());
        }
        DesignEdit::ChangeField { field, with_type, with_rules, .. } => {
            let index = place(entity, &field.name)?;
            let known = &entity.fields[index];
            let (typed, ruled) =
                (if *with_type { &**field } else { known }, if *with_rules { &**field } else { known });
            let changed = Field {
                ty: named(with_deletion(&typed.ty, &ruled.ty), &known.ty),
                required: typed.required,
                default: typed.default.clone(),
                unique: ruled.unique,
                index: ruled.index,
                filter: ruled.filter,
                read_only: ruled.read_only,
                circular: ruled.circular,
                ..known.clone()
            };
            values_unused(&set, class, &changed)?;
            if changed == *known {
                return Err((
                    format!("`{class}.{}` is like that already", known.name),
                    "There is nothing to do.".to_owned(),
                ));
            }
            entity.fields[index] = changed;
        }
        DesignEdit::RenameField { from, to, .. } => {
            let index = place(entity, from)?;
            if entity.fields.iter().any(|known| known.name == *to) {
                return Err((
                    format!("`{class}` has a field `{to}` already"),
                    "Choose another name, or remove that field first.".to_owned(),
                ));
            }
            entity.fields[index].name.clone_from(to);
            entity.fields[index].label.clone_from(to);
            renamed_in_constraints(entity, from, to);
        }
        DesignEdit::RemoveField { field, .. } => {
            let index = place(entity, field)?;
            entity.fields.remove(index);
            entity.constraints.retain(|constraint| !names(constraint).contains(field));
        }
        DesignEdit::ChangeOwner { owner, .. } => change_owner(entity, owner)?,
        DesignEdit::AddEndpoint { .. } | DesignEdit::RemoveEndpoint { .. } | DesignEdit::ChangeAccess { .. } => {}
    }
    Ok(())
}

/// A type with what happens on deletion, which is a rule.
fn with_deletion(ty: &FieldType, ruled: &FieldType) -> FieldType {
    match (ty, ruled) {
        (FieldType::Reference { entity, .. }, FieldType::Reference { on_delete, .. }) => {
            FieldType::Reference { entity: entity.clone(), on_delete: *on_delete }
        }
        _ => ty.clone(),
    }
}

/// A type whose enumeration keeps the class that the code has for the values of the field.
fn named(ty: FieldType, known: &FieldType) -> FieldType {
    match (ty, known) {
        (FieldType::Enum { values, .. }, FieldType::Enum { name, .. }) => {
            FieldType::Enum { name: name.clone(), values }
        }
        (FieldType::Array { items }, FieldType::Array { items: known }) => {
            FieldType::Array { items: Box::new(named(*items, known)) }
        }
        (ty, _) => ty,
    }
}

fn place(entity: &Entity, name: &str) -> Result<usize, Refused> {
    let found = entity.fields.iter().position(|field| {
        let is_reference = matches!(field.ty, FieldType::Reference { .. });
        field.name == name || (is_reference && format!("{}_id", field.name) == name)
    });
    found.ok_or_else(|| {
        let known: Vec<String> = entity.fields.iter().map(|field| format!("`{}`", field.name)).collect();
        (format!("`{}` has no field `{name}`", entity.name), format!("It has {}.", known.join(", ")))
    })
}

fn names(constraint: &EntityConstraint) -> &Vec<String> {
    match constraint {
        EntityConstraint::Unique { fields } | EntityConstraint::Index { fields } => fields,
    }
}

pub(super) fn renamed_in_constraints(entity: &mut Entity, from: &str, to: &str) {
    for constraint in &mut entity.constraints {
        let (EntityConstraint::Unique { fields } | EntityConstraint::Index { fields }) = constraint;
        for field in fields.iter_mut().filter(|field| *field == from) {
            to.clone_into(field);
        }
    }
}

pub(super) fn rename_in_endpoints(design: &mut Design, class: &str, from: &str, to: &str) {
    let rename = |list: &mut Vec<(String, Literal)>| {
        for (name, _) in list.iter_mut().filter(|(name, _)| name == from) {
            to.clone_into(name);
        }
    };
    for row in design.endpoints.iter_mut().filter(|row| entity_of(&row.action) == Some(class)) {
        match &mut row.action {
            Action::Crud { only, order, .. } | Action::List { only, order, .. } => {
                rename(only);
                for key in order.iter_mut() {
                    let (sign, name) = key.strip_prefix('-').map_or(("", key.as_str()), |name| ("-", name));
                    if name == from {
                        *key = format!("{sign}{to}");
                    }
                }
            }
            Action::Set { values, when, .. } => {
                rename(values);
                for (name, _) in when.iter_mut().filter(|(name, _)| name == from) {
                    to.clone_into(name);
                }
            }
            _ => {}
        }
    }
}

/// Whether an endpoint of the design needs a field.
fn unused(design: &Design, class: &str, field: &str) -> Result<(), Refused> {
    let uses = |row: &&EndpointDesign| match &row.action {
        Action::Set { values, when, .. } => {
            values.iter().any(|(name, _)| name == field) || when.iter().any(|(name, _)| name == field)
        }
        _ => false,
    };
    let mut own = design.endpoints.iter().filter(|row| entity_of(&row.action) == Some(class));
    match own.find(uses) {
        Some(row) => Err((
            format!("`{} {}` sets `{class}.{field}`", row.method, row.path),
            format!("Remove the endpoint first: `architect remove endpoint {} {}`.", row.method, row.path),
        )),
        None => Ok(()),
    }
}

/// Whether no endpoint sets or asks for a value that the enumeration has no longer.
fn values_unused(rows: &[EndpointDesign], class: &str, field: &Field) -> Result<(), Refused> {
    let FieldType::Enum { values, .. } = &field.ty else { return Ok(()) };
    let gone = |name: &String, value: &Literal| {
        *name == field.name && matches!(value, Literal::Text(text) if !values.contains(text))
    };
    let uses = |row: &&EndpointDesign| match &row.action {
        Action::Set { values, when, .. } => {
            values.iter().any(|(name, value)| gone(name, value))
                || when.iter().any(|(name, several)| several.iter().any(|value| gone(name, value)))
        }
        Action::List { only, .. } | Action::Crud { only, .. } => only.iter().any(|(name, value)| gone(name, value)),
        _ => false,
    };
    match rows.iter().find(uses) {
        Some(row) => Err((
            format!(
                "`{} {}` needs a value of `{class}.{}` that would go: {}",
                row.method, row.path, field.name, row.at
            ),
            format!(
                "Keep the value, or remove the endpoint first: `architect remove endpoint {} {}`.",
                row.method, row.path
            ),
        )),
        None => Ok(()),
    }
}

fn add_endpoint(design: &mut Design, endpoint: &EndpointDesign) -> Result<(), Refused> {
    let known = design
        .endpoints
        .iter()
        .find(|known| known.method == endpoint.method && shape(&known.path) == shape(&endpoint.path));
    if let Some(known) = known {
        return Err((
            format!("`{} {}` exists already: {}", known.method, known.path, known.at),
            "Choose another path.".to_owned(),
        ));
    }
    design.endpoints.push(endpoint.clone());
    Ok(())
}

fn remove_endpoint(design: &mut Design, method: &str, path: &str) -> Result<(), Refused> {
    let index = endpoint(design, method, path)?;
    design.endpoints.remove(index);
    Ok(())
}

fn endpoint(design: &Design, method: &str, path: &str) -> Result<usize, Refused> {
    let is_it = |row: &EndpointDesign| row.method == method && shape(&row.path) == shape(path);
    design.endpoints.iter().position(is_it).ok_or_else(|| {
        (
            format!("the code has no endpoint `{method} {path}` that could be described"),
            "`architect survey` lists the endpoints; write the path without the API's prefix.".to_owned(),
        )
    })
}

/// The columns that an edit renames.
pub fn renamed(project: &Project, edit: &DesignEdit, before: &Design) -> Vec<RenamedColumn> {
    let DesignEdit::RenameField { entity: class, from, to } = edit else { return Vec::new() };
    let table = crate::compare::table_of(project, class);
    let field = before
        .entities
        .iter()
        .find(|entity| entity.name == *class)
        .and_then(|entity| entity.fields.get(place(entity, from).ok()?));
    let (Some(table), Some(field)) = (table, field) else { return Vec::new() };
    let column = |name: &str| column_name(&Field { name: name.to_owned(), ..field.clone() });
    vec![RenamedColumn { class: class.clone(), table: qualified(table), from: column(&field.name), to: column(to) }]
}
