//! The other side of a relationship: what existing tables get, so that new rows are related to them as their
//! neighbours are.

use architect_model::{ColumnDesign, ColumnRole, EntityDesign, FileChange, Step, Symbol, Table, TableConstraint};

use super::house::House;
use super::module::Unwritten;
use super::relations;
use crate::Sources;
use crate::edit::{Member, NewImport, Refused, add_import, add_member};
use crate::format::format;

/// An existing table that a new one is related to.
pub(crate) struct Relative<'h> {
    table: &'h Table,
    /// Its class.
    pub(crate) class: &'h Symbol,
    /// The attribute of the new class that leads to it: `owner`.
    pub(crate) there: String,
    /// Its attribute that leads back: `projects`.
    pub(crate) back: String,
}

impl<'h> House<'h> {
    /// The existing tables that `entity` is related to in both directions: its owner's and its parent's, where most
    /// tables that point at them are.
    pub(crate) fn relatives(&self, entity: &EntityDesign) -> Vec<Relative<'h>> {
        let declares = &self.style.models.relationships;
        // What the code has already is related as it is.
        let is_known = |table: &Table| table.class.as_ref().is_some_and(|class| class.name == entity.names.class);
        if !declares.value || !declares.is_seen() || self.project.tables().any(is_known) {
            return Vec::new();
        }
        let owning = |column: &&ColumnDesign| matches!(column.role, ColumnRole::Owner | ColumnRole::Parent);
        entity.columns.iter().filter(owning).filter_map(|column| self.relative(entity, column)).collect()
    }

    fn relative(&self, entity: &EntityDesign, column: &ColumnDesign) -> Option<Relative<'h>> {
        let reference = column.reference.as_ref()?;
        let existing = reference.target.existing.as_ref()?;
        let project = self.project;
        let table = project.tables().find(|table| table.class.as_ref() == Some(existing))?;
        let class = table.class.as_ref()?;
        // Two foreign keys to one table would leave SQLAlchemy to guess which one is meant.
        let keys = entity.columns.iter().filter_map(|column| column.reference.as_ref());
        if keys.filter(|other| other.target.class == reference.target.class).count() != 1 {
            return None;
        }
        let back = entity.names.snakes.clone();
        let is_taken = table.relationships.iter().any(|known| known.name == back)
            || table.columns.iter().any(|column| column.attribute.as_ref().unwrap_or(&column.name) == &back);
        let (related, all) = self.children_of(table, &class.name);
        let is_habit = related > 0 && related * 2 > all;
        (is_habit && !is_taken && self.is_loaded_with(entity, &table.at.file)).then(|| Relative {
            table,
            class,
            there: reference.name.clone(),
            back,
        })
    }

    /// Whether the class of `entity` is there whenever the file at `path` is imported: in the same file, or imported by
    /// a package around it. SQLAlchemy finds classes by name only once they are imported.
    fn is_loaded_with(&self, entity: &EntityDesign, path: &str) -> bool {
        let layout = &self.style.layout;
        let own = self.path(&layout.models.value, &self.module.name, &entity.names);
        let package = layout.model_imports.as_ref().and_then(|imports| imports.file.strip_suffix("__init__.py"));
        own == path || package.is_some_and(|package| path.starts_with(package))
    }

    /// How many tables point at `table`, and how many of them are related to it in both directions.
    fn children_of(&self, table: &Table, class: &str) -> (usize, usize) {
        let points = |child: &&Table| {
            child.constraints.iter().any(|constraint| match constraint {
                TableConstraint::ForeignKey { ref_table, .. } => table.name.known() == Some(ref_table),
                _ => false,
            })
        };
        let children = self.project.tables().filter(points);
        let related = |child: &&Table| {
            let Some(child_class) = &child.class else { return false };
            table.relationships.iter().any(|there| {
                there.many
                    && there.target.known() == Some(&child_class.name)
                    && child.relationships.iter().any(|back| {
                        Some(&back.name) == there.back_populates.as_ref()
                            && back.target.known().is_some_and(|to| to == class)
                    })
            })
        };
        (children.clone().filter(related).count(), children.count())
    }
}

/// Adds to `changes` what existing tables get for the module's entities.
pub(crate) fn change(house: &House<'_>, sources: &Sources, changes: &mut Vec<FileChange>) -> Result<(), Unwritten> {
    for entity in &house.module.entities {
        for relative in house.relatives(entity) {
            let path = relative.table.at.file.to_string();
            let position = changes.iter().position(|change| change.path == path);
            let read = || sources.python.iter().find(|file| *file.path == *path).map(|file| file.text.to_string());
            let Some(text) = position.and_then(|at| changes.get(at)).map(|change| change.after.clone()).or_else(read)
            else {
                continue;
            };
            // Files that are written as if nothing were there do not have it.
            if !defines(&text, &relative.class.name) {
                continue;
            }
            let after = related(house, entity, &relative, &text)
                .map_err(|refused| Unwritten { path: path.clone(), reason: refused.to_string() })?;
            match position.and_then(|at| changes.get_mut(at)) {
                Some(change) => change.after = after,
                None => changes.push(FileChange { path, step: Step::Models, before: Some(text), after }),
            }
        }
    }
    Ok(())
}

/// Whether a text defines a class at its top level.
fn defines(text: &str, class: &str) -> bool {
    text.lines().any(|line| {
        let rest = line.strip_prefix("class ").and_then(|rest| rest.trim_start().strip_prefix(class));
        rest.is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_'))
    })
}

/// The text of the file of a table with its attribute for the rows of `entity`.
fn related(house: &House<'_>, entity: &EntityDesign, relative: &Relative<'_>, text: &str) -> Result<String, Refused> {
    let style = &house.style.format;
    let line = relations::to_many(house, &relative.back, &format!("\"{}\"", entity.names.class), &relative.there);
    // Formatted where it will stand: in a class.
    let nested = format(&format!("class _:\n    {}\n", line.text), style)
        .map_err(|error| Refused { reason: error.message, line: error.line })?;
    let unit = " ".repeat(usize::from(style.indent));
    let lines = nested.lines().skip(1).map(|line| line.strip_prefix(&unit).unwrap_or(line));
    let member = lines.collect::<Vec<_>>().join("\n");
    let mut text = add_member(text, &relative.class.name, Member::Attribute(&member), &unit)?;
    for (module, name) in &line.imports {
        text = add_import(&text, &NewImport::from(*module, *name), style)?;
    }
    let own = house.model(entity);
    if own.module != relative.class.module {
        let import = NewImport { typing_only: true, ..NewImport::from(own.module, own.name) };
        text = add_import(&text, &import, style)?;
    }
    Ok(text)
}
