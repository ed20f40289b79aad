//! The columns of an entity: those that the document gives and those that it implies.

use architect_model::{
    Column, ColumnDesign, ColumnLine, ColumnPart, ColumnRole, Entity, Field, FieldType, IdKind, Implied, ImpliedRole,
    Known, Literal, MarkKind, OnDelete, OperationDesign, OperationKind, Ownership, ReferenceCheck, ReferenceDesign,
    Schema, Table,
};

use crate::code::foreign_key;
use crate::names;
use crate::notes::Notes;
use crate::references;
use crate::shown::{Shown, has_field};
use crate::world::{Target, World};

/// Name of the column for a field: `assignee` refers, so its column is `assignee_id`.
pub(crate) fn column_name(field: &Field) -> String {
    match field.ty {
        FieldType::Reference { .. } if !field.name.ends_with("_id") => format!("{}_id", field.name),
        _ => field.name.clone(),
    }
}

/// Column that a name in the document means: a field, `owner`, the parent, or an implied time.
pub(crate) fn named(world: &World<'_>, entity: &Entity, name: &str) -> Option<String> {
    if let Some(field) = entity.fields.iter().find(|field| field.name == name || column_name(field) == name) {
        return Some(column_name(field));
    }
    match &entity.owner {
        Ownership::User => {
            let column = world.owner_column(&entity.name);
            if name == "owner" || name == column {
                return Some(column);
            }
        }
        owner => {
            if let Some(parent) = owner.parent() {
                let column = world.parent_column(&entity.name, parent);
                let is_parent = name == "parent" || name == heck::ToSnakeCase::to_snake_case(parent);
                if is_parent || name == column || column == format!("{name}_id") {
                    return Some(column);
                }
            }
        }
    }
    match name {
        "id" => Some(world.key_name(&entity.name)),
        "created_at" => time_column(world, entity, ColumnRole::CreatedAt),
        "updated_at" => time_column(world, entity, ColumnRole::UpdatedAt),
        _ => None,
    }
}

/// The column that says when a row was made or changed, if the entity gets one.
pub(crate) fn time_column(world: &World<'_>, entity: &Entity, role: ColumnRole) -> Option<String> {
    times(world, entity).into_iter().find(|(_, found, _)| *found == role).map(|(name, _, _)| name)
}

/// The column of a table of the code that says when a row was made, if it is one of the house's.
pub(crate) fn created_column(world: &World<'_>, table: &Table) -> Option<String> {
    let mut times = world.style.models.timestamps.iter().map(|line| &line.value);
    let line = times.find(|line| time_role(line) == ColumnRole::CreatedAt)?;
    table.columns.iter().find(|column| column.name == line.name).map(|column| column.name.clone())
}

/// Time columns of an entity: those of the house, and those that the document lists and the house lacks.
fn times<'a>(world: &World<'_>, entity: &'a Entity) -> Vec<(String, ColumnRole, Option<&'a Implied>)> {
    let mut found: Vec<(String, ColumnRole, Option<&Implied>)> = Vec::new();
    let is_given = |name: &str| entity.fields.iter().any(|field| field.name == name);
    // A table of the code need not have all that its neighbours have.
    let known = world.table_of(&entity.name);
    let is_there = |name: &str| known.is_none_or(|table| column_of(table, name).is_some());
    for line in &world.style.models.timestamps {
        let role = time_role(&line.value);
        if !line.value.name.is_empty() && !is_given(&line.value.name) && is_there(&line.value.name) {
            found.push((line.value.name.clone(), role, None));
        }
    }
    for implied in &entity.implied {
        let (role, name) = match implied.role {
            ImpliedRole::CreatedAt => (ColumnRole::CreatedAt, "created_at"),
            ImpliedRole::UpdatedAt => (ColumnRole::UpdatedAt, "updated_at"),
            _ => continue,
        };
        if !found.iter().any(|(_, known, _)| *known == role) && !is_given(name) {
            found.push((name.to_owned(), role, Some(implied)));
        }
    }
    found
}

fn time_role(line: &ColumnLine) -> ColumnRole {
    let is_any = |words: &[&str]| words.iter().any(|word| line.name.contains(word));
    if is_any(&["creat", "insert", "added"]) {
        ColumnRole::CreatedAt
    } else if is_any(&["updat", "modif", "chang"]) || line.renewed {
        ColumnRole::UpdatedAt
    } else if line.made {
        ColumnRole::CreatedAt
    } else {
        ColumnRole::House
    }
}

