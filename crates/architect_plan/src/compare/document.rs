//! What a document says of fields that does not show in tables alone: defaults, filters, indexes.

use architect_model::{Design, Entity, EntityConstraint, Field, FieldType, Handler, Project, StandardOperation, Table};

use super::{Difference, DifferenceKind, table_of};
use crate::code::Described;
use crate::columns::column_name;

/// The differences between what the document says of its fields and what the code shows plainly.
pub(super) fn differences(design: &Design, project: &Project) -> Vec<Difference> {
    let mut found = Vec::new();
    for entity in design.entities.iter().filter(|entity| !entity.account) {
        let Some(table) = table_of(project, &entity.name) else { continue };
        let code = Described::new(project, table, &entity.name).entity();
        let beside = Beside { project, table, entity, code: &code };
        for field in &entity.fields {
            let same = code.fields.iter().find(|known| column_name(known) == column_name(field));
            if let Some(known) = same {
                beside.field(field, known, &mut found);
            }
        }
        beside.indexes(&mut found);
    }
    found
}

/// An entity of the document beside that of the code.
struct Beside<'a> {
    project: &'a Project,
    table: &'a Table,
    entity: &'a Entity,
    code: &'a Entity,
}

impl Beside<'_> {
    fn field(&self, field: &Field, known: &Field, found: &mut Vec<Difference>) {
        let column = column_name(field);
        let source =
            self.table.columns.iter().find(|one| one.name == column || one.attribute.as_ref() == Some(&column));
        let is_read = source.is_some_and(|one| one.default.is_some() == known.default.is_some());
        let same_type = std::mem::discriminant(&field.ty) == std::mem::discriminant(&known.ty);
        if is_read && same_type && field.required == known.required && field.default != known.default {
            let designed = field.default.is_some();
            found.push(self.difference(DifferenceKind::Default { column: column.clone(), designed }, field, known));
        }
        if field.filter && !known.filter && self.shows_filters() {
            found.push(self.difference(DifferenceKind::Filter { column: column.clone() }, field, known));
        }
        let is_key = matches!(field.ty, FieldType::Reference { .. });
        if field.index && !known.index && !is_key && known.unique.is_none() && field.unique.is_none() {
            found.push(self.difference(DifferenceKind::Index { columns: vec![column] }, field, known));
        }
    }

    fn difference(&self, kind: DifferenceKind, field: &Field, known: &Field) -> Difference {
        Difference {
            entity: self.entity.name.clone(),
            kind,
            designed_at: field.at.clone(),
            found_at: Some(known.at.clone()),
        }
    }

    fn indexes(&self, found: &mut Vec<Difference>) {
        for constraint in &self.entity.constraints {
            let EntityConstraint::Index { fields } = constraint else { continue };
            if !self.code.constraints.contains(constraint) {
                found.push(Difference {
                    entity: self.entity.name.clone(),
                    kind: DifferenceKind::Index { columns: fields.clone() },
                    designed_at: self.entity.at.clone(),
                    found_at: Some(self.table.at.clone()),
                });
            }
        }
    }

    /// Whether all that lists are given is there to see: their rows are listed, and no dependency may hold more.
    fn shows_filters(&self) -> bool {
        let class = self.table.class.as_ref();
        let mut lists = self
            .project
            .handlers
            .iter()
            .filter(|handler| handler.operation == Some(StandardOperation::List) && handler.table.as_ref() == class)
            .peekable();
        lists.peek().is_some() && lists.all(|handler| self.knows_dependencies(handler))
    }

    fn knows_dependencies(&self, handler: &Handler) -> bool {
        let style = &self.project.style;
        let layers = self.project.services.iter().chain(&self.project.repositories);
        let mut known: Vec<&str> = layers.filter_map(|layer| Some(layer.alias.as_ref()?.name.as_str())).collect();
        let aliases = [&style.session.parameter.value.alias, &style.user.parameter.value.alias];
        known.extend(aliases.into_iter().flatten().map(|alias| alias.name.as_str()));
        let page = style.pages.object.as_ref().and_then(|page| page.alias.as_ref());
        let classes = [&style.session.class, &style.user.class];
        known.extend(classes.into_iter().flatten().map(|class| class.name.as_str()));
        let layers = self.project.services.iter().chain(&self.project.repositories);
        known.extend(layers.map(|layer| layer.symbol.name.as_str()).filter(|name| !name.is_empty()));
        known.extend(style.pages.parameters_class.iter().chain(page).map(|one| one.name.as_str()));
        let names = [&style.session.parameter.value.name, &style.user.parameter.value.name];
        handler.parameters.iter().filter(|one| handler.dependencies.contains(&one.name)).all(|one| {
            names.contains(&&one.name)
                || one.annotation.as_deref().is_some_and(|annotation| {
                    known.iter().any(|name| annotation.split(['[', ',', '.', ']']).any(|part| part.trim() == *name))
                })
        })
    }
}
