//! Tables and columns that may be others under a new name.

use architect_model::{Column, DatabaseSchema, Table};
use std::sync::Arc;

use super::{Renames, full_name, is_same_type};

/// Something that the models have under a name which the database does not have, and that looks like something which
/// the models do not have any more. Only a person knows whether it is the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PossibleRename {
    /// A table with the same columns.
    Table {
        /// Name in the database.
        from: String,
        /// Name in the models.
        to: String,
    },
    /// A column of the same type.
    Column {
        /// Table, by its name in the models.
        table: String,
        /// Name in the database.
        from: String,
        /// Name in the models.
        to: String,
    },
}

/// What may have been renamed, beside what is told in `renames`. A column is offered to each new one that it fits;
/// Django's autodetector asks so too:
///
/// ```python
/// # django.db.migrations.autodetector.MigrationAutodetector.create_renamed_fields
/// if old_field_dec == field_dec or (...):
///     if self.questioner.ask_rename(model_name, rem_field_name, field_name, field):
/// ```
pub fn possible_renames(database: &DatabaseSchema, models: &[Arc<Table>], renames: &Renames) -> Vec<PossibleRename> {
    let named = |table: &&Arc<Table>| full_name(table).is_some();
    let new: Vec<&Arc<Table>> = models.iter().filter(named).collect();
    let old: Vec<&Arc<Table>> = database.tables.iter().filter(named).collect();
    let counterpart = |model: &Table| {
        let name = full_name(model)?;
        let told = renames.tables.iter().find(|(_, to)| *to == name).map(|(from, _)| from.clone());
        let wanted = told.unwrap_or(name);
        old.iter().find(|table| full_name(table).as_ref() == Some(&wanted)).copied()
    };
    let mut found = Vec::new();
    let is_told = |from: &str| renames.tables.iter().any(|(told, _)| told == from);
    let known: Vec<String> = new.iter().filter_map(|table| full_name(table)).collect();
    for model in new.iter().filter(|model| counterpart(model).is_none()) {
        let gone = old.iter().filter(|table| {
            full_name(table).is_some_and(|name| !known.contains(&name) && !is_told(&name)) && is_alike(table, model)
        });
        found.extend(
            gone.filter_map(|table| Some(PossibleRename::Table { from: full_name(table)?, to: full_name(model)? })),
        );
    }
    for model in &new {
        if let Some(table) = counterpart(model) {
            columns(table, model, renames, &mut found);
        }
    }
    found
}

/// Whether most columns of two tables have one name and type.
fn is_alike(database: &Table, model: &Table) -> bool {
    let is_shared =
        |column: &&Column| database.columns.iter().any(|known| known.name == column.name && fits(known, column));
    let shared = model.columns.iter().filter(is_shared).count();
    shared > 0 && 3 * shared >= 2 * model.columns.len().max(database.columns.len())
}

fn columns(database: &Table, model: &Table, renames: &Renames, found: &mut Vec<PossibleRename>) {
    let Some(table) = full_name(model) else { return };
    let told: Vec<(&str, &str)> = renames
        .columns
        .iter()
        .filter(|(of, ..)| *of == table)
        .map(|(_, old, new)| (old.as_str(), new.as_str()))
        .collect();
    let is_gone = |column: &&Column| {
        !model.columns.iter().any(|known| known.name == column.name) && !told.iter().any(|(old, _)| *old == column.name)
    };
    let is_new = |column: &&Column| {
        !database.columns.iter().any(|known| known.name == column.name)
            && !told.iter().any(|(_, new)| *new == column.name)
    };
    for new in model.columns.iter().filter(is_new) {
        for old in database.columns.iter().filter(is_gone).filter(|old| fits(old, new)) {
            found.push(PossibleRename::Column { table: table.clone(), from: old.name.clone(), to: new.name.clone() });
        }
    }
}

/// Whether a column may be another one under a new name: of the same type, as far as that is known.
fn fits(database: &Column, model: &Column) -> bool {
    match (database.ty.known(), model.ty.known()) {
        (Some(old), Some(new)) => is_same_type(old, new) != Some(false),
        _ => true,
    }
}
