//! Unique constraints and indexes of an entity, with their names.

use architect_model::{
    ColumnDesign, ColumnRole, Entity, EntityConstraint, Field, FieldType, IndexDesign, ListScope, OperationDesign,
    OperationKind, Unique, UniqueDesign,
};

use crate::columns::{column_name, named};
use crate::members;
use crate::names::{bounded, conventional};
use crate::notes::Notes;
use crate::world::World;

/// Constraints over several columns; those over one column are set on the column.
pub(crate) fn constraints(
    world: &World<'_>,
    entity: &Entity,
    columns: &mut [ColumnDesign],
    operations: &[OperationDesign],
    notes: &mut Notes,
) -> (Vec<UniqueDesign>, Vec<IndexDesign>) {
    let table = world.table_name(&entity.name).0;
    let uniques = uniques(world, entity, &table, columns, notes);
    let mut wanted: Vec<Vec<String>> = Vec::new();
    for constraint in &entity.constraints {
        if let EntityConstraint::Index { fields } = constraint {
            wanted.extend(resolved(world, entity, fields, notes));
        }
    }
    wanted.extend(
        operations
            .iter()
            .filter(|operation| operation.entity == entity.name)
            .flat_map(|operation| list_indexes(columns, operation)),
    );
    let mut indexes: Vec<IndexDesign> = Vec::new();
    for found in wanted {
        let is_known = uniques.iter().any(|unique| unique.columns.starts_with(&found))
            || indexes.iter().any(|index| index.columns == found);
        match found.as_slice() {
            _ if is_known => {}
            [single] => {
                if let Some(column) = columns.iter_mut().find(|column| column.name == *single) {
                    column.index = true;
                }
            }
            _ => indexes.push(IndexDesign { name: index_name(&table, &found), columns: found }),
        }
    }
    for column in columns.iter_mut().filter(|column| column.unique.is_some() || column.role == ColumnRole::Id) {
        column.index = false;
    }
    (uniques, indexes)
}

fn uniques(
    world: &World<'_>,
    entity: &Entity,
    table: &str,
    columns: &mut [ColumnDesign],
    notes: &mut Notes,
) -> Vec<UniqueDesign> {
    let mut wanted: Vec<Vec<String>> = Vec::new();
    for field in entity.fields.iter().filter(|field| !matches!(field.ty, FieldType::Many { .. })) {
        wanted.extend(scoped(entity, field, columns, notes));
    }
    for constraint in &entity.constraints {
        if let EntityConstraint::Unique { fields } = constraint {
            wanted.extend(resolved(world, entity, fields, notes));
        }
    }
    wanted.extend(membership(world, entity, &wanted, columns, notes));
    let mut uniques: Vec<UniqueDesign> = Vec::new();
    for found in wanted {
        let (name, explicit_name) = unique_name(world, table, &found);
        match found.as_slice() {
            [single] => {
                if let Some(column) = columns.iter_mut().find(|column| column.name == *single) {
                    column.unique = Some(name);
                }
            }
            [.., subject] if !uniques.iter().any(|unique| unique.columns == found) => {
                uniques.push(UniqueDesign { name, explicit_name, subject: subject.clone(), columns: found });
            }
            _ => {}
        }
    }
    uniques
}

/// A user is a member of a group once: also the index by which it is asked whether somebody is.
fn membership(
    world: &World<'_>,
    entity: &Entity,
    wanted: &[Vec<String>],
    columns: &[ColumnDesign],
    notes: &mut Notes,
) -> Option<Vec<String>> {
    let group = members::group_of(world, entity)?;
    let (of, user) = members::columns(world, entity, &group.name)?;
    let is_there = |found: &Vec<String>| found.len() == 2 && found.contains(&of) && found.contains(&user);
    if wanted.iter().any(is_there) || !columns.iter().any(|column| column.name == of) {
        return None;
    }
    notes.assume(
        &entity.at,
        format!("A user is a member of a `{}` once: `{of}` and `{user}` are unique together", group.name),
    );
    Some(vec![of, user])
}

/// Columns of the unique constraint that a field asks for, the scope first.
fn scoped(entity: &Entity, field: &Field, columns: &[ColumnDesign], notes: &mut Notes) -> Option<Vec<String>> {
    let scope = match field.unique? {
        Unique::Global => return Some(vec![column_name(field)]),
        Unique::PerOwner => ColumnRole::Owner,
        Unique::PerParent => ColumnRole::Parent,
    };
    let by = columns.iter().find(|column| column.role == scope);
    if by.is_none() {
        let what = if scope == ColumnRole::Owner { "owner column" } else { "parent" };
        let text = format!("`{}.{}` cannot be unique so: `{}` has no {what}", entity.name, field.name, entity.name);
        notes.problem(&field.at, text, "Write `unique`, or `unique per` the entity that the rows belong to.");
    }
    by.map(|by| vec![by.name.clone(), column_name(field)])
}

fn resolved(world: &World<'_>, entity: &Entity, fields: &[String], notes: &mut Notes) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for field in fields {
        match named(world, entity, field) {
            Some(column) => found.push(column),
            None => {
                let text = format!("`{}` has no field `{field}`, which a constraint names", entity.name);
                notes.problem(&entity.at, text, "Name fields of the entity, `owner`, or its parent.");
                return None;
            }
        }
    }
    Some(found)
}

/// Indexes that a list needs: its scope with each filter, and with the value that the document orders it by. Newest
/// first needs none of its own: the rows of one owner are few, and the index of the foreign key finds them.
fn list_indexes(columns: &[ColumnDesign], operation: &OperationDesign) -> Vec<Vec<String>> {
    let OperationKind::List { scope, filters, order, within, .. } = &operation.kind else { return Vec::new() };
    let role = match scope {
        ListScope::Owner => Some(ColumnRole::Owner),
        ListScope::Parent => Some(ColumnRole::Parent),
        ListScope::All => None,
    };
    let by = match within {
        Some(within) => within.link.is_none().then(|| within.column.clone()),
        None => {
            role.and_then(|role| columns.iter().find(|column| column.role == role)).map(|column| column.name.clone())
        }
    };
    let is_indexable = |name: &str| {
        columns.iter().any(|column| {
            column.name == name
                && matches!(column.role, ColumnRole::Value | ColumnRole::Reference)
                && !matches!(column.ty, FieldType::Json | FieldType::Array { .. } | FieldType::Text)
        })
    };
    let ordered = order.first().map(|by| &by.column);
    filters
        .iter()
        .chain(ordered)
        .filter(|name| is_indexable(name) && by.as_ref() != Some(name))
        .map(|name| by.iter().cloned().chain([name.clone()]).collect())
        .collect()
}

/// Name of a unique constraint, and whether it must be written out.
pub(crate) fn unique_name(world: &World<'_>, table: &str, columns: &[String]) -> (String, bool) {
    let template = world.style.models.naming_convention.iter().find(|(kind, _)| kind == "uq");
    let name = template.and_then(|(_, template)| conventional(template, table, columns, ""));
    match name {
        Some(name) if name.len() <= crate::names::MAX_NAME => (name, false),
        _ => (bounded(format!("uq_{table}_{}", columns.join("_"))), true),
    }
}

fn index_name(table: &str, columns: &[String]) -> String {
    bounded(format!("ix_{table}_{}", columns.join("_")))
}