/// All columns of an entity, in order of declaration.
pub(crate) fn columns(
    world: &World<'_>,
    entity: &Entity,
    operations: &[OperationDesign],
    notes: &mut Notes,
) -> Vec<ColumnDesign> {
    let mut columns: Vec<ColumnDesign> = id(world, entity).into_iter().collect();
    let key = columns.first().map(|id| id.name.clone());
    let (references, values): (Vec<&Field>, Vec<&Field>) = entity
        .fields
        .iter()
        .filter(|field| !matches!(field.ty, FieldType::Many { .. }) && !is_mark(world, &field.name))
        .partition(|field| matches!(field.ty, FieldType::Reference { .. }));
    columns.extend(values.into_iter().map(value));
    columns.extend(owner(world, entity, operations, notes).filter(|column| Some(&column.name) != key.as_ref()));
    columns.extend(references.into_iter().filter_map(|field| {
        let (reference, kind) = references::reference(world, entity, field, operations, notes)?;
        Some(ColumnDesign { id: Some(kind), index: true, reference: Some(reference), ..value(field) })
    }));
    columns.extend(times(world, entity).into_iter().map(|(name, role, implied)| {
        let line = world.style.models.timestamps.iter().find(|line| line.value.name == name);
        let mut column = time(entity, name, role, implied);
        column.nullable |= line.is_some_and(|line| line.value.optional);
        column
    }));
    assume_bounds(world, entity, notes);
    columns.extend(mark(world, entity));
    if let Some(table) = world.table_of(&entity.name) {
        as_there(world, table, entity, &mut columns);
        shown(world, &Shown::of(world.project, table), (table, entity), &mut columns);
    }
    check_names(entity, &columns, notes);
    for column in &mut columns {
        let is_implied = !matches!(column.role, ColumnRole::Value | ColumnRole::Reference);
        column.in_output &= !(is_implied && world.style.schemas.hidden.contains(&column.name));
    }
    columns.sort_by_key(|column| part(column.role).place_in(&world.style.models.order.value));
    columns
}

/// What a document does not say of the columns of a table that the code has already is as it is there.
fn as_there(world: &World<'_>, table: &Table, entity: &Entity, columns: &mut [ColumnDesign]) {
    for column in columns {
        let Some(known) = column_of(table, world.in_code(&entity.name, &column.name)) else { continue };
        let is_implied = !matches!(column.role, ColumnRole::Value | ColumnRole::Reference);
        // `enum(low, high)? = low` says of rows that a client makes, not whether the column may be empty.
        let field = entity.fields.iter().find(|field| column_name(field) == column.name);
        let is_open = field.is_some_and(|field| !field.required && field.default.is_some());
        // Rows that belong to others in the code need what they come to belong to.
        let moves = matches!(column.role, ColumnRole::Owner | ColumnRole::Parent)
            && table.owner.as_ref().is_some_and(|owner| owner.column != known.name);
        if let Some(nullable) = known.nullable.known().filter(|_| is_implied && !moves || is_open) {
            column.nullable = *nullable;
        }
        let says_nothing = match &column.ty {
            FieldType::Reference { on_delete, .. } => is_implied || on_delete.is_none(),
            _ => false,
        };
        if let Some(reference) = column.reference.as_mut().filter(|_| says_nothing)
            && let Some((_, rule)) = foreign_key(table, &known.name)
        {
            reference.on_delete = references::rule(rule);
        }
    }
}

/// Which classes of the code have a column that the table has already. What the document gives to clients and none of
/// them has yet, they get.
fn shown(world: &World<'_>, shown: &Shown<'_>, (table, entity): (&Table, &Entity), columns: &mut [ColumnDesign]) {
    for column in columns {
        let name = world.in_code(&entity.name, &column.name).to_owned();
        if column_of(table, &name).is_none() {
            continue;
        }
        let has = |schema: Option<&Schema>| schema.map(|schema| has_field(schema, &name));
        let (create, update) = (has(shown.create), has(shown.update));
        if create == Some(true) || update == Some(true) {
            column.in_create &= create.unwrap_or(true);
            column.in_update &= update.unwrap_or(true);
        }
        column.in_output &= has(shown.output).unwrap_or(true);
    }
}

/// The column of a table, by its own name or that of its attribute.
fn column_of<'t>(table: &'t Table, name: &str) -> Option<&'t Column> {
    table.columns.iter().find(|column| column.name == name || column.attribute.as_deref() == Some(name))
}

