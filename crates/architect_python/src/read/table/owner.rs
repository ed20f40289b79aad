//! To whom the rows of a table belong: a foreign key to the users' table, or to a parent that is owned itself.

use architect_model::{Column, Known, Owner, Project, Table, TableConstraint};

/// Names that a table of users has where nothing better says which it is.
const USER_TABLES: &[&str] = &[
    "user",
    "users",
    "account",
    "accounts",
    "usuario",
    "usuarios",
    "app_user",
    "app_users",
    "auth_user",
];

/// Names of columns that point at whoever made or changed a row, not at its owner.
const NOT_OWNERS: &[&str] = &[
    "updated_by",
    "deleted_by",
    "modified_by",
    "approved_by",
    "assigned_to",
    "assignee",
    "reviewed_by",
    "invited_by",
];

/// Finds the owner column of each table. `users` is the table of the class that the current-user dependency returns;
/// without it a table with a usual name counts as the users' table.
pub(in crate::read) fn read(project: &mut Project, users: Option<&str>) {
    let by_name = |wanted: &str| {
        project
            .tables
            .iter()
            .any(|table| full_name(table).as_deref() == Some(wanted))
    };
    let users = match users {
        Some(users) => Some(users.to_owned()),
        None => USER_TABLES
            .iter()
            .find(|name| by_name(name))
            .map(|name| (*name).to_owned()),
    };
    let Some(users) = users else { return };
    let mut owned: Vec<String> = Vec::new();
    for table in &mut project.tables {
        if full_name(table).as_deref() == Some(users.as_str()) {
            continue;
        }
        table.owner = owner(table, |target| target == users).map(|column| Owner {
            column,
            table: users.clone(),
            direct: true,
        });
        owned.extend(full_name(table).filter(|_| table.owner.is_some()));
    }
    let mut grown = true;
    while grown {
        grown = false;
        for table in &mut project.tables {
            if table.owner.is_some() || full_name(table).as_deref() == Some(users.as_str()) {
                continue;
            }
            let parent =
                references(table).find(|(_, target, _)| owned.iter().any(|name| name == target));
            let Some((column, target)) = parent
                .filter(|(_, _, cascades)| *cascades)
                .map(|(column, target, _)| (column.to_owned(), target.to_owned()))
            else {
                continue;
            };
            table.owner = Some(Owner {
                column,
                table: target,
                direct: false,
            });
            owned.extend(full_name(table));
            grown = true;
        }
    }
}

/// The foreign-key column to the users' table that says who owns a row.
fn owner(table: &Table, is_users: impl Fn(&str) -> bool) -> Option<String> {
    let mut candidates: Vec<&str> = references(table)
        .filter(|(_, target, _)| is_users(target))
        .map(|(column, _, _)| column)
        .collect();
    candidates.retain(|column| {
        !NOT_OWNERS
            .iter()
            .any(|name| column.trim_end_matches("_id") == *name)
    });
    let preferred = candidates.iter().find(|column| {
        matches!(
            **column,
            "owner_id" | "user_id" | "usuario_id" | "account_id" | "owner" | "user"
        )
    });
    let single = (candidates.len() == 1)
        .then(|| candidates.first())
        .flatten();
    preferred.or(single).map(|column| (*column).to_owned())
}

/// Single-column foreign keys: column, table referred to, and whether a row cannot be without it.
fn references(table: &Table) -> impl Iterator<Item = (&str, &str, bool)> {
    table
        .constraints
        .iter()
        .filter_map(|constraint| match constraint {
            TableConstraint::ForeignKey {
                columns, ref_table, ..
            } if columns.len() == 1 => {
                let column = columns.first()?;
                let required = |found: &&Column| {
                    found.name == *column && found.nullable == Known::Known(false)
                };
                Some((
                    column.as_str(),
                    ref_table.as_str(),
                    table.columns.iter().find(required).is_some(),
                ))
            }
            _ => None,
        })
}

fn full_name(table: &Table) -> Option<String> {
    let name = table.name.known()?;
    Some(
        table
            .schema
            .as_ref()
            .map_or_else(|| name.clone(), |schema| format!("{schema}.{name}")),
    )
}
