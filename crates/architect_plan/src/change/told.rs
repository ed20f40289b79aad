//! What is told beside a document, because no document says it: fields that have another name in the code, and fields of
//! the code that go.

use architect_model::{Design, DesignEdit, Entity, Field, ModuleDesign};

use super::edit::{make, rename_in_endpoints, renamed_in_constraints};
use crate::notes::Notes;

/// The document with the names that the code has: what it calls `to` is `from` again.
pub(crate) fn taken_back(design: &Design, edits: &[DesignEdit], notes: &mut Notes) -> Design {
    let mut stated = design.clone();
    for edit in edits {
        match edit {
            DesignEdit::RenameField { entity: class, from, to } => {
                rename_in_endpoints(&mut stated, class, to, from);
                let Some(entity) = entity(&mut stated, class) else { continue };
                if field(entity, from).is_some() {
                    still_given(entity, from, &format!("Give it as `{to}` only."), notes);
                }
                match field(entity, to) {
                    Some(field) => {
                        field.name.clone_from(from);
                        renamed_in_constraints(entity, to, from);
                    }
                    None => notes.problem(
                        &entity.at.clone(),
                        format!("the document has no `{class}.{to}`, which `{from}` is to be called"),
                        "Give the field under its new name, with its type.",
                    ),
                }
            }
            DesignEdit::RemoveField { entity: class, field: name } => {
                let Some(entity) = entity(&mut stated, class) else { continue };
                if field(entity, name).is_some() {
                    still_given(entity, name, "Take it out of the document, or leave the removal out.", notes);
                }
            }
            _ => {}
        }
    }
    stated
}

/// Makes the edits in the design of what shall be.
pub(crate) fn made(after: &mut Design, edits: &[DesignEdit], notes: &mut Notes) {
    for edit in edits {
        let Some(class) = edit.entity() else { continue };
        let at = entity(after, class).map(|entity| entity.at.clone());
        if let (Some(at), Err((text, help))) = (at, make(after, class, edit)) {
            notes.problem(&at, text, help);
        }
    }
}

/// Reports edits of entities that the document does not describe, or that the code does not have.
pub(crate) fn unknown(there: &[ModuleDesign], edits: &[DesignEdit], notes: &mut Notes) {
    let is_there =
        |class: &str| there.iter().flat_map(|module| &module.entities).any(|entity| entity.names.class == class);
    for class in edits.iter().filter_map(DesignEdit::entity).filter(|class| !is_there(class)) {
        notes.problem(
            &architect_model::Location::line("", 0),
            format!("`{class}` is not both in the document and in the code"),
            "A field is renamed or removed in an entity that the document describes and the code has.",
        );
    }
}

fn still_given(entity: &mut Entity, name: &str, help: &str, notes: &mut Notes) {
    let Some(at) = field(entity, name).map(|field| field.at.clone()) else { return };
    notes.problem(&at, format!("the document still has `{}.{name}`", entity.name), help);
}

fn entity<'d>(design: &'d mut Design, class: &str) -> Option<&'d mut Entity> {
    design.entities.iter_mut().find(|entity| entity.name == class)
}

fn field<'e>(entity: &'e mut Entity, name: &str) -> Option<&'e mut Field> {
    entity.fields.iter_mut().find(|field| field.name == name)
}