/// The column that marks rows as deleted, where the house has one: the server's own, whatever the document says of it.
fn mark(world: &World<'_>, entity: &Entity) -> Option<ColumnDesign> {
    let mark = &world.style.models.deletion.as_ref()?.value;
    if world.table_of(&entity.name).is_some_and(|table| column_of(table, &mark.column).is_none()) {
        return None;
    }
    let (ty, default) = match mark.kind {
        MarkKind::Time => (FieldType::DateTime, None),
        MarkKind::Deleted => (FieldType::Boolean, Some(Literal::Boolean(false))),
        MarkKind::Alive => (FieldType::Boolean, Some(Literal::Boolean(true))),
    };
    let column = implied(entity, mark.column.clone(), ColumnRole::Deleted, ty);
    Some(ColumnDesign { nullable: mark.kind == MarkKind::Time, default, in_output: false, ..column })
}

fn is_mark(world: &World<'_>, name: &str) -> bool {
    world.style.models.deletion.as_ref().is_some_and(|mark| mark.value.column == name)
}

/// The part of a table that columns with this role are.
pub(crate) fn part(role: ColumnRole) -> ColumnPart {
    match role {
        ColumnRole::Id => ColumnPart::Key,
        ColumnRole::Value => ColumnPart::Value,
        ColumnRole::Owner => ColumnPart::Owner,
        ColumnRole::Parent | ColumnRole::Reference => ColumnPart::Reference,
        ColumnRole::CreatedAt | ColumnRole::UpdatedAt | ColumnRole::House | ColumnRole::Deleted => ColumnPart::Time,
    }
}

/// Says of long texts how long they may be, where the house bounds them.
fn assume_bounds(world: &World<'_>, entity: &Entity, notes: &mut Notes) {
    let Some(bound) = world.style.schemas.text_bound.value else { return };
    for field in entity.fields.iter().filter(|field| field.ty == FieldType::Text && !field.read_only) {
        let text =
            format!("`{}.{}` takes at most {bound} characters, as long texts elsewhere do", entity.name, field.name);
        notes.assume(&field.at, text);
    }
}

fn check_names(entity: &Entity, columns: &[ColumnDesign], notes: &mut Notes) {
    for (index, column) in columns.iter().enumerate() {
        if let Some(why) = names::column_clash(&column.name) {
            let text = format!("`{}` cannot have a column `{}`: it {why}", entity.name, column.name);
            notes.problem(&column.at, text, "Give the field another name.");
        }
        if columns.iter().take(index).any(|other| other.name == column.name) {
            let text = format!("`{}` would have the column `{}` twice", entity.name, column.name);
            notes.problem(&column.at, text, "Remove the field: the conventions imply this column already.");
        }
    }
}

/// A column of the entity with the usual answers: set by the server, shown in responses.
fn implied(entity: &Entity, name: String, role: ColumnRole, ty: FieldType) -> ColumnDesign {
    ColumnDesign {
        name,
        role,
        ty,
        id: None,
        nullable: false,
        default: None,
        unique: None,
        index: false,
        reference: None,
        in_create: false,
        in_update: false,
        in_output: true,
        description: None,
        at: entity.at.clone(),
    }
}

/// The primary key; none where the code has one that is not one column of a kind that can be told.
fn id(world: &World<'_>, entity: &Entity) -> Option<ColumnDesign> {
    let (_, kind) = world.key(Target::New(entity))?;
    let ty = match kind {
        IdKind::Uuid => FieldType::Uuid,
        IdKind::Integer => FieldType::Integer { min: None, max: None },
        IdKind::String => FieldType::String { min: None, max: None },
    };
    Some(ColumnDesign { id: Some(kind), ..implied(entity, world.key_name(&entity.name), ColumnRole::Id, ty) })
}

fn value(field: &Field) -> ColumnDesign {
    let is_reference = matches!(field.ty, FieldType::Reference { .. });
    let has_value = field.default.as_ref().is_some_and(|default| *default != Literal::Null);
    ColumnDesign {
        name: column_name(field),
        role: if is_reference { ColumnRole::Reference } else { ColumnRole::Value },
        ty: field.ty.clone(),
        id: None,
        nullable: !field.required && !has_value,
        default: field.default.clone().filter(|default| *default != Literal::Null),
        unique: None,
        index: field.index,
        reference: None,
        in_create: !field.read_only,
        in_update: !field.read_only,
        in_output: true,
        description: field.description.clone(),
        at: field.at.clone(),
    }
}

