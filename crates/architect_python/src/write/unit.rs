//! The unit of work: repositories of new modules are added to it as it makes the others.

use architect_model::{FileChange, Step};

use super::house::House;
use super::module::Unwritten;
use super::repository;
use crate::Sources;
use crate::edit::{NewImport, add_import, add_statement_after};

/// Adds the repositories of the module's entities to the house's unit of work.
pub(crate) fn change(house: &House<'_>, sources: &Sources) -> Result<Option<FileChange>, Unwritten> {
    let Some((path, line, neighbour)) = &house.habits.unit_line else { return Ok(None) };
    let Some(file) = sources.python.iter().find(|file| *file.path == **path) else { return Ok(None) };
    let failed = |refused: crate::edit::Refused| Unwritten { path: path.clone(), reason: refused.to_string() };
    let Some((_, arguments)) = neighbour.split_once(" = ").and_then(|(_, call)| call.split_once('(')) else {
        return Ok(None);
    };
    let mut text = file.text.to_string();
    for entity in house.module.entities.iter().rev() {
        let class = repository::class(house, entity);
        let statement = format!("self.{} = {}({arguments}", house.unit_attribute(entity), class.name);
        text = add_statement_after(&text, *line, &statement).map_err(failed)?;
    }
    for entity in &house.module.entities {
        let class = repository::class(house, entity);
        let import = NewImport::from(class.module, class.name);
        text = add_import(&text, &import, &house.style.format).map_err(failed)?;
    }
    Ok(Some(FileChange {
        path: path.clone(),
        step: Step::Repository,
        before: Some(file.text.to_string()),
        after: text,
    }))
}
