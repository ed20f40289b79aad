//! The unit of work: repositories of new modules are added to it as it makes the others.

use architect_model::{FileChange, MadeRepository, Step};

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;

use super::house::House;
use super::module::Unwritten;
use super::repository;
use crate::edit::{NewImport, add_import, add_statement_after};
use crate::style::session::self_attribute;
use crate::{SourceText, Sources};

/// Adds the repositories of the module's entities to the house's unit of work.
pub(crate) fn change(house: &House<'_>, sources: &Sources) -> Result<Option<FileChange>, Unwritten> {
    let unit = house.style.session.unit_of_work.as_ref();
    let Some((unit, made)) = unit.and_then(|unit| Some((unit, unit.last_made.as_ref()?))) else {
        return Ok(None);
    };
    let MadeRepository { attribute, arguments, at } = made;
    let path = at.file.to_string();
    let Some(file) = sources.python.iter().find(|file| *file.path == path) else { return Ok(None) };
    let failed = |refused: crate::edit::Refused| Unwritten { path: path.clone(), reason: refused.to_string() };
    let mut text = file.text.to_string();
    // Where it stands by now: other modules may have been added to the file.
    let Some(line) = line_of(file, &unit.class.name, attribute) else { return Ok(None) };
    for entity in house.module.entities.iter().rev() {
        let class = repository::class(house, entity);
        let statement = format!("self.{} = {}({arguments})", house.unit_attribute(entity), class.name);
        text = add_statement_after(&text, line, &statement).map_err(failed)?;
    }
    for entity in &house.module.entities {
        let class = repository::class(house, entity);
        let import = NewImport::from(class.module, class.name);
        text = add_import(&text, &import, &house.style.format).map_err(failed)?;
    }
    Ok(Some(FileChange { path, step: Step::Repository, before: Some(file.text.to_string()), after: text }))
}

/// The line of the last statement `self.attribute = …` in the methods of a class, or of the last that follows it and is
/// made in the same way: another module may have been added there.
fn line_of(file: &SourceText, class: &str, attribute: &str) -> Option<u32> {
    let classes = file.body().iter().filter_map(Stmt::as_class_def_stmt);
    let class = classes.into_iter().find(|def| def.name.as_str() == class)?;
    let methods = class.body.iter().filter_map(Stmt::as_function_def_stmt);
    let is_it = |stmt: &Stmt| self_attribute(stmt).is_some_and(|(name, _)| name == attribute);
    let (body, at) = methods.filter_map(|method| Some((&method.body, method.body.iter().rposition(is_it)?))).last()?;
    let given = |stmt: &Stmt| {
        let (_, value) = self_attribute(stmt)?;
        let arguments = value.as_call_expr()?.arguments.range();
        file.text.get(arguments.start().to_usize()..arguments.end().to_usize())
    };
    let alike = |stmt: &&Stmt| given(stmt).is_some() && body.get(at).and_then(given) == given(stmt);
    let start = body.iter().skip(at).take_while(alike).last().or(body.get(at))?.start();
    let before = file.text.get(..start.to_usize())?;
    u32::try_from(before.matches('\n').count() + 1).ok()
}
