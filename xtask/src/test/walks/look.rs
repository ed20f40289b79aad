//! Looks at a project after a change: its database, its application, its document.

use std::fs;
use std::path::PathBuf;

use architect_model::{Action, Design, EndpointDesign, FieldType, Plan};
use serde_json::json;

use super::change::{Change, Expected, Facts};
use super::described::{differences, of_entity, shape, spell_out};
use super::walk::Walk;
use crate::tools::Outcome;

impl Walk<'_> {
    /// Looks at the project after a change; gives its document.
    pub(super) fn looked_at(&mut self, change: &Change, plan: &Plan, tried: usize) -> Outcome<Design> {
        let sources: Vec<PathBuf> = plan.files.iter().map(|file| self.root.join(&file.path)).collect();
        self.state(&sources, &change.expected)?;
        for arguments in [["check", "."].as_slice(), &["format", "--check", "."]] {
            self.in_environment("ruff", arguments, &[])?;
        }
        let found = self.described()?;
        let mut after = change.after.clone();
        spell_out(&mut after, &self.facts.paths);
        let lost = lost(&self.design, &found);
        if !lost.is_empty() && change.expected.tables_go == 0 && change.moved.is_none() {
            return Err(format!("endpoints are gone: {}", lost.join(", ")));
        }
        adopt(&mut after, &found);
        if let Some(class) = &change.moved {
            return self.moved(class, after, found, tried);
        }
        let differences = differences(&after, &found);
        if !differences.is_empty() {
            return Err(format!("the document of the code is another:\n{}", differences.join("\n")));
        }
        self.says_no_changes(&after, &format!("after-{tried}.md"))?;
        Ok(after)
    }

    /// Of rows that get another owner, endpoints and rules follow as the program sees fit; nothing else changes.
    fn moved(&self, class: &str, after: Design, found: Design, tried: usize) -> Outcome<Design> {
        for entity in &after.entities {
            let Some(now) = found.entities.iter().find(|known| known.name == entity.name) else {
                return Err(format!("`{}` is gone", entity.name));
            };
            if entity.name == class && now.owner != entity.owner {
                return Err(format!("`{class}` belongs to {:?}, and should to {:?}", now.owner, entity.owner));
            }
            let (wanted, known) = (of_entity(entity), of_entity(now));
            if entity.name != class && wanted != known {
                return Err(format!("`{}` changes too: {wanted:?}, then {known:?}", entity.name));
            }
            if let Some(field) = entity.fields.iter().find(|field| !now.fields.iter().any(|one| one.name == field.name))
            {
                return Err(format!("`{}.{}` is gone", entity.name, field.name));
            }
        }
        self.says_no_changes(&found, &format!("after-{tried}.md"))?;
        Ok(found)
    }

    /// Brings the database up to date, looks after its rows, boots the application, adds rows; takes in what is known.
    pub(super) fn state(&mut self, sources: &[PathBuf], expected: &Expected) -> Outcome {
        self.number += 1;
        let url = format!("{}:///{}", self.place.scheme, self.beside.join("walk.db").display());
        let python: Vec<&PathBuf> =
            sources.iter().filter(|path| path.extension().is_some_and(|one| one == "py")).collect();
        let order = json!({
            "url": url,
            "application": self.place.application,
            "base": self.place.base,
            "rows": self.beside.join("rows.json"),
            "facts": self.beside.join("facts.json"),
            "number": self.number,
            "sources": python,
            "expected": expected,
        });
        let file = self.beside.join("order.json");
        fs::write(&file, order.to_string()).map_err(|error| error.to_string())?;
        self.states.look(&file)?;
        self.facts = self.read_facts()?;
        Ok(())
    }

    pub(super) fn read_facts(&self) -> Outcome<Facts> {
        let text = fs::read_to_string(self.beside.join("facts.json")).map_err(|error| error.to_string())?;
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }
}

/// Takes over what documents leave to the house: what it calls relations to many, and the endpoints that these bring.
fn adopt(design: &mut Design, found: &Design) {
    let is_other = |row: &EndpointDesign| matches!(row.action, Action::Other { .. });
    design.endpoints.retain(|row| !is_other(row));
    design.endpoints.extend(found.endpoints.iter().filter(|row| is_other(row)).cloned());
    for entity in &mut design.entities {
        let Some(known) = found.entities.iter().find(|known| known.name == entity.name) else { continue };
        for field in &mut entity.fields {
            let same = known.fields.iter().find(|one| one.name == field.name);
            // A house may bound all texts, and says what a deletion does where the document does not.
            let ty = match (&field.ty, same.map(|one| &one.ty)) {
                (FieldType::Text, Some(ty @ FieldType::String { min: None, .. })) => Some(ty),
                (
                    FieldType::Reference { entity, on_delete: None },
                    Some(ty @ FieldType::Reference { entity: to, .. }),
                ) if entity == to => Some(ty),
                _ => None,
            };
            if let Some(ty) = ty {
                field.ty = ty.clone();
            }
            if !matches!(field.ty, FieldType::Many { .. }) {
                continue;
            }
            if let Some(same) = known.fields.iter().find(|one| one.ty == field.ty) {
                field.name.clone_from(&same.name);
            }
        }
    }
}

/// Endpoints of which documents only say that they are there, and that are there no more.
fn lost(before: &Design, found: &Design) -> Vec<String> {
    let is_there = |row: &&EndpointDesign| {
        found.endpoints.iter().any(|one| one.method == row.method && shape(&one.path) == shape(&row.path))
    };
    let others = before.endpoints.iter().filter(|row| matches!(row.action, Action::Other { .. }));
    others.filter(|row| !is_there(row)).map(|row| format!("`{} {}`", row.method, row.path)).collect()
}