fn time(entity: &Entity, name: String, role: ColumnRole, given: Option<&Implied>) -> ColumnDesign {
    let is_house = role == ColumnRole::House;
    let mut column = implied(entity, name, role, FieldType::DateTime);
    column.nullable = is_house;
    column.in_output = !is_house;
    column.default = (!is_house).then_some(Literal::Now { now: true });
    if let Some(given) = given {
        column.at = given.at.clone();
    }
    column
}

/// The foreign key to the owning user or to the parent.
fn owner(
    world: &World<'_>,
    entity: &Entity,
    operations: &[OperationDesign],
    notes: &mut Notes,
) -> Option<ColumnDesign> {
    let (name, class, column, role) = match (&entity.owner, entity.owner.parent()) {
        (Ownership::User, _) => {
            let column = world.owner_column(&entity.name);
            let name = column.strip_suffix("_id").unwrap_or("owner").to_owned();
            (name, "User".to_owned(), column, ColumnRole::Owner)
        }
        (_, Some(parent)) => {
            let column = world.parent_column(&entity.name, parent);
            (column.trim_end_matches("_id").to_owned(), parent.to_owned(), column, ColumnRole::Parent)
        }
        (_, None) => return None,
    };
    let target = owner_target(world, entity, &class, notes)?;
    let (key, kind) = world.key(target)?;
    ask_of_type(world, entity, target, kind, notes);
    let is_in_body = role == ColumnRole::Parent && creates_with_parent_in_body(operations, &entity.name);
    let check = match role {
        ColumnRole::Parent if is_in_body => references::check(world, entity, target, operations),
        _ => ReferenceCheck::None,
    };
    let ty = FieldType::Reference { entity: class, on_delete: Some(OnDelete::Cascade) };
    let reference = ReferenceDesign {
        name,
        target: world.entity_ref(target),
        column: key,
        on_delete: OnDelete::Cascade,
        check,
        acyclic: false,
        closes: false,
        deferred: None,
    };
    Some(ColumnDesign {
        id: Some(kind),
        index: true,
        reference: Some(reference),
        in_create: is_in_body,
        ..implied(entity, column, role, ty)
    })
}

/// Asks for the type of the key that is referred to, where only its values could be read.
fn ask_of_type(world: &World<'_>, entity: &Entity, target: Target<'_>, kind: IdKind, notes: &mut Notes) {
    let Target::Existing(table) = target else { return };
    let Some(column) = world.referred_column(table) else { return };
    if let Known::Unknown { unknown } = &column.ty {
        let kind = match kind {
            IdKind::Uuid => "uuid",
            IdKind::Integer => "integer",
            IdKind::String => "string",
        };
        let name = format!("{}.{}", table.name.known().map_or("", String::as_str), column.name);
        notes.ask(
            &entity.at,
            format!("Which type has `{name}`? It could not be read: {} ({}).", unknown.reason, unknown.at),
            format!("`{kind}`, as the values that fill it in."),
        );
    }
}

fn owner_target<'a>(world: &World<'a>, entity: &Entity, class: &str, notes: &mut Notes) -> Option<Target<'a>> {
    let target = match &entity.owner {
        Ownership::User => world.users().map(Target::Existing),
        _ => world.find(class).filter(|_| class != entity.name),
    };
    let problem = match (&entity.owner, target) {
        (_, Some(target)) if world.key(target).is_some() => return Some(target),
        (_, Some(target)) => {
            let (why, help) = references::no_key(target);
            (format!("`{}` cannot refer to `{class}`: {why}", entity.name), help.to_owned())
        }
        (Ownership::User, None) => (
            format!("`{}` belongs to a user, and the project has no table of users", entity.name),
            "Add users to the project first, or write `Shared.` under the entity's heading.".to_owned(),
        ),
        (_, None) if class == entity.name => (
            format!("`{class}` cannot belong to itself"),
            format!("Give it an owner, and a field `parent` of type `{class}?`."),
        ),
        (_, None) => (
            format!("`{}` belongs to `{class}`, which neither the document nor the code has", entity.name),
            format!("Describe `{class}` in the document, or correct the name."),
        ),
    };
    notes.problem(&entity.at, problem.0, problem.1);
    None
}

/// Whether some operation makes rows whose parent is not in the path.
pub(crate) fn creates_with_parent_in_body(operations: &[OperationDesign], class: &str) -> bool {
    operations.iter().any(|operation| {
        operation.entity == class && operation.kind == OperationKind::Create && operation.parent().is_none()
    })
}
