//! To whom the rows of a table belong: a foreign key to the users' table, or to a parent that is owned itself.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::members;
use crate::resolve::Index;

use architect_model::{Column, Known, Owner, Project, Table, TableConstraint, Unknown};

/// Names that a table of users has where no dependency shows which it is.
const USER_TABLES: &[&str] =
    &["user", "users", "app_user", "app_users", "auth_user", "account", "accounts", "usuario", "usuarios"];

/// Names of columns that point at whoever made or changed a row, not at its owner.
const NOT_OWNERS: &[&str] =
    &["approved_by", "assigned_to", "assignee", "deleted_by", "invited_by", "modified_by", "reviewed_by", "updated_by"];

/// Usual names of the owner's column, the most telling first.
const OWNERS: &[&str] = &["owner_id", "user_id", "usuario_id", "account_id", "owner", "user"];

/// Finds the owner column of each table. The users' table is that of the class which the current-user dependency
/// gives; where none shows it, a table with a usual name is taken for it, and an unknown says so.
pub(in crate::read) fn read(index: &Index<'_>, project: &mut Project) {
    let Some(users) = users_table(project) else {
        return;
    };
    let mut owned: FxHashSet<String> = FxHashSet::default();
    for table in project.tables.iter_mut().filter(|table| !is_called(table, &users)) {
        if let Some(column) = owner(table, &users) {
            Arc::make_mut(table).owner = Some(Owner { column, table: users.clone(), direct: true, members: None });
            owned.extend(full_name(table));
        }
    }
    owned.extend(members::read(index, project, &users));
    let mut known = 0;
    while owned.len() > known {
        known = owned.len();
        adopt(project, &users, &mut owned);
    }
}

fn users_table(project: &mut Project) -> Option<String> {
    let user = &project.style.user;
    let shown = user.class.is_some() && user.parameter.example.is_some();
    let named = user.table.as_deref().and_then(|name| project.tables().find(|table| is_called(table, name)));
    if let Some(table) = named.filter(|_| shown) {
        return full_name(table);
    }
    let usual = || USER_TABLES.iter().find_map(|name| project.tables().find(|table| is_called(table, name)));
    let table = named.or_else(usual)?;
    let name = full_name(table)?;
    let reason = format!("no dependency gives the signed-in user: `{name}` is taken for the users' table by its name");
    project.unknowns.push(Unknown::new(table.at.clone(), reason));
    Some(name)
}

/// Gives tables an owner that have a required foreign key to a table that has one, rather one that cascades.
fn adopt(project: &mut Project, users: &str, owned: &mut FxHashSet<String>) {
    for table in project.tables.iter_mut().filter(|table| table.owner.is_none() && !is_called(table, users)) {
        let parents = references(table).filter(|(_, target, required)| *required && owned.contains(*target));
        let parent = parents.min_by_key(|(column, _, _)| !cascades(table, column));
        if let Some((column, target, _)) = parent {
            let owner = Owner { column: column.to_owned(), table: target.to_owned(), direct: false, members: None };
            Arc::make_mut(table).owner = Some(owner);
            owned.extend(full_name(table));
        }
    }
}

/// The foreign-key column to the users' table that says who owns a row.
fn owner(table: &Table, users: &str) -> Option<String> {
    let candidates: Vec<&str> = references(table)
        .filter(|(column, target, _)| *target == users && !NOT_OWNERS.contains(&column.trim_end_matches("_id")))
        .map(|(column, _, _)| column)
        .collect();
    let preferred = OWNERS.iter().find(|name| candidates.contains(name)).copied();
    // Rows that outlive the user belong to nobody: the column says who reviews them, or who is invited.
    let only = if candidates.len() == 1 { candidates.first().copied() } else { None };
    let only = only.filter(|column| !outlives(table, column));
    preferred.or(only).map(str::to_owned)
}

/// Single-column foreign keys: column, table referred to, and whether a row cannot be without it.
pub(super) fn references(table: &Table) -> impl Iterator<Item = (&str, &str, bool)> {
    table.constraints.iter().filter_map(|constraint| match constraint {
        TableConstraint::ForeignKey { columns, ref_table, .. } if columns.len() == 1 => {
            let column = columns.first()?;
            let required = |found: &Column| found.name == *column && found.nullable == Known::Known(false);
            Some((column.as_str(), ref_table.as_str(), table.columns.iter().any(required)))
        }
        _ => None,
    })
}

/// Whether the foreign key of a column deletes the row with its parent.
fn cascades(table: &Table, column: &str) -> bool {
    table.constraints.iter().any(|constraint| match constraint {
        TableConstraint::ForeignKey { columns, on_delete, .. } => {
            columns.first().is_some_and(|first| first == column) && on_delete.as_deref() == Some("CASCADE")
        }
        _ => false,
    })
}

/// Whether a row stays, without it, when what its foreign key points at goes.
fn outlives(table: &Table, column: &str) -> bool {
    let clears = table.constraints.iter().any(|constraint| match constraint {
        TableConstraint::ForeignKey { columns, on_delete, .. } => {
            columns.first().is_some_and(|first| first == column) && on_delete.as_deref() == Some("SET NULL")
        }
        _ => false,
    });
    clears && table.columns.iter().any(|known| known.name == column && known.nullable == Known::Known(true))
}

pub(super) fn is_called(table: &Table, name: &str) -> bool {
    table.name.known().is_some_and(|known| known == name) || full_name(table).as_deref() == Some(name)
}

pub(super) fn full_name(table: &Table) -> Option<String> {
    let name = table.name.known()?;
    Some(table.schema.as_ref().map_or_else(|| name.clone(), |schema| format!("{schema}.{name}")))
}
