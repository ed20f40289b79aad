//! What a plan is asked to make of columns and its files do not make of them: left to a person, with the place.

use std::sync::Arc;

use architect_model::{ColumnDesign, ColumnType, EntityDesign, FieldType, OpenEdit, Project, Resolution, Table};
use architect_plan::is_stored_as;

/// The changes of columns that the tables of the planned files do not show; `before` are those of the files as they are,
/// and `project` has those of the planned files.
pub(crate) fn unmet(resolution: &Resolution, before: &[Arc<Table>], project: &Project) -> Vec<OpenEdit> {
    let mut found = Vec::new();
    for new in resolution.modules.iter().flat_map(|module| &module.entities) {
        let class = &new.names.class;
        let (Some(was), Some(is)) = (table_of(before, class), table_of(&project.tables, class)) else { continue };
        let mut entities = resolution.before.iter().flat_map(|module| &module.entities);
        let Some(old) = entities.find(|known| known.names.class == *class) else { continue };
        for column in &new.columns {
            let known = renamed_from(resolution, old, column);
            if let Some(text) = lacks(project, (known, was), (column, is)) {
                let text =
                    format!("`{class}.{}` {text} with this plan: what is written here was not understood", column.name);
                let declared = was.columns.iter().find(|one| known.is_some_and(|known| one.name == known.name));
                let at = declared.map_or(&was.at, |declared| &declared.at).clone();
                found.push(OpenEdit { text, at });
            }
        }
    }
    found
}

/// The only table of a class.
fn table_of<'t>(tables: &'t [Arc<Table>], class: &str) -> Option<&'t Table> {
    let mut found = tables
        .iter()
        .map(Arc::as_ref)
        .filter(|table: &&Table| table.class.as_ref().is_some_and(|known| known.name == class));
    found.next().filter(|_| found.next().is_none())
}

fn renamed_from<'d>(resolution: &Resolution, old: &'d EntityDesign, column: &ColumnDesign) -> Option<&'d ColumnDesign> {
    let renamed = resolution.renamed.iter().find(|one| one.class == old.names.class && one.to == column.name);
    old.column(renamed.map_or(&column.name, |one| &one.from))
}

/// What a column lacks of what the design changes; nothing where the code had another column than the design before.
fn lacks(
    project: &Project,
    (old, was): (Option<&ColumnDesign>, &Table),
    (new, is): (&ColumnDesign, &Table),
) -> Option<String> {
    let Some(column) = is.columns.iter().find(|one| one.name == new.name) else {
        let was_there = old.is_some_and(|old| was.columns.iter().any(|one| one.name == old.name));
        return ((old.is_none() || was_there) && is.unknowns.is_empty()).then(|| "would not be declared".to_owned());
    };
    let old = old?;
    let known = was.columns.iter().find(|one| one.name == old.name)?;
    let nullable = column.nullable.known().copied();
    if old.nullable != new.nullable && known.nullable.known() == Some(&old.nullable) && nullable == Some(old.nullable) {
        return Some(if new.nullable { "would still be NOT NULL" } else { "would still allow NULL" }.to_owned());
    }
    let was_stored = known.ty.known().is_some_and(|ty| is_stored_as(project, old, ty));
    // A house may bound all texts: then a text without a bound of its own has that one.
    let bound = project.style.schemas.text_bound.value;
    let is_bounded = |ty: &ColumnType| matches!((&new.ty, ty), (FieldType::Text, ColumnType::String { length, .. }) if *length == bound);
    let is_stored = column.ty.known().is_none_or(|ty| is_stored_as(project, new, ty) || is_bounded(ty));
    (old.ty != new.ty && was_stored && !is_stored).then(|| "would still have its former type".to_owned())
}
