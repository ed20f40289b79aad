//! Relationships that rest on the only foreign key between two tables: a second one makes them ambiguous.
//!
//! SQLAlchemy: "Could not determine join condition … there are multiple foreign key paths linking the tables. Specify the
//! 'foreign_keys' argument" (`AmbiguousForeignKeysError`, raised when mappers are configured).

use architect_model::{EntityDesign, Location, ModuleDesign, Project, Relationship, Table};

use crate::compare::table_of;
use crate::notes::Notes;

/// Reports relationships of the code that new foreign keys would make ambiguous.
pub(super) fn check(project: &Project, old: &[ModuleDesign], new: &[ModuleDesign], notes: &mut Notes) {
    for entity in new.iter().flat_map(|module| &module.entities) {
        let mut known = old.iter().flat_map(|module| &module.entities);
        let Some(before) = known.find(|one| one.names.class == entity.names.class) else { continue };
        let Some(table) = table_of(project, &entity.names.class) else { continue };
        for column in entity.columns.iter().filter(|column| before.column(&column.name).is_none()) {
            let Some(reference) = &column.reference else { continue };
            let other = reference.target.existing.as_ref().map_or(reference.target.class.as_str(), |class| &class.name);
            let resting = resting(project, table, other);
            if keys(entity, &reference.target.class) < 2 || resting.is_empty() {
                continue;
            }
            let places: Vec<String> = resting.iter().map(|(name, at)| format!("`{name}` ({at})")).collect();
            let text = format!(
                "with `{}.{}`, a second key from `{}` to `{other}`, SQLAlchemy could not tell by which of them {} join",
                entity.names.class,
                column.name,
                entity.names.class,
                places.join(" and ")
            );
            let at = resting.first().map_or(&column.at, |(_, at)| at);
            notes.problem(at, text, "Give these relationships `foreign_keys` first; then plan again.");
        }
    }
}

/// How many foreign keys of an entity lead to a class.
fn keys(entity: &EntityDesign, class: &str) -> usize {
    entity.columns.iter().filter_map(|column| column.reference.as_ref()).filter(|one| one.target.class == class).count()
}

/// The relationships between two tables that do not say by which key they join.
fn resting(project: &Project, table: &Table, other: &str) -> Vec<(String, Location)> {
    let class = table.class.as_ref().map_or("", |class| class.name.as_str());
    let between = |owner: &str, relationships: &[Relationship], target: &str| {
        let found = relationships.iter().filter(|one| {
            !one.joins_itself && one.secondary.is_none() && one.target.known().is_some_and(|known| known == target)
        });
        found.map(|one| (format!("{owner}.{}", one.name), one.at.clone())).collect::<Vec<_>>()
    };
    let mut found = between(class, &table.relationships, other);
    if let Some(there) = table_of(project, other) {
        found.extend(between(other, &there.relationships, class));
    }
    found
}
