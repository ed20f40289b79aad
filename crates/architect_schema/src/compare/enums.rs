//! Enumeration types: the values that the database has, and those of the models.

use std::sync::Arc;

use architect_model::{ColumnType, DifferenceKind, EnumType, Known, Location, QualifiedName, Table, Touched};
use rustc_hash::FxHashSet;

use super::Comparer;

/// Gives an enumeration the values that its type has in the database.
pub(super) fn fill(ty: &mut ColumnType, enums: &[EnumType]) {
    match ty {
        ColumnType::Enum { name: Some(name), values, native: true, schema, .. } => {
            let known = enums.iter().find(|known| known.name.name == *name && known.name.schema == *schema);
            if let Some(known) = known {
                *values = Known::Known(known.values.clone());
            }
        }
        ColumnType::Array { item, .. } => fill(item, enums),
        ColumnType::Other { implementation: Some(inner), .. } => fill(inner, enums),
        _ => {}
    }
}

/// The native enumeration that a type is, or an array of it.
fn native(ty: &ColumnType) -> Option<&ColumnType> {
    match ty.stored() {
        found @ ColumnType::Enum { name: Some(_), native: true, .. } => Some(found),
        ColumnType::Array { item, .. } => native(item),
        _ => None,
    }
}

/// Its name and schema.
fn name_of(ty: &ColumnType) -> Option<QualifiedName> {
    match native(ty)? {
        ColumnType::Enum { name: Some(name), schema, .. } => Some(QualifiedName::new(schema.clone(), name)),
        _ => None,
    }
}

fn values_of(ty: &ColumnType) -> Option<&Vec<String>> {
    match native(ty)? {
        ColumnType::Enum { values, .. } => values.known(),
        _ => None,
    }
}

impl Comparer<'_> {
    /// Compares the values of each type that both sides have, and lets `before` have what the database has where they
    /// differ. The order of values is not compared: PostgreSQL cannot change it.
    pub(super) fn enums(&mut self, models: &[Arc<Table>]) {
        let mut seen = FxHashSet::default();
        let database = self.database;
        for column in models.iter().flat_map(|table| &table.columns) {
            let Some(name) = column.ty.known().and_then(name_of) else { continue };
            if !seen.insert(name.clone()) {
                continue;
            }
            let known = database.enums.iter().find(|ty| ty.name == name);
            let (Some(known), Some(values)) = (known, column.ty.known().and_then(values_of)) else { continue };
            let missing = |of: &[String], from: &[String]| -> Vec<String> {
                of.iter().filter(|value| !from.contains(value)).map(|value| format!("`{value}`")).collect()
            };
            let (new, gone) = (missing(values, &known.values), missing(&known.values, values));
            if !new.is_empty() || !gone.is_empty() {
                self.values_differ(known, &new, &gone, &column.at);
            }
        }
    }

    fn values_differ(&mut self, known: &EnumType, new: &[String], gone: &[String], at: &Location) {
        let mut parts = Vec::new();
        if !new.is_empty() {
            parts.push(format!("{} in {} only", new.join(", "), self.sides.models));
        }
        if !gone.is_empty() {
            parts.push(format!("{} in {} only", gone.join(", "), self.sides.database));
        }
        let text = format!("enum type `{}`: {}", known.name, parts.join(", "));
        let object = Touched::Type { name: known.name.clone() };
        if self.note(DifferenceKind::Changed, object, text, at) {
            for table in &mut self.found.before {
                set_values(table, known);
            }
        }
    }
}

fn set_values(table: &mut Arc<Table>, ty: &EnumType) {
    let is_it = |known: &ColumnType| name_of(known).as_ref() == Some(&ty.name);
    if !table.columns.iter().any(|column| column.ty.known().is_some_and(is_it)) {
        return;
    }
    for column in &mut Arc::make_mut(table).columns {
        if let Known::Known(known) = &mut column.ty
            && is_it(known)
        {
            fill(known, std::slice::from_ref(ty));
        }
    }
}
