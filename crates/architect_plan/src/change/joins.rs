//! Relationships that rest on the only foreign key between two tables: a second one makes them ambiguous.
//!
//! SQLAlchemy: "Could not determine join condition … there are multiple foreign key paths linking the tables. Specify the
//! 'foreign_keys' argument" (`AmbiguousForeignKeysError`, raised when mappers are configured).

use architect_model::{Join, Location, ModuleDesign, Project, Relationship, RenamedColumn, Table};

use crate::code::foreign_key;
use crate::compare::table_of;
use crate::notes::Notes;
use crate::world::qualified;

/// Relationships of the code that new foreign keys would make ambiguous, with the key by which each joins so far.
/// Reported where that is none, or one of several.
pub(super) fn joins(project: &Project, old: &[ModuleDesign], new: &[ModuleDesign], notes: &mut Notes) -> Vec<Join> {
    let mut joins: Vec<Join> = Vec::new();
    for entity in new.iter().flat_map(|module| &module.entities) {
        let mut known = old.iter().flat_map(|module| &module.entities);
        let Some(before) = known.find(|one| one.names.class == entity.names.class) else { continue };
        let Some(table) = table_of(project, &entity.names.class) else { continue };
        for column in entity.columns.iter().filter(|column| before.column(&column.name).is_none()) {
            let Some(reference) = &column.reference else { continue };
            let class = reference.target.existing.as_ref().map_or(reference.target.class.as_str(), |class| &class.name);
            let Some(other) = table_of(project, class) else { continue };
            let resting = resting(table, other);
            let keys = keys(table, other);
            match (resting.as_slice(), keys.as_slice()) {
                ([], _) | (_, []) => {}
                (resting, [key]) => joins.extend(resting.iter().map(|one| join(one, key))),
                (resting, _) => {
                    let places: Vec<String> =
                        resting.iter().map(|(class, attribute, at)| format!("`{class}.{attribute}` ({at})")).collect();
                    let text = format!(
                        "with `{}.{}`, SQLAlchemy could not tell by which key {} join",
                        entity.names.class,
                        column.name,
                        places.join(" and ")
                    );
                    let at = resting.first().map_or(&column.at, |(.., at)| at);
                    notes.problem(at, text, "Give these relationships `foreign_keys` first; then plan again.");
                }
            }
        }
    }
    joins.dedup();
    joins
}

/// Relationships of the code whose only key goes.
pub(super) fn parted(
    project: &Project,
    old: &[ModuleDesign],
    new: &[ModuleDesign],
    renamed: &[RenamedColumn],
) -> Vec<Join> {
    let mut parted: Vec<Join> = Vec::new();
    for entity in old.iter().flat_map(|module| &module.entities) {
        let mut known = new.iter().flat_map(|module| &module.entities);
        let Some(after) = known.find(|one| one.names.class == entity.names.class) else { continue };
        let Some(table) = table_of(project, &entity.names.class) else { continue };
        let is_renamed = |name: &str| renamed.iter().any(|one| one.class == entity.names.class && one.from == name);
        let gone = entity.columns.iter().filter(|column| after.column(&column.name).is_none());
        for column in gone.filter(|column| !is_renamed(&column.name)) {
            let Some((target, _)) = foreign_key(table, &column.name) else { continue };
            let Some(other) = project.tables().find(|other| qualified(other) == target) else { continue };
            if let [key] = keys(table, other).as_slice() {
                parted.extend(resting(table, other).iter().map(|one| join(one, key)));
            }
        }
    }
    parted
}

fn join((class, attribute, at): &(&str, &str, &Location), key: &str) -> Join {
    Join { class: (*class).to_owned(), attribute: (*attribute).to_owned(), key: key.to_owned(), at: (*at).clone() }
}

/// The foreign keys of one column that link two tables, in either direction, as class and attribute.
fn keys(one: &Table, other: &Table) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (from, to) in [(one, other), (other, one)] {
        let class = class(from);
        for column in &from.columns {
            let attribute = column.attribute.as_deref().unwrap_or(&column.name);
            let key = format!("{class}.{attribute}");
            if foreign_key(from, &column.name).is_some_and(|(target, _)| target == qualified(to))
                && !found.contains(&key)
            {
                found.push(key);
            }
        }
    }
    found
}

fn class(table: &Table) -> &str {
    table.class.as_ref().map_or("", |class| class.name.as_str())
}

/// The relationships between two tables that do not say by which key they join: class, attribute and place.
fn resting<'p>(table: &'p Table, other: &'p Table) -> Vec<(&'p str, &'p str, &'p Location)> {
    let between = |owner: &'p Table, target: &Table| {
        let rests = |one: &&Relationship| {
            let leads = one.target.known().is_some_and(|known| known == class(target));
            !one.joins_itself && one.secondary.is_none() && leads
        };
        owner
            .relationships
            .iter()
            .filter(rests)
            .map(|one| (class(owner), one.name.as_str(), &one.at))
            .collect::<Vec<_>>()
    };
    let mut found = between(table, other);
    if class(table) != class(other) {
        found.extend(between(other, table));
    }
    // `backref` declares both sides in one place.
    let mut places: Vec<&Location> = Vec::new();
    found.retain(|(.., at)| {
        let is_new = !places.contains(at);
        places.push(at);
        is_new
    });
    found
}
